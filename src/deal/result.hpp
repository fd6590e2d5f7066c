// A wrong input or an absent thing is a value; a broken promise of the machine throws (docs/decisions/0003-errors.md).
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

// Why something was refused. Mapped to an HTTP status in exactly one place (api/replies.cpp).
enum class Reason {
    Invalid,          // 400: the input is malformed
    Unauthorized,     // 401: no valid credential
    Forbidden,        // 403: the credential may not do this
    NotFound,         // 404: absent, or another tenant's
    MethodNotAllowed, // 405
    Conflict,         // 409
    Gone,             // 410: was there, and is not kept for ever
    PreconditionFailed, // 412
    TooLarge,         // 413
    UnsupportedType,  // 415
    Unprocessable,    // 422: well-formed, and cannot be done
    RateLimited,      // 429
    NotImplemented,   // 501
    Unavailable,      // 503: try again later
};

// One thing wrong with one field. `code` is stable snake_case, `message` is for a person,
// `value` is the offending input cut to 200 bytes (empty when there is none).
struct FieldProblem {
    std::string field;
    std::string code;
    std::string message;
    std::string value;
};

// A refused request or row. `code` is stable snake_case; `message` one sentence for a person.
struct Refusal {
    Reason reason = Reason::Invalid;
    std::string code;
    std::string message;
    std::vector<FieldProblem> details;
    int retry_after_s = 0; // > 0: sent as Retry-After
};

template <typename T>
using Result = std::expected<T, Refusal>;

[[nodiscard]] inline std::unexpected<Refusal> refuse(Reason reason, std::string_view code, std::string message) {
    return std::unexpected(Refusal{.reason = reason, .code = std::string(code), .message = std::move(message)});
}

// A refusal about one field; `value` is the input as received (it is cut here).
[[nodiscard]] inline Refusal field_refusal(std::string_view field, std::string_view code, std::string message,
                                           std::string_view value = {}) {
    constexpr std::size_t kShownBytes = 200;
    std::size_t cut = value.size() < kShownBytes ? value.size() : kShownBytes;
    while (cut > 0 && cut < value.size() && (static_cast<unsigned char>(value[cut]) & 0xC0U) == 0x80U) --cut;
    Refusal refusal{.reason = Reason::Invalid, .code = std::string(code), .message = message};
    refusal.details.push_back({std::string(field), std::string(code), std::move(message), std::string(value.substr(0, cut))});
    return refusal;
}

} // namespace tributary

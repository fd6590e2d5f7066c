#include "outside/call_failure.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary::outside {
namespace {

constexpr std::array<std::string_view, 12> kNames{"unreachable", "timed_out", "cancelled", "throttled", "daily_limit", "unauthorised",
                                                  "forbidden",   "not_found", "rejected",  "broken",    "garbled",     "resting"};

constexpr std::array<std::string_view, 12> kSentences{
    "the other side cannot be reached",
    "the other side took too long",
    "the call was stopped",
    "the other side asks for fewer calls",
    "the other side's daily limit is used up",
    "the other side does not take the token",
    "the token may not do this",
    "the other side does not have it",
    "the call was refused",
    "the other side is in trouble",
    "the answer is not what was agreed",
    "the other side is left alone after many failures",
};

bool is_code_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// A code comes from their answer, so anything else than a short word could carry what must not be logged.
std::string short_code(std::string_view code) {
    if (code.size() > kCodeBytesMax || !std::ranges::all_of(code, is_code_character)) return "unknown";
    return std::string(code);
}

std::string cut(std::string_view said) {
    std::size_t end = std::min(said.size(), kSaidBytesMax);
    while (end > 0 && end < said.size() && (static_cast<unsigned char>(said[end]) & 0xC0U) == 0x80U) --end;
    return std::string(said.substr(0, end));
}

} // namespace

std::string_view failure_kind_name(FailureKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

CallFailure call_failure(FailureKind kind, std::string_view code, int status, std::string_view said) {
    CallFailure failure{.kind = kind, .status = status, .code = short_code(code), .text = {}, .said = cut(said)};
    failure.text = kSentences.at(static_cast<std::size_t>(kind));
    if (status > 0) failure.text += ", status " + std::to_string(status);
    if (!failure.code.empty()) failure.text += " (" + failure.code + ")";
    return failure;
}

FailureKind kind_of_status(int status) {
    switch (status) {
    case 401: return FailureKind::Unauthorised;
    case 403: return FailureKind::Forbidden;
    case 404:
    case 410: return FailureKind::NotFound;
    case 408: return FailureKind::TimedOut;
    case 429: return FailureKind::Throttled;
    case 477: return FailureKind::Throttled; // HubSpot while an account is being moved; comes with Retry-After
    default: break;
    }
    if (status >= 500) return FailureKind::Broken;
    return status >= 300 ? FailureKind::Rejected : FailureKind::Garbled;
}

std::int64_t retry_after_ms(std::string_view header) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
    if (error == std::errc::result_out_of_range) return kRetryAfterMax_ms;
    if (error != std::errc() || end != header.data() + header.size() || seconds < 0) return 0;
    return std::min(seconds, kRetryAfterMax_ms / 1000) * 1000;
}

} // namespace tributary::outside

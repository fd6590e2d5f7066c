// What went wrong with a call to the outside, as a value: whoever asked decides whether to wait, to ask again or to tell a person.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace tributary::outside {

enum class FailureKind {
    Unreachable,  // no connection, or it broke off: name, route, certificate, an answer cut short
    TimedOut,     // a connection or an answer took longer than the call allows
    Cancelled,    // we stopped it ourselves
    Throttled,    // 429: too many calls for now; retry_after_ms when they said
    DailyLimit,   // 429: no more calls until a day ends; retry_after_ms when known
    Unauthorised, // 401: the token is not, or no longer, taken
    Forbidden,    // 403: the token is taken and may not do this
    NotFound,     // 404, 410
    Rejected,     // any other 4xx, an unasked 3xx, or a call we refused to make
    Broken,       // 5xx: trouble on their side
    Garbled,      // an answer that is not what was agreed: no JSON, too large, wrong fields
    Resting,      // not asked: the breaker is open after many failures; retry_after_ms says for how long
};

[[nodiscard]] std::string_view failure_kind_name(FailureKind kind); // snake_case, for metrics and records

struct CallFailure {
    FailureKind kind = FailureKind::Unreachable;
    int status = 0; // of HTTP; 0 when there was no answer
    // Theirs in short (EXPIRED_AUTHENTICATION, REQUEST_LIMIT_EXCEEDED) or ours (cut_off, not_json): [A-Za-z0-9_.-], at most
    // kCodeBytesMax, so that it may stand in a log.
    std::string code;
    std::string text; // one sentence of ours, safe to log: never a token, an address's query or a person's data
    std::string said; // what they said, cut to kSaidBytesMax; for the person who connected the account, never for a log
    std::int64_t retry_after_ms = 0;
};

inline constexpr std::size_t kCodeBytesMax = 64;
inline constexpr std::size_t kSaidBytesMax = 1024; // RELIABILITY: an answer's body is not shown beyond 1 KiB

template <typename T>
using Called = std::expected<T, CallFailure>;

// A failure that names itself: text is made of kind, status and code.
[[nodiscard]] CallFailure call_failure(FailureKind kind, std::string_view code, int status = 0, std::string_view said = {});

// Which kind a status other than 2xx is, as far as the status alone tells.
[[nodiscard]] FailureKind kind_of_status(int status);

// Retry-After in seconds (the form with a date is not met in practice and ignored); 0 when there is none, at most kRetryAfterMax_ms.
inline constexpr std::int64_t kRetryAfterMax_ms = 24LL * 60 * 60 * 1000;
[[nodiscard]] std::int64_t retry_after_ms(std::string_view header);

} // namespace tributary::outside

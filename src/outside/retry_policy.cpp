#include "outside/retry_policy.hpp"

#include <algorithm>

namespace tributary::outside {
namespace {

// The next attempt would meet the same certificate, or an answer as large.
bool is_lasting(const CallFailure& failure) { return failure.code == "certificate" || failure.code == "too_large"; }

} // namespace

std::optional<std::int64_t> RetryPolicy::wait_ms(const CallFailure& failure, CallLane lane, int tries, double dice) const {
    if (is_lasting(failure)) return std::nullopt;
    std::int64_t step_ms = 0;
    int tries_max = 0;
    switch (failure.kind) {
    case FailureKind::Unreachable:
    case FailureKind::TimedOut:
    case FailureKind::Broken:
    case FailureKind::Garbled:
        step_ms = trouble_step_ms;
        tries_max = trouble_tries_max;
        break;
    case FailureKind::Throttled:
        step_ms = lane == CallLane::Search || failure.code == kSecondly ? secondly_step_ms : throttled_step_ms;
        tries_max = throttled_tries_max;
        break;
    default: return std::nullopt;
    }
    if (tries >= tries_max) return std::nullopt;
    std::int64_t wait_ms = failure.retry_after_ms > 0 ? failure.retry_after_ms : step_ms * tries;
    if (wait_ms > wait_max_ms) return std::nullopt;
    // Only ever later than told: coming back early is what the limit is about.
    return wait_ms +
           static_cast<std::int64_t>(static_cast<double>(std::min(wait_ms, step_ms * tries)) * jitter * std::clamp(dice, 0.0, 1.0));
}

} // namespace tributary::outside

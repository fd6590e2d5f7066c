// Whether a failed call is worth asking again, and after how long. Plain arithmetic; the call line waits.
#pragma once
#include "outside/call_budget.hpp"
#include "outside/call_failure.hpp"

#include <cstdint>
#include <optional>

namespace tributary::outside {

// Waits grow with the attempt n: n x the step. As HubSpot's own clients do: 200 ms for their trouble, 10 s for the rolling
// limit, 1 s for searches and limits per second.
struct RetryPolicy {
    int trouble_tries_max = 4; // Unreachable, TimedOut, Broken, Garbled: attempts in all
    std::int64_t trouble_step_ms = 200;
    int throttled_tries_max = 6; // attempts in all
    std::int64_t throttled_step_ms = 10'000;
    std::int64_t secondly_step_ms = 1'000;
    std::int64_t wait_max_ms = 120'000; // a longer Retry-After is the job's to wait for, not the call's
    double jitter = 0.2;                // up to this share is added, so that many do not come back together

    // After the attempt number `tries` (from 1) failed. `dice` is 0..1. Nothing: do not ask again.
    [[nodiscard]] std::optional<std::int64_t> wait_ms(const CallFailure& failure, CallLane lane, int tries, double dice) const;
};

// The codes of HubSpot's policyName that the waits depend on; other CRMs' readers use the same.
inline constexpr const char* kSecondly = "SECONDLY";
inline constexpr const char* kTenSecondly = "TEN_SECONDLY_ROLLING";

} // namespace tributary::outside

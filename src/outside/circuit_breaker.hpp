// Leaves a CRM alone that fails again and again: closed, open for a while, then one call tries. Thread-safe.
#pragma once
#include "outside/call_failure.hpp"
#include "outside/pace_clock.hpp"

#include <cstdint>
#include <mutex>
#include <string_view>

namespace tributary::outside {

struct BreakerSettings {
    int failures_max = 10;              // in a row; each attempt of a call counts
    std::int64_t cool_down_ms = 15'000; // doubled each time the trying call fails as well
    std::int64_t cool_down_max_ms = 600'000;
};

enum class BreakerState { Closed, Open, HalfOpen };
[[nodiscard]] std::string_view breaker_state_name(BreakerState state); // snake_case

// What came of an attempt. Unknown: it was cancelled or never sent.
enum class Attempt { Good, Failed, Unknown };
// Their trouble counts, their refusals do not: who refuses is alive.
[[nodiscard]] Attempt attempt_of(const CallFailure& failure);

class CircuitBreaker {
  public:
    explicit CircuitBreaker(PaceClock& clock, BreakerSettings settings = {}) : clock_(clock), settings_(settings) {}

    struct Pass {
        bool is_trial = false;
    };
    // Resting with retry_after_ms while it is open, or while another call tries.
    [[nodiscard]] Called<Pass> admit();
    // Every admitted attempt comes back here exactly once.
    void record(Pass pass, Attempt attempt);
    [[nodiscard]] BreakerState state() const;

  private:
    void open(std::int64_t now_ms, std::int64_t cool_down_ms);

    PaceClock& clock_;
    const BreakerSettings settings_;
    mutable std::mutex mutex_;
    BreakerState state_ = BreakerState::Closed; // Open also when the time is up and nobody has tried yet
    bool trial_under_way_ = false;
    int failures_ = 0; // in a row
    std::int64_t cool_down_ms_ = 0;
    std::int64_t open_until_ms_ = 0;
};

} // namespace tributary::outside

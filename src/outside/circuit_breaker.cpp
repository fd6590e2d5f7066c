#include "outside/circuit_breaker.hpp"

#include <algorithm>

namespace tributary::outside {
namespace {

constexpr std::int64_t kTrialPatience_ms = 1'000; // how long others are told to wait while one call tries

} // namespace

std::string_view breaker_state_name(BreakerState state) {
    switch (state) {
    case BreakerState::Closed: return "closed";
    case BreakerState::Open: return "open";
    case BreakerState::HalfOpen: return "half_open";
    }
    return "unknown";
}

Attempt attempt_of(const CallFailure& failure) {
    switch (failure.kind) {
    case FailureKind::Unreachable:
    case FailureKind::TimedOut:
    case FailureKind::Broken:
    case FailureKind::Garbled: return Attempt::Failed;
    case FailureKind::Cancelled:
    case FailureKind::Resting: return Attempt::Unknown;
    default: return failure.status == 0 ? Attempt::Unknown : Attempt::Good;
    }
}

Called<CircuitBreaker::Pass> CircuitBreaker::admit() {
    const std::int64_t now_ms = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    if (state_ == BreakerState::Closed) return Pass{};
    if (!trial_under_way_ && now_ms >= open_until_ms_) {
        state_ = BreakerState::HalfOpen;
        trial_under_way_ = true;
        return Pass{.is_trial = true};
    }
    CallFailure failure = call_failure(FailureKind::Resting, "breaker_open");
    failure.retry_after_ms = std::max(open_until_ms_ - now_ms, kTrialPatience_ms);
    return std::unexpected(std::move(failure));
}

void CircuitBreaker::open(std::int64_t now_ms, std::int64_t cool_down_ms) {
    state_ = BreakerState::Open;
    cool_down_ms_ = std::min(cool_down_ms, settings_.cool_down_max_ms);
    open_until_ms_ = now_ms + cool_down_ms_;
}

void CircuitBreaker::record(Pass pass, Attempt attempt) {
    const std::int64_t now_ms = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    if (pass.is_trial) {
        trial_under_way_ = false;
        if (attempt == Attempt::Failed) return open(now_ms, cool_down_ms_ * 2);
        if (attempt == Attempt::Good) {
            state_ = BreakerState::Closed;
            failures_ = 0;
        } else
            state_ = BreakerState::Open; // the next call may try at once
        return;
    }
    if (state_ != BreakerState::Closed || attempt == Attempt::Unknown) return; // an answer from before it opened tells nothing new
    failures_ = attempt == Attempt::Failed ? failures_ + 1 : 0;
    if (failures_ >= settings_.failures_max) open(now_ms, settings_.cool_down_ms);
}

BreakerState CircuitBreaker::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

} // namespace tributary::outside

#include "outside/call_budget.hpp"

#include <algorithm>

namespace tributary::outside {
namespace {

constexpr int kForeignShareMin = 10; // a tenth of the limit used by others is worth a hold; less is an answer out of order

} // namespace

CallBudget::CallBudget(PaceClock& clock, BudgetSettings settings)
    : clock_(clock), settings_(settings), calls_(settings.calls_max, settings.window_ms, settings.spread_ms),
      searches_(settings.searches_max, settings.search_window_ms, settings.search_spread_ms), held_until_ms_(clock.now_ms()),
      search_held_until_ms_(held_until_ms_), day_ends_ms_(held_until_ms_) {
    if (settings.calls_ceiling) calls_.set_calls_max(std::min(settings.calls_max, *settings.calls_ceiling));
}

std::int64_t CallBudget::next_ms(CallLane lane, std::int64_t now_ms) {
    std::int64_t at_ms = std::max(held_until_ms_, calls_.next_ms(now_ms));
    if (lane == CallLane::Search) at_ms = std::max({at_ms, search_held_until_ms_, searches_.next_ms(now_ms)});
    return at_ms;
}

Called<CallTurn> CallBudget::take(CallLane lane, const std::stop_token& stop) {
    const std::int64_t asked_ms = clock_.now_ms();
    while (!stop.stop_requested()) { // ends: each wait is for a place that comes free, holds are bounded by their callers
        const std::int64_t now_ms = clock_.now_ms();
        std::int64_t at_ms = now_ms;
        {
            const std::lock_guard lock(mutex_);
            if (day_ends_ms_ > now_ms) {
                CallFailure failure = call_failure(FailureKind::DailyLimit, "daily_limit");
                failure.retry_after_ms = day_ends_ms_ - now_ms;
                return std::unexpected(std::move(failure));
            }
            at_ms = next_ms(lane, now_ms);
            if (at_ms <= now_ms) {
                CallTurn turn{.lane = lane, .call = calls_.take(now_ms)};
                if (lane == CallLane::Search) turn.search = searches_.take(now_ms);
                turn.in_window = calls_.in_window(now_ms);
                ++call_count_;
                if (lane == CallLane::Search) ++search_count_;
                waited_ms_ += now_ms - asked_ms;
                return turn;
            }
        }
        if (!clock_.sleep_until(at_ms, stop)) break;
    }
    return std::unexpected(call_failure(FailureKind::Cancelled, "stopped"));
}

void CallBudget::end(const CallTurn& turn, const LimitNotice& notice) {
    const std::int64_t now_ms = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    calls_.answered(turn.call, now_ms);
    if (turn.lane == CallLane::Search) searches_.answered(turn.search, now_ms);
    learn(turn, notice, now_ms);
}

void CallBudget::learn(const CallTurn& turn, const LimitNotice& notice, std::int64_t now_ms) {
    if (notice.day_remaining) day_remaining_ = notice.day_remaining;
    if (notice.window_ms && *notice.window_ms != settings_.window_ms) return; // of another limit
    if (notice.calls_max && *notice.calls_max > 0) {
        const int allowed = settings_.calls_ceiling ? std::min(*notice.calls_max, *settings_.calls_ceiling) : *notice.calls_max;
        calls_.set_calls_max(allowed);
    }
    if (!notice.remaining || *notice.remaining > 0 || turn.in_window == 0) return;
    // Nothing is left although we used less than all: others call with the same limit, and our window knows nothing of theirs.
    const int foreign = calls_.calls_max() - turn.in_window;
    if (foreign * kForeignShareMin > calls_.calls_max()) held_until_ms_ = std::max(held_until_ms_, now_ms + kCrowdedHold_ms);
}

void CallBudget::hold_until(CallLane lane, std::int64_t at_ms) {
    const std::lock_guard lock(mutex_);
    std::int64_t& held = lane == CallLane::Search ? search_held_until_ms_ : held_until_ms_;
    held = std::max(held, at_ms);
}

void CallBudget::stop_for_the_day(std::int64_t until_ms) {
    const std::lock_guard lock(mutex_);
    day_ends_ms_ = std::max(day_ends_ms_, until_ms);
}

BudgetCounts CallBudget::counts() const {
    const std::int64_t now_ms = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    return {.calls = call_count_,
            .searches = search_count_,
            .retries = retries_,
            .throttled = throttled_,
            .waited_ms = waited_ms_,
            .calls_max = calls_.calls_max(),
            .in_window = calls_.in_window(now_ms),
            .day_remaining = day_remaining_,
            .day_ends_in_ms = std::max<std::int64_t>(0, day_ends_ms_ - now_ms)};
}

} // namespace tributary::outside

#include "outside/rolling_window.hpp"

#include <algorithm>
#include <vector>

namespace tributary::outside {

void RollingWindow::drop_old(std::int64_t now_ms) {
    std::erase_if(calls_, [&](const Call& call) { return call.leaves_ms <= now_ms; });
}

std::int64_t RollingWindow::next_ms(std::int64_t now_ms) {
    drop_old(now_ms);
    const auto max = static_cast<std::size_t>(calls_max_);
    if (calls_.size() < max) return now_ms;
    // Free when all but max - 1 of them have left.
    std::vector<std::int64_t> leaving;
    leaving.reserve(calls_.size());
    for (const Call& call : calls_) leaving.push_back(call.leaves_ms);
    const auto nth = leaving.begin() + static_cast<std::ptrdiff_t>(calls_.size() - max);
    std::ranges::nth_element(leaving, nth);
    return *nth;
}

std::uint64_t RollingWindow::take(std::int64_t now_ms) {
    drop_old(now_ms);
    // The one more is for instants that were cut to whole milliseconds, and for a window that counts both of its ends.
    calls_.push_back({++taken_, now_ms + spread_ms_ + window_ms_ + 1});
    return taken_;
}

void RollingWindow::answered(std::uint64_t number, std::int64_t now_ms) {
    const auto call = std::ranges::lower_bound(calls_, number, {}, &Call::number);
    if (call == calls_.end() || call->number != number) return;
    call->leaves_ms = std::min(call->leaves_ms, now_ms + window_ms_ + 1); // an answered call has arrived
}

int RollingWindow::in_window(std::int64_t now_ms) {
    drop_old(now_ms);
    return static_cast<int>(calls_.size());
}

void RollingWindow::set_calls_max(int calls_max) { calls_max_ = std::clamp(calls_max, 1, kCallsMax); }

} // namespace tributary::outside

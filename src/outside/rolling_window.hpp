// How many calls may go out within a rolling window, reckoned so that the *other side* never counts more than that, however
// unevenly calls travel: a call is taken to have arrived as late as it can have, the next in its place as early as it can.
// Plain arithmetic on told times; not thread-safe, CallBudget locks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>

namespace tributary::outside {

class RollingWindow {
  public:
    static constexpr int kCallsMax = 1000; // of one window, whatever the other side claims to allow

    // At most `calls_max` arrivals within any `window_ms`, as long as calls travel between 0 and `spread_ms` ms, or as
    // long as their answers took when that is less. What the caution costs is spread_ms of every window_ms at most.
    RollingWindow(int calls_max, std::int64_t window_ms, std::int64_t spread_ms)
        : calls_max_(calls_max), window_ms_(window_ms), spread_ms_(spread_ms) {}

    // The instant from which the next call may go: `now_ms` or earlier when it may go at once. Unanswered calls may move it forward.
    [[nodiscard]] std::int64_t next_ms(std::int64_t now_ms);
    // Counts a call that goes now. Its number is for answered().
    std::uint64_t take(std::int64_t now_ms);
    void answered(std::uint64_t number, std::int64_t now_ms);

    [[nodiscard]] int in_window(std::int64_t now_ms);
    [[nodiscard]] int calls_max() const { return calls_max_; }
    void set_calls_max(int calls_max);
    [[nodiscard]] std::int64_t window_ms() const { return window_ms_; }

  private:
    struct Call {
        std::uint64_t number = 0;
        std::int64_t leaves_ms = 0; // from then on it is out of every window the other side can be counting
    };
    void drop_old(std::int64_t now_ms);

    int calls_max_;
    std::int64_t window_ms_;
    std::int64_t spread_ms_;
    std::uint64_t taken_ = 0;
    std::deque<Call> calls_; // by number
};

} // namespace tributary::outside

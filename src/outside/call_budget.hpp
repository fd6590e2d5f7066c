// How many calls an account of a CRM may be asked: one budget for all jobs of the account, so that together they stay within
// what the CRM allows and use it whole. Learns from what answers say of the limits. Thread-safe.
#pragma once
#include "outside/call_failure.hpp"
#include "outside/pace_clock.hpp"
#include "outside/rolling_window.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>

namespace tributary::outside {

// Searches have a limit of their own and count as calls as well.
enum class CallLane { Plain, Search };

struct BudgetSettings {
    int calls_max = 100; // per window; HubSpot: 100 to 250, told by its answers
    std::int64_t window_ms = 10'000;
    std::int64_t spread_ms = 400; // how unevenly calls may travel; costs at most this much of each window
    int searches_max = 5;         // HubSpot: five a second
    std::int64_t search_window_ms = 1'000;
    std::int64_t search_spread_ms = 100;
    std::optional<int> calls_ceiling = {}; // never more than this, whatever the other side allows: when others share the limit
};

// What an answer said of the limits; absent where it said nothing.
struct LimitNotice {
    std::optional<int> calls_max;              // of the window
    std::optional<std::int64_t> window_ms;     // calls_max and remaining count only when it is the budget's window, or absent
    std::optional<int> remaining;              // of the window, when the call arrived
    std::optional<std::int64_t> day_remaining; // of the day
};

// For the health page. Sums since the start of the process.
struct BudgetCounts {
    std::uint64_t calls = 0;
    std::uint64_t searches = 0; // among calls
    std::uint64_t retries = 0;
    std::uint64_t throttled = 0; // answers that asked for fewer calls
    std::int64_t waited_ms = 0;  // of all jobs together, for a turn
    int calls_max = 0;           // as it stands
    int in_window = 0;
    std::optional<std::int64_t> day_remaining; // as last told
    std::int64_t day_ends_in_ms = 0;           // > 0: stopped by the daily limit for so long
};

struct CallTurn {
    CallLane lane = CallLane::Plain;
    std::uint64_t call = 0;
    std::uint64_t search = 0;
    int in_window = 0; // with this one, when it went
};

class CallBudget {
  public:
    static constexpr std::int64_t kCrowdedHold_ms = 1'000; // others use the same limit and it is used up

    explicit CallBudget(PaceClock& clock, BudgetSettings settings = {});

    // Waits for a turn. DailyLimit at once while the day's calls are used up, Cancelled when stopped.
    [[nodiscard]] Called<CallTurn> take(CallLane lane, const std::stop_token& stop);
    // After the answer, or the failure. A turn that is never ended costs a little of the window, nothing else.
    void end(const CallTurn& turn, const LimitNotice& notice = {});

    // Nobody calls in this lane (plain: nobody at all) before that instant of the clock.
    void hold_until(CallLane lane, std::int64_t at_ms);
    void stop_for_the_day(std::int64_t until_ms);
    void note_retry() { ++retries_; }
    void note_throttled() { ++throttled_; }
    [[nodiscard]] BudgetCounts counts() const;

  private:
    [[nodiscard]] std::int64_t next_ms(CallLane lane, std::int64_t now_ms);
    void learn(const CallTurn& turn, const LimitNotice& notice, std::int64_t now_ms);

    PaceClock& clock_;
    const BudgetSettings settings_;
    mutable std::mutex mutex_;
    mutable RollingWindow calls_;
    RollingWindow searches_;
    std::int64_t held_until_ms_;
    std::int64_t search_held_until_ms_;
    std::int64_t day_ends_ms_;
    std::optional<std::int64_t> day_remaining_;
    std::uint64_t call_count_ = 0;
    std::uint64_t search_count_ = 0;
    std::atomic<std::uint64_t> retries_ = 0;
    std::atomic<std::uint64_t> throttled_ = 0;
    std::atomic<std::int64_t> waited_ms_ = 0;
};

} // namespace tributary::outside

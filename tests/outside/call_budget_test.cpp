// The budget of calls: the other side never counts too many in its window, however calls travel, and the window is used whole.
#include "outside/call_budget.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <queue>
#include <random>
#include <thread>

namespace tributary::outside {
namespace {

struct Way {
    int calls_max = 190;
    int workers = 4;
    int calls = 2000;
    std::int64_t travel_max_ms = 150; // to the other side, each call another
    std::int64_t answer_max_ms = 300; // from arrival to the answer, each call another
    unsigned seed = 1;
};

struct Seen {
    int worst_in_window = 0;
    std::int64_t took_ms = 0;
};

constexpr std::int64_t kWindow_ms = 10'000;

int worst_window(std::vector<std::int64_t> arrivals) {
    std::ranges::sort(arrivals);
    std::size_t first = 0;
    int worst = 0;
    for (std::size_t at = 0; at < arrivals.size(); ++at) {
        while (arrivals[at] - arrivals[first] > kWindow_ms) ++first;
        worst = std::max(worst, static_cast<int>(at - first + 1));
    }
    return worst;
}

// Workers that call as fast as they may, in told time: the earliest event happens next.
Seen run(const Way& way) {
    std::minstd_rand random(way.seed);
    const auto up_to = [&](std::int64_t most) { return std::uniform_int_distribution<std::int64_t>(0, most)(random); };
    RollingWindow window(way.calls_max, kWindow_ms, 400);
    struct Event {
        std::int64_t at_ms;
        std::uint64_t answered; // 0: a worker that wants to call
        bool operator<(const Event& other) const { return at_ms > other.at_ms; }
    };
    std::priority_queue<Event> events;
    for (int worker = 0; worker < way.workers; ++worker) events.push({0, 0});
    std::vector<std::int64_t> arrivals;
    std::int64_t now_ms = 0;
    while (static_cast<int>(arrivals.size()) < way.calls) {
        const Event event = events.top();
        events.pop();
        now_ms = event.at_ms;
        if (event.answered != 0) window.answered(event.answered, now_ms);
        const std::int64_t at_ms = window.next_ms(now_ms);
        if (at_ms > now_ms) {
            events.push({at_ms, 0});
            continue;
        }
        const std::uint64_t call = window.take(now_ms);
        arrivals.push_back(now_ms + up_to(way.travel_max_ms));
        events.push({arrivals.back() + up_to(way.answer_max_ms), call});
    }
    return {.worst_in_window = worst_window(arrivals), .took_ms = now_ms};
}

TEST(RollingWindow, TheOtherSideNeverCountsMoreThanItsLimit) {
    EXPECT_TRUE(rc::check([] {
        const Way way{.calls_max = *rc::gen::inRange(1, 260),
                      .workers = *rc::gen::inRange(1, 12),
                      .calls = *rc::gen::inRange(1, 1500),
                      .travel_max_ms = *rc::gen::inRange(0, 400),
                      .answer_max_ms = *rc::gen::inRange(0, 3000),
                      .seed = *rc::gen::inRange(1U, 100000U)};
        RC_ASSERT(run(way).worst_in_window <= way.calls_max);
    }));
}

TEST(RollingWindow, AtLeast95PercentOfTheLimitAreUsedWhenThereIsEnoughToDo) {
    EXPECT_TRUE(rc::check([] {
        const Way way{.calls_max = *rc::gen::inRange(100, 251),
                      .workers = *rc::gen::inRange(8, 12),
                      .calls = 5000,
                      .travel_max_ms = *rc::gen::inRange(0, 150),
                      .answer_max_ms = *rc::gen::inRange(0, 400),
                      .seed = *rc::gen::inRange(1U, 100000U)};
        const Seen seen = run(way);
        // What the limit alone dictates: the first window's calls are free, each further window's take its length.
        const double least_ms = static_cast<double>((way.calls - 1) / way.calls_max) * kWindow_ms;
        RC_ASSERT(least_ms / static_cast<double>(seen.took_ms) >= 0.95);
    }));
}

TEST(RollingWindow, AnAnswerThatTakesLongerThanTheWindowFreesItsPlaceAllTheSame) {
    RollingWindow window(1, 1000, 100);
    (void)window.take(0);
    EXPECT_EQ(window.next_ms(5), 1101);
    EXPECT_EQ(window.next_ms(1101), 1101);
}

TEST(CallBudget, SearchesHaveALimitOfTheirOwnAndCountAsCalls) {
    ToldPaceClock clock;
    CallBudget budget(clock, {.calls_max = 12});
    const std::int64_t start_ms = clock.now_ms();
    for (int call = 0; call < 5; ++call) budget.end(*budget.take(CallLane::Search, {}));
    EXPECT_EQ(clock.now_ms(), start_ms);
    budget.end(*budget.take(CallLane::Plain, {}));
    EXPECT_EQ(clock.now_ms(), start_ms); // plain calls do not wait for searches
    budget.end(*budget.take(CallLane::Search, {}));
    EXPECT_EQ(clock.now_ms(), start_ms + 1001);
    for (int call = 0; call < 6; ++call) budget.end(*budget.take(CallLane::Plain, {}));
    EXPECT_EQ(clock.now_ms(), start_ms + 10'001); // the thirteenth
    EXPECT_EQ(budget.counts().calls, 13U);
    EXPECT_EQ(budget.counts().searches, 6U);
    EXPECT_EQ(budget.counts().waited_ms, 10'001);
}

TEST(CallBudget, TheLimitIsLearnedFromAnswers) {
    ToldPaceClock clock;
    CallBudget budget(clock, {.calls_max = 100});
    budget.end(*budget.take(CallLane::Plain, {}), {.calls_max = 3, .window_ms = 10'000, .day_remaining = 77});
    EXPECT_EQ(budget.counts().calls_max, 3);
    EXPECT_EQ(budget.counts().day_remaining, 77);
    budget.end(*budget.take(CallLane::Plain, {}), {.calls_max = 19, .window_ms = 1'000}); // another limit's
    EXPECT_EQ(budget.counts().calls_max, 3);
    const std::int64_t start_ms = clock.now_ms();
    budget.end(*budget.take(CallLane::Plain, {}));
    EXPECT_EQ(clock.now_ms(), start_ms);
    budget.end(*budget.take(CallLane::Plain, {}), {.calls_max = 1'000'000'000});
    EXPECT_EQ(clock.now_ms(), start_ms + 10'001);
    EXPECT_EQ(budget.counts().calls_max, RollingWindow::kCallsMax);
}

TEST(CallBudget, ACeilingHoldsWhateverTheOtherSideAllows) {
    ToldPaceClock clock;
    CallBudget budget(clock, {.calls_max = 100, .calls_ceiling = 50});
    EXPECT_EQ(budget.counts().calls_max, 50);
    budget.end(*budget.take(CallLane::Plain, {}), {.calls_max = 190});
    EXPECT_EQ(budget.counts().calls_max, 50);
}

TEST(CallBudget, WhereOthersUseTheSameLimitItWaitsForThem) {
    ToldPaceClock clock;
    CallBudget budget(clock, {.calls_max = 100});
    const std::int64_t start_ms = clock.now_ms();
    budget.end(*budget.take(CallLane::Plain, {}), {.remaining = 0}); // one call of ours, and nothing is left
    budget.end(*budget.take(CallLane::Plain, {}));
    EXPECT_EQ(clock.now_ms(), start_ms + CallBudget::kCrowdedHold_ms);
}

TEST(CallBudget, AUsedUpDayStopsAtOnceAndTellsForHowLong) {
    ToldPaceClock clock;
    CallBudget budget(clock);
    budget.stop_for_the_day(clock.now_ms() + 3'600'000);
    const auto turn = budget.take(CallLane::Plain, {});
    ASSERT_FALSE(turn);
    EXPECT_EQ(turn.error().kind, FailureKind::DailyLimit);
    EXPECT_EQ(turn.error().retry_after_ms, 3'600'000);
    EXPECT_EQ(clock.slept_ms(), 0);
    clock.move_ms(3'600'000);
    EXPECT_TRUE(budget.take(CallLane::Plain, {}));
}

TEST(CallBudget, WhoWaitsForATurnIsWokenByAStop) {
    SteadyPaceClock clock;
    CallBudget budget(clock, {.calls_max = 1, .window_ms = 60'000});
    ASSERT_TRUE(budget.take(CallLane::Plain, {}));
    std::stop_source stop;
    std::jthread stopping([&] { stop.request_stop(); });
    const auto turn = budget.take(CallLane::Plain, stop.get_token());
    ASSERT_FALSE(turn);
    EXPECT_EQ(turn.error().kind, FailureKind::Cancelled);
}

TEST(CallBudget, ManyThreadsTogetherStayWithinTheLimit) {
    SteadyPaceClock clock;
    constexpr std::int64_t kShort_ms = 100;
    CallBudget budget(clock, {.calls_max = 20, .window_ms = kShort_ms, .spread_ms = 100});
    std::mutex mutex;
    std::vector<std::int64_t> gone;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 6; ++thread)
            threads.emplace_back([&] {
                for (int call = 0; call < 15; ++call) {
                    const auto turn = budget.take(CallLane::Plain, {});
                    const std::lock_guard lock(mutex);
                    gone.push_back(clock.now_ms());
                    budget.end(*turn);
                }
            });
    }
    // Every call was counted where the other side could see it: between its turn and its end.
    std::ranges::sort(gone);
    ASSERT_EQ(gone.size(), 90U);
    for (std::size_t at = 20; at < gone.size(); ++at) EXPECT_GE(gone[at] - gone[at - 20], kShort_ms);
}

} // namespace
} // namespace tributary::outside

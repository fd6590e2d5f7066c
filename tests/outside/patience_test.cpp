// The breaker and the policy of attempts, in told time.
#include "outside/circuit_breaker.hpp"
#include "outside/retry_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::outside {
namespace {

void fail_times(CircuitBreaker& breaker, int times) {
    for (int at = 0; at < times; ++at) breaker.record(*breaker.admit(), Attempt::Failed);
}

TEST(CircuitBreaker, OpensAfterFailuresInARowAndTriesWithOneCallLater) {
    ToldPaceClock clock;
    CircuitBreaker breaker(clock, {.failures_max = 3, .cool_down_ms = 5'000});
    fail_times(breaker, 2);
    breaker.record(*breaker.admit(), Attempt::Good);
    fail_times(breaker, 2);
    EXPECT_EQ(breaker.state(), BreakerState::Closed);
    fail_times(breaker, 1);
    EXPECT_EQ(breaker.state(), BreakerState::Open);
    const auto resting = breaker.admit();
    ASSERT_FALSE(resting);
    EXPECT_EQ(resting.error().kind, FailureKind::Resting);
    EXPECT_EQ(resting.error().retry_after_ms, 5'000);

    clock.move_ms(5'000);
    const auto trial = breaker.admit();
    ASSERT_TRUE(trial);
    EXPECT_TRUE(trial->is_trial);
    EXPECT_EQ(breaker.state(), BreakerState::HalfOpen);
    EXPECT_FALSE(breaker.admit()); // the others wait for the one that tries
    breaker.record(*trial, Attempt::Good);
    EXPECT_EQ(breaker.state(), BreakerState::Closed);
    EXPECT_TRUE(breaker.admit());
}

TEST(CircuitBreaker, RestsTwiceAsLongAfterEachTrialThatFailsUpToALimit) {
    ToldPaceClock clock;
    CircuitBreaker breaker(clock, {.failures_max = 1, .cool_down_ms = 1'000, .cool_down_max_ms = 3'000});
    fail_times(breaker, 1);
    for (const std::int64_t rest_ms : {1'000, 2'000, 3'000, 3'000}) {
        EXPECT_EQ(breaker.admit().error().retry_after_ms, rest_ms);
        clock.move_ms(rest_ms);
        breaker.record(*breaker.admit(), Attempt::Failed);
    }
}

TEST(CircuitBreaker, ATrialThatWasStoppedLeavesTheNextCallToTry) {
    ToldPaceClock clock;
    CircuitBreaker breaker(clock, {.failures_max = 1, .cool_down_ms = 1'000});
    const auto early = breaker.admit();
    fail_times(breaker, 1);
    breaker.record(*early, Attempt::Good); // sent before it opened, so it tells nothing
    EXPECT_EQ(breaker.state(), BreakerState::Open);
    clock.move_ms(1'000);
    breaker.record(*breaker.admit(), Attempt::Unknown);
    const auto next = breaker.admit();
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->is_trial);
}

TEST(CircuitBreaker, WhoRefusesIsAlive) {
    using enum FailureKind;
    for (const FailureKind kind : {Unreachable, TimedOut, Broken, Garbled}) EXPECT_EQ(attempt_of(call_failure(kind, "x")), Attempt::Failed);
    for (const FailureKind kind : {Throttled, DailyLimit, Unauthorised, Forbidden, NotFound, Rejected})
        EXPECT_EQ(attempt_of(call_failure(kind, "x", 400)), Attempt::Good);
    for (const FailureKind kind : {Cancelled, Resting, Rejected}) EXPECT_EQ(attempt_of(call_failure(kind, "x")), Attempt::Unknown);
}

TEST(RetryPolicy, WaitsGrowWithTheAttemptAndDependOnWhatWentWrong) {
    const RetryPolicy policy;
    const auto waits = [&](const CallFailure& failure, CallLane lane = CallLane::Plain) {
        std::vector<std::int64_t> all;
        for (int tries = 1; tries < 100; ++tries)
            if (const auto wait_ms = policy.wait_ms(failure, lane, tries, 0.0)) all.push_back(*wait_ms);
        return all;
    };
    using Waits = std::vector<std::int64_t>;
    EXPECT_EQ(waits(call_failure(FailureKind::Broken, "", 503)), (Waits{200, 400, 600}));
    EXPECT_EQ(waits(call_failure(FailureKind::TimedOut, "deadline")), (Waits{200, 400, 600}));
    EXPECT_EQ(waits(call_failure(FailureKind::Throttled, kTenSecondly, 429)), (Waits{10'000, 20'000, 30'000, 40'000, 50'000}));
    EXPECT_EQ(waits(call_failure(FailureKind::Throttled, kSecondly, 429)), (Waits{1'000, 2'000, 3'000, 4'000, 5'000}));
    EXPECT_EQ(waits(call_failure(FailureKind::Throttled, "", 429), CallLane::Search), (Waits{1'000, 2'000, 3'000, 4'000, 5'000}));
}

TEST(RetryPolicy, WhatWouldEndTheSameWayIsNotAskedAgain) {
    const RetryPolicy policy;
    using enum FailureKind;
    for (const FailureKind kind : {Cancelled, DailyLimit, Unauthorised, Forbidden, NotFound, Rejected, Resting})
        EXPECT_FALSE(policy.wait_ms(call_failure(kind, "x"), CallLane::Plain, 1, 0.5)) << failure_kind_name(kind);
    EXPECT_FALSE(policy.wait_ms(call_failure(Unreachable, "certificate"), CallLane::Plain, 1, 0.5));
    EXPECT_FALSE(policy.wait_ms(call_failure(Garbled, "too_large"), CallLane::Plain, 1, 0.5));
}

TEST(RetryPolicy, RetryAfterIsHonouredAndNeverUndercut) {
    const RetryPolicy policy;
    EXPECT_TRUE(rc::check([&] {
        CallFailure failure = call_failure(*rc::gen::element(FailureKind::Throttled, FailureKind::Broken), "", 429);
        failure.retry_after_ms = *rc::gen::inRange(1, 200'000);
        const double dice = *rc::gen::inRange(0, 100) / 100.0;
        const auto wait_ms = policy.wait_ms(failure, CallLane::Plain, 1, dice);
        RC_ASSERT(wait_ms.has_value() == (failure.retry_after_ms <= policy.wait_max_ms));
        if (wait_ms) {
            RC_ASSERT(*wait_ms >= failure.retry_after_ms);
            RC_ASSERT(static_cast<double>(*wait_ms) <= static_cast<double>(failure.retry_after_ms) * (1 + policy.jitter));
        }
    }));
}

TEST(CallFailure, RetryAfterIsReadInSecondsAndBounded) {
    EXPECT_EQ(retry_after_ms("7"), 7'000);
    EXPECT_EQ(retry_after_ms(""), 0);
    EXPECT_EQ(retry_after_ms("-1"), 0);
    EXPECT_EQ(retry_after_ms("Wed, 21 Oct 2026 07:28:00 GMT"), 0);
    EXPECT_EQ(retry_after_ms("99999999999999999999999999"), kRetryAfterMax_ms);
}

TEST(CallFailure, ItsTextCarriesNothingOfWhatTheySaid) {
    const CallFailure failure = call_failure(FailureKind::Rejected, "no code, but ann@example.com", 400, "ann@example.com is unknown");
    EXPECT_EQ(failure.text, "the call was refused, status 400 (unknown)");
    EXPECT_EQ(failure.said, "ann@example.com is unknown");
    EXPECT_EQ(call_failure(FailureKind::Broken, "x", 500, std::string(5000, 'x')).said.size(), kSaidBytesMax);
}

TEST(CallFailure, EachStatusHasItsKind) {
    using enum FailureKind;
    const std::vector<std::pair<int, FailureKind>> kinds{
        {302, Rejected}, {400, Rejected}, {401, Unauthorised}, {403, Forbidden}, {404, NotFound},  {408, TimedOut},
        {409, Rejected}, {410, NotFound}, {414, Rejected},     {429, Throttled}, {477, Throttled}, {500, Broken},
        {502, Broken},   {503, Broken},   {504, Broken},       {522, Broken},    {100, Garbled}};
    for (const auto& [status, kind] : kinds) EXPECT_EQ(kind_of_status(status), kind) << status;
}

} // namespace
} // namespace tributary::outside

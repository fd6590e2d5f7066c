// How sources do, as the server keeps it: times by orders of size, a window of hours, and a text that survives. Told time.
#include "api/source_book.hpp"

#include "pipeline/workshop.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kNow = 1'790'000'000'000;

TEST(SourceLatency, AShareIsExactToAFactorOfTheSquareRootOfTwo) {
    EXPECT_TRUE(rc::check("any times", [] {
        auto times_us = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(100, 6'000'000)));
        LatencyCounts counts{};
        for (const std::int64_t time : times_us) count_latency(counts, time);
        std::ranges::sort(times_us);
        for (const double share : {0.5, 0.95, 1.0}) {
            const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(times_us.size()))) - 1;
            const double exact_ms = static_cast<double>(times_us[at]) / 1'000;
            const double told_ms = latency_ms_at(counts, share);
            RC_ASSERT(told_ms >= exact_ms - 0.01); // rounded to hundredths
            RC_ASSERT(told_ms <= exact_ms * std::sqrt(2.0) + 0.01);
        }
    }));
}

TEST(SourceLatency, TimesBeyondTheBucketsCountInTheOutermost) {
    LatencyCounts counts{};
    EXPECT_EQ(latency_ms_at(counts, 0.5), 0);
    for (const std::int64_t time_us : {std::int64_t{-5}, std::int64_t{0}, std::int64_t{100}}) count_latency(counts, time_us);
    EXPECT_EQ(counts.front(), 3U);
    EXPECT_EQ(latency_ms_at(counts, 1), 0.1);
    for (const std::int64_t time_us : {std::int64_t{7'000'000}, std::numeric_limits<std::int64_t>::max()}) count_latency(counts, time_us);
    EXPECT_EQ(counts.back(), 2U);
    EXPECT_NEAR(latency_ms_at(counts, 1), 6'553.6, 0.01);
    EXPECT_EQ(latency_ms_at(counts, 0.5), 0.1);
}

std::pair<std::uint64_t, std::uint64_t> sums(const SourceState& state) {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (const SourceHour& hour : state.hours) {
        EXPECT_EQ(hour.received, hour.succeeded + hour.rejected);
        sum.first += hour.received;
        sum.second += hour.rejected;
    }
    return sum;
}
using Sums = std::pair<std::uint64_t, std::uint64_t>;

TEST(SourceState, AnHourCountsForTwentyFour) {
    SourceState state;
    state.count(kNow, 10, 3);
    state.count(kNow + 1 * kHourMs, 5, 0);
    EXPECT_EQ(sums(state), Sums(15, 3));
    (void)state.hour_at(kNow + 23 * kHourMs);
    EXPECT_EQ(sums(state), Sums(15, 3));
    (void)state.hour_at(kNow + 24 * kHourMs);
    EXPECT_EQ(sums(state), Sums(5, 0));
    state.count(kNow + 100 * kHourMs, 1, 1);
    EXPECT_EQ(sums(state), Sums(1, 1));
    EXPECT_EQ(state.hours.size(), 1U);
    EXPECT_EQ(state.last_event_at, kNow + 100 * kHourMs);
}

TEST(SourceState, HoursAreBoundedAndInOrderWhateverTheClockDoes) {
    EXPECT_TRUE(rc::check("any steps of the clock", [] {
        SourceState state;
        std::int64_t now = kNow;
        std::int64_t latest = 0;
        for (const int hours : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-30, 31))) {
            now += hours * kHourMs;
            state.count(now, 2, 1);
            latest = std::max(latest, now);
            RC_ASSERT(state.hours.size() <= SourceState::kHoursKept);
            RC_ASSERT(state.hours.back().hour == latest / kHourMs); // a clock that steps back counts into the newest hour
            RC_ASSERT(state.hours.back().hour - state.hours.front().hour < std::int64_t{SourceState::kHoursKept});
            RC_ASSERT(std::ranges::is_sorted(state.hours, std::less<>(), &SourceHour::hour));
            RC_ASSERT(state.last_event_at == latest);
        }
    }));
}

SourceState any_state() {
    SourceState state;
    for (const int hours : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4))) {
        const std::int64_t now = kNow + hours * kHourMs + static_cast<std::int64_t>(state.hours.size()) * kHourMs;
        const auto rejected = *rc::gen::inRange<std::uint64_t>(0, 1'000);
        state.count(now, rejected + *rc::gen::inRange<std::uint64_t>(0, 1'000'000), rejected);
        count_latency(state.hour_at(now).latency, *rc::gen::inRange<std::int64_t>(0, 10'000'000));
    }
    if (*rc::gen::arbitrary<bool>()) {
        state.error_at = kNow;
        state.error_code = "not_a_number";
        state.error_message = *rc::gen::element<std::string>("The text \"a\" is none.", "Zeile\n\xC3\xA4", "");
    }
    return state;
}

TEST(SourceState, WhatIsWrittenIsReadBack) {
    EXPECT_TRUE(rc::check("any state", [] {
        const SourceState state = any_state();
        const SourceState read = parse_source_state(source_state_text(state));
        RC_ASSERT(source_state_text(read) == source_state_text(state));
        RC_ASSERT(read.last_event_at == state.last_event_at);
        RC_ASSERT(read.error_at == state.error_at);
        RC_ASSERT(read.error_code == state.error_code);
        RC_ASSERT(read.error_message == state.error_message);
        RC_ASSERT(read.hours.size() == state.hours.size());
        for (std::size_t at = 0; at < read.hours.size(); ++at) {
            RC_ASSERT(read.hours[at].hour == state.hours[at].hour);
            RC_ASSERT(read.hours[at].received == state.hours[at].received);
            RC_ASSERT(read.hours[at].succeeded == state.hours[at].succeeded);
            RC_ASSERT(read.hours[at].rejected == state.hours[at].rejected);
            RC_ASSERT(read.hours[at].latency == state.hours[at].latency);
        }
    }));
}

TEST(SourceState, ATextThatIsNoneIsAnEmptyState) {
    for (const char* text : {"", "[]", "7", "{", R"({"hours":7})", R"({"hours":[7,null]})", R"({"last_event_at":"yesterday"})"}) {
        const SourceState state = parse_source_state(text);
        EXPECT_EQ(state.last_event_at, 0) << text;
        EXPECT_TRUE(state.hours.empty()) << text;
    }
    std::string many = R"({"hours":[)";
    for (int at = 0; at < 100; ++at) many += (at == 0 ? "" : ",") + std::string(R"({"hour":1,"received":1,"rejected":9,"latency":[1,2]})");
    const SourceState state = parse_source_state(many + "]}");
    EXPECT_EQ(state.hours.size(), SourceState::kHoursKept);
    EXPECT_EQ(state.hours.front().succeeded, 0U) << "more refused than received: none succeeded";
}

struct SourceBookTest : ::testing::Test {
    Workshop shop;
    SourceBook book;
    const Refusal refusal{.reason = Reason::Invalid, .code = "not_a_number", .message = "The text is no number.", .details = {}};
    [[nodiscard]] SourceState of(Source source, const TenantScope& scope) const {
        return book.of(scope).at(static_cast<std::size_t>(source));
    }
    void keep() {
        for (const auto& changed : book.take_changed()) {
            const auto batch = shop.store->begin();
            for (const SourceFigures& figures : changed.figures) batch->ledger(changed.scope).put_source_figures(figures);
            batch->commit();
        }
    }
};

TEST_F(SourceBookTest, WhatIsKeptIsLoadedAndGoesOn) {
    book.came_in(shop.scope, Source::Csv, {.read = 10, .created = 8, .rejected = 2}, &refusal, 5'000, kNow);
    book.refused(shop.scope, Source::Email, refusal, kNow);
    keep();
    SourceBook again;
    shop.store->read(shop.scope, [&](LedgerReader& ledger) { again.load(shop.scope, ledger); });
    for (const Source source : {Source::Csv, Source::Email, Source::Api}) {
        const auto at = static_cast<std::size_t>(source);
        EXPECT_EQ(source_state_text(again.of(shop.scope)[at]), source_state_text(book.of(shop.scope)[at]));
    }
    EXPECT_TRUE(again.take_changed().empty()) << "what was loaded has not changed";
    again.came_in(shop.scope, Source::Csv, {.read = 1, .created = 1}, nullptr, 5'000, kNow + kHourMs);
    EXPECT_EQ(sums(again.of(shop.scope)[static_cast<std::size_t>(Source::Csv)]), Sums(11, 2));
}

TEST_F(SourceBookTest, OnlyWhatChangedIsTakenAndWhatCouldNotBeWrittenAgain) {
    book.came_in(shop.scope, Source::Api, {.read = 1, .created = 1}, nullptr, 100, kNow);
    auto taken = book.take_changed();
    ASSERT_EQ(taken.size(), 1U);
    ASSERT_EQ(taken[0].figures.size(), 1U);
    EXPECT_EQ(taken[0].figures[0].source, Source::Api);
    EXPECT_TRUE(book.take_changed().empty());
    book.came_in(shop.scope, Source::Api, {.read = 1, .created = 1}, nullptr, 100, kNow);
    book.put_back(taken[0]);
    taken = book.take_changed();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(sums(parse_source_state(taken[0].figures[0].figures)), Sums(2, 0)) << "the newest figures, not those that were put back";
}

TEST_F(SourceBookTest, AWorkspaceHasItsOwnFigures) {
    const TenantScope other = shop.make_scope("rival", "main");
    book.came_in(shop.scope, Source::Manual, {.read = 1, .created = 1}, nullptr, 100, kNow);
    EXPECT_EQ(sums(of(Source::Manual, shop.scope)), Sums(1, 0));
    EXPECT_EQ(sums(of(Source::Manual, other)), Sums(0, 0));
    EXPECT_EQ(of(Source::Manual, other).last_event_at, 0);
}

TEST_F(SourceBookTest, ARefusalHasNoTimeAndItsMessageIsCutBetweenCharacters) {
    Refusal lengthy = refusal;
    lengthy.message = "a";
    while (lengthy.message.size() < 1'000) lengthy.message += "\xC3\xA4";
    book.refused(shop.scope, Source::Email, lengthy, kNow);
    const SourceState state = of(Source::Email, shop.scope);
    EXPECT_EQ(latency_ms_at(state.hours.back().latency, 1), 0);
    EXPECT_EQ(state.error_at, kNow);
    EXPECT_EQ(state.error_message.size(), 299U);
    EXPECT_TRUE(lengthy.message.starts_with(state.error_message));
}

} // namespace
} // namespace tributary::testing

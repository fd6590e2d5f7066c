// Order statistics and totals against the plain definitions of SPEC-NOTES 15.
#include "pipeline/ranks.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

Deal deal_of(std::int64_t minor, Stage stage = Stage::Discovery, std::int32_t probability = 5'000) {
    Deal deal;
    deal.value_minor = minor;
    deal.stage = stage;
    deal.probability = probability;
    return deal;
}

TEST(OrderStatistics, CountsAsAFullScanWould) {
    EXPECT_TRUE(rc::check("any inserts and erases", [] {
        OrderStatistics order;
        std::vector<std::int64_t> plain;
        const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-60, 200));
        for (const int step : steps) {
            if (step < 0 && !plain.empty()) {
                const auto at = static_cast<std::size_t>(-step) % plain.size();
                order.erase(plain[at]);
                plain.erase(plain.begin() + static_cast<std::ptrdiff_t>(at));
            } else {
                order.insert(step % 40);
                plain.push_back(step % 40);
            }
        }
        for (std::int64_t probe = -5; probe < 45; ++probe) {
            RC_ASSERT(order.count_less(probe) == static_cast<std::uint64_t>(std::ranges::count_if(plain, [&](auto v) { return v < probe; })));
            RC_ASSERT(order.count_equal(probe) == static_cast<std::uint64_t>(std::ranges::count(plain, probe)));
        }
        RC_ASSERT(order.size() == plain.size());
    }));
}

TEST(OrderStatistics, StaysExactOverManyBlocks) {
    OrderStatistics order;
    for (std::int64_t at = 0; at < 20'000; ++at) order.insert((at * 7'919) % 20'000); // each value once, in a scattered order
    for (std::int64_t probe = 0; probe < 20'000; probe += 137) EXPECT_EQ(order.count_less(probe), static_cast<std::uint64_t>(probe));
    for (std::int64_t at = 0; at < 20'000; at += 2) order.erase(at);
    EXPECT_EQ(order.size(), 10'000U);
    EXPECT_EQ(order.count_less(10'000), 5'000U);
    EXPECT_EQ(order.count_equal(10'001), 1U);
    EXPECT_EQ(order.count_equal(10'000), 0U);
}

TEST(Ranks, PercentileCountsHalfOfEqualValues) {
    Ranks ranks{Settings{}};
    for (const std::int64_t value : {100, 200, 200, 300}) ranks.add(deal_of(value));
    const auto standing = ranks.standing(deal_of(200));
    ASSERT_TRUE(standing);
    EXPECT_DOUBLE_EQ(standing->percentile, 100.0 * (1 + 0.5 * 2) / 4);
    EXPECT_EQ(standing->value_rank, 2U);
    EXPECT_EQ(ranks.standing(deal_of(300))->value_rank, 1U);
    EXPECT_FALSE(ranks.standing(deal_of(300, Stage::ClosedWon)));
}

TEST(Ranks, ACurrencyWithoutRateIsCountedApart) {
    Ranks ranks{Settings{}}; // base USD, no rates
    Deal foreign = deal_of(5'000);
    foreign.currency = *parse_currency("EUR");
    ranks.add(deal_of(1'000));
    ranks.add(foreign);
    const MetricTotals totals = ranks.totals();
    EXPECT_EQ(totals.active, 2U);
    EXPECT_EQ(static_cast<std::int64_t>(totals.pipeline_value), 1'000);
    ASSERT_EQ(totals.without_rate.size(), 1U);
    EXPECT_EQ(totals.without_rate.begin()->second.first, 1U);
    EXPECT_FALSE(ranks.standing(foreign));
    ranks.remove(foreign);
    EXPECT_TRUE(ranks.totals().without_rate.empty());
}

TEST(Ranks, ATurnTakenBackLeavesNothing) {
    Ranks ranks{Settings{}};
    ranks.add(deal_of(700));
    ranks.publish();
    const Deal before = deal_of(700);
    const Deal after = deal_of(900, Stage::Negotiation, 8'000);
    const Deal fresh = deal_of(50);
    RankTurn turn(ranks);
    turn.replace(&before, &after);
    turn.replace(nullptr, &fresh);
    EXPECT_EQ(ranks.totals().active, 2U);
    EXPECT_EQ(ranks.published()->active, 1U) << "nobody sees what is not committed";
    turn.take_back();
    const MetricTotals totals = ranks.totals();
    EXPECT_EQ(totals.active, 1U);
    EXPECT_EQ(static_cast<std::int64_t>(totals.pipeline_value), 700);
    EXPECT_EQ(totals.by_stage[static_cast<std::size_t>(Stage::Negotiation)], 0U);
    EXPECT_EQ(ranks.standing(before)->value_rank, 1U);
}

TEST(Metrics, WeightedValueIsExact) {
    Ranks ranks{Settings{}};
    ranks.add(deal_of(10'001, Stage::Proposal, 3'333)); // 100.01 at 33.33 percent
    ranks.add(deal_of(1, Stage::Proposal, 1));
    std::string out;
    append_metrics(out, ranks.totals(), Settings{}, std::nullopt, MetricsShape::OfWorkspace);
    EXPECT_NE(out.find("\"weighted_pipeline_value\":33.333334"), std::string::npos) << out;
    EXPECT_NE(out.find("\"pipeline_value\":100.02"), std::string::npos) << out;
}

} // namespace
} // namespace tributary

// Step 5: the health score of SPEC-NOTES 14.
#include "pipeline/insight.hpp"
#include "pipeline/pipeline.hpp"

#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck.h>

namespace tributary {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kNow = 20'000 * kDay;

Deal fresh_deal() {
    Deal deal;
    deal.name = "A";
    deal.value_minor = 100'000;
    deal.stage_entered_at = kNow;
    deal.created_at = kNow;
    return deal;
}

TEST(HealthScore, AFreshImportWithNoActivityIsUnknownAndNotBad) {
    EXPECT_GE(health_score(fresh_deal(), kNow), 70);
}

TEST(HealthScore, AnOpenDealCanReachBothEnds) {
    Deal best = fresh_deal();
    best.probability = 9'000;
    best.contact_email = "a@b.example";
    best.last_engaged_at = kNow - kDay;
    best.expected_close_date = date_of_ms(kNow + 10 * kDay);
    EXPECT_EQ(health_score(best, kNow), 100);
    Deal worst = fresh_deal();
    worst.value_minor = 0;
    worst.probability = 0;
    worst.stage_entered_at = kNow - 400 * kDay;
    worst.last_engaged_at = kNow - 300 * kDay;
    worst.expected_close_date = date_of_ms(kNow - 200 * kDay);
    EXPECT_EQ(health_score(worst, kNow), 0);
    EXPECT_EQ(analyse(worst, kNow).risk, Risk::High);
}

TEST(HealthScore, BandsAreClosedBelowAndOpenAbove) {
    EXPECT_EQ(risk_of(39), Risk::High);
    EXPECT_EQ(risk_of(40), Risk::Medium);
    EXPECT_EQ(risk_of(69), Risk::Medium);
    EXPECT_EQ(risk_of(70), Risk::Low);
}

TEST(HealthScore, TheFactorsAddUpToTheScore) {
    EXPECT_TRUE(rc::check("any open deal", [] {
        Deal deal = fresh_deal();
        deal.stage = static_cast<Stage>(*rc::gen::inRange(0, 4));
        deal.probability = *rc::gen::inRange(0, 10'001);
        deal.value_minor = *rc::gen::inRange(0, 3) * 1'000;
        deal.stage_entered_at = kNow - *rc::gen::inRange<std::int64_t>(0, 200) * kDay;
        deal.last_engaged_at = *rc::gen::arbitrary<bool>() ? kNow - *rc::gen::inRange<std::int64_t>(0, 200) * kDay : 0;
        if (*rc::gen::arbitrary<bool>()) deal.expected_close_date = date_of_ms(kNow + *rc::gen::inRange<std::int64_t>(-200, 200) * kDay);
        const Analysis analysis = analyse(deal, kNow);
        const auto sum = std::accumulate(analysis.factors.begin(), analysis.factors.end(), 0, [](int total, const Factor& factor) { return total + factor.points; });
        RC_ASSERT(std::clamp(sum, 0, 100) == analysis.health_score);
        RC_ASSERT(analysis.health_score == health_score(deal, kNow));
        for (const Factor& factor : analysis.factors) RC_ASSERT(!factor.why.empty());
    }));
}

TEST(HealthScore, TimeInStageCountsFromTheStageChangeAndNeverFromAnUpdate) {
    Deal deal = fresh_deal();
    deal.stage_entered_at = kNow - 100 * kDay;
    const auto before = health_score(deal, kNow);
    deal.updated_at = kNow;
    EXPECT_EQ(health_score(deal, kNow), before);
    deal.stage_entered_at = kNow;
    EXPECT_GT(health_score(deal, kNow), before);
}

TEST(Trigger, FiresOncePerCrossingIntoHighRisk) {
    Deal deal = fresh_deal();
    deal.risk = Risk::High;
    EXPECT_EQ(trigger(Risk::Medium, deal, AutomationPolicy::Live), kDueAutomation);
    EXPECT_EQ(trigger(std::nullopt, deal, AutomationPolicy::Live), kDueAutomation);
    EXPECT_EQ(trigger(std::nullopt, deal, AutomationPolicy::Held), kDueHeld);
    EXPECT_EQ(trigger(std::nullopt, deal, AutomationPolicy::Off), 0);
    EXPECT_EQ(trigger(Risk::High, deal, AutomationPolicy::Live), 0);
    deal.stage = Stage::ClosedLost;
    EXPECT_EQ(trigger(Risk::Low, deal, AutomationPolicy::Live), 0) << "a lost deal needs no rescue";
}

TEST(Insights, AreThreeAndSpeakOfThisDealAlone) {
    const auto insights = insights_by_rule(fresh_deal(), kNow);
    ASSERT_EQ(insights.size(), 3U);
    EXPECT_EQ(insights[1].kind, "next_action");
    EXPECT_EQ(insights[2].kind, "market");
    for (const auto& insight : insights) EXPECT_LE(insight.text.size(), 280U);
}

} // namespace
} // namespace tributary

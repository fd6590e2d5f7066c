// What a workspace is compared with: the figures a day began with, as text and as the writer keeps them; and that figures moved deal by
// deal are those counted at once.
#include "pipeline/day_figures.hpp"

#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

Figures any_figures() {
    const auto wide = [] {
        return Wide{*rc::gen::arbitrary<std::int64_t>()} * Wide{*rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000)};
    };
    Figures figures;
    figures.currency = *parse_currency(*rc::gen::element<std::string>("USD", "EUR", "JPY"));
    figures.active = *rc::gen::inRange<std::uint64_t>(0, 1U << 30U);
    figures.won = *rc::gen::inRange<std::uint64_t>(0, 1U << 30U);
    figures.lost = *rc::gen::inRange<std::uint64_t>(0, 1U << 30U);
    figures.health_sum = *rc::gen::arbitrary<std::int64_t>();
    figures.pipeline_value = wide();
    figures.weighted_value = wide();
    return figures;
}

TEST(DayFigures, WhatIsWrittenIsReadBack) {
    EXPECT_TRUE(rc::check("any figures", [] {
        const Figures figures = any_figures();
        const auto read = parse_figures(figures_text(figures));
        RC_ASSERT(read);
        RC_ASSERT(*read == figures);
    }));
}

TEST(DayFigures, ATextThatIsDamagedIsNone) {
    EXPECT_TRUE(rc::check("cut anywhere", [] {
        const std::string text = figures_text(any_figures());
        const std::size_t last = text.rfind(' ') + 1;
        RC_ASSERT(!parse_figures(text.substr(0, *rc::gen::inRange<std::size_t>(0, last))));
        RC_ASSERT(!parse_figures(text + " 1"));
        RC_ASSERT(!parse_figures(text + "x"));
        RC_ASSERT(!parse_figures("2" + text.substr(1)));
    }));
    EXPECT_FALSE(parse_figures("1 USD 1 2 3 4 5 " + std::string(39, '9'))) << "more than any figure can be";
    EXPECT_FALSE(parse_figures("1 EURO 1 2 3 4 5 6"));
    EXPECT_TRUE(parse_figures("1 EUR 1 2 3 4 5 -6"));
}

Deal any_deal() {
    Deal deal;
    deal.currency = *parse_currency(*rc::gen::element<std::string>("USD", "EUR", "CHF"));
    deal.value_minor = *rc::gen::element<std::int64_t>(0, 1, 99, 100'001, 99'999'999'999'999);
    deal.stage = static_cast<Stage>(*rc::gen::inRange(0, static_cast<int>(kStageCount)));
    deal.source = static_cast<Source>(*rc::gen::inRange(0, static_cast<int>(kSourceCount)));
    deal.risk = static_cast<Risk>(*rc::gen::inRange(0, 3));
    deal.probability = *rc::gen::inRange(0, 10'001);
    deal.health_score = *rc::gen::inRange(0, 101);
    deal.deleted_at = *rc::gen::element<std::int64_t>(0, 0, 0, 5);
    deal.is_spam = *rc::gen::inRange(0, 6) == 0;
    return deal;
}

// From the definitions, all at once.
void expect_counted(const MetricTotals& totals, const std::vector<Deal>& deals, const Settings& settings) {
    MetricTotals wanted;
    for (const Deal& deal : deals) {
        if (deal.deleted_at != 0 || deal.is_spam) continue;
        const auto stage = static_cast<std::size_t>(deal.stage);
        const auto base = to_base(deal.value_minor, deal.currency, settings);
        wanted.stage_value[stage] += base.value_or(0);
        wanted.stage_weighted[stage] += Wide{base.value_or(0)} * deal.probability;
        ++wanted.by_stage[stage];
        if (is_closed(deal.stage)) continue;
        ++wanted.active;
        ++wanted.by_health[deal.health_score == 100 ? 19 : static_cast<std::size_t>(deal.health_score / 5)];
        wanted.health_sum += deal.health_score;
        wanted.pipeline_value += base.value_or(0);
        wanted.weighted_value += Wide{base.value_or(0)} * deal.probability;
    }
    RC_ASSERT(totals.by_stage == wanted.by_stage);
    RC_ASSERT(totals.stage_value == wanted.stage_value);
    RC_ASSERT(totals.stage_weighted == wanted.stage_weighted);
    RC_ASSERT(totals.by_health == wanted.by_health);
    RC_ASSERT(figures_of(totals, settings.base_currency) == figures_of(wanted, settings.base_currency));
}

TEST(DayFigures, FiguresMovedDealByDealAreThoseCountedAtOnce) {
    const Settings settings = parse_settings(R"({"base_currency":"USD","fx_rates":{"EUR":1.085}})").value(); // none for CHF
    EXPECT_TRUE(rc::check("any puts, deletes and turns taken back", [&] {
        Ranks ranks{settings};
        std::vector<Deal> deals;
        const int turns = *rc::gen::inRange(1, 12);
        for (int at = 0; at < turns; ++at) {
            std::vector<Deal> after = deals;
            RankTurn turn(ranks);
            const int moves = *rc::gen::inRange(0, 6);
            for (int move = 0; move < moves; ++move) {
                const std::size_t which = after.empty() ? 0 : *rc::gen::inRange<std::size_t>(0, after.size() + 1);
                const Deal now = any_deal();
                if (which == after.size()) {
                    turn.replace(nullptr, &now);
                    after.push_back(now);
                } else if (*rc::gen::arbitrary<bool>()) {
                    turn.replace(&after[which], &now);
                    after[which] = now;
                } else {
                    turn.replace(&after[which], nullptr);
                    after.erase(after.begin() + static_cast<std::ptrdiff_t>(which));
                }
            }
            expect_counted(ranks.totals(), after, settings);
            if (*rc::gen::inRange(0, 3) == 0)
                turn.take_back();
            else
                deals = after;
            expect_counted(ranks.totals(), deals, settings);
        }
        for (const Deal& deal : deals) ranks.remove(deal);
        expect_counted(ranks.totals(), {}, settings);
    }));
}

// A writer for each day, as if the server had been started anew; the ranks stay or are loaded again.
struct Days : ::testing::Test {
    Workshop shop;
    Hub hub{[](std::string_view text) { return std::make_shared<const std::string>(text); }, [](std::int64_t) { return std::string(); }};

    void add(int deals, std::int64_t value_minor = 10'000) {
        Writer writer{*shop.store, shop.ranks, hub, shop.clock, [](const TenantScope&) {}, [](std::string_view) {}};
        for (int at = 0; at < deals; ++at) {
            const auto work = [this, value_minor](Turn& turn) {
                turn.told.clear();
                Deal deal;
                deal.id = new_id(turn.now_ms);
                deal.name = "Deal " + std::to_string(++number_);
                deal.value_minor = value_minor;
                deal.health_score = 50;
                const Deal* one = &deal;
                turn.ledger.insert_deals(std::span(&one, 1));
                turn.ranks.replace(nullptr, &deal);
            };
            std::promise<bool> ended;
            EXPECT_TRUE(writer.submit(shop.scope, Writer::Lane::Single, work, [&](bool committed) { ended.set_value(committed); }));
            EXPECT_TRUE(ended.get_future().get());
        }
        writer.stop();
    }
    void pass(int days) { shop.clock.move_ms(days * kDayMs); }
    Compared compared(std::uint32_t days) {
        const auto ranks = shop.ranks.of(shop.scope);
        Compared out;
        shop.store->read(shop.scope, [&](LedgerReader& ledger) {
            out = compared_with(ledger, figures_of(ranks->totals(), ranks->settings()->base_currency), shop.clock.now_ms(), days);
        });
        return out;
    }
    // Deals when the day began that is told of, and how many days ago that was (0: today).
    std::pair<std::uint64_t, int> was(std::uint32_t days) {
        const Compared found = compared(days);
        EXPECT_TRUE(found.figures);
        return {found.figures ? found.figures->active : 0, day_of(shop.clock.now_ms()) - found.since_day};
    }

    int number_ = 0;
};

using Was = std::pair<std::uint64_t, int>;

TEST_F(Days, WithoutAnyWriteThereIsNothingToCompareWith) {
    EXPECT_FALSE(compared(7).figures);
    std::string out;
    append_change(out, Figures{.currency = *parse_currency("USD"), .active = 3, .pipeline_value = 5}, std::nullopt, 0);
    EXPECT_EQ(
        out,
        R"({"since":null,"pipeline_value":0,"weighted_pipeline_value":0,"total_active_deals":0,"win_rate":null,"average_health":null})");
}

TEST_F(Days, ADayIsComparedWithHowItBegan) {
    add(2);
    EXPECT_EQ(was(1), Was(0, 0));
    EXPECT_EQ(was(30), Was(0, 0)) << "the oldest day there is";
    pass(1);
    EXPECT_EQ(was(1), Was(2, 0)) << "before today's first write it began as it is now";
    EXPECT_EQ(was(7), Was(0, 1));
    add(3);
    add(1); // a second writer of the same day changes nothing of how it began
    EXPECT_EQ(was(1), Was(2, 0));
    pass(4); // nobody writes for three days
    add(1);
    EXPECT_EQ(was(1), Was(6, 0));
    EXPECT_EQ(was(2), Was(6, 1));
    EXPECT_EQ(was(5), Was(2, 4));
    EXPECT_EQ(was(7), Was(0, 5));
    pass(40);
    EXPECT_EQ(was(30), Was(7, 29)) << "nothing was written since it began";
}

TEST_F(Days, FiguresLoadedAnewGoOnWithTheDaysThatWereKept) {
    add(2);
    shop.ranks.forget(shop.scope);
    add(1);
    EXPECT_EQ(was(1), Was(0, 0)) << "the day began with nothing, whoever asks";
    shop.clock.move_ms(-3 * kDayMs); // the clock was set back
    add(1);
    shop.clock.move_ms(3 * kDayMs);
    EXPECT_EQ(was(1), Was(0, 0)) << "what a day began with is never rewritten";
}

TEST_F(Days, FiguresInAnotherCurrencyAreNotCompared) {
    add(2);
    pass(1);
    add(1);
    shop.settle(R"({"base_currency":"EUR","fx_rates":{"USD":0.9}})");
    EXPECT_FALSE(compared(1).figures);
    pass(1);
    add(1);
    EXPECT_EQ(was(1).first, 3U);
    EXPECT_FALSE(compared(2).figures);
}

TEST_F(Days, TheChangeIsToldInExactDecimals) {
    const Figures before{.currency = *parse_currency("USD"),
                         .active = 10,
                         .won = 1,
                         .lost = 1,
                         .health_sum = 500,
                         .pipeline_value = 100'010,
                         .weighted_value = 500'000'000};
    Figures now = before;
    now.active = 8;
    now.won = 3;
    now.health_sum = 480;
    now.pipeline_value = 100'000;
    now.weighted_value = 500'000'001;
    std::string out;
    append_change(out, now, before, 20'000);
    EXPECT_EQ(
        out,
        R"({"since":"2024-10-04T00:00:00.000Z","pipeline_value":-0.1,"weighted_pipeline_value":0.000001,"total_active_deals":-2,"win_rate":0.25,"average_health":10})");
}

} // namespace
} // namespace tributary::testing

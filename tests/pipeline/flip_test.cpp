// What would flip under another precedence: seen without writing, done as one unit, taken back like any.
#include "deal/field_origin.hpp"
#include "pipeline/flip.hpp"
#include "pipeline/undo_shop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr std::string_view kCrmFirst = R"(["manual",["salesforce","hubspot"],"csv"])";

Precedence tiers(std::string_view json) { return parse_precedence(parse_json(json).value()).value(); }

struct FlipShop : UndoShop {
    Id send(Draft draft) {
        clock.move_ms(10);
        return import({std::move(draft)});
    }

    std::vector<FlippedDeal> preview(const Precedence& precedence, FlipCounts& counts) {
        std::vector<FlippedDeal> all;
        store->read(scope, [&](LedgerReader& ledger) {
            std::uint64_t place = 0;
            do {
                for (auto& deal : preview_flips(ledger, precedence, clock.now_ms(), place, counts)) all.push_back(std::move(deal));
            } while (place != 0);
        });
        return all;
    }

    // "field: now -> then", by their sources.
    std::vector<std::string> seen(std::string_view precedence) {
        FlipCounts counts;
        std::vector<std::string> lines;
        for (const FlippedDeal& deal : preview(tiers(precedence), counts)) {
            for (const Flip& flip : deal.flips) {
                const auto source = [](const Said& said) { return said.source ? std::string(source_key(*said.source)) : "nobody"; };
                lines.push_back(std::string(field_key(flip.field)) + ": " + flip.now + " by " + source(flip.now_said) + " -> " + flip.then +
                                " by " + source(flip.then_said));
            }
        }
        EXPECT_EQ(counts.fields, lines.size());
        return lines;
    }

    Id flip(std::string_view precedence) {
        settle(R"({"source_precedence":)" + std::string(precedence) + "}");
        clock.move_ms(10);
        const Id unit = in_turn([&](Turn& turn) { return begin_flip(turn, tiers(precedence), "key:admin").id; });
        while (!in_turn([&](Turn& turn) { return flip_slice(turn, unit); })) {
        }
        return unit;
    }
};

Draft saying(Source source, Field field, std::string value) {
    Draft draft = deal_draft("Pilot", "Acme", source);
    draft.external_ids = {{"test", "1"}};
    draft[field] = std::move(value);
    return draft;
}

struct Flipping : ::testing::Test {
    FlipShop shop;
    [[nodiscard]] Deal deal() { return shop.deals().front(); }
};

TEST_F(Flipping, TheValueOfTheHigherSourceWouldComeBack) {
    shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    shop.send(saying(Source::Csv, Field::Owner, "Bo"));
    const auto before = shop.picture();
    EXPECT_EQ(shop.seen(kCrmFirst), std::vector<std::string>{R"(owner: "Bo" by csv -> "Kim" by salesforce)"});
    EXPECT_EQ(shop.picture(), before) << "looking writes nothing";
    EXPECT_EQ(shop.seen(R"(["csv"])"), std::vector<std::string>{});
    EXPECT_EQ(shop.seen("[]"), std::vector<std::string>{});
}

TEST_F(Flipping, SaysWhenAndFromWhereBothValuesCame) {
    const Id crm = shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    const auto crm_at = shop.clock.now_ms();
    const Id file = shop.send(saying(Source::Csv, Field::Owner, "Bo"));
    FlipCounts counts;
    const auto found = shop.preview(tiers(kCrmFirst), counts);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].flips[0].then_said.unit, crm);
    EXPECT_EQ(found[0].flips[0].then_said.at, crm_at);
    EXPECT_EQ(found[0].flips[0].now_said.unit, file);
    EXPECT_EQ(counts.looked_at, 1U);
    EXPECT_EQ(counts.deals, 1U);
}

TEST_F(Flipping, DefaultsEstimatesAndNoughtsNobodySaidStayBehind) {
    shop.send(saying(Source::Salesforce, Field::Owner, "Kim")); // a stage, a probability and an amount that nobody said
    Draft row = saying(Source::Csv, Field::Value, "100");
    row[Field::Stage] = "proposal";
    row[Field::Probability] = "30";
    shop.send(row);
    EXPECT_EQ(shop.seen(kCrmFirst), std::vector<std::string>{});
}

TEST_F(Flipping, AStageBringsItsProbabilityAndDates) {
    Draft row = saying(Source::Salesforce, Field::Stage, "proposal");
    row[Field::Probability] = "60";
    shop.send(row);
    shop.send(saying(Source::Csv, Field::Stage, "closed_won"));
    EXPECT_EQ(shop.seen(kCrmFirst), (std::vector<std::string>{R"(stage: "closed_won" by csv -> "proposal" by salesforce)",
                                                              "probability: 100 by csv -> 60 by salesforce"}));
    shop.flip(kCrmFirst);
    EXPECT_EQ(deal().stage, Stage::Proposal);
    EXPECT_EQ(deal().probability, 6'000);
    EXPECT_EQ(deal().closed_at, 0);
}

TEST_F(Flipping, ADealThatOpensAgainIsNotCertain) {
    shop.send(saying(Source::Salesforce, Field::Stage, "proposal")); // says no probability
    shop.send(saying(Source::Csv, Field::Stage, "closed_won"));
    shop.flip(kCrmFirst);
    EXPECT_EQ(deal().probability, 5'000);
    EXPECT_EQ(shop.seen(kCrmFirst), std::vector<std::string>{});
}

TEST_F(Flipping, AnAmountComesBackInItsCurrency) {
    Draft row = saying(Source::Salesforce, Field::Value, "100");
    row[Field::Currency] = "EUR";
    shop.send(row);
    row = saying(Source::Csv, Field::Value, "9000");
    row[Field::Currency] = "JPY";
    shop.send(row);
    shop.flip(kCrmFirst);
    EXPECT_EQ(deal().currency.text(), "EUR");
    EXPECT_EQ(deal().value_minor, 10'000);
}

TEST_F(Flipping, WhatWasUndoneCountsForNothing) {
    shop.send(saying(Source::Api, Field::Description, "a start"));
    const Id crm = shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    shop.undo(crm);
    shop.send(saying(Source::Csv, Field::Owner, "Bo"));
    EXPECT_EQ(shop.seen(kCrmFirst), std::vector<std::string>{});
}

TEST_F(Flipping, IsOneUnitThatIsTakenBackWhole) {
    shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    shop.send(saying(Source::Csv, Field::Owner, "Bo"));
    const auto before = shop.picture();
    const auto origins = shop.origins();
    const Id unit = shop.flip(kCrmFirst);
    EXPECT_EQ(deal().owner, "Kim");
    EXPECT_EQ(origin_of(deal(), Field::Owner), Source::Salesforce);
    EXPECT_EQ(shop.unit(unit).state, UnitState::Done);
    EXPECT_EQ(shop.unit(unit).counts.updated, 1U);
    EXPECT_EQ(flip_progress(shop.unit(unit))->counts.fields, 1U);
    EXPECT_EQ(shop.seen(kCrmFirst), std::vector<std::string>{}) << "done is done";
    shop.clock.move_ms(10);
    shop.undo(unit);
    EXPECT_EQ(shop.picture(), before);
    EXPECT_EQ(shop.origins(), origins);
}

TEST_F(Flipping, EndsWhenAnotherPrecedenceIsSetMeanwhile) {
    shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    shop.send(saying(Source::Csv, Field::Owner, "Bo"));
    const Id unit = shop.in_turn([&](Turn& turn) { return begin_flip(turn, tiers(kCrmFirst), "key:admin").id; });
    EXPECT_TRUE(shop.in_turn([&](Turn& turn) { return flip_slice(turn, unit); }));
    EXPECT_EQ(shop.unit(unit).state, UnitState::Cancelled);
    EXPECT_EQ(deal().owner, "Bo");
}

TEST_F(Flipping, AFlippedNameFindsItsPlaceAmongItsNamesakes) {
    shop.send(saying(Source::Salesforce, Field::Owner, "Kim"));
    Draft renamed = saying(Source::Csv, Field::Owner, "Kim");
    renamed[Field::Name] = "Other";
    shop.send(renamed);
    shop.send(deal_draft("Pilot", "Acme", Source::Manual)); // a new deal of the name that has become free
    ASSERT_EQ(shop.deals().size(), 2U);
    shop.flip(kCrmFirst);
    for (const Deal& each : shop.deals()) EXPECT_EQ(each.name, "Pilot");
    shop.store->check(true);
}

// Some rows about one deal; every value is news, for what only repeats leaves no trace that a plan could read.
struct Rows {
    std::vector<Draft> drafts;
    std::string precedence = "[";
};

Rows any_rows() {
    Rows rows;
    std::vector<Source> sources = {Source::Manual, Source::Csv, Source::Api, Source::Hubspot, Source::Salesforce};
    for (std::size_t at = sources.size(); at > 1; --at) std::swap(sources[at - 1], sources[*rc::gen::inRange<std::size_t>(0, at)]);
    const auto named = *rc::gen::inRange<std::size_t>(1, sources.size() + 1);
    for (std::size_t at = 0; at < named; ++at) rows.precedence += (at == 0 ? "\"" : ",\"") + std::string(source_key(sources[at])) + "\"";
    rows.precedence += "]";
    const int count = *rc::gen::inRange(2, 6);
    for (int at = 0; at < count; ++at) {
        const Source source = *rc::gen::elementOf(sources);
        Draft draft = saying(source, Field::Owner, "owner " + std::to_string(at));
        if (*rc::gen::arbitrary<bool>()) draft[Field::Value] = std::to_string(100 + at);
        if (*rc::gen::arbitrary<bool>()) draft[Field::Stage] = std::string(stage_key(static_cast<Stage>(5 - at)));
        if (*rc::gen::arbitrary<bool>()) draft[Field::Description] = "text " + std::to_string(at);
        if (*rc::gen::arbitrary<bool>()) draft[Field::ContactEmail] = "c" + std::to_string(at) + "@acme.example";
        if (*rc::gen::arbitrary<bool>()) draft[Field::ExpectedCloseDate] = date_text(Date{20'000 + at});
        draft[Field::Company].reset();
        if (at > 0) draft[Field::Name].reset();
        if (at == 0 || *rc::gen::arbitrary<bool>()) draft[Field::Company] = "Acme " + std::to_string(at);
        rows.drafts.push_back(std::move(draft));
    }
    return rows;
}

std::string words(FlipShop& shop) {
    constexpr std::array kSaid = {
        Field::Owner, Field::Value, Field::Stage, Field::Description, Field::ContactEmail, Field::ExpectedCloseDate, Field::Company};
    const Deal deal = shop.deals().front();
    std::string text;
    for (const Field field : kSaid) {
        const auto origin = origin_of(deal, field);
        text += std::string(field_key(field)) + "=";
        append_field_json(text, deal, field);
        text += " by " + (origin ? std::string(source_key(*origin)) : "nobody") + "; ";
    }
    const auto leads = shop.leads();
    const auto lead = std::ranges::find(leads, deal.lead_id, &Lead::id);
    return text + (lead == leads.end() ? "no lead" : lead->email);
}

TEST(FlipProperty, AFlippedWorkspaceIsAsIfThePrecedenceHadAlwaysBeen) {
    EXPECT_TRUE(rc::check("any rows of any sources, any tiers", [] {
        const Rows rows = any_rows();
        FlipShop flipped;
        FlipShop always;
        always.settle(R"({"source_precedence":)" + rows.precedence + "}");
        for (const Draft& draft : rows.drafts) {
            flipped.send(draft);
            always.send(draft);
        }
        const auto before = flipped.picture();
        const auto origins = flipped.origins();
        const Id unit = flipped.flip(rows.precedence);
        RC_ASSERT(words(flipped) == words(always));
        RC_ASSERT(flipped.seen(rows.precedence) == std::vector<std::string>{});
        flipped.clock.move_ms(10);
        flipped.undo(unit);
        RC_ASSERT(flipped.picture() == before);
        RC_ASSERT(flipped.origins() == origins);
        flipped.store->check(true);
    }));
}

} // namespace
} // namespace tributary::testing

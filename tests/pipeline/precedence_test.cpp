// Source precedence: whose word stays, whatever comes later; what the sender is told; and what an undo gives back.
#include "deal/field_origin.hpp"
#include "pipeline/undo_shop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr std::string_view kPeopleFirst = R"({"source_precedence":[["manual"],["salesforce","hubspot"],["csv"]]})";

Draft said_by(Source source, Field field, std::string value) {
    Draft draft = deal_draft("Pilot", "Acme", source);
    draft[field] = std::move(value);
    return draft;
}

Draft owned_by(Source source, std::string owner) { return said_by(source, Field::Owner, std::move(owner)); }

std::vector<std::string> warned(const Plan& plan) {
    std::vector<std::string> all;
    for (const auto& warning : plan.rows.front().warnings) all.push_back(warning.field + ":" + warning.code + ":" + warning.value);
    return all;
}

struct PrecedenceSet : ::testing::Test {
    UndoShop shop;
    Id send(const Draft& draft) {
        shop.clock.move_ms(10);
        const Plan plan = shop.send({draft});
        return plan.deals[plan.rows.front().deal].now.id;
    }
    RowAction action(const Draft& draft) {
        shop.clock.move_ms(10);
        return shop.send({draft}).rows.front().action;
    }
};

TEST_F(PrecedenceSet, WithoutOneTheNewestWins) {
    const Id deal = send(owned_by(Source::Manual, "Kim"));
    send(owned_by(Source::WebForm, "Bo"));
    EXPECT_EQ(shop.read(deal).owner, "Bo");
    EXPECT_EQ(origin_of(shop.read(deal), Field::Owner), Source::WebForm);
}

TEST_F(PrecedenceSet, ALowerSourceLeavesTheFieldAndIsTold) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Salesforce, "Kim"));
    shop.clock.move_ms(10);
    const Plan plan = shop.send({owned_by(Source::Csv, "Bo")});
    EXPECT_EQ(plan.rows.front().action, RowAction::Unchanged);
    EXPECT_EQ(warned(plan), std::vector<std::string>{"owner:outranked:Bo"});
    EXPECT_TRUE(plan.journal.empty());
    EXPECT_EQ(shop.read(deal).owner, "Kim");
}

TEST_F(PrecedenceSet, TheRestOfTheRowIsApplied) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Salesforce, "Kim"));
    Draft row = owned_by(Source::Csv, "Bo");
    row[Field::Description] = "from the fair";
    EXPECT_EQ(action(row), RowAction::Updated);
    EXPECT_EQ(shop.read(deal).owner, "Kim");
    EXPECT_EQ(shop.read(deal).description, "from the fair");
    EXPECT_EQ(origin_of(shop.read(deal), Field::Description), Source::Csv);
    EXPECT_EQ(origin_of(shop.read(deal), Field::Owner), Source::Salesforce);
}

TEST_F(PrecedenceSet, AnEqualTierIsSettledByTime) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Salesforce, "Kim"));
    EXPECT_EQ(action(owned_by(Source::Hubspot, "Bo")), RowAction::Updated);
    Draft late = owned_by(Source::Salesforce, "Ann");
    late.event_time_ms = shop.clock.now_ms() - kDay;
    EXPECT_EQ(action(late), RowAction::Unchanged);
    EXPECT_EQ(shop.read(deal).owner, "Bo");
}

TEST_F(PrecedenceSet, AHigherSourceIsHeardAlsoWhenItsEventIsOlder) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Csv, "Bo"));
    Draft late = owned_by(Source::Salesforce, "Kim");
    late.event_time_ms = shop.clock.now_ms() - kDay;
    EXPECT_EQ(action(late), RowAction::Updated);
    EXPECT_EQ(shop.read(deal).owner, "Kim");
}

TEST_F(PrecedenceSet, WhatNobodyHasSaidAnySourceMaySay) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Manual, "Kim"));
    Draft row = said_by(Source::Csv, Field::Stage, "proposal");
    row[Field::Probability] = "30";
    row[Field::Value] = "100";
    EXPECT_EQ(action(row), RowAction::Updated);
    EXPECT_EQ(shop.read(deal).stage, Stage::Proposal);
    EXPECT_EQ(shop.read(deal).probability, 3'000);
    EXPECT_EQ(shop.read(deal).value_minor, 10'000);
}

TEST_F(PrecedenceSet, ARealValueReplacesAnEstimateWhoeverMadeIt) {
    shop.settle(R"({"source_precedence":[["email"]]})");
    Draft mail = deal_draft("Pilot", "Acme", Source::Email);
    mail.default_value_minor = 1'500'000;
    mail.default_value_rule = "estimate.email_default";
    const Id deal = send(mail);
    ASSERT_TRUE(shop.read(deal).value_estimated);
    EXPECT_EQ(action(said_by(Source::Csv, Field::Value, "100")), RowAction::Updated);
    EXPECT_EQ(shop.read(deal).value_minor, 10'000);
}

TEST_F(PrecedenceSet, AnAmountAndItsCurrencyAreOneWord) {
    shop.settle(kPeopleFirst);
    const Id deal = send(said_by(Source::Salesforce, Field::Value, "100"));
    Draft row = said_by(Source::Csv, Field::Value, "90");
    row[Field::Currency] = "EUR";
    EXPECT_EQ(action(row), RowAction::Unchanged);
    row[Field::Value].reset();
    EXPECT_EQ(action(row), RowAction::Unchanged);
    EXPECT_EQ(shop.read(deal).currency.text(), "USD");
    EXPECT_EQ(shop.read(deal).value_minor, 10'000);
}

TEST_F(PrecedenceSet, APersonsEmptyingIsAWordToo) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Salesforce, "Kim"));
    Candidate nobody;
    nobody.cleared.set(static_cast<std::size_t>(Field::Owner));
    shop.person(deal, nobody);
    EXPECT_EQ(action(owned_by(Source::Salesforce, "Bo")), RowAction::Unchanged);
    EXPECT_EQ(shop.read(deal).owner, "");
}

TEST_F(PrecedenceSet, APersonBelowASourceIsToldSo) {
    shop.settle(R"({"source_precedence":[["salesforce"],["manual"]]})");
    const Id deal = send(owned_by(Source::Salesforce, "Kim"));
    shop.edit(deal, Field::Owner, "Bo");
    Candidate nobody;
    nobody.cleared.set(static_cast<std::size_t>(Field::Owner));
    shop.person(deal, nobody);
    EXPECT_EQ(shop.read(deal).owner, "Kim");
}

TEST_F(PrecedenceSet, AHigherSourceThatSaysTheSameStandsForItFromThenOn) {
    shop.settle(kPeopleFirst);
    const Id deal = send(owned_by(Source::Csv, "Kim"));
    shop.clock.move_ms(10);
    const Plan plan = shop.send({owned_by(Source::Salesforce, "Kim")});
    EXPECT_EQ(plan.rows.front().action, RowAction::Updated);
    ASSERT_EQ(plan.journal.size(), 1U);
    EXPECT_NE(plan.journal.front().body.find(R"("owner":"precedence.confirmed")"), std::string::npos) << plan.journal.front().body;
    EXPECT_EQ(action(owned_by(Source::Salesforce, "Kim")), RowAction::Unchanged) << "once is enough";
    EXPECT_EQ(action(owned_by(Source::Csv, "Bo")), RowAction::Unchanged);
    EXPECT_EQ(shop.read(deal).owner, "Kim");
}

TEST_F(PrecedenceSet, AnUndoGivesTheFormerSourceItsWordBack) {
    shop.settle(kPeopleFirst);
    shop.import({owned_by(Source::Csv, "Kim")});
    const Id deal = shop.deals().front().id;
    shop.clock.move_ms(10);
    const Id higher = shop.import({owned_by(Source::Salesforce, "Bo")});
    EXPECT_EQ(origin_of(shop.read(deal), Field::Owner), Source::Salesforce);
    shop.clock.move_ms(10);
    const Id undo = shop.undo(higher);
    EXPECT_EQ(origin_of(shop.read(deal), Field::Owner), Source::Csv);
    shop.clock.move_ms(10);
    shop.undo(undo);
    EXPECT_EQ(origin_of(shop.read(deal), Field::Owner), Source::Salesforce);
    EXPECT_EQ(action(owned_by(Source::Csv, "Ann")), RowAction::Unchanged);
}

TEST_F(PrecedenceSet, AnUndoKeepsWhatAHigherSourceHasConfirmedSince) {
    shop.settle(kPeopleFirst);
    send(deal_draft("Pilot", "Acme", Source::Api));
    const Id file = shop.import({owned_by(Source::Csv, "Kim")});
    shop.clock.move_ms(10);
    const Id crm = shop.import({owned_by(Source::Salesforce, "Kim")});
    shop.clock.move_ms(10);
    const Id undo = shop.undo(file);
    EXPECT_EQ(shop.deals().front().owner, "Kim");
    EXPECT_EQ(shop.counts(undo).kept, 1U);
    shop.clock.move_ms(10);
    shop.undo(shop.undo(crm));
    EXPECT_EQ(origin_of(shop.deals().front(), Field::Owner), Source::Salesforce);
}

// One row a source, in any order, with any of the fields said; few values, so that sources often say the same.
constexpr std::array kSaid = {Field::Value, Field::Stage, Field::Owner, Field::Description, Field::ContactName, Field::ExpectedCloseDate};

std::string any_value(Field field) {
    switch (field) {
    case Field::Value: return std::to_string(*rc::gen::inRange(1, 4) * 100);
    case Field::Stage: return std::string(stage_key(static_cast<Stage>(*rc::gen::inRange(0, 6))));
    case Field::ExpectedCloseDate: return date_text(Date{20'000 + *rc::gen::inRange(0, 3)});
    default: return "word " + std::to_string(*rc::gen::inRange(0, 3));
    }
}

std::vector<std::string> words(const Deal& deal) {
    std::vector<std::string> all;
    for (const Field field : kSaid) append_field_json(all.emplace_back(), deal, field);
    return all;
}

TEST(PrecedenceProperty, AnyOrderOfArrivalGivesEveryFieldToTheHighestTierThatSaidIt) {
    EXPECT_TRUE(rc::check("one row a source, every source a tier of its own", [] {
        std::vector<Source> tiers = {Source::Manual, Source::WebForm, Source::Csv, Source::Api, Source::Hubspot, Source::Salesforce};
        for (std::size_t at = tiers.size(); at > 1; --at) std::swap(tiers[at - 1], tiers[*rc::gen::inRange<std::size_t>(0, at)]);
        std::string settings = R"({"source_precedence":[)";
        for (const Source tier : tiers) settings += (tier == tiers.front() ? "\"" : ",\"") + std::string(source_key(tier)) + "\"";
        std::vector<Draft> rows;
        for (const Source source : tiers) {
            Draft row = deal_draft("Pilot", "Acme", source);
            for (const Field field : kSaid) {
                if (*rc::gen::inRange(0, 3) != 0) row[field] = any_value(field);
            }
            row.event_time_ms = 1'780'000'000'000 + *rc::gen::inRange(0, 5) * kDay;
            rows.push_back(std::move(row));
        }
        Deal expected; // the highest tier that said it; else as a deal is made
        expected.value_minor = 0;
        for (const Field field : kSaid) {
            const auto said = std::ranges::find_if(rows, [&](const Draft& row) { return row[field].has_value(); });
            if (said == rows.end()) continue;
            Draft only = deal_draft("Pilot", "Acme", said->source);
            only[field] = (*said)[field];
            const Candidate candidate = normalise(only, Settings{}, 1'790'000'000'000).value();
            if (field == Field::Value) expected.value_minor = candidate.values.value_minor;
            if (field == Field::Stage) expected.stage = candidate.values.stage;
            if (field == Field::Owner) expected.owner = candidate.values.owner;
            if (field == Field::Description) expected.description = candidate.values.description;
            if (field == Field::ContactName) expected.contact_name = candidate.values.contact_name;
            if (field == Field::ExpectedCloseDate) expected.expected_close_date = candidate.values.expected_close_date;
        }
        for (Draft& row : rows) row.external_ids = {{"test", "1"}}; // a closed deal is found again too
        for (std::size_t at = rows.size(); at > 1; --at) std::swap(rows[at - 1], rows[*rc::gen::inRange<std::size_t>(0, at)]);
        UndoShop shop;
        shop.settle(settings + "]}");
        for (const Draft& row : rows) {
            shop.clock.move_ms(10);
            shop.send({row});
        }
        RC_ASSERT(shop.deals().size() == 1U);
        RC_ASSERT(words(shop.deals().front()) == words(expected));
    }));
}

} // namespace
} // namespace tributary::testing

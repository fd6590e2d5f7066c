// A plan is the run without its effects; applying it is the run, less what has changed meanwhile.
#include "pipeline/plan.hpp"

#include "pipeline/workshop.hpp"
#include "store/overlay.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <filesystem>

namespace tributary::testing {
namespace {

class PlanTest : public ::testing::Test {
  protected:
    using Batches = std::vector<std::vector<Draft>>;

    std::vector<IncomingRow> rows_of(const std::vector<Draft>& drafts, std::uint32_t first) {
        std::vector<IncomingRow> rows;
        for (const Draft& draft : drafts) {
            rows.push_back({.row = first++, .line = 0, .candidate = normalise(draft, *settings(), planned_at_), .raw = "raw"});
        }
        return rows;
    }
    std::shared_ptr<const Settings> settings() { return shop.ranks.of(shop.scope)->settings(); }
    IngestContext context(const Unit& unit) {
        return {.unit = &unit, .now_ms = planned_at_, .settings = settings().get(), .ledger = nullptr};
    }

    // Every batch against one scratch; nothing is written below.
    std::vector<std::vector<RowOutcome>> plan(const Batches& batches) {
        planned_at_ = shop.clock.now_ms();
        OverlayScratch scratch(shop.directory.path);
        std::vector<std::vector<RowOutcome>> planned;
        std::uint32_t row = 0;
        for (const auto& drafts : batches) {
            const auto batch = shop.store->begin();
            OverlayLedger overlay(batch->ledger(shop.scope), scratch);
            auto rows = rows_of(drafts, row);
            row += static_cast<std::uint32_t>(drafts.size());
            const Unit unit;
            planned.push_back(planned_outcomes_of(rehearse(overlay, context(unit), rows)));
        }
        return planned;
    }

    std::vector<Plan> apply(const Batches& batches, const std::vector<std::vector<RowOutcome>>& planned) {
        std::vector<Plan> plans;
        std::uint32_t row = 0;
        for (std::size_t at = 0; at < batches.size(); ++at) {
            const auto batch = shop.store->begin();
            Ledger& ledger = batch->ledger(shop.scope);
            Unit unit;
            unit.id = ledger.next_id(IdOf::Unit, planned_at_);
            RankTurn turn(*shop.ranks.of(shop.scope));
            auto rows = rows_of(batches[at], row);
            row += static_cast<std::uint32_t>(rows.size());
            plans.push_back(apply_planned(ledger, turn, context(unit), rows, planned[at]));
            batch->commit();
        }
        return plans;
    }

    // What a person would see of all deals, without ids and journal numbers.
    std::vector<std::string> shown(Workshop& of) {
        std::vector<std::string> texts;
        of.store->read(of.scope, [&](LedgerReader& reader) {
            for (const Deal& deal : reader.list_deals({.with_deleted = true, .with_spam = true, .limit = 500}).deals) {
                std::string text;
                for (const Field field : kFields) {
                    append_field_json(text, deal, field);
                    text += '|';
                }
                for (const auto& [system, id] : deal.external_ids) text += system + ":" + id + " ";
                texts.push_back(text + deal.source_metadata + std::to_string(deal.deleted_at != 0) + std::to_string(deal.twin));
            }
        });
        std::ranges::sort(texts);
        return texts;
    }

    Workshop shop;
    std::int64_t planned_at_ = 0;
    int workspaces_ = 0;
};

Draft any_draft() {
    Draft draft = deal_draft("Deal " + std::to_string(*rc::gen::inRange(0, 5)), "Acme " + std::to_string(*rc::gen::inRange(0, 2)));
    draft.source = Source::Csv;
    if (*rc::gen::arbitrary<bool>()) draft.external_ids.push_back({"csv", std::to_string(*rc::gen::inRange(0, 6))});
    if (*rc::gen::arbitrary<bool>()) draft[Field::Value] = std::to_string(*rc::gen::inRange(1, 4) * 1'000);
    if (*rc::gen::arbitrary<bool>())
        draft[Field::Stage] = *rc::gen::element<std::string>("proposal", "negotiation", "closed_won", "no such stage");
    if (*rc::gen::arbitrary<bool>()) draft[Field::ContactEmail] = std::to_string(*rc::gen::inRange(0, 3)) + "@acme.example";
    return draft;
}

std::vector<std::vector<Draft>> any_batches(int most) {
    std::vector<std::vector<Draft>> batches;
    const int count = *rc::gen::inRange(1, most);
    for (int at = 0; at < count; ++at) {
        std::vector<Draft> drafts;
        const int rows = *rc::gen::inRange(1, 7);
        for (int row = 0; row < rows; ++row) drafts.push_back(any_draft());
        batches.push_back(std::move(drafts));
    }
    return batches;
}

TEST_F(PlanTest, APlanAppliedAtOnceIsTheRunAndUntilThenNothingHasHappened) {
    EXPECT_TRUE(rc::check([this] {
        Workshop direct;
        shop.scope = shop.make_scope("plan", "workspace" + std::to_string(++workspaces_));
        for (const auto& drafts : any_batches(3)) {
            (void)shop.send(drafts);
            (void)direct.send(drafts);
        }
        const auto before = shown(shop);
        RC_ASSERT(before == shown(direct));
        const auto batches = any_batches(4);
        const auto planned = plan(batches);
        RC_ASSERT(shown(shop) == before);
        const auto plans = apply(batches, planned);
        for (std::size_t at = 0; at < batches.size(); ++at) {
            const Plan run = direct.send(batches[at]);
            RC_ASSERT(plans[at].rows.size() == run.rows.size());
            RC_ASSERT(plans[at].counts.created == run.counts.created);
            for (std::size_t row = 0; row < run.rows.size(); ++row) {
                RC_ASSERT(plans[at].rows[row].action == run.rows[row].action);
                RC_ASSERT(planned[at][row].action == run.rows[row].action);
            }
        }
        RC_ASSERT(shown(shop) == shown(direct));
        std::filesystem::directory_iterator left(shop.directory.path);
        RC_ASSERT(
            std::none_of(begin(left), end(left), [](const auto& entry) { return entry.path().filename().string().starts_with("spill-"); }));
    }));
}

TEST_F(PlanTest, WhatHasChangedSinceIsNamedRowByRowAndTheRestIsApplied) {
    Draft first = deal_draft("One", "Acme");
    first.external_ids = {{"csv", "1"}};
    Draft second = deal_draft("Two", "Acme");
    second.external_ids = {{"csv", "2"}};
    (void)shop.send({first, second});
    first[Field::Value] = "5000";
    second[Field::Value] = "6000";
    Draft again = first;
    again[Field::Value] = "7000"; // planned upon the first row
    Draft fresh = deal_draft("Three", "Acme");
    const Batches batches{{first, second}, {again, fresh}};
    const auto planned = plan(batches);
    EXPECT_EQ(planned[0][0].action, RowAction::Updated);
    EXPECT_NE(planned[0][0].change.find("\"value\":5000"), std::string::npos) << planned[0][0].change;
    EXPECT_NE(planned[1][0].change.find("\"before\":{\"value\":5000"), std::string::npos) << planned[1][0].change;

    Draft edit = deal_draft("One", "Acme");
    edit.external_ids = {{"csv", "1"}};
    edit[Field::Value] = "1234";
    (void)shop.send({edit});
    const auto plans = apply(batches, planned);
    EXPECT_EQ(plans[0].rows[0].action, RowAction::Rejected);
    EXPECT_EQ(plans[0].rows[0].refusal->code, "changed_since_plan");
    EXPECT_EQ(plans[0].rows[1].action, RowAction::Updated);
    EXPECT_EQ(plans[1].rows[0].action, RowAction::Rejected) << "it was planned upon a row that was not applied";
    EXPECT_EQ(plans[1].rows[1].action, RowAction::Created);
    for (const Plan& each : plans) EXPECT_TRUE(each.counts.balanced());
    shop.store->read(shop.scope, [](LedgerReader& reader) {
        for (const Deal& deal : reader.list_deals({}).deals) {
            if (deal.name == "One") EXPECT_EQ(deal.value_minor, 123'400);
            if (deal.name == "Two") EXPECT_EQ(deal.value_minor, 600'000);
        }
    });
}

TEST_F(PlanTest, TheSummarySaysWhatThePipelineIsWorthBeforeAndAfter) {
    Draft draft = deal_draft("One", "Acme");
    draft[Field::Value] = "1000";
    (void)shop.send({draft});
    const MetricTotals now = shop.ranks.of(shop.scope)->totals();
    PlanSummary summary(*settings());
    draft[Field::Value] = "2500";
    draft[Field::Stage] = "proposal";
    Draft fresh = deal_draft("Two", "Acme");
    fresh[Field::Value] = "500";
    OverlayScratch scratch(shop.directory.path);
    const auto batch = shop.store->begin();
    OverlayLedger overlay(batch->ledger(shop.scope), scratch);
    planned_at_ = shop.clock.now_ms();
    auto rows = rows_of({draft, fresh}, 0);
    const Unit unit;
    summary.add(rehearse(overlay, context(unit), rows));
    const std::string text = summary.text(now, *settings());
    EXPECT_NE(text.find("\"before\":{\"total_active_deals\":1,"), std::string::npos) << text;
    EXPECT_NE(text.find("\"pipeline_value\":1000,"), std::string::npos) << text;
    EXPECT_NE(text.find("\"after\":{\"total_active_deals\":2,"), std::string::npos) << text;
    EXPECT_NE(text.find("\"pipeline_value\":3000,"), std::string::npos) << text;
    EXPECT_NE(text.find("{\"from\":\"discovery\",\"to\":\"proposal\",\"deals\":1}"), std::string::npos) << text;
    EXPECT_NE(text.find("{\"from\":null,\"to\":\"discovery\",\"deals\":1}"), std::string::npos) << text;
}

} // namespace
} // namespace tributary::testing

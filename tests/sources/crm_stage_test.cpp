// A CRM's stage becomes one of ours by the first rule that hits.
#include "door_reading.hpp"
#include "sources/crm_stage.hpp"

using namespace door_reading;

namespace {

std::string decided(Source crm, const CrmStage& record, StageMap map = {}) {
    const StageDecision decision = decide_stage(crm, record, map);
    return std::string(stage_key(decision.stage)) + " by " + std::string(decision.rule);
}

std::string worded(std::string_view stage) { return decided(Source::Salesforce, {.stage = stage}); }

} // namespace

TEST(CrmStage, TheWorkspacesMapComesFirst) {
    const std::vector<std::pair<std::string, Stage>> map = {{"contractsent", Stage::Proposal}, {"renewals/ContractSent", Stage::Discovery}};
    EXPECT_EQ(decided(Source::Hubspot, {.pipeline = "default", .stage = "ContractSent", .closed = true}, map), "proposal by workspace_map");
    EXPECT_EQ(decided(Source::Hubspot, {.pipeline = "Renewals", .stage = "contractsent"}, map), "discovery by workspace_map");
}

TEST(CrmStage, WhatTheRecordSaysOfItselfBeatsTheTables) {
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "contractsent", .closed = true, .won = true}), "closed_won by record_closed");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "contractsent", .closed = true, .won = false}), "closed_lost by record_closed");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "x", .closed = true, .probability = 10'000}), "closed_won by record_closed");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "x", .closed = true, .probability = 0}), "closed_lost by record_closed");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "x", .won = true}), "closed_won by record_closed");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Closed Won", .closed = false, .probability = 2'000}), "discovery by probability");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Closed Won", .closed = false, .probability = 10'000}), "closed_won by default_table")
        << "two against one";
}

TEST(CrmStage, TheDefaultStagesOfBothSystemsAreKnown) {
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "appointmentscheduled"}), "discovery by default_table");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "qualifiedtobuy"}), "qualification by default_table");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "presentationscheduled"}), "proposal by default_table");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "Decision Maker Bought-In"}), "negotiation by default_table");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "closedlost"}), "closed_lost by default_table");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Needs Analysis"}), "qualification by default_table");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Id. Decision Makers"}), "proposal by default_table");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Negotiation/Review"}), "negotiation by default_table");
    EXPECT_EQ(decide_stage(Source::Salesforce, {.stage = "Negotiation/Review"}, {}).probability, 9'000);
}

TEST(CrmStage, WordsOfACustomStageDecide) {
    EXPECT_EQ(worded("3 - Quoted"), "proposal by stage_word");
    EXPECT_EQ(worded("Cancelled"), "closed_lost by stage_word");
    EXPECT_EQ(worded("Contract signed"), "closed_won by stage_word");
    EXPECT_EQ(worded("WON!"), "closed_won by stage_word");
    EXPECT_EQ(worded("Legal"), "negotiation by stage_word");
    EXPECT_EQ(worded("Pilot running"), "proposal by stage_word");
    EXPECT_EQ(worded("Developing"), "qualification by stage_word");
    EXPECT_EQ(worded("New business"), "discovery by stage_word");
    EXPECT_EQ(worded("Renewal"), "discovery by unmapped");
    EXPECT_EQ(worded("Wonderful"), "discovery by unmapped");
    EXPECT_EQ(decided(Source::Salesforce, {.stage = "Lost contact", .closed = false, .probability = 6'000}), "proposal by probability");
}

TEST(CrmStage, AnOpenStageWithoutWordsGoesByItsProbability) {
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "1044035700", .probability = 2'499}), "discovery by probability");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "1044035700", .probability = 2'500}), "qualification by probability");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "1044035700", .probability = 5'000}), "proposal by probability");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "1044035700", .probability = 7'500}), "negotiation by probability");
    EXPECT_EQ(decided(Source::Hubspot, {.stage = "1044035700"}), "discovery by unmapped");
}

TEST(CrmStage, ARecordThatSaysItIsOpenIsNeverClosedByATableOrAWord) {
    EXPECT_TRUE(rc::check("open stays open", [](const std::string& stage) {
        const auto probability = *rc::gen::inRange<std::int32_t>(0, 10'001);
        for (const Source crm : {Source::Hubspot, Source::Salesforce}) {
            RC_ASSERT(!is_closed(decide_stage(crm, {.stage = stage + "!", .closed = false, .probability = probability}, {}).stage));
            RC_ASSERT(!is_closed(decide_stage(crm, {.stage = "closed won " + stage + " lost", .closed = false}, {}).stage));
        }
    }));
}

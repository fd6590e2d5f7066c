// The word lists, fields, drafts, journal words and counts.
#include "deal/draft.hpp"
#include "deal/field.hpp"
#include "deal/journal.hpp"
#include "deal/names.hpp"
#include "deal/unit.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace tributary;

TEST(Names, EveryKeyReadsBack) {
    for (std::size_t at = 0; at < kStageCount; ++at) {
        const auto stage = static_cast<Stage>(at);
        EXPECT_EQ(parse_stage(stage_key(stage)), stage);
        EXPECT_EQ(parse_stage(stage_label(stage)), stage);
    }
    for (std::size_t at = 0; at <= kSourceCount; ++at)
        EXPECT_EQ(parse_source(source_key(static_cast<Source>(at))), static_cast<Source>(at));
    for (const Risk risk : {Risk::Low, Risk::Medium, Risk::High}) EXPECT_EQ(parse_risk(risk_key(risk)), risk);
    for (int at = 0; at < 6; ++at) EXPECT_EQ(parse_lead_status(lead_status_key(static_cast<LeadStatus>(at))), static_cast<LeadStatus>(at));
    for (int at = 0; at < 5; ++at) EXPECT_EQ(parse_role(role_key(static_cast<Role>(at))), static_cast<Role>(at));
}

TEST(Names, StagesAreReadInAnyCaseAndSpacing) {
    for (const char* text : {"closed_won", "Closed Won", "CLOSED-WON", "closed  won", "closedwon", " Closed_Won "})
        EXPECT_EQ(parse_stage(text), Stage::ClosedWon) << text;
    for (const char* text : {"", "won", "closed", "closed/won", "Prospecting", "discoveryy", "\xC3\xA9"})
        EXPECT_FALSE(parse_stage(text)) << text;
    EXPECT_FALSE(parse_stage(std::string(10'000, 'x')));
    EXPECT_EQ(source_key(Source::WebForm), "web_form");
    EXPECT_EQ(stage_label(Stage::ClosedLost), "Closed Lost");
}

TEST(Fields, HaveDifferentKeysThatReadBackExactly) {
    std::set<std::string_view> keys;
    for (const Field field : kFields) {
        keys.insert(field_key(field));
        EXPECT_EQ(parse_field(field_key(field)), field);
        EXPECT_GT(field_bytes_max(field), 0U);
    }
    EXPECT_EQ(keys.size(), kFieldCount);
    EXPECT_FALSE(parse_field("Name"));
    EXPECT_FALSE(parse_field(""));
    EXPECT_EQ(field_bytes_max(Field::Description), 32'000U);
    EXPECT_EQ(field_key(Field::ExpectedCloseDate), "expected_close_date");
    EXPECT_EQ(field_key(Field::ValueEstimated), "value_estimated");
}

TEST(Draft, TakesTheFirstOfferThatSaysSomething) {
    Draft draft;
    EXPECT_FALSE(draft[Field::Name]);
    draft.offer(Field::Name, "  ");
    EXPECT_EQ(draft[Field::Name], "  "); // present and blank is not absent
    draft.offer(Field::Name, "Acme");
    draft.offer(Field::Name, "Other");
    EXPECT_EQ(draft[Field::Name], "Acme");
    draft.offer(Field::Name, "");
    EXPECT_EQ(draft[Field::Name], "Acme");
}

TEST(Units, CountsStayBalanced) {
    UnitCounts counts;
    for (const RowAction action :
         {RowAction::Created, RowAction::Updated, RowAction::Unchanged, RowAction::Skipped, RowAction::Rejected, RowAction::Created}) {
        counts.add(action);
        EXPECT_TRUE(counts.balanced());
    }
    EXPECT_EQ(counts.read, 6U);
    EXPECT_EQ(counts.created, 2U);
    EXPECT_EQ(counts.rejected, 1U);
}

TEST(Units, HaveTheWordsOfTheSpecification) {
    EXPECT_EQ(action_key(RowAction::Unchanged), "unchanged");
    EXPECT_EQ(unit_state_key(UnitState::Planned), "planned");
    EXPECT_EQ(unit_state_key(UnitState::Undone), "undone");
    EXPECT_EQ(happening_key(Happening::Created), "created");
    EXPECT_EQ(happening_key(Happening::ImportFinished), "import_finished");
    EXPECT_EQ(happening_key(Happening::LeadUpdated), "lead_updated");
    EXPECT_EQ(happening_key(Happening::Received), "received");
}

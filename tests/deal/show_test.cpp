// Records as the API shows them, byte for byte, and the fields of a deal.
#include "deal/clock.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <gtest/gtest.h>

using namespace tributary;

namespace {

constexpr std::int64_t kTen = 1'780'308'000'000; // 2026-06-01T10:00:00Z
const Id kDealId = *parse_id("019e81e2-6b00-7000-8000-000000000001");
const Id kLeadId = *parse_id("019e81e2-6b00-7000-8000-000000000002");

Deal full_deal() {
    Deal deal;
    deal.id = kDealId;
    deal.name = "Acme \"rollout\"";
    deal.company = "Acme";
    deal.value_minor = 12'000'050;
    deal.currency = {{'E', 'U', 'R'}};
    deal.stage = Stage::ClosedWon;
    deal.probability = 6'250;
    deal.source = Source::WebForm;
    deal.expected_close_date = make_date(2026, 6, 1);
    deal.contact_name = "Ann";
    deal.contact_email = "ann@acme.example";
    deal.contact_phone = "+491";
    deal.description = "d";
    deal.owner = "o";
    deal.lost_reason = "l";
    deal.lead_id = kLeadId;
    deal.value_estimated = true;
    deal.health_score = 55;
    deal.risk = Risk::Medium;
    deal.stage_entered_at = deal.closed_at = deal.last_engaged_at = deal.created_at = deal.updated_at = deal.deleted_at = kTen;
    deal.is_spam = true;
    deal.source_metadata = R"({"utm":"x"})";
    deal.version = 42;
    deal.external_ids = {{"api", "x-1"}, {"hubspot:1", "2"}};
    return deal;
}

std::string field_json(const Deal& deal, Field field) {
    std::string out;
    append_field_json(out, deal, field);
    return out;
}

template <typename... Arguments>
std::string shown(void (*append)(std::string&, Arguments...), auto&&... arguments) {
    std::string out;
    append(out, arguments...);
    return out;
}

} // namespace

TEST(Show, ADealHasEveryMemberOfTheContract) {
    EXPECT_EQ(
        shown(append_deal, full_deal(), Shown{"t1", "w1"}),
        R"({"id":"019e81e2-6b00-7000-8000-000000000001","tenant_id":"t1","workspace_id":"w1","name":"Acme \"rollout\"","company":"Acme",)"
        R"("value":120000.5,"currency":"EUR","stage":"closed_won","probability":62.5,"source":"web_form","expected_close_date":"2026-06-01",)"
        R"("health_score":55,"risk_level":"medium","source_metadata":{"utm":"x"},"contact_name":"Ann","contact_email":"ann@acme.example",)"
        R"("contact_phone":"+491","description":"d","owner":"o","lost_reason":"l","lead_id":"019e81e2-6b00-7000-8000-000000000002",)"
        R"("value_estimated":true,"is_spam":true,"external_ids":[{"system":"api","id":"x-1"},{"system":"hubspot:1","id":"2"}],)"
        R"("stage_entered_at":"2026-06-01T10:00:00.000Z","closed_at":"2026-06-01T10:00:00.000Z","last_engaged_at":"2026-06-01T10:00:00.000Z",)"
        R"("created_at":"2026-06-01T10:00:00.000Z","updated_at":"2026-06-01T10:00:00.000Z","deleted_at":"2026-06-01T10:00:00.000Z","version":42})");
}

TEST(Show, WhatADealDoesNotHaveIsNull) {
    Deal deal;
    deal.id = kDealId;
    deal.name = "n";
    deal.created_at = deal.updated_at = kTen;
    EXPECT_EQ(
        shown(append_deal, deal, Shown{"t", "w"}),
        R"({"id":"019e81e2-6b00-7000-8000-000000000001","tenant_id":"t","workspace_id":"w","name":"n","company":null,)"
        R"("value":0,"currency":"USD","stage":"discovery","probability":50,"source":"manual","expected_close_date":null,)"
        R"("health_score":70,"risk_level":"low","source_metadata":{},"contact_name":null,"contact_email":null,)"
        R"("contact_phone":null,"description":null,"owner":null,"lost_reason":null,"lead_id":null,)"
        R"("value_estimated":false,"is_spam":false,"external_ids":[],"stage_entered_at":null,"closed_at":null,"last_engaged_at":null,)"
        R"("created_at":"2026-06-01T10:00:00.000Z","updated_at":"2026-06-01T10:00:00.000Z","deleted_at":null,"version":0})");
}

TEST(Show, ALeadHasEveryMemberOfTheContract) {
    Lead lead{.id = kLeadId,
              .email = "a@b.example",
              .last_name = "B",
              .source = Source::Email,
              .status = LeadStatus::Contacted,
              .ai_score = 80,
              .created_at = kTen,
              .updated_at = kTen};
    EXPECT_EQ(
        shown(append_lead, lead, Shown{"t", "w"}),
        R"({"id":"019e81e2-6b00-7000-8000-000000000002","tenant_id":"t","workspace_id":"w","email":"a@b.example","first_name":null,"last_name":"B",)"
        R"("company":null,"phone":null,"source":"email","status":"contacted","ai_score":80,"ai_qualification_summary":null,"is_spam":false,)"
        R"("metadata_json":{},"created_at":"2026-06-01T10:00:00.000Z","updated_at":"2026-06-01T10:00:00.000Z"})");
}

TEST(Show, AUnitHasEveryMemberOfTheContract) {
    Unit unit{.id = kDealId, .source = Source::Csv, .door = "/csv/upload", .actor = "key:1", .raw_bytes = 7, .started_at = kTen};
    unit.counts = {.read = 15, .created = 1, .updated = 2, .unchanged = 3, .skipped = 4, .rejected = 5};
    EXPECT_EQ(
        shown(append_unit, unit),
        R"({"import_id":"019e81e2-6b00-7000-8000-000000000001","source":"csv","door":"/csv/upload","file_name":null,"state":"running",)"
        R"("counts":{"read":15,"created":1,"updated":2,"unchanged":3,"skipped":4,"rejected":5},"content_type":null,"sha256":null,"raw_bytes":7,)"
        R"("options":null,"plan":null,"failure":null,"actor":"key:1","started_at":"2026-06-01T10:00:00.000Z","finished_at":null,)"
        R"("automations":{"policy":"live","held":0},"same_as":null,"replay_of":null})");
}

TEST(Show, ARefusedRowSaysWhyAndGivesItsTextBack) {
    RowOutcome row{.row = 3,
                   .line = 5,
                   .action = RowAction::Rejected,
                   .code = "invalid_date",
                   .problems = {{"expected_close_date", "invalid_date", "No such day.", "2026-02-30"}, {"name", "missing", "M.", ""}},
                   .raw = "a,\"b\""};
    EXPECT_EQ(
        shown(append_outcome, row),
        R"({"index":3,"line":5,"action":"rejected","error":"No such day.","code":"invalid_date","details":[{"field":"expected_close_date","code":"invalid_date",)"
        R"("message":"No such day.","value":"2026-02-30"},{"field":"name","code":"missing","message":"M."}],"raw":"a,\"b\""})");
    EXPECT_EQ(shown(append_outcome, RowOutcome{.action = RowAction::Rejected, .code = "bad"}),
              R"({"index":0,"action":"rejected","error":"The row was refused.","code":"bad","details":[]})");
}

TEST(Show, AGoodRowHasItsDealAndItsWarnings) {
    EXPECT_EQ(shown(append_outcome, RowOutcome{.row = 1, .action = RowAction::Unchanged, .deal = kDealId}),
              R"({"index":1,"action":"unchanged","deal_id":"019e81e2-6b00-7000-8000-000000000001"})");
    EXPECT_EQ(
        shown(append_outcome,
              RowOutcome{.row = 1, .action = RowAction::Created, .deal = kDealId, .problems = {{"value", "estimated", "E.", ""}}}),
        R"({"index":1,"action":"created","deal_id":"019e81e2-6b00-7000-8000-000000000001","warnings":[{"field":"value","code":"estimated","message":"E."}]})");
}

TEST(Show, AJournalRowNamesItsArrivalOnlyWhenItHasOne) {
    EXPECT_EQ(
        shown(append_journal,
              JournalEntry{.seq = 9, .at = kTen, .happening = Happening::LeadCreated, .source = Source::Api, .row = 4, .actor = "system"}),
        R"({"seq":9,"at":"2026-06-01T10:00:00.000Z","kind":"lead_created","source":"api","deal_id":null,"ingestion_id":null,"actor":"system","data":{}})");
    EXPECT_EQ(
        shown(append_journal,
              JournalEntry{.seq = 9, .at = kTen, .deal = kDealId, .unit = kLeadId, .row = 4, .actor = "key:1", .body = R"({"a":1})"}),
        R"({"seq":9,"at":"2026-06-01T10:00:00.000Z","kind":"created","source":"system","deal_id":"019e81e2-6b00-7000-8000-000000000001",)"
        R"("ingestion_id":"019e81e2-6b00-7000-8000-000000000002","row":4,"actor":"key:1","data":{"a":1}})");
}

TEST(DealFields, AreJsonTextThatReadsBack) {
    const Deal deal = full_deal();
    for (const Field field : kFields) EXPECT_TRUE(parse_json(field_json(deal, field))) << field_key(field);
    for (const Field field : kFields) EXPECT_TRUE(parse_json(field_json(Deal{}, field))) << field_key(field);
    EXPECT_EQ(field_json(deal, Field::Value), "120000.5");
    EXPECT_EQ(field_json(deal, Field::Probability), "62.5");
    EXPECT_EQ(field_json(Deal{.probability = 6'000}, Field::Probability), "60");
    EXPECT_EQ(field_json(Deal{.probability = 5}, Field::Probability), "0.05");
    EXPECT_EQ(field_json(Deal{.probability = kProbabilityMax}, Field::Probability), "100");
    EXPECT_EQ(field_json(Deal{}, Field::Name), "\"\"");
    EXPECT_EQ(field_json(Deal{}, Field::Company), "null");
    EXPECT_EQ(field_json(Deal{}, Field::ClosedAt), "null");
    EXPECT_EQ(field_json(deal, Field::ClosedAt), "\"2026-06-01T10:00:00.000Z\"");
    EXPECT_EQ(field_json(deal, Field::ValueEstimated), "true");
}

TEST(DealFields, DifferExactlyWhereTheDealsDiffer) {
    const Deal empty;
    const Deal full = full_deal();
    for (const Field field : kFields) {
        EXPECT_TRUE(same_field(full, full, field)) << field_key(field);
        if (field != Field::Stage) EXPECT_FALSE(same_field(empty, full, field)) << field_key(field);
        EXPECT_EQ(same_field(empty, full, field), field_json(empty, field) == field_json(full, field)) << field_key(field);
    }
    // The amount is compared as it is shown: 100 yen to 100 euros keeps the number and changes the currency.
    EXPECT_TRUE(same_field(Deal{.value_minor = 100, .currency = {{'J', 'P', 'Y'}}},
                           Deal{.value_minor = 10'000, .currency = {{'E', 'U', 'R'}}}, Field::Value));
    EXPECT_FALSE(same_field(Deal{.value_minor = 100, .currency = {{'J', 'P', 'Y'}}},
                            Deal{.value_minor = 100, .currency = {{'E', 'U', 'R'}}}, Field::Value));
}

TEST(DealFields, OnlyAnOpenDealIsActive) {
    EXPECT_TRUE(Deal{}.is_active());
    EXPECT_FALSE(full_deal().is_active());
    EXPECT_FALSE(Deal{.stage = Stage::ClosedLost}.is_active());
    EXPECT_FALSE(Deal{.is_spam = true}.is_active());
}

TEST(Clocks, TheToldClockStandsStillUntilMoved) {
    ToldClock told(5);
    EXPECT_EQ(told.now_ms(), 5);
    told.move_ms(10);
    EXPECT_EQ(told.now_ms(), 15);
    EXPECT_GT(SystemClock().now_ms(), 1'700'000'000'000);
}

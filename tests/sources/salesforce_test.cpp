// Salesforce opportunities as JSON records.
#include "door_reading.hpp"
#include "sources/salesforce_opportunity.hpp"

using namespace door_reading;

namespace {

const SourceSpec kSpec = salesforce_source();

Result<ReadAll> sync(std::string_view body) { return door(kSpec, "/salesforce/sync").read(arrival(), body); }
Result<ReadAll> batch(std::string_view body) { return door(kSpec, "/salesforce/batch-sync").read(arrival(), body); }

Draft opportunity_with(std::string_view fields) {
    return only_draft(sync(R"({"Id":"006xx0000000001AAA","Name":"O",)" + std::string(fields) + "}"));
}

} // namespace

TEST(Salesforce, TheDoorsAreThoseOfTheSpecification) {
    EXPECT_EQ(kSpec.source, Source::Salesforce);
    EXPECT_EQ(door(kSpec, "/salesforce/sync").kind, DoorKind::Events);
    EXPECT_EQ(door(kSpec, "/salesforce/sync").body_bytes_max, 5U * 1024 * 1024);
    EXPECT_EQ(door(kSpec, "/salesforce/batch-sync").kind, DoorKind::Many);
}

TEST(Salesforce, AnIdOfFifteenCharactersGetsItsLongForm) {
    SHARED_TEXT(text, "wire/vectors/salesforce_id15_18.json");
    const auto vectors = parse_json(text);
    ASSERT_TRUE(vectors);
    ASSERT_FALSE(vectors->as_array().empty());
    for (const auto& each : vectors->as_array()) {
        EXPECT_EQ(salesforce_id18(scalar_text(each.at("id15"))), scalar_text(each.at("id18")));
        EXPECT_EQ(salesforce_id18(scalar_text(each.at("id18"))), scalar_text(each.at("id18")));
    }
}

TEST(Salesforce, AnIdOfAnotherKindIsKeptAsItIs) {
    EXPECT_EQ(salesforce_id18(" 006xx "), "006xx");
    EXPECT_EQ(salesforce_id18("made-up-id-15ch"), "made-up-id-15ch");
    EXPECT_EQ(salesforce_id18(""), "");
}

TEST(Salesforce, APageOfAQueryIsRead) {
    SHARED_TEXT(body, "wire/salesforce/query_page1.json");
    const auto read = batch(body);
    ASSERT_EQ(code_of(read), "ok");
    ASSERT_EQ(read->rows.size(), 2U);
    const Draft& first = *read->rows[0].draft;
    EXPECT_EQ(first.external_ids, (std::vector<ExternalId>{{"salesforce", "006xx0000000001AAA"}}));
    EXPECT_EQ(field(first, Field::Name), "Opportunity 1");
    EXPECT_EQ(field(first, Field::Company), "Acme GmbH");
    EXPECT_EQ(field(first, Field::Value), "1000");
    EXPECT_EQ(field(first, Field::Currency), "USD");
    EXPECT_EQ(field(first, Field::Stage), "discovery");
    EXPECT_EQ(field(first, Field::Probability), "10");
    EXPECT_EQ(field(first, Field::ExpectedCloseDate), "2026-12-31");
    EXPECT_EQ(field(first, Field::ContactName), "Jane Doe");
    EXPECT_EQ(field(first, Field::ContactEmail), "jane@acme.example");
    EXPECT_EQ(field(first, Field::CreatedAt), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(first.event_time_ms, 1'795'377'601'000);
    EXPECT_EQ(metadata_text(first, "contact_role"), "Decision Maker");
    EXPECT_EQ(metadata_text(first, "forecast_category"), "Pipeline");
    EXPECT_FALSE(first.deleted);
    const Draft& second = *read->rows[1].draft;
    EXPECT_EQ(field(second, Field::Value), "(absent)");
    EXPECT_EQ(field(second, Field::Company), "(absent)");
    EXPECT_EQ(field(second, Field::Stage), "negotiation");
}

TEST(Salesforce, ClosedAndDeletedRecordsSaySo) {
    SHARED_TEXT(body, "wire/salesforce/query_page2.json");
    const auto read = batch(body);
    ASSERT_EQ(code_of(read), "ok");
    const Draft& won = *read->rows[0].draft;
    EXPECT_EQ(field(won, Field::Value), "12500000");
    EXPECT_EQ(field(won, Field::Stage), "closed_won");
    EXPECT_EQ(field(won, Field::Probability), "100");
    EXPECT_EQ(field(won, Field::ClosedAt), "(absent)") << "its close date lies ahead";
    const Draft& gone = *read->rows[1].draft;
    EXPECT_TRUE(gone.deleted);
    EXPECT_EQ(field(gone, Field::Stage), "closed_lost") << "closed and not won, whatever the stage is called";
    EXPECT_EQ(metadata_text(gone, "stage_rule"), "record_closed");
}

TEST(Salesforce, AStageRecordIsNoOpportunity) {
    SHARED_TEXT(body, "wire/salesforce/opportunity_stage_query.json");
    const auto read = batch(body);
    ASSERT_EQ(code_of(read), "ok");
    for (const ReadRow& row : read->rows) EXPECT_EQ(row_code(row), "not_an_opportunity");
}

TEST(Salesforce, ABadRowDoesNotSpoilItsNeighbours) {
    const auto read = batch(fixture("salesforce/records.json"));
    ASSERT_EQ(code_of(read), "ok");
    std::vector<std::string> codes;
    for (const ReadRow& row : read->rows) codes.push_back(row_code(row));
    EXPECT_EQ(codes, (std::vector<std::string>{"ok", "not_an_opportunity", "missing_id", "ok", "ok"}));
    EXPECT_NE(read->rows[2].raw.find("Without an id"), std::string::npos);

    const Draft& big = *read->rows[0].draft;
    EXPECT_EQ(big.external_ids[0].id, "006xx0000000001AAA");
    EXPECT_EQ(field(big, Field::Value), "12500000");
    EXPECT_EQ(field(big, Field::Stage), "proposal");
    EXPECT_EQ(metadata_text(big, "stage_rule"), "stage_word");
    EXPECT_EQ(field(big, Field::Probability), "55.5");
    EXPECT_EQ(field(big, Field::Owner), "Sam Seller");
    EXPECT_EQ(metadata_text(big, "owner_email"), "sam@ingest.example");
    EXPECT_EQ(field(big, Field::StageEnteredAt), "2026-11-01T00:00:00.000Z");
    EXPECT_EQ(metadata(big).at("fields").at("Region__c"), "EMEA");

    EXPECT_EQ(read->rows[3].draft->external_ids[0].id, "006xx0000000004AAA") << "taken from the record's address";
    const Draft& negative = *read->rows[4].draft;
    EXPECT_EQ(field(negative, Field::Value), "(absent)");
    EXPECT_EQ(negative.warnings.size(), 1U);
    EXPECT_EQ(field(negative, Field::ClosedAt), "2026-01-31T00:00:00.000Z");
}

TEST(Salesforce, ThePrimaryContactIsTheDealsContact) {
    const Draft draft = opportunity_with(R"("OpportunityContactRoles":{"records":[
        {"ContactId":"003xx0000000001AAA","IsPrimary":false,"Contact":{"Name":"First"}},
        {"ContactId":"003xx0000000002AAA","IsPrimary":true,"Contact":{"FirstName":"Pri","LastName":"Mary","Email":"P@Acme.example","Phone":"+1 555 0100"}}]})");
    EXPECT_EQ(field(draft, Field::ContactName), "Pri Mary");
    EXPECT_EQ(field(draft, Field::ContactEmail), "p@acme.example");
    EXPECT_EQ(field(draft, Field::ContactPhone), "+1 555 0100");
    EXPECT_EQ(metadata_text(draft, "contact_id"), "003xx0000000002AAA");
    EXPECT_EQ(field(opportunity_with(R"("OpportunityContactRoles":{"records":[{"Contact":null}]})"), Field::ContactName), "(absent)");
}

TEST(Salesforce, ACloseDateStaysTheDayItWasWrittenAs) {
    EXPECT_EQ(field(opportunity_with(R"("CloseDate":"2026-12-31")"), Field::ExpectedCloseDate), "2026-12-31");
    EXPECT_EQ(field(opportunity_with(R"("CloseDate":"2026-12-31T23:59:59.000-0800")"), Field::ExpectedCloseDate), "2026-12-31");
    EXPECT_EQ(field(opportunity_with(R"("CloseDate":1798675200000)"), Field::ExpectedCloseDate), "2026-12-31");
    const Draft wrong = opportunity_with(R"("CloseDate":"2026-02-31")");
    EXPECT_EQ(field(wrong, Field::ExpectedCloseDate), "(absent)");
    EXPECT_EQ(wrong.warnings.size(), 1U);
}

TEST(Salesforce, FlattenedAndLowerCaseNamesAreUnderstood) {
    const Draft draft =
        only_draft(sync(R"({"id":"006xx0000000001AAA","name":"O","stagename":"Prospecting","Account.Name":"Acme","Owner.Name":"Sam"})"));
    EXPECT_EQ(field(draft, Field::Name), "O");
    EXPECT_EQ(field(draft, Field::Company), "Acme");
    EXPECT_EQ(field(draft, Field::Owner), "Sam");
    EXPECT_EQ(field(draft, Field::Stage), "discovery");
}

TEST(Salesforce, ABlankFieldNeverErases) {
    const Draft draft =
        opportunity_with(R"("Amount":null,"StageName":"","CloseDate":null,"Description":"","Probability":null,"Account":null)");
    for (const Field which : kFields) {
        if (which != Field::Name) EXPECT_FALSE(draft[which]) << field_key(which);
    }
}

TEST(Salesforce, ASessionIdInARecordIsNotKept) {
    EXPECT_EQ(opportunity_with(R"("SessionId":"00D!secret")").metadata.find("secret"), std::string::npos);
}

TEST(Salesforce, ABodyThatIsNotJsonIsRefusedAsAWhole) {
    for (const std::string_view body : {"", "[", "nonsense", "[{\"Id\":}]"}) EXPECT_NE(code_of(batch(body)), "ok") << body;
}

TEST(Salesforce, NumbersSurviveExactly) {
    EXPECT_TRUE(rc::check("amounts as numbers", [] {
        const auto whole = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        RC_ASSERT(field(opportunity_with("\"Amount\":" + std::to_string(whole) + ".0"), Field::Value) == std::to_string(whole));
        RC_ASSERT(field(opportunity_with("\"Amount\":\"" + std::to_string(whole) + ".25\""), Field::Value) ==
                  std::to_string(whole) + ".25");
    }));
}

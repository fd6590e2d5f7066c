// HubSpot's deals in every shape they come in.
#include "door_reading.hpp"

using namespace door_reading;

namespace {

const SourceSpec kSpec = hubspot_source();

Result<ReadAll> sync(std::string_view body, const ReadingRules* rules = nullptr) {
    return door(kSpec, "/hubspot/sync").read(arrival("application/json", rules), body);
}
Result<ReadAll> batch(std::string_view body) { return door(kSpec, "/hubspot/batch-sync").read(arrival(), body); }

Draft deal_with(std::string_view properties) {
    return only_draft(sync(R"({"id":"1","properties":{"dealname":"D",)" + std::string(properties) + "}}"));
}

} // namespace

TEST(Hubspot, TheDoorsAreThoseOfTheSpecification) {
    EXPECT_EQ(kSpec.source, Source::Hubspot);
    EXPECT_EQ(door(kSpec, "/hubspot/sync").kind, DoorKind::Events);
    EXPECT_EQ(door(kSpec, "/hubspot/batch-sync").kind, DoorKind::Many);
    EXPECT_EQ(door(kSpec, "/hubspot/batch-sync").body_bytes_max, 16U * 1024 * 1024);
}

TEST(Hubspot, APageOfTheApiIsRead) {
    SHARED_TEXT(body, "wire/hubspot/deals_page1.json");
    const auto read = batch(body);
    ASSERT_EQ(code_of(read), "ok");
    ASSERT_EQ(read->rows.size(), 2U);
    const Draft& first = *read->rows[0].draft;
    EXPECT_EQ(first.external_ids, (std::vector<ExternalId>{{"hubspot", "144703760059"}}));
    EXPECT_EQ(field(first, Field::Name), "Enterprise License — Acme GmbH");
    EXPECT_EQ(field(first, Field::Value), "120000");
    EXPECT_EQ(field(first, Field::Currency), "EUR");
    EXPECT_EQ(field(first, Field::Stage), "negotiation");
    EXPECT_EQ(field(first, Field::Probability), "90");
    EXPECT_EQ(field(first, Field::ExpectedCloseDate), "2026-12-07");
    EXPECT_EQ(field(first, Field::CreatedAt), "2026-08-22T07:33:08.716Z");
    EXPECT_EQ(field(first, Field::Description), "(absent)");
    EXPECT_EQ(field(first, Field::Owner), "(absent)");
    EXPECT_EQ(first.event_time_ms, 1'788'256'800'001);
    EXPECT_EQ(metadata_text(first, "owner_id"), "41629779");
    EXPECT_EQ(metadata_text(first, "stage_raw"), "contractsent");
    EXPECT_EQ(metadata_text(first, "stage_rule"), "default_table");
    EXPECT_EQ(metadata_text(first, "pipeline"), "default");
    EXPECT_EQ(metadata(first).at("properties").at("amount_in_home_currency"), "129600.00");
    EXPECT_EQ(first.reading, Reading::Strict);
    const Draft& second = *read->rows[1].draft;
    EXPECT_EQ(field(second, Field::Value), "(absent)") << "an empty amount says nothing";
    EXPECT_EQ(field(second, Field::ExpectedCloseDate), "(absent)");
    EXPECT_EQ(field(second, Field::Probability), "20");
}

TEST(Hubspot, TheLastPageSearchResultsAndABatchReadAreRead) {
    for (const char* name : {"wire/hubspot/deals_page2_last.json", "wire/hubspot/deals_search.json", "wire/hubspot/batch_read_207.json"}) {
        SHARED_TEXT(body, name);
        const auto read = batch(body);
        ASSERT_EQ(code_of(read), "ok") << name;
        EXPECT_FALSE(read->rows.empty()) << name;
        for (const ReadRow& row : read->rows) EXPECT_EQ(row_code(row), "ok") << name;
    }
}

TEST(Hubspot, AnArchivedDealIsDeletedThere) {
    SHARED_TEXT(body, "wire/hubspot/deals_archived.json");
    const Draft draft = only_draft(batch(body));
    EXPECT_TRUE(draft.deleted);
    EXPECT_EQ(draft.event_time_ms, 1'790'812'800'000) << "archived after it was last changed";
    EXPECT_EQ(metadata_text(draft, "archived_at"), "2026-10-01T00:00:00.000Z");
}

TEST(Hubspot, TheSurvivorOfAMergeCarriesTheIdsOfTheDead) {
    SHARED_TEXT(body, "wire/hubspot/deal_merged_survivor.json");
    const Draft draft = only_draft(sync(body));
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"hubspot", "900"}}));
    EXPECT_EQ(draft.merged_ids, (std::vector<ExternalId>{{"hubspot", "801"}, {"hubspot", "802"}}));
    EXPECT_TRUE(draft.versioned);
    EXPECT_EQ(metadata(draft).at("merged_object_ids"), (boost::json::array{"801", "802"}));
}

TEST(Hubspot, AssociatedIdsAreKeptOnce) {
    SHARED_TEXT(body, "wire/hubspot/deal_with_associations.json");
    const Draft draft = only_draft(sync(body));
    EXPECT_EQ(metadata(draft).at("contact_ids"), boost::json::array{"901"});
    EXPECT_EQ(metadata(draft).at("company_ids"), boost::json::array{"5686664638"});
    EXPECT_EQ(field(draft, Field::Company), "(absent)") << "an id is no name";
}

TEST(Hubspot, ThePythonClientsDictionaryIsRead) {
    SHARED_TEXT(body, "wire/hubspot/python_client_to_dict.json");
    const Draft draft = only_draft(batch(body));
    EXPECT_EQ(draft.external_ids[0].id, "512");
    EXPECT_FALSE(draft.deleted);
    const Draft bare = only_draft(sync(R"({"id":"9","properties":{"dealname":"D"},"created_at":"2026-08-22 07:33:08.716000+00:00",)"
                                       R"("updated_at":"2026-09-01 10:00:00.001000+00:00","archived":false,"archived_at":"None"})"));
    EXPECT_EQ(field(bare, Field::CreatedAt), "2026-08-22T07:33:08.716Z");
    EXPECT_EQ(bare.event_time_ms, 1'788'256'800'001);
}

TEST(Hubspot, AWorkflowWebhookIsRead) {
    SHARED_TEXT(body, "wire/hubspot/workflow_webhook_v3_object.json");
    const auto read = sync(body);
    const Draft draft = only_draft(read);
    EXPECT_EQ(read->organization_id, "1234567");
    EXPECT_FALSE(read->events_only);
    EXPECT_EQ(draft.external_ids[0].id, "144703760059");
    EXPECT_EQ(draft.external_ids[0].system, "hubspot") << "the same deal comes from batches without its portal";
    EXPECT_EQ(field(draft, Field::Stage), "qualification");
    EXPECT_EQ(metadata_text(draft, "portal_id"), "1234567");
}

TEST(Hubspot, ALegacyWorkflowWebhookIsRead) {
    SHARED_TEXT(body, "wire/hubspot/workflow_webhook_v1_object.json");
    const Draft draft = only_draft(sync(body));
    EXPECT_EQ(draft.external_ids[0].id, "46789043");
    EXPECT_EQ(field(draft, Field::Name), "Legacy shape");
    EXPECT_EQ(field(draft, Field::Value), "19090");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-07");
    EXPECT_EQ(draft.event_time_ms, 1'789'999'999'000);
    EXPECT_EQ(metadata(draft).at("contact_ids"), boost::json::array{"901"});
    EXPECT_EQ(metadata(draft).at("properties").at("amount"), "19090");
}

TEST(Hubspot, ThinEventsAreTakenInWithoutRows) {
    for (const char* name : {"wire/hubspot/webhook_batch_deal.json", "wire/hubspot/webhook_batch_generic.json"}) {
        SHARED_TEXT(body, name);
        const auto read = sync(body);
        ASSERT_EQ(code_of(read), "ok");
        EXPECT_TRUE(read->events_only);
        EXPECT_TRUE(read->rows.empty());
        EXPECT_EQ(read->organization_id, "1234567");
    }
    const auto one = sync(R"({"eventId":1,"portalId":"62515","objectId":3,"subscriptionType":"deal.creation","occurredAt":1})");
    ASSERT_EQ(code_of(one), "ok");
    EXPECT_TRUE(one->events_only);
    EXPECT_EQ(one->organization_id, "62515");
    const auto poisoned = sync(R"([{"eventId":1,"objectId":3,"subscriptionType":"deal.creation"},7])");
    EXPECT_TRUE(poisoned->events_only) << "one bad event must not lose its siblings";
}

TEST(Hubspot, EventsOfTwoPortalsAreRefused) {
    EXPECT_EQ(
        code_of(sync(
            R"([{"subscriptionType":"deal.creation","portalId":1,"objectId":1},{"subscriptionType":"deal.creation","portalId":2,"objectId":1}])")),
        "mixed_portals");
}

TEST(Hubspot, ABadRowDoesNotSpoilItsNeighbours) {
    const auto read = batch(fixture("hubspot/mixed_batch.json"));
    ASSERT_EQ(code_of(read), "ok");
    ASSERT_EQ(read->rows.size(), 7U);
    EXPECT_FALSE(read->events_only);
    std::vector<std::string> codes;
    for (const ReadRow& row : read->rows) codes.push_back(row_code(row));
    EXPECT_EQ(codes, (std::vector<std::string>{"ok", "missing_id", "thin_event", "not_an_object", "ok", "not_a_deal", "ok"}));
    EXPECT_EQ(read->rows[3].raw, "42");
    EXPECT_EQ(read->rows[6].row, 6U);
    EXPECT_EQ(field(*read->rows[6].draft, Field::Value), "7.25");
}

TEST(Hubspot, ARecordBeyondTheLimitsRefusesItselfAlone) {
    const std::string body =
        R"([{"id":"1","properties":{"dealname":")" + std::string(kJsonStringBytesMax + 1, 'x') +
        R"("}},{"id":"2","id":"2"},{"id":"3","properties":{"amount":1e999}},{"id":"4","properties":{"dealname":"fine"}}])";
    const auto read = batch(body);
    ASSERT_EQ(code_of(read), "ok");
    EXPECT_EQ(row_code(read->rows[0]), "string_too_long");
    EXPECT_EQ(read->rows[0].raw.size(), kRawRowBytesMax);
    EXPECT_EQ(row_code(read->rows[1]), "duplicate_key");
    EXPECT_EQ(row_code(read->rows[2]), "number_out_of_range");
    EXPECT_EQ(row_code(read->rows[3]), "ok");
}

TEST(Hubspot, ABodyThatIsNotJsonIsRefusedAsAWhole) {
    for (const std::string_view body :
         {"", " ", "[{\"id\":\"1\"},{\"id\":nan}]", "{\"deals\":[{}],\"x\":nan}", "[{}", "7", "\"x\"", "[{'id':1}]"}) {
        EXPECT_NE(code_of(sync(body)), "ok") << body;
        EXPECT_NE(code_of(batch(body)), "ok") << body;
    }
    EXPECT_EQ(code_of(sync("")), "empty_body");
    EXPECT_TRUE(batch("[]")->rows.empty());
    EXPECT_TRUE(batch(R"({"deals":[]})")->rows.empty());
}

TEST(Hubspot, PropertiesMayLieFlatInTheObject) {
    const Draft draft = only_draft(sync(fixture("hubspot/flat.json")));
    EXPECT_EQ(draft.external_ids[0].id, "77");
    EXPECT_EQ(field(draft, Field::Name), "Flat workflow body");
    EXPECT_EQ(field(draft, Field::Value), "1234.50");
    EXPECT_EQ(field(draft, Field::Stage), "discovery");
}

TEST(Hubspot, NamesThatComeAlongBecomeCompanyAndContact) {
    const Draft draft = only_draft(sync(fixture("hubspot/with_names.json")));
    EXPECT_EQ(field(draft, Field::Company), "Acme GmbH");
    EXPECT_EQ(field(draft, Field::ContactEmail), "jane@acme.example");
    EXPECT_EQ(field(draft, Field::ContactName), "Jane Doe");
    EXPECT_EQ(field(draft, Field::Stage), "qualification");
    EXPECT_EQ(metadata_text(draft, "stage_rule"), "probability");
    EXPECT_EQ(field(draft, Field::StageEnteredAt), "2026-10-01T08:00:00.000Z");
}

TEST(Hubspot, ANameLeftBlankIsMadeOfTheIdAndANameLeftOutIsOnlyOffered) {
    for (const std::string_view name : {R"("")", "null", R"("  ")"}) {
        const Draft draft = only_draft(sync(R"({"id":144703760059,"properties":{"dealname":)" + std::string(name) + "}}"));
        EXPECT_EQ(field(draft, Field::Name), "Untitled HubSpot deal 144703760059");
    }
    const Draft partial = only_draft(sync(R"({"objectId":5,"properties":{"amount":"7"}})"));
    EXPECT_EQ(field(partial, Field::Name), "(absent)");
    EXPECT_EQ(partial.default_name, "Untitled HubSpot deal 5");
    EXPECT_EQ(field(partial, Field::Stage), "(absent)") << "a record that does not say where it stands leaves the stage alone";
}

TEST(Hubspot, AmountsNoDealCanHaveAreLeftOutWithAWarning) {
    for (const std::string_view amount : {"-5", "1e16", "2000000000000000", "abc", "1,200"}) {
        const Draft draft = deal_with(R"("amount":")" + std::string(amount) + "\"");
        EXPECT_EQ(field(draft, Field::Value), "(absent)") << amount;
        ASSERT_EQ(draft.warnings.size(), 1U) << amount;
        EXPECT_EQ(draft.warnings[0].field, "value");
    }
}

TEST(Hubspot, ProbabilityIsAShareOfOneAndClosedDealsHaveTheirOwn) {
    EXPECT_EQ(field(deal_with(R"("dealstage":"x","hs_deal_stage_probability":"0.90000000000000002220446049250313080847263336181640625")"),
                    Field::Probability),
              "90");
    EXPECT_EQ(field(deal_with(R"("dealstage":"x","hs_deal_stage_probability":"0.405")"), Field::Probability), "40.5");
    EXPECT_EQ(field(deal_with(R"("dealstage":"x","hs_deal_stage_probability":"0.33335")"), Field::Probability), "33.34");
    EXPECT_EQ(field(deal_with(R"("dealstage":"contractsent")"), Field::Probability), "90") << "the stage's own default";
    EXPECT_EQ(field(deal_with(R"("dealstage":"1044")"), Field::Probability), "(absent)");
    EXPECT_EQ(field(deal_with(R"("hs_deal_stage_probability":"0.5")"), Field::Probability), "50");
    EXPECT_EQ(field(deal_with(R"("dealstage":"x","hs_is_closed":"true","hs_deal_stage_probability":"0.4")"), Field::Probability), "0");
    const Draft won = deal_with(R"("dealstage":"x","hs_is_closed_won":"true","closedate":"2026-11-01T23:30:00Z")");
    EXPECT_EQ(field(won, Field::Probability), "100");
    EXPECT_EQ(field(won, Field::ClosedAt), "2026-11-01T23:30:00.000Z");
    const Draft beyond = deal_with(R"("dealstage":"x","hs_deal_stage_probability":"40")");
    EXPECT_EQ(field(beyond, Field::Probability), "(absent)");
    EXPECT_EQ(beyond.warnings.size(), 1U);
}

TEST(Hubspot, TheWorkspacesOwnStageMapWins) {
    const ReadingRules rules{.stage_values = {{"renewals/1044035700", Stage::Proposal}}};
    const Draft draft =
        only_draft(sync(R"({"id":"1","properties":{"dealname":"D","pipeline":"renewals","dealstage":"1044035700"}})", &rules));
    EXPECT_EQ(field(draft, Field::Stage), "proposal");
    EXPECT_EQ(metadata_text(draft, "stage_rule"), "workspace_map");
    const Draft unmapped = only_draft(sync(R"({"id":"1","properties":{"dealname":"D","dealstage":"1044035700"}})"));
    EXPECT_EQ(metadata_text(unmapped, "stage_unmapped"), "true");
}

TEST(Hubspot, AChangeDatedInTheFutureDoesNotFreezeTheDeal) {
    const Draft draft = deal_with(R"("hs_lastmodifieddate":"2999-01-01T00:00:00Z")");
    EXPECT_FALSE(draft.event_time_ms);
    ASSERT_EQ(draft.warnings.size(), 1U);
    EXPECT_EQ(draft.warnings[0].code, "time_in_future");
}

TEST(Hubspot, UnreadableDatesAreWarnedAboutAndLeftOut) {
    const Draft draft = deal_with(R"("closedate":"soon","createdate":"yesterday")");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "(absent)");
    EXPECT_EQ(field(draft, Field::CreatedAt), "(absent)");
    EXPECT_EQ(draft.warnings.size(), 2U);
}

TEST(Hubspot, IdsAndAmountsSurviveToTheLastDigit) {
    EXPECT_TRUE(rc::check("64-bit ids", [](std::int64_t id) {
        const Draft as_number = only_draft(sync(R"({"id":)" + std::to_string(id) + R"(,"properties":{"dealname":"D"}})"));
        RC_ASSERT(as_number.external_ids[0].id == std::to_string(id));
    }));
    EXPECT_TRUE(rc::check("amounts as text", [] {
        const auto whole = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        const auto cents = *rc::gen::inRange(0, 100);
        std::string amount = std::to_string(whole) + "." + (cents < 10 ? "0" : "") + std::to_string(cents);
        RC_ASSERT(field(deal_with(R"("amount":")" + amount + "\""), Field::Value) == amount);
    }));
}

// What a connected account changes about how its records are read.
#include "door_reading.hpp"
#include "sources/crm_reading.hpp"
#include "sources/crm_stage.hpp"
#include "sources/zone_day.hpp"

#include <tuple>

using namespace door_reading;

namespace {

CrmReading berlin_account() {
    CrmReading account{.account = "1234567", .home_currency = *parse_currency("EUR"), .zone_id = "America/New_York"};
    account.stages.add({.pipeline = "20361325", .stage = "1044035700", .label = "Kick-off", .closed = false, .probability = 3'000});
    account.stages.add({.pipeline = "20361325", .stage = "1044035701", .label = "Gone elsewhere", .closed = true, .probability = 0});
    account.stages.add({.pipeline = "default", .stage = "closedwon", .label = "Closed Won", .closed = true, .probability = 10'000});
    account.owners = {{"41629779", "Owner Name"}};
    return account;
}

Draft fetched(const CrmReading& account) {
    const ReadingRules rules{.crm = &account};
    return only_draft(door(hubspot_source(), "/hubspot/sync").read(arrival("application/json", &rules), fixture("hubspot/fetched.json")));
}

Draft hubspot_deal(const CrmReading& account, const std::string& properties) {
    const ReadingRules rules{.crm = &account};
    return only_draft(door(hubspot_source(), "/hubspot/sync")
                          .read(arrival("application/json", &rules), R"({"id":"1","properties":{"dealname":"D",)" + properties + "}}"));
}

Draft opportunity(const CrmReading& account, const std::string& fields) {
    const ReadingRules rules{.crm = &account};
    return only_draft(door(salesforce_source(), "/salesforce/sync")
                          .read(arrival("application/json", &rules), R"({"Id":"006xx0000012345","Name":"O",)" + fields + "}"));
}

std::string decided(const CrmStage& record, const CrmReading& account, StageMap map = {}) {
    const StageDecision decision = decide_stage(Source::Hubspot, record, map, &account);
    return std::string(stage_key(decision.stage)) + " by " + std::string(decision.rule);
}

} // namespace

TEST(CrmReading, AFetchedRecordNamesItsCompanyAndItsPrimaryContact) {
    const CrmReading account = berlin_account();
    const Draft draft = fetched(account);
    EXPECT_EQ(field(draft, Field::Company), "Acme GmbH");
    EXPECT_EQ(field(draft, Field::ContactName), "First Person");
    EXPECT_EQ(field(draft, Field::ContactEmail), "first@acme.example");
    EXPECT_EQ(field(draft, Field::ContactPhone), "+49 30 1");
    EXPECT_EQ(draft.lead_metadata, R"({"hubspot_contact_id":"901","hubspot_label":"Primary contact","lifecyclestage":"opportunity"})");
    EXPECT_EQ(metadata(draft).at("contacts"), parse_json(R"([{"id":"903","name":"No Address","phone":"+49 30 2"}])").value());
    EXPECT_EQ(metadata(draft).at("contact_ids"), (boost::json::array{"901", "902", "903"}));
    EXPECT_EQ(metadata(draft).at("company_ids"), (boost::json::array{"567", "568"}));
}

TEST(CrmReading, WithoutAMarkTheFirstContactWithAnAddressLeads) {
    const ReadingRules rules;
    const auto with = [&](std::string_view contacts) {
        return only_draft(door(hubspot_source(), "/hubspot/sync")
                              .read(arrival("application/json", &rules),
                                    R"({"id":"1","properties":{"dealname":"D"},"contacts":)" + std::string(contacts) + "}"));
    };
    const Draft second =
        with(R"([{"id":"1","properties":{"lastname":"A"}},{"id":"2","properties":{"lastname":"B","email":"b@x.example"}}])");
    EXPECT_EQ(field(second, Field::ContactName), "B");
    const Draft first = with(R"([{"id":"1","properties":{"lastname":"A"}},{"id":"2","properties":{"lastname":"B"}}])");
    EXPECT_EQ(field(first, Field::ContactName), "A");
    EXPECT_EQ(first.lead_metadata, "");
    EXPECT_EQ(metadata(first).at("contacts").as_array().size(), 2U);
}

TEST(CrmReading, StageOwnerCurrencyAndDayComeFromTheAccount) {
    const CrmReading account = berlin_account();
    const Draft draft = fetched(account);
    EXPECT_EQ(field(draft, Field::Stage), "qualification");
    EXPECT_EQ(field(draft, Field::Probability), "30");
    EXPECT_EQ(metadata_text(draft, "stage_rule"), "probability");
    EXPECT_EQ(metadata_text(draft, "stage_label"), "Kick-off");
    EXPECT_EQ(field(draft, Field::Owner), "Owner Name");
    EXPECT_EQ(field(draft, Field::Currency), "EUR");
    EXPECT_EQ(field(draft, Field::Value), "1500.00");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-07") << "22:30 of the day before, in New York";
}

TEST(CrmReading, IdsNameTheirAccountAndOneAccountInheritsWhatWasPushedBefore) {
    CrmReading account = berlin_account();
    account.read_at_ms = kNoon;
    const Draft own = fetched(account);
    EXPECT_EQ(own.external_ids, (std::vector<ExternalId>{{"hubspot:1234567", "144703760059"}}));
    EXPECT_EQ(own.merged_ids, (std::vector<ExternalId>{{"hubspot:1234567", "801"}, {"hubspot:1234567", "802"}}));
    EXPECT_TRUE(own.versioned);
    EXPECT_EQ(own.read_at_ms, kNoon);
    account.inherits_unbound = true;
    const Draft heir = fetched(account);
    EXPECT_EQ(heir.external_ids, (std::vector<ExternalId>{{"hubspot:1234567", "144703760059"}, {"hubspot", "144703760059"}}));
    EXPECT_EQ(heir.merged_ids.size(), 4U);
    CrmReading unknown;
    EXPECT_EQ(fetched(unknown).external_ids, (std::vector<ExternalId>{{"hubspot", "144703760059"}}));
    EXPECT_EQ(fetched(unknown).merged_ids, (std::vector<ExternalId>{{"hubspot", "801"}, {"hubspot", "802"}}));
    const Draft deal = opportunity({.account = "00Dxx0000001gEREAY"}, R"("Amount":1)");
    EXPECT_EQ(deal.external_ids[0].system, "salesforce:00Dxx0000001gEREAY");
}

TEST(CrmReading, ARecordOfAnotherAccountIsRefused) {
    const CrmReading account = berlin_account();
    const ReadingRules rules{.crm = &account};
    const auto read = door(hubspot_source(), "/hubspot/sync")
                          .read(arrival("application/json", &rules), R"({"objectId":1,"portalId":999,"properties":{"dealname":"D"}})");
    ASSERT_EQ(read->rows.size(), 1U);
    EXPECT_EQ(row_code(read->rows[0]), "other_account");
}

TEST(CrmReading, TheStageRulesAreWalkedInTheirOrder) {
    CrmReading account = berlin_account();
    const std::vector<std::pair<std::string, Stage>> words = {{"Kick-off", Stage::Proposal}};
    const CrmStage kick_off{.pipeline = "20361325", .stage = "1044035700"};
    EXPECT_EQ(decided(kick_off, account), "qualification by probability");
    EXPECT_EQ(decided(kick_off, account, words), "proposal by workspace_map") << "by its label";
    account.stage_map = {{.pipeline = "", .stage = "1044035700", .ours = Stage::Discovery},
                         {.pipeline = "20361325", .stage = "1044035700", .ours = Stage::Negotiation}};
    EXPECT_EQ(decided(kick_off, account, words), "negotiation by workspace_map") << "the connection's, of this pipeline";
    EXPECT_EQ(decided({.pipeline = "x", .stage = "1044035700"}, account), "discovery by workspace_map") << "the connection's, of any";
    EXPECT_EQ(decided({.pipeline = "20361325", .stage = "1044035701"}, account), "closed_lost by stage_metadata");
    EXPECT_EQ(decided({.pipeline = "20361325", .stage = "1044035701", .closed = false, .probability = 5'000}, account),
              "proposal by probability")
        << "the record's own word wins over the table";
    EXPECT_EQ(decided({.pipeline = "20361325", .stage = "1044035701", .closed = true, .won = true}, account),
              "closed_won by record_closed");
    EXPECT_EQ(decided({.pipeline = "default", .stage = "closedwon"}, account), "closed_won by stage_metadata");
    EXPECT_EQ(decided({.stage = "x", .probability = 1'000}, account), "discovery by probability");
    EXPECT_EQ(decided({.pipeline = "20361325", .stage = "1044035701", .closed = true}, account), "closed_lost by record_closed");
}

TEST(CrmReading, AClosedNameIsNotBelievedWhereTheTableSaysOpen) {
    CrmReading account;
    account.stages.add({.pipeline = "p", .stage = "77", .label = "Lost and found", .closed = false, .probability = 8'000});
    EXPECT_EQ(decided({.pipeline = "p", .stage = "77"}, account), "negotiation by probability");
    account.stages.add({.pipeline = "p", .stage = "78", .label = "3 - Quoted", .closed = false, .probability = 1'000});
    EXPECT_EQ(decided({.pipeline = "p", .stage = "78"}, account), "proposal by stage_word") << "words of the label, not of the id";
}

TEST(CrmReading, AStageThatTheTableLacksIsMarked) {
    const CrmReading account = berlin_account();
    const Draft draft = hubspot_deal(account, R"("pipeline":"20361325","dealstage":"999")");
    EXPECT_EQ(metadata_text(draft, "stage_not_in_table"), "true");
    EXPECT_EQ(metadata_text(draft, "stage_unmapped"), "true");
    const CrmReading empty;
    EXPECT_EQ(metadata_text(hubspot_deal(empty, R"("dealstage":"999")"), "stage_not_in_table"), "(absent)");
}

TEST(CrmReading, TheStageTableFindsByIdThenLabelAndNeverGuesses) {
    CrmStageTable table;
    table.add({.pipeline = "a", .stage = "1", .label = "New"});
    table.add({.pipeline = "b", .stage = "1", .label = "Old"});
    table.add({.pipeline = "b", .stage = "2", .label = "1"});
    ASSERT_NE(table.find("A", "1"), nullptr);
    EXPECT_EQ(table.find("a", "1")->label, "New");
    EXPECT_EQ(table.find("b", "1")->label, "Old") << "an id before a label";
    EXPECT_EQ(table.find("", "new")->stage, "1");
    EXPECT_EQ(table.find("c", "1"), nullptr);
    table.add({.pipeline = "A", .stage = "1", .label = "Renamed"});
    EXPECT_EQ(table.size(), 3U);
    EXPECT_EQ(table.find("a", "1")->label, "Renamed");
}

TEST(CrmReading, StageDecisionsHoldTheirPromises) {
    EXPECT_TRUE(rc::check("map first, the record's word before the table, the table before names", [] {
        const auto flag = [] { return *rc::gen::element<std::optional<bool>>(std::nullopt, false, true); };
        const auto share = [] { return *rc::gen::element<std::optional<std::int32_t>>(std::nullopt, 0, 3'000, 8'000, 10'000); };
        const auto name = *rc::gen::element<std::string>("closedwon", "contractsent", "1044", "Lost deals");
        const CrmStage record{.pipeline = "p", .stage = name, .closed = flag(), .won = flag(), .probability = share()};
        CrmReading account;
        account.stages.add({.pipeline = "p",
                            .stage = name,
                            .label = *rc::gen::element<std::string>("", "Won", "Quoted"),
                            .closed = flag(),
                            .won = flag(),
                            .probability = share()});
        for (const Source crm : {Source::Hubspot, Source::Salesforce}) {
            const StageDecision decision = decide_stage(crm, record, {}, &account);
            RC_ASSERT(decision.entry != nullptr);
            if (record.closed == true) RC_ASSERT(decision.rule == "record_closed");
            if (decision.rule == "stage_metadata") RC_ASSERT(is_closed(decision.stage) && !record.closed);
            if (decision.rule == "probability" || decision.rule == "unmapped") RC_ASSERT(!is_closed(decision.stage));
            CrmReading mapped = account;
            mapped.stage_map = {{.pipeline = "P", .stage = name, .ours = Stage::Proposal}};
            RC_ASSERT(decide_stage(crm, record, {}, &mapped).rule == "workspace_map");
        }
    }));
}

TEST(CrmReading, TheFieldMapReadsEachMappedFieldFromItsMappingAlone) {
    CrmReading account = berlin_account();
    account.fields = {{.property = "acv_cents", .field = Field::Value, .transform = CrmTransform::MinorUnits},
                      {.property = "chance", .field = Field::Probability, .transform = CrmTransform::Share},
                      {.property = "go_live", .field = Field::ExpectedCloseDate, .transform = CrmTransform::InstantDay},
                      {.property = "region", .metadata_key = "region", .transform = CrmTransform::Lower},
                      {.property = "is_key", .metadata_key = "key_account", .transform = CrmTransform::Bool},
                      {.property = "signed_on", .metadata_key = "signed_on", .transform = CrmTransform::Day},
                      {.property = "seats", .metadata_key = "seats", .transform = CrmTransform::Number},
                      {.property = "written", .field = Field::Description, .in = false}};
    const Draft draft = hubspot_deal(
        account,
        R"("amount":"1","acv_cents":"150050","chance":"0.405","go_live":"2026-12-08T04:59:59.999Z","closedate":"2026-01-01",)"
        R"("region":" NORTH ","is_key":"Yes","signed_on":"2026-03-01T00:00:00Z","seats":"0012.50","written":"x","dealstage":"contractsent")");
    EXPECT_EQ(field(draft, Field::Value), "1500.5");
    EXPECT_EQ(field(draft, Field::Probability), "40.5");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-07");
    EXPECT_EQ(field(draft, Field::Description), "(absent)");
    EXPECT_EQ(metadata(draft).at("custom"),
              parse_json(R"({"region":"north","key_account":"true","signed_on":"2026-03-01","seats":"12.5"})").value());
    EXPECT_TRUE(draft.warnings.empty());
    const Draft blank = hubspot_deal(account, R"("amount":"1","closedate":"2026-01-01")");
    EXPECT_EQ(field(blank, Field::Value), "(absent)") << "the usual property is not asked";
    EXPECT_EQ(field(blank, Field::ExpectedCloseDate), "(absent)");
}

TEST(CrmReading, AMappedValueThatIsNoneIsWarnedAboutAndLeftOut) {
    CrmReading account = berlin_account();
    account.fields = {{.property = "acv", .field = Field::Value, .transform = CrmTransform::MajorUnits},
                      {.property = "go", .field = Field::ExpectedCloseDate, .transform = CrmTransform::InstantDay},
                      {.property = "money", .field = Field::Currency},
                      {.property = "title", .field = Field::Name},
                      {.property = "stage_text", .field = Field::Stage},
                      {.property = "chance", .field = Field::Probability, .transform = CrmTransform::Share},
                      {.property = "key", .metadata_key = "key", .transform = CrmTransform::Bool}};
    const Draft draft = hubspot_deal(
        account,
        R"("acv":"lots","go":"soon","money":"XQX","stage_text":"discovery","chance":"0.5","dealstage":"closedwon","key":"perhaps")");
    EXPECT_EQ(field(draft, Field::Value), "(absent)");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "(absent)");
    EXPECT_EQ(field(draft, Field::Currency), "(absent)");
    EXPECT_EQ(field(draft, Field::Name), "D") << "a deal keeps its name";
    EXPECT_EQ(field(draft, Field::Stage), "closed_won");
    EXPECT_EQ(field(draft, Field::Probability), "100") << "closed is closed";
    EXPECT_EQ(draft.warnings.size(), 4U);
}

TEST(CrmReading, AnAmountWithoutCurrencyIsInTheAccountsOnlyWhereThatIsCertain) {
    CrmReading account{.home_currency = *parse_currency("JPY")};
    EXPECT_EQ(field(hubspot_deal(account, R"("amount":"5")"), Field::Currency), "JPY");
    EXPECT_EQ(field(hubspot_deal(account, R"("amount":"5","deal_currency_code":"EUR")"), Field::Currency), "EUR");
    EXPECT_EQ(field(hubspot_deal(account, R"("amount":"")"), Field::Currency), "(absent)");
    EXPECT_EQ(field(opportunity(account, R"("Amount":5)"), Field::Currency), "JPY");
    account.several_currencies = true;
    EXPECT_EQ(field(hubspot_deal(account, R"("amount":"5","deal_currency_code":"")"), Field::Currency), "JPY")
        << "said, and blank: its own";
    EXPECT_EQ(field(hubspot_deal(account, R"("amount":"5")"), Field::Currency), "(absent)") << "a partial record";
    EXPECT_EQ(field(opportunity(account, R"("Amount":5)"), Field::Currency), "(absent)");
}

TEST(CrmReading, AnOpportunityIsReadByItsAccount) {
    CrmReading account{.account = "00Dxx0000001gEREAY", .zone_id = "Pacific/Kiritimati", .owners = {{"005xx000001X8UzAAK", "Owner Name"}}};
    account.stages.add({.stage = "Gate 5", .label = "Tor 5", .closed = true, .won = true, .probability = 10'000});
    account.fields = {{.property = "Account.Industry", .metadata_key = "industry"}, {.property = "Brand__c", .field = Field::Company}};
    const Draft draft = opportunity(account, R"("StageName":"Gate 5","OwnerId":"005xx000001X8Uz","CloseDate":"2026-12-31",)"
                                             R"("Account":{"Name":"A","Industry":"Steel"},"Brand__c":"B")");
    EXPECT_EQ(field(draft, Field::Stage), "closed_won");
    EXPECT_EQ(metadata_text(draft, "stage_rule"), "stage_metadata");
    EXPECT_EQ(metadata_text(draft, "stage_label"), "Tor 5");
    EXPECT_EQ(field(draft, Field::ExpectedCloseDate), "2026-12-31") << "a day, in every zone";
    EXPECT_EQ(field(draft, Field::Owner), "Owner Name");
    EXPECT_EQ(field(draft, Field::Company), "B");
    EXPECT_EQ(metadata(draft).at("custom").at("industry"), "Steel");
}

TEST(CrmReading, DaysAreThoseOfTheZoneAtTheEdges) {
    using Case = std::tuple<const char*, const char*, const char*>;
    for (const auto& [instant, zone, day] :
         {Case{"2026-12-31T23:59:59.999Z", "UTC", "2026-12-31"}, Case{"2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01-01"},
          Case{"2026-12-31T09:59:59.999Z", "Pacific/Kiritimati", "2026-12-31"},
          Case{"2027-01-01T10:59:59Z", "Pacific/Pago_Pago", "2026-12-31"}, Case{"2026-03-29T22:30:00Z", "Europe/Berlin", "2026-03-30"},
          Case{"2026-03-28T22:30:00Z", "Europe/Berlin", "2026-03-28"}, Case{"2026-11-01T04:30:00Z", "America/New_York", "2026-11-01"},
          Case{"2026-11-02T04:30:00Z", "America/New_York", "2026-11-01"}, Case{"2026-12-07T18:14:59Z", "Asia/Kathmandu", "2026-12-07"},
          Case{"2026-12-07T18:15:00Z", "Asia/Kathmandu", "2026-12-08"}, Case{"1969-12-31T23:30:00Z", "Europe/Berlin", "1970-01-01"},
          Case{"2026-12-07T23:30:00Z", "Nowhere/Land", "2026-12-07"}, Case{"2026-12-07T23:30:00Z", "", "2026-12-07"}}) {
        EXPECT_EQ(date_text(day_in_zone(*parse_instant(instant), zone)), day) << instant << " " << zone;
    }
    EXPECT_TRUE(is_time_zone("Europe/Berlin"));
    EXPECT_FALSE(is_time_zone("Nowhere/Land"));
    EXPECT_FALSE(is_time_zone(std::string(100, 'x')));
}

TEST(CrmReading, APlainDayIsNeverShifted) {
    EXPECT_TRUE(rc::check("a day without a time is that day in every zone", [] {
        CrmReading account;
        account.zone_id = *rc::gen::element<std::string>("", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kolkata");
        const std::string day = date_text(Date{*rc::gen::inRange(0, 40'000)});
        RC_ASSERT(field(hubspot_deal(account, R"("closedate":")" + day + "\""), Field::ExpectedCloseDate) == day);
        RC_ASSERT(field(opportunity(account, R"("CloseDate":")" + day + "\""), Field::ExpectedCloseDate) == day);
    }));
}

TEST(CrmReading, DaysGoForwardWithTheirInstants) {
    EXPECT_TRUE(rc::check("the day of an instant is at most a day away and grows with it", [] {
        const std::string zone = *rc::gen::element<std::string>("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Asia/Kolkata");
        const std::int64_t ms = *rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000);
        const Date day = day_in_zone(ms, zone);
        RC_ASSERT(std::abs(day.days - date_of_ms(ms).days) <= 1);
        RC_ASSERT(day_in_zone(ms + 86'400'000, zone) > day || day_in_zone(ms + 90'000'000, zone) > day);
        RC_ASSERT(day_in_zone(ms + 1, zone) >= day);
    }));
}

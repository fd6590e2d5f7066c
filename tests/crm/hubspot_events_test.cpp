// What HubSpot's thin events say, and what they ask of us.
#include "crm/hubspot_events.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace tributary;

namespace {

std::string shared_text(const std::string& name) {
    std::ifstream file(std::filesystem::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared" / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

HubspotEvent only_event(const std::string& members) {
    const auto events = read_hubspot_events(R"({"portalId":62515,"appId":777,"eventId":5,"occurredAt":1789999999000,)" + members + "}");
    EXPECT_TRUE(events);
    return events && events->size() == 1 ? events->front() : HubspotEvent{};
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : ",") + text;
    return out;
}

// "fetch 1", "merged 900 of 801,802", "ignored other_object".
std::string said(const EventMeaning& meaning) {
    switch (meaning.action) {
    case EventAction::Fetch: return "fetch " + joined(meaning.deals);
    case EventAction::Deleted: return "deleted " + joined(meaning.deals);
    case EventAction::Restored: return "restored " + joined(meaning.deals);
    case EventAction::Merged: return "merged " + joined(meaning.deals) + " of " + joined(meaning.dead);
    case EventAction::ContactChanged: return "contact " + meaning.other + (meaning.erased ? " erased" : meaning.gone ? " gone" : "");
    case EventAction::CompanyChanged: return "company " + meaning.other + (meaning.gone ? " gone" : "");
    case EventAction::Ignored: break;
    }
    return "ignored " + std::string(meaning.reason);
}

std::string meant(const std::string& members) { return said(meaning_of(only_event(members))); }

} // namespace

TEST(HubspotEvents, AnAppsBatchIsRead) {
    const std::string body = shared_text("wire/hubspot/webhook_batch_deal.json");
    if (body.empty()) GTEST_SKIP() << "no shared sample beside the checkout";
    const auto events = read_hubspot_events(body);
    ASSERT_TRUE(events);
    std::vector<std::string> all;
    for (const HubspotEvent& event : *events) {
        EXPECT_EQ(event.portal, "1234567");
        all.push_back(said(meaning_of(event)));
    }
    EXPECT_EQ(all, (std::vector<std::string>{"fetch 144703760059", "fetch 144703760059", "fetch 144703760059", "deleted 513",
                                             "restored 513", "merged 900 of 801,802", "fetch 144703760059"}));
    EXPECT_EQ(event_key(events->front()), (EventKey{1'234'567, 9'001, 700'001, 144'703'760'059, 1'789'999'999'000}));
}

TEST(HubspotEvents, TheGenericKindsAreRead) {
    const std::string body = shared_text("wire/hubspot/webhook_batch_generic.json");
    if (body.empty()) GTEST_SKIP() << "no shared sample beside the checkout";
    const auto events = read_hubspot_events(body);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 3U);
    EXPECT_EQ(said(meaning_of(events->at(0))), "fetch 144703760059");
    EXPECT_EQ(said(meaning_of(events->at(1))), "fetch 144703760060");
    EXPECT_EQ(said(meaning_of(events->at(2))), "fetch 144703760059");
    EXPECT_EQ(meant(R"("subscriptionType":"object.creation","objectTypeId":"0-1","objectId":9)"), "contact 9");
    EXPECT_EQ(meant(R"("subscriptionType":"object.creation","objectTypeId":"2-77","objectId":9)"), "ignored other_object");
    EXPECT_EQ(meant(R"("subscriptionType":"object.creation","objectId":9)"), "ignored other_object");
}

TEST(HubspotEvents, TheDealsSideOfAnAssociationIsFoundHoweverItIsWritten) {
    const std::string between = R"("subscriptionType":"deal.associationChange","fromObjectId":1,"toObjectId":2,)";
    EXPECT_EQ(meant(between + R"("associationType":"DEAL_TO_CONTACT")"), "fetch 1");
    EXPECT_EQ(meant(between + R"("associationType":"CONTACT_TO_DEAL")"), "fetch 2");
    EXPECT_EQ(meant(between + R"("associationType":"COMPANY_TO_DEAL_UNLABELED")"), "fetch 2");
    EXPECT_EQ(meant(between + R"("associationType":"DEAL_TO_DEAL")"), "fetch 1,2");
    EXPECT_EQ(meant(between + R"("associationTypeId":341)"), "fetch 1");
    EXPECT_EQ(meant(between + R"("associationTypeId":4,"associationCategory":"HUBSPOT_DEFINED")"), "fetch 2");
    EXPECT_EQ(meant(between + R"("associationTypeId":4,"associationCategory":"USER_DEFINED")"), "fetch 1") << "a customer's own number 4";
    EXPECT_EQ(meant(between + R"("fromObjectTypeId":"0-2","toObjectTypeId":"0-3","associationTypeId":3)"), "fetch 2");
    EXPECT_EQ(meant(between + R"("fromObjectTypeId":"0-1","toObjectTypeId":"0-2")"), "ignored other_object");
    EXPECT_EQ(
        meant(R"("subscriptionType":"contact.associationChange","associationType":"CONTACT_TO_DEAL","fromObjectId":1,"toObjectId":2)"),
        "fetch 2");
    EXPECT_EQ(
        meant(R"("subscriptionType":"contact.associationChange","associationType":"CONTACT_TO_COMPANY","fromObjectId":1,"toObjectId":2)"),
        "ignored other_object");
    EXPECT_EQ(meant(R"("subscriptionType":"deal.associationChange","associationType":"DEAL_TO_CONTACT")"), "ignored malformed_event");
    EXPECT_EQ(meant(R"("subscriptionType":"deal.associationChange","objectId":8)"), "fetch 8");
}

TEST(HubspotEvents, AMergeNamesTheDeadAndTheSurvivor) {
    const std::string merge = R"("subscriptionType":"deal.merge",)";
    EXPECT_EQ(meant(merge + R"("objectId":900,"primaryObjectId":801,"mergedObjectIds":[802],"newObjectId":900)"), "merged 900 of 801,802");
    EXPECT_EQ(meant(merge + R"("objectId":801,"primaryObjectId":801,"mergedObjectIds":[801,802],"newObjectId":900)"), "merged 900 of 802");
    EXPECT_EQ(meant(merge + R"("objectId":801,"primaryObjectId":801,"mergedObjectIds":[802,802])"), "merged 801 of 802");
    EXPECT_EQ(meant(merge + R"("primaryObjectId":801,"mergedObjectIds":["802"])"), "merged 801 of 802");
    EXPECT_EQ(meant(merge + R"("mergedObjectIds":[802])"), "ignored malformed_event");
    EXPECT_EQ(meant(R"("subscriptionType":"contact.merge","primaryObjectId":1,"mergedObjectIds":[1,2],"newObjectId":3)"), "contact 3");
}

TEST(HubspotEvents, ContactsAndCompaniesAskForTheirDeals) {
    EXPECT_EQ(meant(R"("subscriptionType":"contact.propertyChange","objectId":9,"propertyName":"email")"), "contact 9");
    EXPECT_EQ(meant(R"("subscriptionType":"contact.deletion","objectId":9)"), "contact 9 gone");
    EXPECT_EQ(meant(R"("subscriptionType":"contact.privacyDeletion","objectId":9)"), "contact 9 erased");
    EXPECT_EQ(meant(R"("subscriptionType":"company.propertyChange","objectId":9)"), "company 9");
    EXPECT_EQ(meant(R"("subscriptionType":"ticket.creation","objectId":9)"), "ignored other_object");
    EXPECT_EQ(meant(R"("subscriptionType":"deal.levitation","objectId":9)"), "ignored unknown_event");
    EXPECT_EQ(meant(R"("objectId":9)"), "ignored malformed_event");
    EXPECT_EQ(meant(R"("subscriptionType":"deal.creation","objectId":"x9")"), "ignored malformed_event");
}

TEST(HubspotEvents, OurOwnWritesAskForNothingButGoneIsGone) {
    const OwnWrites own{.app_id = "777", .source_ids = {"integration:7"}};
    const auto by = [&](const std::string& members) { return said(meaning_of(only_event(R"("objectId":9,)" + members), own)); };
    EXPECT_EQ(by(R"("subscriptionType":"deal.propertyChange","changeSource":"INTEGRATION","sourceId":"777")"), "ignored own_write");
    EXPECT_EQ(by(R"("subscriptionType":"deal.propertyChange","changeSource":"API","sourceId":"integration:7")"), "ignored own_write");
    EXPECT_EQ(by(R"("subscriptionType":"deal.propertyChange","changeSource":"INTEGRATION","sourceId":"778")"), "fetch 9");
    EXPECT_EQ(by(R"("subscriptionType":"deal.propertyChange","changeSource":"INTEGRATION")"), "fetch 9")
        << "every event names our app as the one it is sent to";
    EXPECT_EQ(by(R"("subscriptionType":"deal.propertyChange","changeSource":"CRM_UI","sourceId":"777")"), "fetch 9");
    EXPECT_EQ(by(R"("subscriptionType":"deal.deletion","changeSource":"INTEGRATION","sourceId":"777")"), "deleted 9");
}

TEST(HubspotEvents, ImportsAndEnrichmentAreTheStormLane) {
    for (const auto& [source, storm] : {std::pair{"IMPORT", true}, {"DATA_ENRICHMENT", true}, {"CRM_UI", false}, {"WORKFLOW", false}}) {
        const auto event = only_event(R"("subscriptionType":"deal.creation","objectId":1,"changeSource":")" + std::string(source) + "\"");
        EXPECT_EQ(meaning_of(event).storm, storm) << source;
    }
}

TEST(HubspotEvents, OneBadEventDoesNotLoseItsSiblings) {
    const auto events = read_hubspot_events(
        R"([7,null,{"a":1,"a":2},{"subscriptionType":{},"objectId":1},{"subscriptionType":"deal.creation","objectId":3}])");
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 5U);
    for (std::size_t at = 0; at < 4; ++at) EXPECT_EQ(said(meaning_of(events->at(at))), "ignored malformed_event") << at;
    EXPECT_EQ(said(meaning_of(events->at(4))), "fetch 3");
}

TEST(HubspotEvents, ABodyThatIsNoListIsRefused) {
    const auto code = [](std::string_view body) {
        const auto events = read_hubspot_events(body);
        return events ? "ok" : events.error().code;
    };
    EXPECT_EQ(code(""), "empty_body");
    EXPECT_EQ(code("7"), "invalid_body");
    EXPECT_EQ(code("[{]"), "invalid_json");
    EXPECT_EQ(code("[]"), "ok");
    std::string many = "[0";
    for (std::size_t at = 1; at < kHubspotEventsMax; ++at) many += ",0";
    EXPECT_EQ(code(many + "]"), "ok");
    EXPECT_EQ(code(many + ",0]"), "too_many_events");
}

TEST(HubspotEvents, SensitiveValuesAreNotStored) {
    const std::string plain = R"( [ {"propertyName":"amount", "propertyValue":"12","isSensitive":false} ] )";
    EXPECT_EQ(storable_hubspot_events(plain), plain);
    const std::string mixed = R"([{"propertyName":"ssn","propertyValue":"078-05","isSensitive":true,"objectId":144703760059}, )"
                              R"({"propertyValue":"7"},{"isSensitive":"true","propertyvalue":"secret"}])";
    EXPECT_EQ(storable_hubspot_events(mixed),
              R"([{"propertyName":"ssn","isSensitive":true,"objectId":144703760059}, {"propertyValue":"7"},{"isSensitive":"true"}])");
    EXPECT_EQ(storable_hubspot_events("not json"), "not json");
}

TEST(HubspotEvents, AnEventThatSaysTooLittleHasNoKey) {
    EXPECT_TRUE(event_key(only_event(R"("objectId":1)")));
    EXPECT_FALSE(event_key(HubspotEvent{.portal = "1", .object_id = "1", .event_id = 1}));
    EXPECT_FALSE(event_key(HubspotEvent{.portal = "1", .object_id = "1", .occurred_at_ms = 1}));
    EXPECT_EQ(only_event(R"("objectId":99999999999999999999)").event_id, 5U);
}

// The live HubSpot port against an account in memory, over a loopback socket.
#include "outside/hubspot_live.hpp"
#include "small_portal.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace tributary::outside {
namespace {

struct Hubspot {
    explicit Hubspot(LoopbackServer::Answering answering, HubspotSettings settings = {}) : server(std::move(answering)) {
        settings.url = server.url();
        api = live_hubspot(client, pace, [](bool) -> Called<std::string> { return "token"; }, std::move(settings));
    }
    explicit Hubspot(SmallPortal& portal) : Hubspot([&portal](const Asked& asked) { return portal.answer(asked); }) {}

    LoopbackServer server;
    HttpsClient client;
    ToldPaceClock clock;
    AccountPace pace{clock};
    std::unique_ptr<HubspotApi> api;
};

std::vector<std::string> ids_of(const std::vector<HubspotRecord>& records) {
    std::vector<std::string> ids;
    for (const HubspotRecord& record : records) ids.push_back(record.id);
    return ids;
}

SmallPortal portal_of(int deals, std::int64_t from_ms = 1'790'000'000'000, std::int64_t step_ms = 1000) {
    SmallPortal portal;
    for (int id = 1; id <= deals; ++id) portal.deals[id] = {.id = id, .modified_ms = from_ms + id * step_ms, .merged_ids = {}};
    return portal;
}

TEST(Hubspot, AListIsReadPageByPageWithItsCursorUnderstoodByNobody) {
    SmallPortal portal;
    for (int id = 1; id <= 250; ++id) portal.deals[id] = {.id = id, .modified_ms = 1000, .merged_ids = {}};
    Hubspot hubspot(portal);
    std::vector<std::string> seen;
    HubspotListAsk ask;
    for (int pages = 0; pages < 4; ++pages) {
        const auto page = hubspot.api->list_deals(ask, {});
        ASSERT_TRUE(page) << page.error().text;
        for (const HubspotRecord& record : page->records) seen.push_back(record.id);
        ask.after = page->after;
        if (ask.after.empty()) break;
    }
    EXPECT_EQ(seen.size(), 250U);
    EXPECT_EQ(hubspot.server.asked().size(), 3U);
    const Asked first = hubspot.server.asked().at(0);
    for (const std::string& property : hubspot_properties(HubspotType::Deal)) EXPECT_TRUE(first.has("&properties=" + property)) << property;
    EXPECT_TRUE(first.has("archived=false"));
}

TEST(Hubspot, ARecordKeepsTheBytesItWasSentWith) {
    const std::string object =
        R"({ "id":"7", "properties":{"dealname":"K\u00f6ln ]","hs_lastmodifieddate":"2026-09-01T10:00:00.001Z"},"archived":true,"n":1.10 })";
    Hubspot hubspot([&](const Asked&) { return Reply{.body = R"({"results":[ )" + object + R"( ],"paging":null})"}; });
    const auto page = hubspot.api->list_deals({.archived = true}, {});
    ASSERT_TRUE(page) << page.error().text;
    ASSERT_EQ(page->records.size(), 1U);
    EXPECT_EQ(page->records[0].json, object);
    EXPECT_EQ(page->records[0].updated_ms, *parse_instant("2026-09-01T10:00:00.001Z"));
    EXPECT_TRUE(page->records[0].archived);
    EXPECT_TRUE(page->after.empty());
    EXPECT_TRUE(hubspot.server.asked().at(0).has("archived=true"));
}

TEST(Hubspot, TooManyPropertiesForAnAddressGoWithABatch) {
    SmallPortal portal = portal_of(3);
    HubspotSettings settings;
    for (int at = 0; at < 400; ++at) settings.deal_properties.push_back("a_rather_long_property_" + std::to_string(at));
    Hubspot hubspot([&](const Asked& asked) { return portal.answer(asked); }, settings);
    const auto page = hubspot.api->list_deals({}, {});
    ASSERT_TRUE(page) << page.error().text;
    EXPECT_EQ(page->records.size(), 3U);
    ASSERT_EQ(hubspot.server.asked().size(), 2U);
    EXPECT_LT(hubspot.server.asked().at(0).target.size(), 200U);
    EXPECT_TRUE(hubspot.server.asked().at(1).has("a_rather_long_property_399"));
}

TEST(Hubspot, ABatchOfAnySizeIsSplitAndWhatIsGoneIsNamed) {
    SmallPortal portal = portal_of(230);
    portal.deals.erase(17);
    portal.deals.erase(220);
    Hubspot hubspot(portal);
    std::vector<std::string> ids;
    for (int id = 1; id <= 230; ++id) ids.push_back(std::to_string(id));
    ids.push_back("1");
    const auto batch = hubspot.api->read_records(HubspotType::Deal, ids, {});
    ASSERT_TRUE(batch) << batch.error().text;
    EXPECT_EQ(batch->records.size(), 228U);
    EXPECT_EQ(batch->missing, (std::vector<std::string>{"17", "220"}));
    EXPECT_TRUE(batch->merged.empty());
    EXPECT_EQ(hubspot.server.asked().size(), 3U);
}

TEST(Hubspot, AnIdThatDiedInAMergeLeadsToItsSurvivor) {
    for (const bool says : {true, false}) {
        SmallPortal portal = portal_of(3);
        portal.says_who_was_merged = says;
        portal.deals[900] = {.id = 900, .modified_ms = 1000, .merged_ids = "801;802"};
        portal.survivors = {{801, 900}, {802, 900}};
        Hubspot hubspot(portal);
        const auto batch = hubspot.api->read_records(HubspotType::Deal, std::vector<std::string>{"1", "801", "802", "55"}, {});
        ASSERT_TRUE(batch) << batch.error().text;
        EXPECT_EQ(ids_of(batch->records), (std::vector<std::string>{"1", "900"}));
        ASSERT_EQ(batch->merged.size(), 2U);
        EXPECT_EQ(batch->merged[0].asked_id, "801");
        EXPECT_EQ(batch->merged[0].survivor_id, "900");
        EXPECT_EQ(batch->missing, std::vector<std::string>{"55"});
        const auto record = hubspot.api->read_record(HubspotType::Deal, "802", {});
        ASSERT_TRUE(record);
        EXPECT_EQ(record->id, "900");
        EXPECT_EQ(hubspot.api->read_record(HubspotType::Deal, "55", {}).error().kind, FailureKind::NotFound);
    }
}

TEST(Hubspot, LinksAreReadToTheirEndEachOnce) {
    Hubspot hubspot([](const Asked& asked) {
        if (asked.has(R"("after":"next")"))
            return Reply{.body = R"({"results":[{"from":{"id":"1"},"to":[{"toObjectId":903,"associationTypes":[]}]}]})"};
        return Reply{.status = 207, .body = R"({"results":[{"from":{"id":"1"},"to":[
            {"toObjectId":901,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":3,"label":null}]},
            {"toObjectId":9007199254740993,"associationTypes":[{"typeId":341,"label":null},{"typeId":5,"label":"Primary"}]},
            {"toObjectId":901,"associationTypes":[{"typeId":3,"label":null}]}],
            "paging":{"next":{"after":"next","link":"x"}}}],"numErrors":1,"errors":[{"category":"OBJECT_NOT_FOUND"}]})"};
    });
    const auto links = hubspot.api->read_links(HubspotType::Company, std::vector<std::string>{"2", "1"}, {});
    ASSERT_TRUE(links) << links.error().text;
    ASSERT_EQ(links->size(), 2U);
    EXPECT_EQ((*links)[0].from_id, "2");
    EXPECT_TRUE((*links)[0].to.empty());
    std::vector<std::string> to;
    for (const HubspotLink& link : (*links)[1].to) to.push_back(link.to_id + (link.is_primary ? "*" : ""));
    EXPECT_EQ(to, (std::vector<std::string>{"901", "9007199254740993*", "903"}));
    EXPECT_EQ(hubspot.server.asked().at(0).target, "/crm/v4/associations/deals/companies/batch/read");
    EXPECT_EQ(hubspot.server.asked().at(1).body, R"({"inputs":[{"id":"1","after":"next"}]})");
}

TEST(Hubspot, LinksThatNeverEndAreGivenUp) {
    Hubspot hubspot(
        [](const Asked&) { return Reply{.body = R"({"results":[{"from":{"id":"1"},"to":[],"paging":{"next":{"after":"x"}}}]})"}; });
    const auto links = hubspot.api->read_links(HubspotType::Contact, std::vector<std::string>{"1"}, {});
    ASSERT_FALSE(links);
    EXPECT_EQ(links.error().kind, FailureKind::Garbled);
}

TEST(Hubspot, AWalkSeesEveryModifiedDealOnce) {
    SmallPortal portal = portal_of(950);
    Hubspot hubspot(portal);
    std::set<std::string> seen;
    std::size_t taken = 0;
    const std::int64_t since_ms = 1'790'000'000'000 + 100'000;
    const auto walk = walk_modified(*hubspot.api, since_ms,
                                    [&](const std::vector<HubspotRecord>& records) {
                                        for (const HubspotRecord& record : records) seen.insert(record.id);
                                        taken += records.size();
                                        return true;
                                    },
                                    {});
    ASSERT_TRUE(walk) << walk.error().text;
    EXPECT_TRUE(walk->finished);
    EXPECT_EQ(seen.size(), 851U);
    EXPECT_EQ(taken, 851U);
    EXPECT_EQ(walk->records, 851U);
    EXPECT_EQ(walk->reached_ms, 1'790'000'000'000 + 950'000);
}

TEST(Hubspot, AWalkGetsThroughAMassOfOneMillisecond) {
    SmallPortal portal = portal_of(1000);
    for (int id = 300; id < 900; ++id) portal.deals[id].modified_ms = 1'790'000'000'000 + 300'000;
    Hubspot hubspot(portal);
    std::multiset<std::string> seen;
    const auto walk = walk_modified(*hubspot.api, 0,
                                    [&](const std::vector<HubspotRecord>& records) {
                                        for (const HubspotRecord& record : records) seen.insert(record.id);
                                        return true;
                                    },
                                    {});
    ASSERT_TRUE(walk) << walk.error().text;
    EXPECT_TRUE(walk->finished);
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 1000U);
}

TEST(Hubspot, ADealThatChangesDuringAWalkHidesNoOther) {
    SmallPortal portal = portal_of(600);
    portal.after_search = [](SmallPortal& changed, int searches) { // the ones of the page just read move to the end
        if (searches > 2) return;
        for (int id = 1; id <= 50; ++id) changed.deals[id].modified_ms = 1'790'000'000'000 + 700'000 + searches * 1000 + id;
    };
    Hubspot hubspot(portal);
    std::map<std::string, std::int64_t> newest;
    const auto walk = walk_modified(*hubspot.api, 0,
                                    [&](const std::vector<HubspotRecord>& records) {
                                        for (const HubspotRecord& record : records)
                                            newest[record.id] = std::max(newest[record.id], record.updated_ms);
                                        return true;
                                    },
                                    {});
    ASSERT_TRUE(walk);
    EXPECT_EQ(newest.size(), 600U);
    for (const auto& [id, deal] : portal.deals) EXPECT_EQ(newest[std::to_string(id)], deal.modified_ms) << id;
}

TEST(Hubspot, AWalkEndsWhenItsTakerHasEnough) {
    SmallPortal portal = portal_of(950);
    Hubspot hubspot(portal);
    const auto walk = walk_modified(*hubspot.api, 0, [](const std::vector<HubspotRecord>&) { return false; }, {});
    ASSERT_TRUE(walk);
    EXPECT_FALSE(walk->finished);
    EXPECT_EQ(portal.searches, 1);
    EXPECT_EQ(walk->reached_ms, 0); // what was not taken for good is walked through again
}

TEST(Hubspot, DealsAreCountedBySearch) {
    SmallPortal portal = portal_of(321);
    Hubspot hubspot(portal);
    EXPECT_EQ(hubspot.api->count_deals({}).value_or(-1), 321);
    EXPECT_EQ(hubspot.api->search_deals({.after = "9800"}, {}).error().code, "search_too_deep");
}

TEST(Hubspot, StagesSayWhetherTheyAreClosedAndWon) {
    Hubspot hubspot([](const Asked&) {
        return Reply{.body = R"({"results":[{"id":"default","label":"Sales","displayOrder":1,"archived":false,"stages":[
            {"id":"won","label":"Won","displayOrder":2,"metadata":{"isClosed":"true","probability":"1.0"},"archived":false},
            {"id":"new","label":"New","displayOrder":0,"metadata":{"isClosed":"false","probability":"0.2"},"archived":false},
            {"id":"lost","label":"Cancelled","displayOrder":1,"metadata":{"probability":"0.0"},"archived":true}]},
            {"id":"44","label":"First","displayOrder":0,"stages":[]}]})"};
    });
    const auto pipelines = hubspot.api->pipelines({});
    ASSERT_TRUE(pipelines) << pipelines.error().text;
    ASSERT_EQ(pipelines->size(), 2U);
    EXPECT_EQ(pipelines->at(0).id, "44");
    const auto& stages = pipelines->at(1).stages;
    ASSERT_EQ(stages.size(), 3U);
    EXPECT_EQ(stages[0].id, "new");
    EXPECT_FALSE(stages[0].is_closed);
    EXPECT_TRUE(stages[1].is_closed && !stages[1].is_won && stages[1].archived);
    EXPECT_TRUE(stages[2].is_closed && stages[2].is_won);
    EXPECT_EQ(stages[2].probability, "1.0");
}

TEST(Hubspot, OwnersAreReadToTheirEndArchivedOnesToo) {
    Hubspot hubspot([](const Asked& asked) {
        if (asked.has("archived=true")) return Reply{.body = R"({"results":[{"id":"3","archived":true}]})"};
        if (asked.has("after=a%26b")) return Reply{.body = R"({"results":[{"id":"2"}]})"};
        return Reply{
            .body = R"({"results":[{"id":"1","email":"a@example.com","firstName":"A","lastName":"B"}],"paging":{"next":{"after":"a&b"}}})"};
    });
    const auto owners = hubspot.api->owners({});
    ASSERT_TRUE(owners) << owners.error().text;
    ASSERT_EQ(owners->size(), 3U);
    EXPECT_EQ(owners->at(0).email, "a@example.com");
    EXPECT_TRUE(owners->at(2).archived);
}

TEST(Hubspot, TheAccountTellsItsZoneAndCurrency) {
    Hubspot hubspot([](const Asked&) {
        return Reply{.body = R"({"portalId":1234567,"timeZone":"Europe/Berlin","companyCurrency":"EUR","additionalCurrencies":["USD"]})"};
    });
    const auto account = hubspot.api->account({});
    ASSERT_TRUE(account);
    EXPECT_EQ(account->portal_id, "1234567");
    EXPECT_EQ(account->time_zone, "Europe/Berlin");
    EXPECT_EQ(account->currency, "EUR");
    EXPECT_EQ(account->further_currencies, std::vector<std::string>{"USD"});
}

TEST(Hubspot, AnAnswerOfAnotherShapeIsGarbledNeverAGuess) {
    for (const char* body : {"{}", R"({"results":null})", R"({"results":{}})", R"({"results":[{}]})", R"({"results":[7]})",
                             R"({"results":[{"id":"1"})", "[]"}) {
        Hubspot hubspot([&](const Asked&) { return Reply{.body = body}; });
        const auto page = hubspot.api->list_deals({}, {});
        ASSERT_FALSE(page) << body;
        EXPECT_EQ(page.error().kind, FailureKind::Garbled);
    }
}

TEST(Hubspot, TheVersionOfThePathsIsASetting) {
    Hubspot hubspot([](const Asked&) { return Reply{.body = R"({"results":[]})"}; }, {.version = "2026-03"});
    ASSERT_TRUE(hubspot.api->list_deals({}, {}));
    EXPECT_TRUE(hubspot.server.asked().at(0).target.starts_with("/crm/objects/2026-03/deals?"));
}

std::string wire_sample(const std::string& name) {
    std::ifstream file(std::string(TRIBUTARY_SOURCE_DIR) + "/../shared/wire/hubspot/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Hubspot, TheSamplesOfTheWireAreRead) {
    const std::string page_text = wire_sample("deals_page1.json");
    if (page_text.empty()) GTEST_SKIP() << "the wire samples (../shared/wire beside the checkout) are not there";
    std::string body = page_text;
    Hubspot hubspot([&](const Asked&) { return Reply{.body = body}; });
    const auto page = hubspot.api->list_deals({}, {});
    ASSERT_TRUE(page) << page.error().text;
    EXPECT_FALSE(page->records.empty());
    EXPECT_FALSE(page->after.empty());
    body = wire_sample("deals_search.json");
    EXPECT_EQ(hubspot.api->count_deals({}).value_or(-1), 10'001);
    body = wire_sample("batch_read_207.json");
    const auto batch = hubspot.api->read_records(HubspotType::Deal, std::vector<std::string>{"512", "999"}, {});
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->missing, std::vector<std::string>{"999"});
    body = wire_sample("pipelines_deals.json");
    const auto pipelines = hubspot.api->pipelines({});
    ASSERT_TRUE(pipelines);
    EXPECT_GE(pipelines->size(), 2U);
    body = wire_sample("deal_merged_survivor.json");
    EXPECT_EQ(hubspot.api->read_record(HubspotType::Deal, "801", {})->id, "900");
}

} // namespace
} // namespace tributary::outside

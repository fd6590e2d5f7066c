// What the journal tells: every change of a deal and of a lead is in a row, with its values before and after (decision 1).
#include "deal/json.hpp"
#include "pipeline/workshop.hpp"

#include <boost/json/object.hpp>
#include <gtest/gtest.h>
#include <map>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

struct Tell : ::testing::Test {
    Workshop shop;

    static Draft form(std::string campaign) {
        Draft draft = deal_draft("Pilot", "Acme", Source::WebForm);
        draft[Field::ContactEmail] = "jane@acme.example";
        draft[Field::ContactName] = "Jane Doe";
        draft.lead_metadata = R"({"touch":{"utm_campaign":")" + campaign + "\"}}";
        return draft;
    }
    static const Lead& lead_of(const Plan& plan, std::size_t row = 0) { return plan.leads[*plan.rows[row].lead].now; }
};

TEST_F(Tell, ANewDealsRowHoldsItsNewLead) {
    Draft draft = deal_draft("Pilot", "Acme");
    draft[Field::ContactEmail] = "jane@acme.example";
    draft[Field::ContactName] = "Jane Doe";
    const Plan plan = shop.send({draft});
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].happening, Happening::Created);
    const std::string id = lead_of(plan).id.text();
    EXPECT_TRUE(rows[0].body.ends_with(
        R"("lead_id":")" + id + R"("},"lead":{"id":")" + id +
        R"(","after":{"email":"jane@acme.example","first_name":"Jane","last_name":"Doe","company":"Acme","status":"new","ai_score":)" +
        std::to_string(lead_of(plan).ai_score) + "}}}"))
        << rows[0].body;
}

TEST_F(Tell, ANewDealOfAKnownLeadNamesItAndTellsNothingElseOfIt) {
    Draft first = deal_draft("Pilot", "Acme");
    first[Field::ContactEmail] = "jane@acme.example";
    Draft second = first;
    second[Field::Name] = "Rollout";
    const Plan plan = shop.send({first, second});
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_NE(rows[1].body.find(R"("lead_id":")" + lead_of(plan).id.text()), std::string::npos);
    EXPECT_EQ(rows[1].body.find(R"("lead":)"), std::string::npos);
}

TEST_F(Tell, ASecondTouchIsARowThoughTheDealStaysAsItWas) {
    const Plan first = shop.send({form("spring")});
    shop.clock.move_ms(kDay);
    const Plan second = shop.send({form("summer")});
    EXPECT_EQ(second.rows[0].action, RowAction::Unchanged);
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].happening, Happening::LeadUpdated);
    EXPECT_EQ(rows[1].source, Source::WebForm);
    EXPECT_EQ(rows[1].actor, "key:test");
    EXPECT_EQ(rows[1].due, 0);
    EXPECT_EQ(rows[1].deal, second.deals[second.rows[0].deal].now.id);
    EXPECT_EQ(rows[1].body,
              R"({"lead":{"id":")" + lead_of(first).id.text() +
                  R"(","before":{"metadata_json":{"first_touch":{"utm_campaign":"spring"},"last_touch":{"utm_campaign":"spring"}}},)"
                  R"("after":{"metadata_json":{"first_touch":{"utm_campaign":"spring"},"last_touch":{"utm_campaign":"summer"}}}}})");
    EXPECT_EQ(shop.read(rows[1].deal).version, rows[0].seq) << "the deal has not changed";
}

TEST_F(Tell, ALeadThatChangesWithItsDealIsToldInTheDealsRow) {
    shop.send({form("spring")});
    Draft again = form("spring");
    again[Field::ContactPhone] = "+49 30 1234567";
    shop.clock.move_ms(1'000);
    const Plan plan = shop.send({again});
    EXPECT_EQ(plan.rows[0].action, RowAction::Updated);
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].happening, Happening::Updated);
    EXPECT_NE(rows[1].body.find(R"("before":{"contact_phone":null})"), std::string::npos) << rows[1].body;
    EXPECT_NE(rows[1].body.find(R"(","before":{"phone":null},"after":{"phone":")"), std::string::npos) << rows[1].body;
}

TEST_F(Tell, ADealThatGetsAnotherContactTellsOfItsOldAndNewLead) {
    const Plan first = shop.send({form("spring")});
    Draft other = form("spring");
    other[Field::ContactEmail] = "joe@acme.example";
    shop.clock.move_ms(1'000);
    const Plan plan = shop.send({other});
    const std::string body = shop.journal().back().body;
    EXPECT_NE(body.find(R"("lead_id":")" + lead_of(first).id.text() + R"("},"after":{)"), std::string::npos) << body;
    EXPECT_NE(body.find(R"("lead_id":")" + lead_of(plan).id.text() + R"("},"lead":{"id":")"), std::string::npos) << body;
}

TEST_F(Tell, ALeadFromAnOlderEventIsARowThoughTheDealStaysAsItWas) {
    shop.send({form("spring")});
    Draft late = form("spring");
    late[Field::ContactEmail] = "before@acme.example";
    late.event_time_ms = shop.clock.now_ms() - kDay;
    const Plan plan = shop.send({late});
    EXPECT_EQ(plan.rows[0].action, RowAction::Unchanged);
    const JournalEntry row = shop.journal().back();
    EXPECT_EQ(row.happening, Happening::LeadCreated);
    EXPECT_TRUE(row.body.starts_with(R"({"lead":{"id":")" + lead_of(plan).id.text() + R"(","after":{"email":"before@acme.example")"))
        << row.body;
}

TEST_F(Tell, RowsSentAgainLeaveALeadOfSeveralDealsAsItWas) {
    Draft first = deal_draft("Pilot", "Acme");
    first[Field::ContactEmail] = "jane@acme.example";
    Draft second = deal_draft("Rollout", "Acme Europe");
    second[Field::ContactEmail] = "jane@acme.example";
    shop.send({first, second});
    const auto before = shop.journal().size();
    shop.clock.move_ms(kDay);
    const Plan again = shop.send({first, second});
    EXPECT_EQ(again.counts.unchanged, 2U);
    EXPECT_EQ(lead_of(again).company, "Acme Europe");
    EXPECT_EQ(shop.journal().size(), before);
}

TEST_F(Tell, AnExternalIdThatADealLearnsIsTold) {
    Draft draft = deal_draft("Pilot", "Acme");
    draft.external_ids = {{"hubspot", "1"}};
    shop.send({draft});
    draft.external_ids = {{"salesforce", "006"}};
    shop.clock.move_ms(1'000);
    shop.send({draft});
    EXPECT_EQ(shop.journal().back().body, R"({"before":{"external_ids":[{"system":"hubspot","id":"1"}]},)"
                                          R"("after":{"external_ids":[{"system":"hubspot","id":"1"},{"system":"salesforce","id":"006"}]}})");
}

TEST_F(Tell, ARowThatDeletesADealIsNotTheRowThatChangesTheDeletedOne) {
    Draft draft = deal_draft("Pilot", "Acme");
    draft.external_ids = {{"hubspot", "1"}};
    shop.send({draft});
    shop.clock.move_ms(1'000);
    Draft gone = draft;
    gone.deleted = true;
    Draft later = gone;
    later[Field::Owner] = "Kim";
    shop.send({gone, later});
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].happening, Happening::Deleted);
    EXPECT_EQ(rows[2].happening, Happening::Updated);
}

// How a field of a lead without it is shown.
const boost::json::object kUnset{
    {"first_name", nullptr}, {"last_name", nullptr}, {"company", nullptr}, {"phone", nullptr}, {"metadata_json", boost::json::object()}};

// What the API shows of a lead and a row may tell of it.
boost::json::object shown(const Lead& lead) {
    boost::json::object out{{"email", lead.email}, {"status", lead_status_key(lead.status)}, {"ai_score", lead.ai_score}};
    const auto put = [&](std::string_view key, const std::string& text) {
        if (!text.empty()) out[key] = text;
    };
    put("first_name", lead.first_name);
    put("last_name", lead.last_name);
    put("company", lead.company);
    put("phone", lead.phone);
    if (lead.is_spam) out["is_spam"] = true;
    if (!lead.metadata_json.empty()) out["metadata_json"] = parse_json(lead.metadata_json).value();
    return out;
}

TEST_F(Tell, TheJournalReplayedGivesTheLeads) {
    EXPECT_TRUE(rc::check("any rows, in any batches", [] {
        Workshop shop;
        constexpr int kBatchesMax = 20; // of as many rows: journal() reads 500
        const auto any_row = rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 1'024));
        const auto steps =
            *rc::gen::resize(kBatchesMax, rc::gen::container<std::vector<std::vector<int>>>(rc::gen::container<std::vector<int>>(any_row)));
        for (const auto& batch : steps) {
            std::vector<Draft> drafts;
            for (const int what : batch) {
                Draft draft = deal_draft("Deal " + std::to_string(what % 4), "Acme", what % 2 == 0 ? Source::WebForm : Source::Api);
                draft[Field::ContactEmail] = "lead" + std::to_string(what / 4 % 4) + "@acme.example";
                if (what / 16 % 4 != 0) draft[Field::ContactName] = "Jane Doe" + std::to_string(what / 16 % 4);
                if (what / 64 % 4 != 0) draft.lead_metadata = R"({"touch":{"utm_campaign":")" + std::to_string(what / 64 % 4) + "\"}}";
                if (what / 256 % 4 != 0) draft[Field::Stage] = std::string(stage_key(static_cast<Stage>(what / 256 % 4)));
                drafts.push_back(std::move(draft));
            }
            shop.clock.move_ms(10);
            if (!drafts.empty()) shop.send(std::move(drafts));
        }
        std::map<std::string, boost::json::object> replayed;
        for (const JournalEntry& row : shop.journal()) {
            const auto body = parse_json(row.body).value();
            const auto* told = body.as_object().if_contains("lead");
            if (told == nullptr) continue;
            const std::string id(told->at("id").as_string());
            RC_ASSERT(replayed.contains(id) == told->as_object().contains("before"));
            auto& lead = replayed[id];
            if (const auto* before = told->as_object().if_contains("before")) {
                for (const auto& [key, value] : before->as_object())
                    RC_ASSERT((lead.contains(key) ? lead.at(key) : kUnset.at(key)) == value);
            }
            for (const auto& [key, value] : told->at("after").as_object()) lead[key] = value;
        }
        shop.store->read(shop.scope, [&](LedgerReader& ledger) {
            const auto leads = ledger.list_leads({.email = {}, .status = {}, .search = {}, .after = {}, .limit = 500}).leads;
            RC_ASSERT(leads.size() == replayed.size());
            for (const Lead& lead : leads) RC_ASSERT(replayed.at(lead.id.text()) == shown(lead));
        });
    }));
}

} // namespace
} // namespace tributary::testing

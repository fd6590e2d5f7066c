// The pipeline on a real store: who is the same deal, what an update may change, what is written with it (SPEC-NOTES 9, 13, 16-20).
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

struct Ingest : ::testing::Test {
    Workshop shop;

    Plan send(Draft draft) { return shop.send({std::move(draft)}); }
    static const Deal& deal_of(const Plan& plan, std::size_t row = 0) { return plan.deals[plan.rows[row].deal].now; }
};

TEST_F(Ingest, ANewDealHasTheSpecificationsDefaults) {
    const Plan plan = send(deal_draft("Enterprise License", "Acme"));
    const Deal deal = shop.read(deal_of(plan).id);
    EXPECT_EQ(plan.rows[0].action, RowAction::Created);
    EXPECT_EQ(deal.stage, Stage::Discovery);
    EXPECT_EQ(deal.probability, 5'000);
    EXPECT_EQ(deal.value_minor, 0);
    EXPECT_EQ(deal.version, 1U);
    EXPECT_EQ(deal.risk, risk_of(deal.health_score));
}

TEST_F(Ingest, TheSameRowsAgainAreUnchangedAndLeaveNoTrace) {
    Draft draft = deal_draft("A", "Acme");
    draft[Field::Value] = "120000";
    draft[Field::ContactEmail] = "ceo@acme.example";
    draft.metadata = R"({"campaign":"spring"})";
    send(draft);
    const auto before = shop.journal().size();
    shop.clock.move_ms(kDay);
    const Plan again = send(draft);
    EXPECT_EQ(again.rows[0].action, RowAction::Unchanged);
    EXPECT_EQ(shop.journal().size(), before);
    EXPECT_TRUE(again.counts.balanced());
}

TEST_F(Ingest, TheSameExternalIdIsTheSameDealWhateverItIsCalled) {
    Draft first = deal_draft("A", "Acme");
    first.external_ids = {{"api", "ext-1"}};
    Draft second = deal_draft("B", "Other");
    second.external_ids = {{"api", "ext-1"}};
    const auto one = deal_of(send(first)).id;
    const Plan plan = send(second);
    EXPECT_EQ(plan.rows[0].action, RowAction::Updated);
    EXPECT_EQ(deal_of(plan).id, one);
    EXPECT_EQ(plan.rows[0].match.rule, MatchRule::ExternalId);
    EXPECT_EQ(shop.read(one).name, "B");
}

TEST_F(Ingest, EqualNameAndCompanyAreOneDealAcrossSources) {
    const auto one = deal_of(send(deal_draft("Enterprise  License", "ACME, Inc.", Source::Csv))).id;
    const Plan plan = send(deal_draft("enterprise license", "Acme", Source::Api));
    EXPECT_EQ(deal_of(plan).id, one);
    EXPECT_EQ(plan.rows[0].match.rule, MatchRule::NameAndCompany);
}

TEST_F(Ingest, TwoIdsOfOneSystemAreTwoDealsWhateverTheyAreCalled) {
    Draft first = deal_draft("A", "Acme");
    first.external_ids = {{"salesforce", "006000000000001AAA"}};
    Draft second = first;
    second.external_ids = {{"salesforce", "006000000000002AAA"}};
    const Plan plan = shop.send({first, second});
    EXPECT_EQ(plan.counts.created, 2U);
    EXPECT_NE(deal_of(plan, 0).id, deal_of(plan, 1).id);
    Draft third = deal_draft("A", "Acme"); // of another system: it learns its id
    third.external_ids = {{"hubspot", "7"}};
    EXPECT_EQ(send(third).rows[0].action, RowAction::Updated);
    third[Field::Value] = "9";
    EXPECT_EQ(send(third).rows[0].match.rule, MatchRule::ExternalId);
}

TEST_F(Ingest, AnOpenDealAfterAClosedOneIsANewChanceNotedAsRelated) {
    Draft closed = deal_draft("Renewal", "Acme");
    closed[Field::Stage] = "closed_won";
    const auto old = deal_of(send(closed)).id;
    Draft open = deal_draft("Renewal", "Acme");
    open[Field::Stage] = "discovery";
    const Plan plan = send(open);
    EXPECT_EQ(plan.rows[0].action, RowAction::Created);
    EXPECT_EQ(plan.rows[0].match.related, old);
    EXPECT_NE(shop.journal().back().body.find(old.text()), std::string::npos);
}

TEST_F(Ingest, ANameWithoutACompanyMatchesOnlyItsOwnSource) {
    send(deal_draft("Website", "", Source::WebForm));
    EXPECT_EQ(send(deal_draft("Website", "", Source::Email)).rows[0].action, RowAction::Created);
    EXPECT_EQ(send(deal_draft("Website", "", Source::WebForm)).rows[0].action, RowAction::Unchanged);
}

TEST_F(Ingest, BlankNeverErasesAndPresentOverwrites) {
    Draft draft = deal_draft("A", "Acme");
    draft[Field::Owner] = "Kim";
    draft[Field::Value] = "100";
    const auto id = deal_of(send(draft)).id;
    Draft update = deal_draft("A", "Acme");
    update[Field::Owner] = "  ";
    update[Field::Value] = "250.50";
    send(update);
    const Deal deal = shop.read(id);
    EXPECT_EQ(deal.owner, "Kim");
    EXPECT_EQ(deal.value_minor, 25'050);
}

TEST_F(Ingest, AnOlderEventChangesNothing) {
    Draft now = deal_draft("A", "Acme");
    now.external_ids = {{"hubspot", "1"}};
    now[Field::Value] = "200";
    now.event_time_ms = shop.clock.now_ms() - 1'000;
    const auto id = deal_of(send(now)).id;
    Draft late = now;
    late[Field::Value] = "100";
    late.event_time_ms = shop.clock.now_ms() - 5'000;
    EXPECT_EQ(send(late).rows[0].action, RowAction::Unchanged);
    EXPECT_EQ(shop.read(id).value_minor, 20'000);
}

TEST_F(Ingest, EventsInAnyOrderEndInTheSameDeal) {
    EXPECT_TRUE(rc::check("the newest event of each field wins", [] {
        Workshop shop;
        auto order = *rc::gen::container<std::vector<int>>(6, rc::gen::inRange(0, 6));
        for (int at = 0; at < 6; ++at) order.push_back(at); // every event at least once, some again
        Id id;
        for (const int event : order) {
            Draft draft = deal_draft("A", "Acme");
            draft.external_ids = {{"hubspot", "1"}};
            draft.event_time_ms = shop.clock.now_ms() - 100'000 + event * 1'000;
            if (event % 2 == 0) draft[Field::Value] = std::to_string(100 + event);
            else draft[Field::Owner] = "owner " + std::to_string(event);
            const Plan plan = shop.send({draft});
            id = plan.deals[plan.rows[0].deal].now.id;
        }
        const Deal deal = shop.read(id);
        RC_ASSERT(deal.value_minor == 10'400);
        RC_ASSERT(deal.owner == "owner 5");
    }));
}

TEST_F(Ingest, ARealValueReplacesAnEstimateAndNeverTheReverse) {
    Draft mail = deal_draft("A", "Acme", Source::Email);
    mail.default_value_minor = 1'500'000;
    mail.default_value_rule = "estimate.email_default";
    const auto id = deal_of(send(mail)).id;
    EXPECT_TRUE(shop.read(id).value_estimated);
    Draft real = deal_draft("A", "Acme");
    real[Field::Value] = "42000";
    send(real);
    EXPECT_FALSE(shop.read(id).value_estimated);
    send(mail);
    EXPECT_EQ(shop.read(id).value_minor, 4'200'000);
}

TEST_F(Ingest, ProbabilityFollowsAClosedStage) {
    Draft draft = deal_draft("A", "Acme");
    draft[Field::Stage] = "Closed Won";
    draft[Field::Probability] = "60";
    const auto id = deal_of(send(draft)).id;
    EXPECT_EQ(shop.read(id).probability, 10'000);
    EXPECT_NE(shop.read(id).closed_at, 0);
}

TEST_F(Ingest, ABadRowDoesNotSpoilItsNeighbours) {
    Draft bad = deal_draft("B", "Acme");
    bad[Field::Stage] = "maybe";
    const Plan plan = shop.send({deal_draft("A", "Acme"), bad, deal_draft("C", "Acme")});
    EXPECT_EQ(plan.counts.created, 2U);
    EXPECT_EQ(plan.counts.rejected, 1U);
    EXPECT_TRUE(plan.counts.balanced());
    EXPECT_EQ(plan.rows[1].refusal->code, "unknown_stage");
    EXPECT_EQ(outcomes_of(plan)[1].raw, "raw");
}

TEST_F(Ingest, RowsOfOneBatchSeeEachOther) {
    Draft first = deal_draft("A", "Acme");
    Draft second = deal_draft("A", "Acme");
    second[Field::Owner] = "Kim";
    const Plan plan = shop.send({first, second, second});
    EXPECT_EQ(plan.counts.created, 1U);
    EXPECT_EQ(plan.counts.updated, 1U);
    EXPECT_EQ(plan.counts.unchanged, 1U);
    EXPECT_EQ(shop.read(deal_of(plan).id).owner, "Kim");
}

TEST_F(Ingest, ALeadIsMadeFromTheContactAndNeverMovedBackwards) {
    Draft draft = deal_draft("A", "Acme");
    draft[Field::ContactEmail] = "CEO@acme.example";
    draft[Field::ContactName] = "Mary Ann Smith";
    draft[Field::Stage] = "proposal";
    const Plan plan = send(draft);
    const Lead lead = plan.leads[*plan.rows[0].lead].now;
    EXPECT_EQ(lead.email, "ceo@acme.example");
    EXPECT_EQ(lead.first_name, "Mary Ann");
    EXPECT_EQ(lead.last_name, "Smith");
    EXPECT_EQ(lead.status, LeadStatus::Qualified);
    EXPECT_EQ(shop.read(deal_of(plan).id).lead_id, lead.id);
    Draft other = deal_draft("B", "Acme");
    other[Field::ContactEmail] = "ceo@acme.example";
    const Plan again = send(other);
    EXPECT_EQ(again.leads[*again.rows[0].lead].now.id, lead.id);
    EXPECT_EQ(again.leads[*again.rows[0].lead].now.status, LeadStatus::Qualified);
}

TEST_F(Ingest, FirstTouchIsKeptAndLastTouchReplaced) {
    Draft draft = deal_draft("A", "Acme", Source::WebForm);
    draft[Field::ContactEmail] = "a@acme.example";
    draft.lead_metadata = R"({"touch":{"utm_source":"ads"}})";
    send(draft);
    draft.lead_metadata = R"({"touch":{"utm_source":"mail"}})";
    const Plan plan = send(draft);
    EXPECT_EQ(plan.leads[*plan.rows[0].lead].now.metadata_json, R"({"first_touch":{"utm_source":"ads"},"last_touch":{"utm_source":"mail"}})");
}

TEST_F(Ingest, SpamIsKeptApartAndNeverCounted) {
    Draft draft = deal_draft("A", "Acme", Source::WebForm);
    draft.spam = true;
    draft.spam_reason = "honeypot";
    const Plan plan = send(draft);
    EXPECT_TRUE(shop.read(deal_of(plan).id).is_spam);
    EXPECT_EQ(shop.ranks.of(shop.scope)->totals().active, 0U);
    EXPECT_EQ(send(deal_draft("A", "Acme")).rows[0].action, RowAction::Created) << "a real deal never merges into spam";
}

TEST_F(Ingest, ADeletedDealComesBackWhenItsSystemSaysSo) {
    Draft draft = deal_draft("A", "Acme");
    draft.external_ids = {{"hubspot", "1"}};
    const auto id = deal_of(send(draft)).id;
    shop.clock.move_ms(1'000);
    draft.deleted = true;
    send(draft);
    EXPECT_NE(shop.read(id).deleted_at, 0);
    shop.clock.move_ms(1'000);
    draft.deleted = false;
    EXPECT_EQ(deal_of(send(draft)).id, id);
    EXPECT_EQ(shop.read(id).deleted_at, 0);
    EXPECT_EQ(shop.journal().back().happening, Happening::Restored);
}

TEST_F(Ingest, ARestoredDealFindsRoomBesideItsNamesake) {
    Draft draft = deal_draft("A", "Acme");
    draft.external_ids = {{"hubspot", "1"}};
    send(draft);
    shop.clock.move_ms(1'000);
    draft.deleted = true;
    send(draft);
    send(deal_draft("A", "Acme")); // takes the name while the first is away
    shop.clock.move_ms(1'000);
    draft.deleted = false;
    EXPECT_EQ(send(draft).counts.updated, 1U);
}

TEST_F(Ingest, TheJournalIsNumberedWithoutGapsAndHoldsTheRecord) {
    Draft draft = deal_draft("A", "Acme");
    draft[Field::Value] = "120000";
    shop.send({draft, deal_draft("B", "Acme")});
    draft[Field::Value] = "130000";
    send(draft);
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 3U);
    for (std::size_t at = 0; at < rows.size(); ++at) EXPECT_EQ(rows[at].seq, at + 1);
    EXPECT_NE(rows[0].body.find(R"("value":120000)"), std::string::npos);
    EXPECT_EQ(rows[2].body, R"({"before":{"value":120000},"after":{"value":130000}})");
    EXPECT_EQ(rows[2].actor, "key:test");
}

TEST_F(Ingest, AnotherTenantsDealsAreNeverMet) {
    Draft draft = deal_draft("A", "Acme");
    draft.external_ids = {{"api", "ext-1"}};
    send(draft);
    const TenantScope other = shop.make_scope("globex", "sales");
    const TenantScope sibling = shop.make_scope("acme", "support");
    EXPECT_EQ(shop.send({draft}, &other).rows[0].action, RowAction::Created);
    EXPECT_EQ(shop.send({draft}, &sibling).rows[0].action, RowAction::Created);
    EXPECT_EQ(shop.journal(&other).front().seq, 1U) << "each tenant counts for itself";
}

TEST_F(Ingest, RanksAreTheSameKeptOrCountedAnew) {
    EXPECT_TRUE(rc::check("any deals", [] {
        Workshop shop;
        const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(0, 60)));
        for (const auto& [which, what] : steps) {
            Draft draft = deal_draft("Deal " + std::to_string(which), "Acme");
            draft.external_ids = {{"api", std::to_string(which)}};
            draft[Field::Value] = std::to_string(what * 10);
            draft[Field::Stage] = std::string(stage_key(static_cast<Stage>(what % 6)));
            draft.deleted = what % 11 == 0;
            shop.clock.move_ms(10);
            shop.send({draft});
        }
        const MetricTotals kept = shop.ranks.of(shop.scope)->totals();
        const MetricTotals anew = load_ranks(*shop.store, shop.scope)->totals();
        RC_ASSERT(kept.by_stage == anew.by_stage);
        RC_ASSERT(kept.active == anew.active);
        RC_ASSERT(kept.pipeline_value == anew.pipeline_value);
        RC_ASSERT(kept.weighted_value == anew.weighted_value);
        RC_ASSERT(kept.by_risk == anew.by_risk);
        RC_ASSERT(kept.health_sum == anew.health_sum);
    }));
}

} // namespace
} // namespace tributary::testing

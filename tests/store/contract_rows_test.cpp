// What any store must do with rows: give every member back, one row or many at once, and notice clashes among them.
#include "store/fresh_store.hpp"

#include <rapidcheck/gtest.h>

namespace tributary {
namespace {

std::string any_text() { return *rc::gen::string<std::string>(); }

Deal any_deal() {
    Deal deal;
    deal.id = an_id(1'790'000'000'000);
    deal.name = any_text();
    deal.company = any_text();
    deal.value_minor = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'000);
    deal.currency.code = {'E', 'U', 'R'};
    deal.stage = static_cast<Stage>(*rc::gen::inRange(0, 6));
    deal.probability = *rc::gen::inRange(0, 10'001);
    deal.source = static_cast<Source>(*rc::gen::inRange(0, 8));
    if (*rc::gen::arbitrary<bool>()) deal.expected_close_date = Date{*rc::gen::inRange(-100'000, 100'000)};
    deal.contact_name = any_text();
    deal.contact_email = any_text();
    deal.contact_phone = any_text();
    deal.description = any_text();
    deal.owner = any_text();
    deal.lost_reason = any_text();
    if (*rc::gen::arbitrary<bool>()) deal.lead_id = an_id(1'790'000'000'000);
    deal.value_estimated = *rc::gen::arbitrary<bool>();
    deal.health_score = *rc::gen::inRange(0, 101);
    deal.risk = static_cast<Risk>(*rc::gen::inRange(0, 3));
    for (auto* time : {&deal.stage_entered_at, &deal.closed_at, &deal.last_engaged_at, &deal.created_at, &deal.updated_at, &deal.deleted_at,
                       &deal.base_time_ms}) {
        *time = *rc::gen::arbitrary<std::int64_t>();
    }
    deal.is_spam = *rc::gen::arbitrary<bool>();
    deal.source_metadata = any_text();
    for (auto& byte : deal.match_key.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    deal.twin = *rc::gen::inRange(0, 100'000);
    const int times = *rc::gen::inRange(0, 5);
    for (int at = 0; at < times; ++at) deal.field_times.emplace_back(static_cast<Field>(at * 3), *rc::gen::arbitrary<std::int64_t>());
    const int origins = *rc::gen::inRange(0, 5);
    for (int at = 0; at < origins; ++at)
        deal.field_origins.emplace_back(static_cast<Field>(at * 4), static_cast<Source>(*rc::gen::inRange(0, 8)));
    deal.version = *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000'000);
    return deal;
}

Lead any_lead() {
    Lead lead = a_lead(an_id(1'790'000'000'000).text() + any_text());
    lead.first_name = any_text();
    lead.last_name = any_text();
    lead.company = any_text();
    lead.phone = any_text();
    lead.source = static_cast<Source>(*rc::gen::inRange(0, 8));
    lead.status = static_cast<LeadStatus>(*rc::gen::inRange(0, 6));
    lead.ai_score = *rc::gen::inRange(0, 101);
    lead.ai_qualification_summary = any_text();
    lead.is_spam = *rc::gen::arbitrary<bool>();
    lead.metadata_json = any_text();
    lead.created_at = *rc::gen::arbitrary<std::int64_t>();
    lead.updated_at = *rc::gen::arbitrary<std::int64_t>();
    return lead;
}

TEST_P(StoreContract, ADealComesBackAsItWasWrittenAndAsItWasChanged) {
    const auto scope = store_.scope();
    EXPECT_TRUE(rc::check([&] {
        Deal deal = any_deal();
        store_.write(scope, [&](Ledger& ledger) {
            insert(ledger, deal);
            RC_ASSERT(shown(*deal_with(ledger, deal.id)) == shown(deal)); // a transaction sees its own rows
        });
        RC_ASSERT(shown(*store_.read(scope, [&](LedgerReader& r) { return deal_with(r, deal.id); })) == shown(deal));
        Deal other = any_deal();
        other.id = deal.id;
        store_.write(scope, [&](Ledger& ledger) { update(ledger, other); });
        RC_ASSERT(shown(*store_.read(scope, [&](LedgerReader& r) { return deal_with(r, deal.id); })) == shown(other));
    }));
}

TEST_P(StoreContract, ALeadComesBackAsItWasWrittenAndAsItWasChanged) {
    const auto scope = store_.scope();
    EXPECT_TRUE(rc::check([&] {
        const Lead lead = any_lead();
        store_.write(scope, [&](Ledger& ledger) { insert(ledger, lead); });
        RC_ASSERT(shown(*store_.read(scope, [&](LedgerReader& r) { return lead_with(r, lead.email); })) == shown(lead));
        Lead other = any_lead();
        other.id = lead.id;
        store_.write(scope, [&](Ledger& ledger) { update(ledger, other); });
        const auto by_id = store_.read(scope, [&](LedgerReader& r) { return r.read_leads(std::span(&lead.id, 1)).front(); });
        RC_ASSERT(shown(*by_id) == shown(other));
        RC_ASSERT(!store_.read(scope, [&](LedgerReader& r) { return lead_with(r, lead.email); }));
        RC_ASSERT(store_.read(scope, [&](LedgerReader& r) { return lead_with(r, other.email); })->id == lead.id);
    }));
}

template <typename T>
std::vector<const T*> pointers(const std::vector<T>& values) {
    std::vector<const T*> out;
    for (const T& value : values) out.push_back(&value);
    return out;
}

TEST_P(StoreContract, RowsWrittenManyAtOnceAreEachAsTheyWereGiven) {
    int tenant = 0;
    EXPECT_TRUE(rc::check([&] {
        const auto scope = store_.scope("many" + std::to_string(tenant++));
        const auto count = *rc::gen::inRange<std::size_t>(0, 40);
        std::vector<Deal> deals;
        std::vector<Lead> leads;
        std::vector<JournalEntry> journal;
        for (std::size_t at = 0; at < count; ++at) {
            deals.push_back(any_deal());
            leads.push_back(any_lead());
            deals.back().external_ids.push_back({"crm", std::to_string(at) + any_text()});
            journal.push_back(an_entry(Happening::Created, deals.back().id));
            journal.back().body = any_text();
        }
        store_.write(scope, [&](Ledger& ledger) {
            ledger.append_journal(journal);
            ledger.insert_deals(pointers(deals));
            ledger.insert_leads(pointers(leads));
        });
        store_->read(scope, [&](LedgerReader& reader) {
            const auto entries = reader.list_journal({.descending = false, .limit = 100});
            RC_ASSERT(entries.size() == count);
            for (std::size_t at = 0; at < count; ++at) {
                RC_ASSERT(shown(*deal_with(reader, deals[at].id)) == shown(deals[at]));
                RC_ASSERT(shown(*lead_with(reader, leads[at].email)) == shown(leads[at]));
                RC_ASSERT(called(reader, "crm", deals[at].external_ids.back().id) == deals[at].id);
                RC_ASSERT(shown(entries[at]) == shown(journal[at]));
            }
        });
    }));
}

TEST_P(StoreContract, ADeletedLeadIsReadByItsIdOnlyAndItsAddressIsFree) {
    const auto scope = store_.scope();
    Lead lead = a_lead("a@x.com");
    store_.write(scope, [&](Ledger& ledger) { insert(ledger, lead); });
    lead.deleted_at = 1'790'000'000'000;
    store_.write(scope, [&](Ledger& ledger) { update(ledger, lead); });
    for (const bool reopened : {false, true}) {
        if (reopened) store_.reopen();
        store_.read(scope, [&](LedgerReader& reader) {
            EXPECT_FALSE(lead_with(reader, "a@x.com")) << reopened;
            EXPECT_TRUE(reader.list_leads({}).leads.empty());
            EXPECT_EQ(reader.read_leads(std::span(&lead.id, 1)).front()->deleted_at, lead.deleted_at);
            return 0;
        });
    }
    const Lead other = a_lead("a@x.com");
    store_.write(scope, [&](Ledger& ledger) { insert(ledger, other); });
    lead.deleted_at = 0;
    EXPECT_THROW(store_.write(scope, [&](Ledger& ledger) { update(ledger, lead); }), Clash);
    Lead gone = other;
    gone.deleted_at = 1;
    store_.write(scope, [&](Ledger& ledger) {
        update(ledger, gone);
        update(ledger, lead);
    });
    EXPECT_EQ(store_.read(scope, [&](LedgerReader& reader) { return lead_with(reader, "a@x.com"); })->id, lead.id);
    store_->check(true);
}

TEST_P(StoreContract, TheLeadsThatDealsHoldAreNamedWithoutDeletedDealsAndOtherWorkspaces) {
    const auto scope = store_.scope();
    const auto other = store_.scope("acme", "other");
    Deal holds = a_deal("A");
    holds.lead_id = an_id();
    Deal deleted = a_deal("B");
    deleted.lead_id = an_id();
    deleted.deleted_at = 1;
    Deal foreign = a_deal("C");
    foreign.lead_id = an_id();
    store_.write(scope, [&](Ledger& ledger) {
        insert(ledger, holds);
        insert(ledger, deleted);
        insert(ledger, a_deal("D"));
    });
    store_.write(other, [&](Ledger& ledger) { insert(ledger, foreign); });
    std::vector<std::pair<Id, Id>> held;
    store_.read(scope, [&](LedgerReader& reader) {
        reader.for_each_held_lead([&](const Id& deal, const Id& lead) { held.emplace_back(deal, lead); });
        return 0;
    });
    EXPECT_EQ(held, (std::vector<std::pair<Id, Id>>{{holds.id, holds.lead_id}}));
}

TEST_P(StoreContract, ChangedDealsAreWalkedInTheOrderOfArrivalByAnyStep) {
    const auto scope = store_.scope();
    const auto other = store_.scope("acme", "other");
    std::vector<Id> changed;
    for (int at = 0; at < 7; ++at) {
        Deal deal = a_deal("Deal", static_cast<std::uint8_t>(at + 1));
        deal.version = deal.created_seq = 5;
        if (at % 2 == 0) deal.version = 9;
        if (at == 4) deal.deleted_at = 1;
        if (at == 6) deal.is_spam = true;
        store_.write(scope, [&](Ledger& ledger) { insert(ledger, deal); });
        if (at == 0 || at == 2) changed.push_back(deal.id);
    }
    Deal foreign = a_deal("Foreign");
    foreign.version = 9;
    store_.write(other, [&](Ledger& ledger) { insert(ledger, foreign); });
    for (const std::uint32_t limit : {1U, 2U, 100U}) {
        std::vector<Id> met;
        store_.read(scope, [&](LedgerReader& reader) {
            std::uint64_t place = 0;
            do {
                const auto found = reader.changed_deals(place, limit);
                EXPECT_LE(found.deals.size(), limit);
                met.insert(met.end(), found.deals.begin(), found.deals.end());
                place = found.next;
            } while (place != 0);
            return 0;
        });
        EXPECT_EQ(met, changed) << limit;
    }
    EXPECT_TRUE(store_.read(store_.scope("nobody"), [&](LedgerReader& reader) { return reader.changed_deals(0, 10).deals.empty(); }));
}

TEST_P(StoreContract, AClashAmongRowsOfOneCallIsNoticedWhereverTheyStand) {
    const auto scope = store_.scope();
    EXPECT_TRUE(rc::check([&] {
        const auto count = *rc::gen::inRange<std::size_t>(2, 30);
        const auto first = *rc::gen::inRange<std::size_t>(0, count - 1);
        const auto second = *rc::gen::inRange<std::size_t>(first + 1, count);
        std::vector<Deal> deals;
        std::vector<Lead> leads;
        for (std::size_t at = 0; at < count; ++at) {
            deals.push_back(a_deal("Deal", static_cast<std::uint8_t>(at + 1)));
            leads.push_back(a_lead(std::to_string(at) + "@x.com"));
        }
        for (std::size_t at = 0; at < count; ++at)
            deals[at].external_ids = {{"api", "x" + std::to_string(at)}, {"crm", std::to_string(at)}};
        const auto fine = store_->begin(); // never committed: the next round finds nothing in its way
        {
            Ledger& ledger = fine->ledger(scope);
            ledger.insert_deals(pointers(deals));
            leads[second].email = leads[first].email;
            EXPECT_THROW(ledger.insert_leads(pointers(leads)), Clash);
            for (Deal& deal : deals) deal.id = an_id(1'790'000'000'000);
            for (Deal& deal : deals) deal.match_key.bytes[1] = 7;
            for (Deal& deal : deals) deal.external_ids[0].id += "again";
            for (Deal& deal : deals) deal.external_ids[1].id += "again";
            if (*rc::gen::arbitrary<bool>()) {
                deals[second].match_key = deals[first].match_key;
            } else {
                deals[second].external_ids[1] = deals[first].external_ids[1];
            }
            EXPECT_THROW(ledger.insert_deals(pointers(deals)), Clash);
        }
    }));
    EXPECT_TRUE(store_.read(scope, [](LedgerReader& r) { return r.list_deals({}).deals.empty(); }));
}

} // namespace
} // namespace tributary

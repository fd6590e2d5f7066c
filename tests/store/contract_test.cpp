// What any store must do with deals, leads, identities and transactions. A kind of store is one line at the end.
// contract_rows_test.cpp, contract_lists_test.cpp, contract_journal_test.cpp and contract_registry_test.cpp hold the rest.
#include "store/fresh_store.hpp"

namespace tributary {
namespace {

TEST_P(StoreContract, AnswersComeInTheOrderOfTheirQuestions) {
    const auto scope = store_.scope();
    const std::vector<Deal> deals{a_deal("A", 1), a_deal("B", 2), a_deal("C", 3)};
    const std::vector<Lead> leads{a_lead("a@x.com"), a_lead("b@x.com")};
    store_.write(scope, [&](Ledger& ledger) {
        for (const Deal& deal : deals) insert(ledger, deal);
        for (const Lead& lead : leads) insert(ledger, lead);
        call_it(ledger, deals[2], "crm", "3");
        call_it(ledger, deals[0], "crm", "1");
        call_it(ledger, deals[0], "api", "x");
    });
    const Id absent = an_id(1);
    store_->read(scope, [&](LedgerReader& reader) {
        const std::vector<Id> ids{deals[2].id, absent, deals[0].id, deals[2].id};
        const auto read = reader.read_deals(ids);
        ASSERT_EQ(read.size(), 4U);
        EXPECT_EQ(read[0]->name, "C");
        EXPECT_FALSE(read[1]);
        EXPECT_EQ(read[2]->name, "A");
        EXPECT_EQ(read[3]->name, "C");
        const std::vector<ExternalId> externals{{"crm", "1"}, {"crm", "2"}, {"api", "1"}, {"crm", "3"}};
        const auto found = reader.find_external(externals);
        EXPECT_EQ(found, (std::vector<std::optional<Id>>{deals[0].id, std::nullopt, std::nullopt, deals[2].id}));
        const std::vector<MatchKey> keys{match_key(3), match_key(9), match_key(1), MatchKey{}};
        const auto by_name = reader.find_named(keys);
        EXPECT_EQ(by_name, (std::vector<std::vector<Id>>{{deals[2].id}, {}, {deals[0].id}, {}}));
        const std::vector<std::string> emails{"b@x.com", "no@x.com", "a@x.com"};
        const auto found_leads = reader.find_leads(emails);
        EXPECT_EQ(found_leads[0]->id, leads[1].id);
        EXPECT_FALSE(found_leads[1]);
        EXPECT_EQ(found_leads[2]->id, leads[0].id);
        const std::vector<Id> lead_ids{leads[1].id, absent, leads[0].id};
        const auto read_leads = reader.read_leads(lead_ids);
        EXPECT_EQ(read_leads[0]->email, "b@x.com");
        EXPECT_FALSE(read_leads[1]);
        EXPECT_EQ(read_leads[2]->email, "a@x.com");
        EXPECT_EQ(read[0]->external_ids, (std::vector<ExternalId>{{"crm", "3"}}));
        EXPECT_FALSE(read[1]);
        EXPECT_EQ(read[2]->external_ids, (std::vector<ExternalId>{{"crm", "1"}, {"api", "x"}})); // as they were learned
        EXPECT_TRUE(reader.read_deals({}).empty());
    });
}

TEST_P(StoreContract, TwinsOfOneMatchKeyAreToldByTheirNumberAndListedByIt) {
    const auto scope = store_.scope();
    Deal first = a_deal("One", 1);
    Deal second = a_deal("One", 1);
    second.twin = 1;
    Deal far = a_deal("One", 1);
    far.twin = 256; // alike in its last byte
    store_.write(scope, [&](Ledger& ledger) {
        insert(ledger, far);
        insert(ledger, second);
        insert(ledger, first);
    });
    const auto ids = store_.read(scope, [](LedgerReader& r) { return named(r, match_key(1)); });
    EXPECT_EQ(ids, (std::vector<Id>{first.id, second.id, far.id}));
    const auto batch = store_->begin();
    EXPECT_THROW(insert(batch->ledger(scope), a_deal("One", 1)), Clash);
}

TEST_P(StoreContract, ADealThatIsDeletedOrSpamLeavesItsNameToAnotherAndMayNotComeBackWhileThatLives) {
    const auto scope = store_.scope();
    for (const bool spam : {false, true}) {
        const auto key = static_cast<std::uint8_t>(spam ? 7 : 8);
        Deal old = a_deal("Old", key);
        store_.write(scope, [&](Ledger& ledger) { insert(ledger, old); });
        old.is_spam = spam;
        if (!spam) old.deleted_at = 5;
        Deal fresh = a_deal("New", key);
        store_.write(scope, [&](Ledger& ledger) {
            update(ledger, old);
            EXPECT_TRUE(named(ledger, match_key(key)).empty());
            insert(ledger, fresh);
        });
        EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return named(r, match_key(key)); }), std::vector<Id>{fresh.id});
        EXPECT_TRUE(store_.read(scope, [&](LedgerReader& r) { return deal_with(r, old.id); })); // still there to be read
        old.is_spam = false;
        old.deleted_at = 0;
        {
            const auto batch = store_->begin();
            EXPECT_THROW(update(batch->ledger(scope), old), Clash);
        }
        old.twin = 1;
        store_.write(scope, [&](Ledger& ledger) { update(ledger, old); });
        EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return named(r, match_key(key)); }), (std::vector<Id>{fresh.id, old.id}));
    }
}

TEST_P(StoreContract, ADealWithoutAMatchKeyIsNeverMatchedByName) {
    const auto scope = store_.scope();
    store_.write(scope, [&](Ledger& ledger) {
        insert(ledger, a_deal("A"));
        insert(ledger, a_deal("B")); // no clash
    });
    EXPECT_TRUE(store_.read(scope, [](LedgerReader& r) { return named(r, MatchKey{}); }).empty());
}

TEST_P(StoreContract, AnExternalIdAnEmailAndAnIdBelongToOne) {
    const auto scope = store_.scope();
    const Deal one = a_deal("One");
    const Deal two = a_deal("Two");
    const Lead lead = a_lead("a@x.com");
    store_.write(scope, [&](Ledger& ledger) {
        insert(ledger, one);
        insert(ledger, two);
        insert(ledger, lead);
        call_it(ledger, one, "crm", "1");
        call_it(ledger, two, "api", "1"); // another system
    });
    EXPECT_THROW(store_.write(scope, [&](Ledger& ledger) { call_it(ledger, two, "crm", "1"); }), Clash);
    EXPECT_THROW(store_.write(scope, [&](Ledger& ledger) { call_it(ledger, one, "crm", "1"); }), Clash);
    EXPECT_THROW(store_.write(scope, [&](Ledger& ledger) { insert(ledger, a_lead("a@x.com")); }), Clash);
    EXPECT_THROW(store_.write(scope, [&](Ledger& ledger) { insert(ledger, one); }), Clash);
    // In another workspace they are free.
    store_.write(store_.scope("acme", "other"), [&](Ledger& ledger) {
        const Deal deal = a_deal("One");
        insert(ledger, deal);
        insert(ledger, a_lead("a@x.com"));
        call_it(ledger, deal, "crm", "1");
    });
}

TEST_P(StoreContract, ABatchThatThrewCanOnlyBeDropped) {
    const auto scope = store_.scope();
    store_.write(scope, [&](Ledger& ledger) { insert(ledger, a_deal("One", 1)); });
    {
        const auto batch = store_->begin();
        Ledger& ledger = batch->ledger(scope);
        insert(ledger, a_deal("Other", 2));
        EXPECT_THROW(insert(ledger, a_deal("One", 1)), Clash);
        EXPECT_THROW(batch->commit(), StoreError);
    }
    EXPECT_TRUE(store_.read(scope, [](LedgerReader& r) { return named(r, match_key(2)); }).empty());
    store_.write(scope, [&](Ledger& ledger) { insert(ledger, a_deal("Other", 2)); });
}

void write_everything(Ledger& ledger, const Deal& deal, const Id& unit) {
    insert(ledger, deal);
    insert(ledger, a_lead("a@x.com"));
    call_it(ledger, deal, "crm", "1");
    std::vector<JournalEntry> journal{an_entry(Happening::Created, deal.id, unit), an_entry(Happening::Activity, deal.id, unit)};
    journal[0].due = kDueAutomation;
    ledger.append_journal(journal);
    Unit made;
    made.id = unit;
    made.many = true;
    ledger.put_unit(made);
    const RawPiece piece{0, "raw"};
    ledger.add_raw(unit, std::span(&piece, 1));
    const RowOutcome outcome{.row = 0, .deal = deal.id};
    ledger.add_outcomes(unit, std::span(&outcome, 1));
    ledger.put_answer({.scope = "s", .key = "k", .expires_at = 1'000});
    Settings settings;
    settings.email_default_minor = 7;
    ledger.put_settings(settings);
    ledger.put_mapping({.name = "m", .fingerprint = "f", .header = "[]", .mapping = "{}"});
    ledger.put_cursor("follower", 2);
}

// How many of the things above are to be seen.
int things_seen(LedgerReader& reader, const Deal& deal, const Id& unit) {
    int seen = 0;
    seen += deal_with(reader, deal.id).has_value();
    seen += !named(reader, deal.match_key).empty();
    seen += called(reader, "crm", "1").has_value();
    seen += !deal_with(reader, deal.id).value_or(Deal{}).external_ids.empty();
    seen += lead_with(reader, "a@x.com").has_value();
    seen += !reader.list_deals({}).deals.empty();
    seen += !reader.list_deals({.external = ExternalId{"", "1"}}).deals.empty();
    seen += !reader.list_leads({}).leads.empty();
    seen += !reader.list_journal({}).empty();
    seen += !reader.list_journal({.every_workspace = true}).empty();
    seen += !reader.list_journal({.deal = deal.id}).empty();
    seen += !reader.list_journal({.unit = unit}).empty();
    seen += !reader.list_journal({.activities_only = true}).empty();
    seen += !reader.list_due(kDueAutomation, 0, 10).empty();
    seen += reader.last_seq() != 0;
    seen += reader.first_seq() != 0;
    seen += reader.read_unit(unit).has_value();
    seen += !reader.list_units({}).units.empty();
    seen += !reader.list_outcomes({.unit = unit}).empty();
    seen += !reader.read_raw(unit, 0, 10).empty();
    seen += reader.find_answer("s", "k", 1).has_value();
    seen += reader.read_mapping("m").has_value();
    seen += reader.find_mapping("f").has_value();
    seen += !reader.list_mappings().empty();
    seen += reader.settings().email_default_minor == 7;
    seen += reader.cursor("follower") == 2;
    int rankable = 0;
    reader.for_each_rankable([&](const Deal&) { ++rankable; });
    return seen + (rankable > 0);
}
constexpr int kThings = 27;

TEST_P(StoreContract, ARollbackLeavesNothing) {
    const auto scope = store_.scope();
    const Deal deal = a_deal("One", 1);
    const Id unit = an_id(5);
    {
        const auto batch = store_->begin();
        write_everything(batch->ledger(scope), deal, unit);
        EXPECT_EQ(things_seen(batch->ledger(scope), deal, unit), kThings);
        EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), 0); // others see nothing yet
    }
    EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), 0);
    store_.write(scope, [&](Ledger& ledger) { write_everything(ledger, deal, unit); }); // and nothing stands in the way
    EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), kThings);
    store_.reopen();
    EXPECT_EQ(store_.read(scope, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), kThings);
}

TEST_P(StoreContract, AnotherTenantsThingsAreAsIfTheyWereNot) {
    const auto ours = store_.scope("acme");
    const auto theirs = store_.scope("rival");
    const auto elsewhere = store_.scope("acme", "second");
    const Deal deal = a_deal("One", 1);
    const Id unit = an_id(5);
    store_.write(ours, [&](Ledger& ledger) { write_everything(ledger, deal, unit); });
    EXPECT_EQ(store_.read(theirs, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), 0);
    // Another workspace of the tenant sees what is the tenant's as a whole: the numbers and due rows of its journal, its
    // answers and its followers.
    EXPECT_EQ(store_.read(elsewhere, [&](LedgerReader& r) { return things_seen(r, deal, unit); }), 6);
    for (const auto& scope : {theirs, elsewhere}) {
        const auto batch = store_->begin();
        EXPECT_THROW(update(batch->ledger(scope), deal), StoreError); // as absent as one that never was
    }
    store_.write(theirs, [&](Ledger& ledger) { write_everything(ledger, a_deal("One", 1), an_id(6)); }); // no clash with ours
    EXPECT_EQ(store_.read(ours, [&](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 1U);
    EXPECT_EQ(store_.read(ours, [&](LedgerReader& r) { return r.last_seq(); }), 2U);
}

TEST_P(StoreContract, ABatchHoldsLedgersOfSeveralTenantsOneAfterTheOther) {
    const auto one = store_.scope("one");
    const auto two = store_.scope("two");
    const auto deals = std::vector{a_deal("A", 1), a_deal("B", 1), a_deal("C", 2)};
    {
        const auto batch = store_->begin();
        insert(batch->ledger(one), deals[0]);
        insert(batch->ledger(two), deals[1]);
        Ledger& again = batch->ledger(one);
        insert(again, deals[2]);
        call_it(again, deals[0], "crm", "1");
        EXPECT_FALSE(deal_with(again, deals[1].id));
        batch->commit();
    }
    EXPECT_EQ(store_.read(one, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 2U);
    EXPECT_EQ(store_.read(two, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 1U);
    EXPECT_EQ(store_.read(one, [](LedgerReader& r) { return called(r, "crm", "1"); }), deals[0].id);
}

TEST_P(StoreContract, AReadSeesOneMomentHoweverLongItTakes) {
    const auto scope = store_.scope();
    store_.write(scope, [&](Ledger& ledger) { insert(ledger, a_deal("A", 1)); });
    store_->read(scope, [&](LedgerReader& reader) {
        EXPECT_EQ(reader.list_deals({}).deals.size(), 1U);
        const Deal late = a_deal("B", 2);
        store_.write(scope, [&](Ledger& ledger) { insert(ledger, late); });
        EXPECT_EQ(reader.list_deals({}).deals.size(), 1U);
        EXPECT_FALSE(deal_with(reader, late.id));
        EXPECT_TRUE(named(reader, match_key(2)).empty());
    });
    EXPECT_EQ(store_.read(scope, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 2U);
}

TEST_P(StoreContract, TheMomentOfAReadIsItsBeginningNotItsFirstQuestionThatFinds) {
    const auto scope = store_.scope();
    store_->read(scope, [&](LedgerReader& reader) {
        EXPECT_TRUE(named(reader, match_key(2)).empty());
        store_.write(scope, [&](Ledger& ledger) { insert(ledger, a_deal("B", 2)); });
        EXPECT_TRUE(reader.list_deals({}).deals.empty());
    });
}

TEST_P(StoreContract, WhatAReaderThrowsComesOutAndTheStoreGoesOn) {
    const auto scope = store_.scope();
    for (int at = 0; at < 5; ++at) {
        EXPECT_THROW(store_->read(scope, [](LedgerReader&) { throw std::logic_error("no"); }), std::logic_error);
        EXPECT_THROW(store_->read(scope, [](LedgerReader&) { throw StoreError("no"); }), StoreError);
    }
    EXPECT_EQ(store_.read(scope, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 0U);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::Values(sqlite_kind()), [](const auto& kind) { return kind.param.name; });

} // namespace
} // namespace tributary

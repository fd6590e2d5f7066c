// What any store must do with the journal, units and what belongs to them, answers, settings and followers.
#include "store/fresh_store.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>

namespace tributary {
namespace {

constexpr std::uint8_t kDueOther = 2; // a bit that no follower asks for yet

std::vector<std::uint64_t> seqs(const std::vector<JournalEntry>& entries) {
    std::vector<std::uint64_t> out;
    for (const auto& entry : entries) out.push_back(entry.seq);
    return out;
}

TEST_P(StoreContract, JournalNumbersHaveNoGapsWhateverWasRolledBack) {
    EXPECT_TRUE(rc::check([&] {
        static int tenant = 0;
        const auto one = store_.scope("one" + std::to_string(++tenant));
        const auto two = store_.scope("two" + std::to_string(tenant));
        std::array<std::uint64_t, 2> written{};
        const int batches = *rc::gen::inRange(1, 8);
        for (int at = 0; at < batches; ++at) {
            const bool kept = *rc::gen::arbitrary<bool>();
            const int entries = *rc::gen::inRange(0, 4);
            const auto batch = store_->begin();
            for (std::size_t which = 0; which < 2; ++which) {
                Ledger& ledger = batch->ledger(which == 0 ? one : two);
                RC_ASSERT(ledger.last_seq() == written[which]);
                std::vector<JournalEntry> journal(static_cast<std::size_t>(entries) + which, an_entry(Happening::Received));
                ledger.append_journal(journal);
                for (std::size_t nth = 0; nth < journal.size(); ++nth) RC_ASSERT(journal[nth].seq == written[which] + nth + 1);
                RC_ASSERT(ledger.last_seq() == written[which] + journal.size());
                if (kept) written[which] += journal.size();
            }
            if (kept) batch->commit();
        }
        for (std::size_t which = 0; which < 2; ++which) {
            store_->read(which == 0 ? one : two, [&](LedgerReader& reader) {
                RC_ASSERT(reader.last_seq() == written[which]);
                RC_ASSERT(reader.first_seq() == (written[which] == 0 ? 0U : 1U));
                const auto entries = reader.list_journal({.descending = false, .limit = 1'000});
                RC_ASSERT(entries.size() == written[which]);
                for (std::size_t nth = 0; nth < entries.size(); ++nth) RC_ASSERT(entries[nth].seq == nth + 1);
            });
        }
    }));
}

TEST_P(StoreContract, AJournalRowComesBackAsItWasWritten) {
    const auto scope = store_.scope();
    JournalEntry entry = an_entry(Happening::Updated, an_id(1), an_id(2));
    entry.source = Source::Hubspot;
    entry.row = 4'000'000'000U;
    entry.due = kDueAutomation | kDueOther;
    entry.body = std::string("{\"before\":{}}\0tail", 18);
    std::vector<JournalEntry> journal{entry, an_entry(Happening::ImportStarted)};
    store_.write(scope, [&](Ledger& ledger) { ledger.append_journal(journal); });
    const auto read = store_.read(scope, [](LedgerReader& r) { return r.list_journal({.descending = false}); });
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(shown(read[0]), shown(journal[0]));
    EXPECT_EQ(shown(read[1]), shown(journal[1]));
}

TEST_P(StoreContract, TheJournalIsReadByDealByUnitByActivityAndFromANumberOn) {
    const auto scope = store_.scope();
    const auto side = store_.scope("acme", "side");
    Deal deal = a_deal("One");
    const Deal other = a_deal("Two");
    const Id import = an_id(1);
    const Id single = an_id(2);
    const auto append = [](Ledger& ledger, JournalEntry entry) { ledger.append_journal(std::span(&entry, 1)); };
    store_.write(scope, [&](Ledger& ledger) {
        append(ledger, an_entry(Happening::ImportStarted, {}, import)); // 1
        append(ledger, an_entry(Happening::Created, deal.id, import));  // 2
        deal.created_seq = 2;
        insert(ledger, deal);
        append(ledger, an_entry(Happening::Created, other.id, single)); // 3
        append(ledger, an_entry(Happening::Created, an_id(9), import)); // 4
        Unit unit;
        unit.id = import;
        ledger.put_unit(unit); // after its rows, in the same transaction
        EXPECT_EQ(seqs(ledger.list_journal({.unit = import, .descending = false})), (std::vector<std::uint64_t>{1, 2, 4}));
    });
    store_.write(side, [&](Ledger& ledger) { append(ledger, an_entry(Happening::Activity)); }); // 5
    store_.write(scope, [&](Ledger& ledger) {
        append(ledger, an_entry(Happening::Activity, deal.id));          // 6
        append(ledger, an_entry(Happening::Automation, deal.id));        // 7
        append(ledger, an_entry(Happening::ImportFinished, {}, import)); // 8
    });
    const auto ask = [&](JournalQuery query) { return seqs(store_.read(scope, [&](LedgerReader& r) { return r.list_journal(query); })); };
    using Seqs = std::vector<std::uint64_t>;
    EXPECT_EQ(ask({}), (Seqs{8, 7, 6, 4, 3, 2, 1}));
    EXPECT_EQ(ask({.every_workspace = true}), (Seqs{8, 7, 6, 5, 4, 3, 2, 1}));
    EXPECT_EQ(ask({.after = 4}), (Seqs{3, 2, 1}));
    EXPECT_EQ(ask({.after = 4, .descending = false}), (Seqs{6, 7, 8}));
    EXPECT_EQ(ask({.after = 4, .descending = false, .limit = 1}), (Seqs{6}));
    EXPECT_EQ(ask({.after = 1'000'000'000'000'000ULL, .descending = false}), Seqs{});
    EXPECT_EQ(ask({.after = ~0ULL}), (Seqs{8, 7, 6, 4, 3, 2, 1}));
    EXPECT_EQ(ask({.deal = deal.id}), (Seqs{7, 6, 2}));
    EXPECT_EQ(ask({.deal = deal.id, .after = 7}), (Seqs{6, 2}));
    EXPECT_EQ(ask({.deal = deal.id, .after = 2}), Seqs{});
    EXPECT_EQ(ask({.deal = deal.id, .limit = 2}), (Seqs{7, 6}));
    EXPECT_EQ(ask({.deal = deal.id, .descending = false}), (Seqs{2, 6, 7}));
    EXPECT_EQ(ask({.deal = deal.id, .descending = false, .limit = 2}), (Seqs{2, 6}));
    EXPECT_EQ(ask({.deal = deal.id, .after = 2, .descending = false}), (Seqs{6, 7}));
    EXPECT_EQ(ask({.deal = deal.id, .unit = import}), Seqs{2});
    EXPECT_EQ(ask({.deal = deal.id, .unit = single}), Seqs{});
    EXPECT_EQ(ask({.deal = deal.id, .activities_only = true}), (Seqs{7, 6}));
    EXPECT_EQ(ask({.activities_only = true}), (Seqs{7, 6}));
    EXPECT_EQ(ask({.activities_only = true, .every_workspace = true}), (Seqs{7, 6, 5}));
    EXPECT_EQ(ask({.unit = import, .descending = false}), (Seqs{1, 2, 4, 8}));
    EXPECT_EQ(ask({.unit = import, .after = 4, .descending = false}), (Seqs{8}));
    EXPECT_EQ(ask({.unit = an_id(77)}), Seqs{});
}

TEST_P(StoreContract, WhatIsDueIsListedByItsBitForTheWholeTenant) {
    const auto scope = store_.scope();
    const auto side = store_.scope("acme", "side");
    const auto append = [&](const TenantScope& where, std::uint8_t due) {
        store_.write(where, [&](Ledger& ledger) {
            JournalEntry entry = an_entry(Happening::Updated);
            entry.due = due;
            ledger.append_journal(std::span(&entry, 1));
        });
    };
    append(scope, 0);
    append(scope, kDueAutomation);
    append(side, kDueOther);
    append(side, kDueAutomation | kDueOther);
    append(scope, kDueAutomation);
    store_->read(scope, [&](LedgerReader& reader) {
        const auto due = reader.list_due(kDueAutomation, 0, 10);
        ASSERT_EQ(due.size(), 3U);
        EXPECT_EQ(due[0].entry.seq, 2U);
        EXPECT_EQ(due[0].workspace, scope.workspace());
        EXPECT_EQ(due[1].entry.seq, 4U);
        EXPECT_EQ(due[1].workspace, side.workspace());
        EXPECT_EQ(reader.list_due(kDueAutomation, 4, 10).size(), 1U);
        EXPECT_EQ(reader.list_due(kDueAutomation, 0, 2).size(), 2U);
        EXPECT_EQ(reader.list_due(kDueOther, 0, 10).size(), 2U);
    });
    EXPECT_TRUE(store_.read(store_.scope("rival"), [](LedgerReader& r) { return r.list_due(kDueAutomation, 0, 10); }).empty());
}

TEST_P(StoreContract, AFollowerStandsWhereItWasPutForTheWholeTenant) {
    const auto scope = store_.scope();
    store_.write(scope, [](Ledger& ledger) {
        ledger.put_cursor("automations", 5);
        ledger.put_cursor("automations", 7);
        EXPECT_EQ(ledger.cursor("automations"), 7U);
    });
    EXPECT_EQ(store_.read(store_.scope("acme", "side"), [](LedgerReader& r) { return r.cursor("automations"); }), 7U);
    EXPECT_EQ(store_.read(scope, [](LedgerReader& r) { return r.cursor("insights"); }), 0U);
    EXPECT_EQ(store_.read(store_.scope("rival"), [](LedgerReader& r) { return r.cursor("automations"); }), 0U);
}

Unit a_unit(std::int64_t at, bool many = true) {
    Unit unit;
    unit.id = an_id(1'790'000'000'000 + at);
    unit.many = many;
    unit.started_at = at;
    return unit;
}

TEST_P(StoreContract, TheNewestImportOfTheSameBytesThatIsDoneIsFound) {
    const auto scope = store_.scope();
    const auto of_bytes = [](std::int64_t at, UnitState state, char digit) {
        Unit unit = a_unit(at);
        unit.state = state;
        unit.sha256 = std::string(64, digit);
        return unit;
    };
    const Unit older = of_bytes(1, UnitState::Done, 'a'); // ids come in the order of their making
    const Unit newest = of_bytes(2, UnitState::Done, 'a');
    store_.write(scope, [&](Ledger& ledger) {
        ledger.put_unit(older);
        ledger.put_unit(newest);
        ledger.put_unit(of_bytes(3, UnitState::Undone, 'a'));
        ledger.put_unit(of_bytes(4, UnitState::Running, 'a'));
        ledger.put_unit(of_bytes(5, UnitState::Undone, 'b'));
    });
    const auto same = [&](const TenantScope& in, char digit) {
        return store_.read(in, [&](LedgerReader& r) { return r.find_same_file(std::string(64, digit)); });
    };
    EXPECT_EQ(same(scope, 'a'), newest.id);
    EXPECT_TRUE(same(scope, 'b').is_nil());
    EXPECT_TRUE(same(store_.scope("acme", "side"), 'a').is_nil());
    EXPECT_TRUE(same(store_.scope("rival"), 'a').is_nil());
}

TEST_P(StoreContract, AUnitComesBackAsItWasPutAndOnlyImportsAreListedNewestFirst) {
    const auto scope = store_.scope();
    Unit unit = a_unit(1);
    unit.source = Source::Csv;
    unit.door = "/csv/upload";
    unit.file_name = "deals \xE2\x82\xAC.csv";
    unit.actor = "key:abc";
    unit.state = UnitState::Undone;
    unit.counts = {.read = 15, .created = 1, .updated = 2, .unchanged = 3, .skipped = 4, .rejected = 5};
    unit.content_type = "text/csv";
    unit.sha256 = std::string(64, 'a');
    unit.raw_bytes = 5'000'000'000ULL;
    unit.options = "{\"delimiter\":\";\"}";
    unit.failure = "It broke.";
    unit.finished_at = 99;
    unit.automations = AutomationPolicy::Held;
    unit.automations_held = 12;
    unit.same_as = an_id();
    unit.replay_of = an_id();
    store_.write(scope, [&](Ledger& ledger) {
        ledger.put_unit(a_unit(1));
        Unit first = unit;
        first.state = UnitState::Running;
        ledger.put_unit(first);
        ledger.put_unit(unit); // replaces
        for (int at = 2; at < 12; ++at) ledger.put_unit(a_unit(at, at % 3 != 0));
    });
    EXPECT_EQ(shown(*store_.read(scope, [&](LedgerReader& r) { return r.read_unit(unit.id); })), shown(unit));
    std::vector<std::int64_t> started;
    UnitQuery query{.limit = 3};
    do {
        const auto page = store_.read(scope, [&](LedgerReader& r) { return r.list_units(query); });
        for (const Unit& each : page.units) started.push_back(each.started_at);
        query.after = page.next;
    } while (!query.after.empty());
    EXPECT_EQ(started, (std::vector<std::int64_t>{11, 10, 8, 7, 5, 4, 2, 1, 1}));
    const auto undone = store_.read(scope, [](LedgerReader& r) { return r.list_units({.state = UnitState::Undone}); });
    ASSERT_EQ(undone.units.size(), 1U);
    EXPECT_EQ(undone.units.front().id, unit.id);
    const auto csv = store_.read(scope, [](LedgerReader& r) { return r.list_units({.source = Source::Csv}); });
    ASSERT_EQ(csv.units.size(), 1U);
    EXPECT_EQ(csv.units[0].id, unit.id);
}

TEST_P(StoreContract, RawBytesComeBackByteForByte) {
    const auto scope = store_.scope();
    const Unit unit = a_unit(1);
    std::vector<RawPiece> pieces{{0, ""}, {1, std::string("\0\xFFzero", 6)}, {2, std::string(300'000, 'x')}, {7, ""}};
    EXPECT_TRUE(rc::check([&] { // bytes of any kind and length
        const Unit any = a_unit(2);
        const RawPiece piece{3, *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 3'000), rc::gen::arbitrary<char>())};
        store_.write(scope, [&](Ledger& ledger) { ledger.add_raw(any.id, std::span(&piece, 1)); });
        RC_ASSERT(store_.read(scope, [&](LedgerReader& r) { return r.read_raw(any.id, 0, 10); }).at(0).bytes == piece.bytes);
    }));
    for (int at = 0; at < 100'000; ++at) pieces[3].bytes.push_back(static_cast<char>(at * 7919 >> 3));
    store_.write(scope, [&](Ledger& ledger) { ledger.add_raw(unit.id, pieces); });
    const auto all = store_.read(scope, [&](LedgerReader& r) { return r.read_raw(unit.id, 0, 10); });
    ASSERT_EQ(all.size(), 4U);
    for (std::size_t at = 0; at < 4; ++at) {
        EXPECT_EQ(all[at].ordinal, pieces[at].ordinal);
        EXPECT_EQ(all[at].bytes, pieces[at].bytes);
    }
    const auto some = store_.read(scope, [&](LedgerReader& r) { return r.read_raw(unit.id, 2, 1); });
    ASSERT_EQ(some.size(), 1U);
    EXPECT_EQ(some[0].ordinal, 2U);
}

TEST_P(StoreContract, OutcomesArePagedByRowAndByAction) {
    const auto scope = store_.scope();
    const Unit unit = a_unit(1);
    std::vector<RowOutcome> all;
    for (std::uint32_t row = 0; row < 10'000; ++row) {
        RowOutcome outcome{.row = row * 2, .line = row + 1, .action = static_cast<RowAction>(row % 3)};
        if (row % 3 == 0) outcome.deal = an_id(row);
        if (row % 1'000 == 999) {
            outcome.action = RowAction::Rejected;
            outcome.code = "invalid_number";
            outcome.problems = {{"value", "invalid_number", "It is no number.", "12x"}, {"stage", "unknown_stage", "Unknown.", ""}};
            outcome.raw = std::string("a,b\0c", 5);
        }
        all.push_back(outcome);
    }
    store_.write(scope, [&](Ledger& ledger) {
        ledger.add_outcomes(unit.id, std::span(all).subspan(0, 7));
        ledger.add_outcomes(unit.id, {});
        ledger.add_outcomes(unit.id, std::span(all).subspan(7)); // more than a chunk
    });
    // What was planned for them lies apart.
    std::vector<RowOutcome> planned = all;
    for (RowOutcome& outcome : planned) outcome.fingerprint = 0x8000'0000'0000'0001U + outcome.row;
    for (RowOutcome& outcome : planned) outcome.change = "{\"after\":" + std::to_string(outcome.row) + "}";
    store_.write(scope, [&](Ledger& ledger) { ledger.add_outcomes(unit.id, planned, true); });
    EXPECT_TRUE(rc::check([&] {
        OutcomeQuery query{.unit = unit.id};
        query.planned = *rc::gen::arbitrary<bool>();
        if (*rc::gen::arbitrary<bool>()) query.action = static_cast<RowAction>(*rc::gen::inRange(0, 5));
        query.limit = static_cast<std::uint32_t>(*rc::gen::inRange(1, 6'000));
        query.from_row = static_cast<std::uint32_t>(*rc::gen::inRange(0, 21'000));
        std::vector<std::string> wanted;
        for (const RowOutcome& outcome : query.planned ? planned : all) {
            const bool fits = outcome.row >= query.from_row && (!query.action || outcome.action == *query.action);
            if (fits && wanted.size() < query.limit) wanted.push_back(shown(outcome));
        }
        std::vector<std::string> listed;
        for (const RowOutcome& outcome : store_.read(scope, [&](LedgerReader& r) { return r.list_outcomes(query); })) {
            listed.push_back(shown(outcome));
        }
        RC_ASSERT(listed == wanted);
    }));
    EXPECT_TRUE(store_.read(scope, [](LedgerReader& r) { return r.list_outcomes({.unit = an_id(3)}); }).empty());
    // What was planned can be dropped, that of this unit and workspace alone.
    const auto listed = [&](const TenantScope& of, bool of_plan) {
        return store_.read(of, [&](LedgerReader& r) { return r.list_outcomes({.unit = unit.id, .action = {}, .planned = of_plan, .from_row = 0, .limit = 10}); }).size();
    };
    const auto other = store_.scope("acme", "other");
    store_.write(other, [&](Ledger& ledger) { ledger.add_outcomes(unit.id, std::span(planned).subspan(0, 3), true); });
    store_.write(scope, [&](Ledger& ledger) {
        ledger.drop_planned_outcomes(unit.id);
        ledger.drop_planned_outcomes(an_id(3)); // nothing
    });
    EXPECT_EQ(listed(scope, true), 0U);
    EXPECT_EQ(listed(scope, false), 10U);
    EXPECT_EQ(listed(other, true), 3U);
}

TEST_P(StoreContract, AnAnswerIsFoundUntilItExpiresAndThenRemoved) {
    const auto scope = store_.scope();
    const StoredAnswer answer{.scope = "account:1 POST /api",
                              .key = "k-1",
                              .fingerprint = "abc",
                              .status = 201,
                              .content_type = "application/json",
                              .body = std::string("{}\0", 3),
                              .expires_at = 1'000};
    store_.write(scope, [&](Ledger& ledger) {
        ledger.put_answer(answer);
        for (int at = 0; at < 700; ++at) {
            ledger.put_answer({.scope = "s", .key = std::to_string(at), .expires_at = at % 2 == 0 ? 500 : 5'000});
        }
    });
    const auto find = [&](const TenantScope& where, std::string_view in, std::string_view key, std::int64_t now) {
        return store_.read(where, [&](LedgerReader& r) { return r.find_answer(in, key, now); });
    };
    const auto found = find(scope, answer.scope, "k-1", 999);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fingerprint, "abc");
    EXPECT_EQ(found->status, 201);
    EXPECT_EQ(found->content_type, "application/json");
    EXPECT_EQ(found->body, answer.body);
    EXPECT_EQ(found->expires_at, 1'000);
    EXPECT_FALSE(find(scope, answer.scope, "k-1", 1'000));
    EXPECT_FALSE(find(scope, "other", "k-1", 1));
    EXPECT_FALSE(find(scope, answer.scope, "k-2", 1));
    EXPECT_FALSE(find(store_.scope("rival"), answer.scope, "k-1", 1));
    EXPECT_TRUE(find(store_.scope("acme", "side"), answer.scope, "k-1", 1)); // a key belongs to the account, in any workspace
    for (int at = 0; at < 10; ++at) store_->tidy(600);
    EXPECT_TRUE(find(scope, answer.scope, "k-1", 1));
    for (int at = 0; at < 700; ++at) EXPECT_EQ(find(scope, "s", std::to_string(at), 1).has_value(), at % 2 == 1) << at;
}

TEST_P(StoreContract, SettingsBelongToAWorkspaceAndTheNewestCount) {
    const auto scope = store_.scope();
    const auto read = [&](const TenantScope& where) { return store_.read(where, [](LedgerReader& r) { return r.settings(); }); };
    EXPECT_EQ(read(scope).base_currency.text(), "USD");
    Settings settings;
    settings.base_currency.code = {'E', 'U', 'R'};
    settings.fx_rates = {{Currency{{'U', 'S', 'D'}}, 900'000'000}};
    settings.stage_values = {{"Prospecting", Stage::Discovery}};
    store_.write(scope, [&](Ledger& ledger) { ledger.put_settings(settings); });
    EXPECT_EQ(settings_json(read(scope)), settings_json(settings));
    EXPECT_EQ(read(store_.scope("acme", "side")).base_currency.text(), "USD");
    {
        const auto batch = store_->begin();
        Ledger& ledger = batch->ledger(scope);
        settings.email_default_minor = 1;
        ledger.put_settings(settings);
        EXPECT_EQ(ledger.settings().email_default_minor, 1);
        EXPECT_EQ(read(scope).email_default_minor, 0);
    }
    EXPECT_EQ(read(scope).email_default_minor, 0); // rolled back
    settings.email_default_minor = 2;
    store_.write(scope, [&](Ledger& ledger) { ledger.put_settings(settings); });
    EXPECT_EQ(read(scope).email_default_minor, 2);
}

} // namespace
} // namespace tributary

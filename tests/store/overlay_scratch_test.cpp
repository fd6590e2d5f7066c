// What a plan holds: whole things in a file, found again by whatever they are called now.
#include "store/fresh_store.hpp"
#include "store/overlay.hpp"
#include "store/packed_things.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace tributary {
namespace {

std::string some_text() { return *rc::gen::string<std::string>(); }
std::int64_t some_number() { return *rc::gen::arbitrary<std::int64_t>(); }

Deal some_deal() {
    Deal deal;
    deal.id = new_id(1'000);
    for (std::string* text : {&deal.name, &deal.company, &deal.contact_name, &deal.contact_email, &deal.contact_phone, &deal.description,
                              &deal.owner, &deal.lost_reason, &deal.source_metadata})
        *text = some_text();
    for (std::int64_t* number : {&deal.value_minor, &deal.stage_entered_at, &deal.closed_at, &deal.last_engaged_at, &deal.created_at,
                                 &deal.updated_at, &deal.deleted_at, &deal.base_time_ms})
        *number = some_number();
    deal.currency.code = {'J', 'P', 'Y'};
    deal.stage = *rc::gen::element(Stage::Discovery, Stage::ClosedLost);
    deal.probability = *rc::gen::inRange(-3, kProbabilityMax);
    deal.source = *rc::gen::element(Source::Manual, Source::Csv);
    if (*rc::gen::arbitrary<bool>()) deal.expected_close_date = Date{*rc::gen::arbitrary<std::int32_t>()};
    deal.lead_id = *rc::gen::element(Id{}, new_id(2'000));
    deal.value_estimated = *rc::gen::arbitrary<bool>();
    deal.is_spam = *rc::gen::arbitrary<bool>();
    deal.health_score = *rc::gen::arbitrary<std::int32_t>();
    deal.risk = *rc::gen::element(Risk::Low, Risk::High);
    deal.external_ids = {{some_text(), some_text()}, {"csv", some_text()}};
    deal.match_key.bytes = *rc::gen::arbitrary<std::array<std::uint8_t, 16>>();
    deal.twin = *rc::gen::arbitrary<std::int32_t>();
    deal.field_times = {{Field::Value, some_number()}};
    deal.field_origins = {{Field::Owner, Source::Csv}};
    deal.version = *rc::gen::arbitrary<std::uint64_t>();
    deal.created_seq = *rc::gen::arbitrary<std::uint64_t>();
    return deal;
}

TEST(PackedThings, ADealComesBackMemberByMember) {
    EXPECT_TRUE(rc::check([] {
        const Deal deal = some_deal();
        std::string bytes;
        append_packed(bytes, deal);
        const Deal back = unpacked_deal(bytes);
        for (const Field field : kFields) RC_ASSERT(same_field(deal, back, field));
        RC_ASSERT(back.id == deal.id && back.lead_id == deal.lead_id && back.match_key == deal.match_key && back.twin == deal.twin);
        RC_ASSERT(back.external_ids == deal.external_ids && back.source_metadata == deal.source_metadata && back.is_spam == deal.is_spam);
        RC_ASSERT(back.field_times == deal.field_times && back.field_origins == deal.field_origins);
        RC_ASSERT(back.version == deal.version && back.created_seq == deal.created_seq && back.base_time_ms == deal.base_time_ms);
        RC_ASSERT(back.created_at == deal.created_at && back.updated_at == deal.updated_at && back.deleted_at == deal.deleted_at);
        RC_ASSERT(back.stage_entered_at == deal.stage_entered_at && back.closed_at == deal.closed_at);
        RC_ASSERT(back.last_engaged_at == deal.last_engaged_at && back.health_score == deal.health_score && back.risk == deal.risk);
        RC_ASSERT(back.source == deal.source);
        // An end that is missing, or more than the end, is told.
        RC_ASSERT_THROWS_AS((void)unpacked_deal(std::string_view(bytes).substr(0, bytes.size() - 1)), StoreError);
        RC_ASSERT_THROWS_AS((void)unpacked_deal(bytes + "x"), StoreError);
    }));
}

TEST(PackedThings, ALeadComesBackMemberByMember) {
    EXPECT_TRUE(rc::check([] {
        Lead lead{.id = new_id(1), .email = some_text(), .first_name = some_text(), .last_name = some_text(), .company = some_text(), .phone = some_text(),
                  .source = Source::Csv, .status = LeadStatus::Qualified, .ai_score = 77, .ai_qualification_summary = some_text(), .is_spam = true,
                  .metadata_json = some_text(), .created_at = some_number(), .updated_at = some_number(), .deleted_at = some_number()};
        std::string bytes;
        append_packed(bytes, lead);
        const Lead back = unpacked_lead(bytes);
        RC_ASSERT(back.id == lead.id && back.email == lead.email && back.first_name == lead.first_name && back.last_name == lead.last_name);
        RC_ASSERT(back.company == lead.company && back.phone == lead.phone && back.source == lead.source && back.status == lead.status);
        RC_ASSERT(back.ai_score == lead.ai_score && back.ai_qualification_summary == lead.ai_qualification_summary && back.is_spam == lead.is_spam);
        RC_ASSERT(back.metadata_json == lead.metadata_json && back.created_at == lead.created_at);
        RC_ASSERT(back.updated_at == lead.updated_at && back.deleted_at == lead.deleted_at);
    }));
}

TEST(SpillFile, GivesBackEveryRecordWhereverItLiesAndLeavesNoFile) {
    const TemporaryDirectory directory;
    SpillFile file(directory.path());
    std::vector<std::pair<std::uint64_t, std::string>> records;
    for (std::size_t at = 0; at < 3'000; ++at) {
        std::string record((at * 37) % 4'000, static_cast<char>('a' + at % 26));
        if (at % 1'000 == 7) record.assign(3 * SpillFile::kTailBytes, 'z'); // longer than what is held in memory
        records.emplace_back(file.append(record), record);
        if (at % 10 == 0) EXPECT_EQ(file.read(records[at / 2].first), records[at / 2].second);
    }
    for (const auto& [place, record] : records) ASSERT_EQ(file.read(place), record);
    EXPECT_THROW((void)file.read(records.back().first + records.back().second.size() + 100), StoreError);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
    EXPECT_THROW(SpillFile(directory.path() + "/absent"), StoreError);
}

TEST(ScratchNames, HoldWhatWasAddedAndNotRemovedByRank) {
    EXPECT_TRUE(rc::check([] {
        ScratchNames names;
        std::map<std::string, std::vector<std::tuple<std::int32_t, int, std::uint32_t>>> model; // rank, when, thing
        const int steps = *rc::gen::inRange(0, 300);
        for (int step = 0; step < steps; ++step) {
            const std::string name(1, *rc::gen::inRange('a', 'h'));
            const auto thing = *rc::gen::inRange<std::uint32_t>(0, 20);
            auto& known = model[name];
            const auto same = [thing](const auto& bearer) { return std::get<2>(bearer) == thing; };
            if (std::ranges::any_of(known, same)) {
                names.remove(name, thing);
                std::erase_if(known, same);
            } else {
                const auto rank = *rc::gen::inRange<std::int32_t>(0, 3);
                names.add({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}, thing, rank);
                known.emplace_back(rank, step, thing);
            }
        }
        for (auto& [name, known] : model) {
            std::ranges::sort(known);
            std::vector<std::uint32_t> things;
            for (const auto& [rank, step, thing] : known) things.push_back(thing);
            RC_ASSERT(names.bearers(name) == things);
        }
    }));
}

class OverlayTest : public ::testing::Test {
  protected:
    static std::unique_ptr<Store> opened(const std::string& directory) { return open_sqlite({.directory = directory}); }

    Deal deal(std::string_view name) {
        Deal made;
        made.name = name;
        made.match_key.bytes[0] = static_cast<std::uint8_t>(name.front());
        return made;
    }
    FreshStore store_{{"below", opened}};
    TenantScope scope_ = store_.scope();
};

TEST_F(OverlayTest, AnswersWithWhatWasWrittenHereElseFromBelow) {
    Deal old = deal("old");
    old.external_ids = {{"csv", "1"}};
    Lead old_lead;
    old_lead.email = "old@example.com";
    store_.write(scope_, [&](Ledger& ledger) {
        old.id = ledger.next_id(IdOf::Deal, 1'000);
        old_lead.id = ledger.next_id(IdOf::Lead, 1'000);
        const std::array<const Deal*, 1> deals{&old};
        const std::array<const Lead*, 1> leads{&old_lead};
        ledger.insert_deals(deals);
        ledger.insert_leads(leads);
    });
    OverlayScratch scratch(store_.directory());
    Deal fresh = deal("other");
    store_.write(scope_, [&](Ledger& below) { // a batch of the plan
        OverlayLedger overlay(below, scratch);
        fresh.id = overlay.next_id(IdOf::Deal, 2'000);
        fresh.external_ids = {{"csv", "2"}};
        fresh.twin = 1; // "old" begins with the same letter
        const std::array<const Deal*, 1> made{&fresh};
        overlay.insert_deals(made);
        Deal changed = old;
        changed.name = "renamed";
        changed.match_key.bytes[0] = 'r';
        changed.external_ids.push_back({"hubspot", "9"});
        const std::array<const Deal*, 1> deals{&changed};
        overlay.update_deals(deals);
        Lead lead = old_lead;
        lead.email = "new@example.com";
        const std::array<const Lead*, 1> leads{&lead};
        overlay.update_leads(leads);
        std::array<JournalEntry, 2> entries;
        const std::uint64_t before = overlay.last_seq();
        overlay.append_journal(entries);
        EXPECT_EQ(entries[1].seq, before + 2);
    });
    store_.write(scope_, [&](Ledger& below) { // a later one
        OverlayLedger overlay(below, scratch);
        const std::vector<ExternalId> externals{{"csv", "1"}, {"csv", "2"}, {"hubspot", "9"}, {"hubspot", "1"}};
        EXPECT_EQ(overlay.find_external(externals), (std::vector<std::optional<Id>>{old.id, fresh.id, old.id, std::nullopt}));
        const std::vector<MatchKey> keys{deal("o").match_key, deal("r").match_key, deal("x").match_key};
        EXPECT_EQ(overlay.find_named(keys), (std::vector<std::vector<Id>>{{fresh.id}, {old.id}, {}}));
        const std::vector<Id> wanted{fresh.id, old.id, new_id(5)};
        const auto deals = overlay.read_deals(wanted);
        EXPECT_EQ(deals[0]->name, "other");
        EXPECT_EQ(deals[1]->name, "renamed");
        EXPECT_FALSE(deals[2]);
        const std::vector<std::string> emails{"old@example.com", "new@example.com"};
        const auto leads = overlay.find_leads(emails);
        EXPECT_FALSE(leads[0]);
        EXPECT_EQ(leads[1]->id, old_lead.id);
        EXPECT_EQ(overlay.last_seq(), below.last_seq() + 2);
        EXPECT_THROW(overlay.put_cursor("x", 1), std::logic_error);
    });
    EXPECT_EQ(store_.read(scope_, [&](LedgerReader& reader) { return reader.read_deals({&old.id, 1}).front()->name; }), "old");
}

TEST_F(OverlayTest, ASystemAndAnIdAreNotTakenForAnotherSystemAndId) {
    OverlayScratch scratch(store_.directory());
    Deal one = deal("one");
    one.id = scratch.next_id(1'000);
    one.external_ids = {{"2", "abcdefghijkl"}};
    scratch.put(one);
    EXPECT_EQ(scratch.find_external({"2", "abcdefghijkl"}), one.id);
    EXPECT_FALSE(scratch.find_external({"abcdefghijkl", ""})); // twelve letters
}

TEST_F(OverlayTest, NamesakesAboveAndBelowStandInTheOrderOfTheirTwinNumbers) {
    std::vector<Deal> below_deals{deal("same"), deal("same")};
    below_deals[1].twin = 2;
    store_.write(scope_, [&](Ledger& ledger) {
        for (Deal& each : below_deals) {
            each.id = ledger.next_id(IdOf::Deal, 1'000);
            const std::array<const Deal*, 1> one{&each};
            ledger.insert_deals(one);
        }
    });
    OverlayScratch scratch(store_.directory());
    store_.write(scope_, [&](Ledger& below) {
        OverlayLedger overlay(below, scratch);
        Deal third = deal("same");
        third.twin = 3;
        Deal between = deal("same");
        between.twin = 1;
        for (Deal* each : {&third, &between}) {
            each->id = overlay.next_id(IdOf::Deal, 2'000);
            const std::array<const Deal*, 1> one{each};
            overlay.insert_deals(one);
        }
        const MatchKey key = third.match_key;
        EXPECT_EQ(overlay.find_named({&key, 1}).front(), (std::vector<Id>{below_deals[0].id, between.id, below_deals[1].id, third.id}));
        between.deleted_at = 5; // is found by its name no more, but still read
        const std::array<const Deal*, 1> one{&between};
        overlay.update_deals(one);
        EXPECT_EQ(overlay.find_named({&key, 1}).front(), (std::vector<Id>{below_deals[0].id, below_deals[1].id, third.id}));
        EXPECT_EQ(overlay.read_deals({&between.id, 1}).front()->deleted_at, 5);
    });
}

} // namespace
} // namespace tributary

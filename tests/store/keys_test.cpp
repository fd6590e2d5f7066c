// The look-up in memory: its table against a plain one, and the store against a model through everything that can happen to a name.
#include "store/fresh_store.hpp"
#include "store/sqlite_keys.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace tributary::sqlite {
namespace {

using Entry = std::tuple<std::uint64_t, std::uint32_t, Id, std::uint32_t>; // hash, check, id, tag

std::map<Entry, KeyState> found_in(const KeyTable& table, const Key& key) {
    std::map<Entry, KeyState> found;
    table.each(key, [&](const Bearer& bearer) {
        EXPECT_TRUE(found.emplace(Entry{key.hash, key.check, bearer.id, bearer.tag}, bearer.state).second);
    });
    return found;
}

TEST(KeyTable, HoldsWhatWasSetAndNotTakenOutWhateverCollides) {
    EXPECT_TRUE(rc::check([] {
        KeyTable table;
        std::map<Entry, KeyState> model;
        // Few hashes, most of them at the end of a part, where a run of slots goes round to the beginning.
        constexpr std::uint64_t kEnd = 0xFFFF; // a place is the lower bits
        const std::vector<Key> keys{{0, 0}, {0, 1}, {5, 0}, {kEnd, 0}, {kEnd, 7}, {kEnd - 1, 0}, {kEnd / 2, 0}, {~std::uint64_t{0}, 3}};
        const std::vector<Id> ids{an_id(), an_id(), an_id(), an_id()};
        const int steps = *rc::gen::inRange(0, 200);
        for (int step = 0; step < steps; ++step) {
            const Key key = *rc::gen::elementOf(keys);
            const Id id = *rc::gen::elementOf(ids);
            const auto tag = *rc::gen::element<std::uint32_t>(0, 1, 0x7FFF'FFFF);
            const auto state = *rc::gen::element(KeyState::Absent, KeyState::Left, KeyState::Live, KeyState::Live);
            const Entry entry{key.hash, key.check, id, tag};
            const auto known = model.find(entry);
            RC_ASSERT(table.set(key, id, tag, state) == (known == model.end() ? KeyState::Absent : known->second));
            model.erase(entry);
            if (state != KeyState::Absent) model.emplace(entry, state);
            RC_ASSERT(table.size() == model.size());
        }
        for (const Key& key : keys) {
            std::map<Entry, KeyState> wanted;
            for (const auto& [entry, state] : model) {
                if (std::get<0>(entry) == key.hash && std::get<1>(entry) == key.check) wanted.emplace(entry, state);
            }
            RC_ASSERT(found_in(table, key) == wanted);
        }
    }));
}

TEST(KeyTable, FindsEachOfManyAndNoneThatIsNot) {
    KeyTable table;
    constexpr std::uint64_t kMany = 200'000;
    const auto key = [](std::uint64_t at) { return Key{(at + 1) * 0x9E37'79B9'7F4A'7C15ULL, static_cast<std::uint32_t>(at)}; };
    std::vector<Id> ids;
    for (std::uint64_t at = 0; at < kMany; ++at) {
        ids.push_back(an_id());
        ASSERT_EQ(table.set(key(at), ids.back(), 0, KeyState::Live), KeyState::Absent);
    }
    for (std::uint64_t at = 0; at < 2 * kMany; ++at) {
        const auto found = found_in(table, key(at));
        ASSERT_EQ(found.size(), at < kMany ? 1U : 0U);
        if (at < kMany) ASSERT_EQ(std::get<2>(found.begin()->first), ids[at]);
    }
    EXPECT_LE(table.memory_bytes(), kMany * 96);
}

TEST(KeyTable, KeysThatNoBitTellsApartTakeRoomForThemselvesAlone) {
    KeyTable table;
    constexpr std::uint64_t kCrowd = 120'000; // more than a part holds; all of one prefix
    for (std::uint64_t at = 0; at < kCrowd; ++at) {
        ASSERT_EQ(table.set({0xFFFF'FFFF'0000'0000U | at, 9}, an_id(), 0, KeyState::Live), KeyState::Absent);
    }
    EXPECT_EQ(table.size(), kCrowd);
    EXPECT_LE(table.memory_bytes(), kCrowd * 96);
}

// What the store must answer, in the plainest form.
struct Model {
    std::map<Id, Deal> deals;
    std::map<Id, Lead> leads;
    std::map<ExternalId, Id> externals;

    [[nodiscard]] std::vector<Id> named(const MatchKey& key) const {
        std::vector<std::pair<std::int32_t, Id>> twins;
        for (const auto& [id, deal] : deals) {
            if (deal.match_key == key && deal.deleted_at == 0 && !deal.is_spam) twins.emplace_back(deal.twin, id);
        }
        std::ranges::sort(twins);
        std::vector<Id> ids;
        for (const auto& [twin, id] : twins) ids.push_back(id);
        return ids;
    }
    [[nodiscard]] bool taken(const Deal& by) const {
        if (by.match_key == MatchKey{} || by.deleted_at != 0 || by.is_spam) return false;
        return std::ranges::any_of(named(by.match_key), [&](const Id& id) { return id != by.id && deals.at(id).twin == by.twin; });
    }
    [[nodiscard]] std::optional<Id> lead(const std::string& email) const {
        for (const auto& [id, lead] : leads) {
            if (lead.email == email) return id;
        }
        return std::nullopt;
    }
};

constexpr int kNames = 4;

void name_at_random(Deal& deal) {
    deal.match_key = match_key(static_cast<std::uint8_t>(*rc::gen::inRange(0, kNames + 1)));
    if (deal.match_key.bytes[0] == 0) deal.match_key = {};
    deal.twin = *rc::gen::elementOf(std::vector<std::int32_t>{0, 1, 256});
    deal.deleted_at = *rc::gen::inRange(0, 4) == 0 ? 1 : 0;
    deal.is_spam = *rc::gen::inRange(0, 6) == 0;
}

template <typename T>
T* any_of(std::map<Id, T>& things) {
    if (things.empty()) return nullptr;
    auto place = things.begin();
    std::advance(place, *rc::gen::inRange<std::size_t>(0, things.size()));
    return &place->second;
}

// One thing at random; false when the store refused it, and then the model must refuse it too.
bool step(Ledger& ledger, Model& model) {
    const std::string email = std::to_string(*rc::gen::inRange(0, 5)) + "@x.com";
    try {
        switch (*rc::gen::inRange(0, 5)) {
        case 0: {
            Deal deal = a_deal("Deal");
            name_at_random(deal);
            const bool taken = model.taken(deal);
            if (!taken) model.deals.emplace(deal.id, deal);
            insert(ledger, deal);
            RC_ASSERT(!taken);
            return true;
        }
        case 1: {
            Deal* deal = any_of(model.deals);
            if (deal == nullptr) return true;
            Deal changed = ledger.read_deals(std::span(&deal->id, 1)).front().value(); // with what it is called by now
            name_at_random(changed);
            const bool taken = model.taken(changed);
            if (!taken) *deal = changed;
            update(ledger, changed);
            RC_ASSERT(!taken);
            return true;
        }
        case 2: {
            const Lead lead = a_lead(email);
            const bool taken = model.lead(email).has_value();
            if (!taken) model.leads.emplace(lead.id, lead);
            insert(ledger, lead);
            RC_ASSERT(!taken);
            return true;
        }
        case 3: {
            Lead* lead = any_of(model.leads);
            if (lead == nullptr) return true;
            Lead changed = *lead;
            changed.email = email;
            const auto owner = model.lead(email);
            const bool taken = owner && *owner != lead->id;
            if (!taken) *lead = changed;
            update(ledger, changed);
            RC_ASSERT(!taken);
            return true;
        }
        default: {
            const Deal* deal = any_of(model.deals);
            if (deal == nullptr) return true;
            const ExternalId external{*rc::gen::inRange(0, 2) == 0 ? "crm" : "api", std::to_string(*rc::gen::inRange(0, 6))};
            const bool taken = !model.externals.emplace(external, deal->id).second;
            call_it(ledger, *deal, external.system, external.id);
            RC_ASSERT(!taken);
            return true;
        }
        }
    } catch (const Clash&) {
        return false;
    }
}

void compare(LedgerReader& reader, const Model& model) {
    for (int name = 0; name <= kNames; ++name) {
        const MatchKey key = name == 0 ? MatchKey{} : match_key(static_cast<std::uint8_t>(name));
        RC_ASSERT(named(reader, key) == (name == 0 ? std::vector<Id>{} : model.named(key)));
    }
    for (int at = 0; at < 5; ++at) {
        const std::string email = std::to_string(at) + "@x.com";
        const auto lead = lead_with(reader, email);
        RC_ASSERT((lead ? std::optional(lead->id) : std::nullopt) == model.lead(email));
    }
    for (const char* system : {"crm", "api"}) {
        for (int at = 0; at < 6; ++at) {
            const auto wanted = model.externals.find({system, std::to_string(at)});
            RC_ASSERT(called(reader, system, std::to_string(at)) ==
                      (wanted == model.externals.end() ? std::nullopt : std::optional(wanted->second)));
        }
    }
}

TEST(Keys, TheStoreAgreesWithAPlainModelThroughChangesRollbacksAndReopening) {
    FreshStore store(sqlite_kind());
    int tenant = 0;
    EXPECT_TRUE(rc::check([&] {
        const std::string tenant_id = "tenant" + std::to_string(tenant++);
        const auto scope = store.scope(tenant_id);
        Model model;
        const int batches = *rc::gen::inRange(1, 12);
        for (int at = 0; at < batches; ++at) {
            Model next = model;
            const bool kept = *rc::gen::inRange(0, 3) != 0;
            {
                const auto batch = store->begin();
                Ledger& ledger = batch->ledger(scope);
                bool refused = false;
                const int steps = *rc::gen::inRange(0, 8);
                for (int nth = 0; nth < steps && !refused; ++nth) {
                    refused = !step(ledger, next);
                    if (!refused) compare(ledger, next);
                }
                store->read(scope, [&](LedgerReader& reader) { compare(reader, model); }); // others see what was committed
                if (kept && !refused) {
                    batch->commit();
                    model = next;
                }
            }
            if (*rc::gen::inRange(0, 8) == 0) store.reopen();
            store->read(scope, [&](LedgerReader& reader) { compare(reader, model); });
        }
        EXPECT_NO_THROW(store->check(tenant % 20 == 0));
    }));
}

TEST(Keys, AReaderOfAnOlderMomentStillFindsWhatWasRenamedSince) {
    FreshStore store(sqlite_kind());
    const auto scope = store.scope();
    Deal deal = a_deal("Deal", 1);
    store.write(scope, [&](Ledger& ledger) { insert(ledger, deal); });
    store->read(scope, [&](LedgerReader& reader) {
        deal.match_key = match_key(2);
        store.write(scope, [&](Ledger& ledger) { update(ledger, deal); });
        EXPECT_EQ(named(reader, match_key(1)), std::vector<Id>{deal.id});
        EXPECT_TRUE(named(reader, match_key(2)).empty());
    });
    EXPECT_TRUE(store.read(scope, [](LedgerReader& r) { return named(r, match_key(1)); }).empty());
    EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return named(r, match_key(2)); }), std::vector<Id>{deal.id});
}

TEST(Keys, ManyDealsOfOneNameStayQuick) {
    FreshStore store(sqlite_kind());
    const auto scope = store.scope();
    constexpr int kTwins = 2'000;
    store.write(scope, [&](Ledger& ledger) {
        for (int twin = 0; twin < kTwins; ++twin) {
            Deal deal = a_deal("Same", 1);
            deal.twin = twin;
            insert(ledger, deal);
        }
    });
    EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return named(r, match_key(1)).size(); }), std::size_t{kTwins});
}

} // namespace
} // namespace tributary::sqlite

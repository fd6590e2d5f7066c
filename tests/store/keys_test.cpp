// The look-up in memory: its table against a plain one, and the store against a model through everything that can happen to a name.
#include "store/fresh_store.hpp"
#include "store/sqlite_keys.hpp"

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace tributary::sqlite {
namespace {

using Entry = std::tuple<std::uint64_t, std::int64_t, std::uint8_t>;

std::set<Entry> found_in(const KeyTable& table, std::uint64_t hash) {
    std::vector<KeyTable::Candidate> candidates;
    table.find(hash, candidates);
    std::set<Entry> found;
    for (const auto& candidate : candidates) found.emplace(hash, candidate.count, candidate.tag);
    EXPECT_EQ(found.size(), candidates.size());
    return found;
}

TEST(KeyTable, HoldsWhatWasAddedAndNotRemovedWhateverCollides) {
    EXPECT_TRUE(rc::check([] {
        KeyTable table;
        std::set<Entry> model;
        // Few hashes, most of them at the end of the table, where a run of slots goes round to the beginning.
        const std::vector<std::uint64_t> hashes{0, 1, 5, 0xFFFF'FFFF, 0xFFFF'FFFE, 0x1'FFFF'FFFF, 0x8000'0000, 0xFFFF'FFFF'FFFF};
        const int steps = *rc::gen::inRange(0, 200);
        for (int step = 0; step < steps; ++step) {
            const std::uint64_t hash = hashes[*rc::gen::inRange<std::size_t>(0, hashes.size())];
            const Entry entry{hash, *rc::gen::inRange<std::int64_t>(1, 6) * 0x4000'0001,
                              static_cast<std::uint8_t>(*rc::gen::inRange(0, 2))};
            if (*rc::gen::inRange(0, 3) != 0) {
                RC_ASSERT(table.add(hash, std::get<1>(entry), std::get<2>(entry)) == model.insert(entry).second);
            } else {
                table.remove(hash, std::get<1>(entry), std::get<2>(entry));
                model.erase(entry);
            }
            RC_ASSERT(table.size() == model.size());
        }
        for (const std::uint64_t hash : hashes) {
            std::set<Entry> wanted;
            std::ranges::copy_if(model, std::inserter(wanted, wanted.end()), [&](const Entry& e) { return std::get<0>(e) == hash; });
            RC_ASSERT(found_in(table, hash) == wanted);
        }
    }));
}

TEST(KeyTable, FindsEachOfManyAndNoneThatIsNot) {
    KeyTable table;
    constexpr std::uint64_t kMany = 200'000;
    const auto hash = [](std::uint64_t at) { return (at + 1) * 0x9E37'79B9'7F4A'7C15ULL; };
    for (std::uint64_t at = 0; at < kMany; ++at) ASSERT_TRUE(table.add(hash(at), static_cast<std::int64_t>(at) + 1, 0));
    std::size_t wrong = 0;
    for (std::uint64_t at = 0; at < 2 * kMany; ++at) {
        const auto found = found_in(table, hash(at));
        if (at < kMany) {
            wrong += !found.contains(Entry{hash(at), static_cast<std::int64_t>(at) + 1, 0});
        } else {
            wrong += !found.empty();
        }
    }
    EXPECT_LE(wrong, 2U); // 48 bits of hash: a stray candidate would be refused by its row
    EXPECT_LE(table.memory_bytes(), kMany * 24);
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
            Deal changed = *deal;
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

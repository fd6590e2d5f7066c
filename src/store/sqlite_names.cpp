// Finding deals by what they are called, external ids and match keys, and keeping each such name to one deal.
// The writer believes the look-up in memory, a reader asks the row (sqlite_keys.hpp).
#include "store/sqlite_look_up.hpp"
#include "store/sqlite_pack.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>
#include <utility>

namespace tributary::sqlite {
namespace {

// What the row of a candidate says; nothing when there is no such row at the reader's moment.
std::optional<Deal> row_of(Session& session, const Id& id) { return read_deals(session, std::span(&id, 1)).front(); }

bool bears(const Deal& deal, const ExternalId& external) {
    return std::ranges::find(deal.external_ids, external) != deal.external_ids.end();
}

// The bearers of a key. To a reader a deal may be among them twice: it left the key with one twin number and came back with another.
std::vector<Bearer> bearers(Session& session, KeyKind kind, const Key& key) {
    std::vector<Bearer> found;
    session.keys().each(kind, key, [&](const Bearer& bearer) {
        if (session.turn == nullptr || bearer.state == KeyState::Live) found.push_back(bearer);
    });
    return found;
}

std::optional<Id> external_of(Session& session, const ExternalId& external, const Key& key) {
    const std::uint32_t tag = session.book.system_tag(external.system);
    if (session.turn != nullptr) {
        std::optional<Id> id;
        session.keys().each(KeyKind::External, key, [&](const Bearer& bearer) {
            if (bearer.tag == tag && bearer.state == KeyState::Live) id = bearer.id;
        });
        return id;
    }
    for (const Bearer& bearer : bearers(session, KeyKind::External, key)) {
        if (bearer.tag != tag) continue;
        const auto deal = row_of(session, bearer.id);
        if (deal && bears(*deal, external)) return bearer.id;
    }
    return std::nullopt;
}

std::vector<Id> named_by(Session& session, const MatchKey& wanted, const Key& key) {
    std::vector<std::pair<std::uint32_t, Id>> twins;
    for (const Bearer& bearer : bearers(session, KeyKind::Named, key)) {
        if (session.turn == nullptr) {
            const auto deal = row_of(session, bearer.id);
            if (!deal || name_of(*deal) != NameOf{wanted, static_cast<std::int32_t>(bearer.tag), true}) continue;
        }
        twins.emplace_back(bearer.tag, bearer.id);
    }
    std::ranges::sort(twins);
    std::vector<Id> ids;
    ids.reserve(twins.size());
    for (const auto& [twin, id] : twins) ids.push_back(id);
    return ids;
}

} // namespace

std::vector<std::optional<Id>> find_external(Session& session, std::span<const ExternalId> wanted) {
    std::vector<std::optional<Id>> ids(wanted.size());
    look_up(
        session, KeyKind::External, wanted, [&](const ExternalId& external) { return session.book.key(external.id); },
        [&](std::size_t at, const Key& key) { ids[at] = external_of(session, wanted[at], key); });
    return ids;
}

std::vector<Id> find_external_any(Session& session, std::string_view external_id) {
    std::vector<Id> ids;
    for (const Bearer& bearer : bearers(session, KeyKind::External, session.book.key(external_id))) {
        const auto deal = row_of(session, bearer.id);
        if (deal && std::ranges::find(deal->external_ids, external_id, &ExternalId::id) != deal->external_ids.end())
            ids.push_back(bearer.id);
    }
    std::ranges::sort(ids);
    const auto rest = std::ranges::unique(ids); // called the same in two systems
    ids.erase(rest.begin(), rest.end());
    return ids;
}

std::vector<std::vector<Id>> find_named(Session& session, std::span<const MatchKey> wanted) {
    std::vector<std::vector<Id>> named(wanted.size());
    look_up(
        session, KeyKind::Named, wanted, [&](const MatchKey& key) { return session.book.key(key.bytes); },
        [&](std::size_t at, const Key& key) {
            if (wanted[at] != MatchKey{}) named[at] = named_by(session, wanted[at], key);
        });
    return named;
}

NameOf name_of(const Deal& deal) {
    return {deal.match_key, deal.twin, deal.match_key != MatchKey{} && deal.deleted_at == 0 && !deal.is_spam};
}

void move_name(Session& session, const Id& deal, const NameOf& from, const NameOf& to) {
    if (from == to) return;
    if (from.alive)
        set_key(session, KeyKind::Named, session.book.key(from.key.bytes), deal, static_cast<std::uint32_t>(from.twin), KeyState::Left);
    if (!to.alive) return;
    const Key key = session.book.key(to.key.bytes);
    const auto twin = static_cast<std::uint32_t>(to.twin);
    bool taken = false;
    session.keys().each(KeyKind::Named, key, [&](const Bearer& bearer) {
        taken = taken || (bearer.state == KeyState::Live && bearer.tag == twin && bearer.id != deal);
    });
    if (taken) throw Clash("a deal with this match key and twin exists");
    set_key(session, KeyKind::Named, key, deal, twin, KeyState::Live);
}

void move_external_ids(Session& session, const Id& deal, std::span<const ExternalId> from, std::span<const ExternalId> to) {
    const auto in = [](std::span<const ExternalId> ids, const ExternalId& id) { return std::ranges::find(ids, id) != ids.end(); };
    for (const ExternalId& external : from) {
        if (in(to, external)) continue;
        set_key(session, KeyKind::External, session.book.key(external.id), deal, session.book.system_tag(external.system), KeyState::Left);
    }
    for (std::size_t at = 0; at < to.size(); ++at) {
        const ExternalId& external = to[at];
        if (in(to.first(at), external)) throw Clash("a deal bears an external id twice");
        if (in(from, external)) continue;
        const Key key = session.book.key(external.id);
        if (external_of(session, external, key).value_or(deal) != deal) throw Clash("this external id belongs to a deal");
        set_key(session, KeyKind::External, key, deal, session.book.system_tag(external.system), KeyState::Live);
    }
}

std::string packed_external_ids(std::span<const ExternalId> external_ids) {
    std::string out;
    for (const ExternalId& external : external_ids) {
        append_counted(out, external.system);
        append_counted(out, external.id);
    }
    return out;
}

std::vector<ExternalId> unpacked_external_ids(std::span<const std::uint8_t> bytes) {
    std::vector<ExternalId> external_ids;
    PackReader reader({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    while (!reader.at_end()) {
        ExternalId& external = external_ids.emplace_back();
        external.system = reader.counted();
        external.id = reader.counted();
    }
    return external_ids;
}

} // namespace tributary::sqlite

// Finding deals by what they are called: external ids and match keys. Memory names candidates, rows prove them (sqlite_keys.hpp).
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>
#include <utility>

namespace tributary::sqlite {
namespace {

using Candidates = std::vector<KeyTable::Candidate>;

// One row may stand under a key twice, with an old and a new twin number.
void each_once(Candidates& found) {
    if (found.size() < 2) return;
    std::ranges::sort(found, {}, &KeyTable::Candidate::count);
    const auto rest = std::ranges::unique(found, {}, &KeyTable::Candidate::count);
    found.erase(rest.begin(), rest.end());
}

std::optional<Id> prove_external(Session& session, const ExternalId& external, const Candidates& found) {
    for (const auto& candidate : found) {
        Statement prove(session.db, kProveExternal);
        prove.bind(session.workspace).bind(first_row_no(session.tenant) + candidate.count).bind(external.system).bind(external.id);
        if (prove.row()) return prove.id(0);
    }
    return std::nullopt;
}

std::int64_t deal_no(Session& session, const Id& id) {
    const auto& fresh = session.turn->fresh;
    const auto place = std::ranges::lower_bound(fresh, id, {}, &std::pair<Id, std::int64_t>::first);
    if (place != fresh.end() && place->first == id && place->second >> kRowBits == session.tenant) return place->second;
    Statement find(session.db, kFindDealNo);
    find.bind(session.workspace).bind_bytes(id.bytes);
    if (!find.row()) throw StoreError("the deal of an identity does not exist");
    return find.number(0);
}

} // namespace

std::vector<std::optional<Id>> find_external(Session& session, std::span<const ExternalId> wanted) {
    std::vector<std::optional<Id>> ids(wanted.size());
    Candidates found;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        found.clear();
        session.keys().find(KeyKind::External, session.book.hash(session.workspace, wanted[at].id), found);
        if (found.empty()) continue;
        each_once(found);
        ids[at] = prove_external(session, wanted[at], found);
    }
    return ids;
}

std::vector<Id> find_external_any(Session& session, std::string_view external_id) {
    Candidates found;
    session.keys().find(KeyKind::External, session.book.hash(session.workspace, external_id), found);
    each_once(found);
    std::vector<Id> ids;
    for (const auto& candidate : found) {
        Statement prove(session.db, kProveExternalAnySystem);
        prove.bind(session.workspace).bind(first_row_no(session.tenant) + candidate.count).bind(external_id);
        if (prove.row()) ids.push_back(prove.id(0));
    }
    return ids;
}

std::vector<std::vector<Id>> find_named(Session& session, std::span<const MatchKey> wanted) {
    std::vector<std::vector<Id>> named(wanted.size());
    Candidates found;
    std::vector<std::pair<std::int64_t, Id>> twins;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        found.clear();
        if (wanted[at] == MatchKey{}) continue;
        session.keys().find(KeyKind::Named, session.book.hash(session.workspace, wanted[at].bytes), found);
        if (found.empty()) continue;
        each_once(found);
        twins.clear();
        for (const auto& candidate : found) {
            Statement prove(session.db, kProveNamed);
            prove.bind(first_row_no(session.tenant) + candidate.count).bind(session.workspace).bind_bytes(wanted[at].bytes);
            if (prove.row()) twins.emplace_back(prove.number(1), prove.id(0));
        }
        std::ranges::sort(twins);
        for (const auto& [twin, id] : twins) named[at].push_back(id);
    }
    return named;
}

std::vector<std::vector<ExternalId>> identities_of(Session& session, std::span<const Id> deals) {
    std::vector<std::vector<ExternalId>> identities(deals.size());
    Statement read(session.db, kReadIdentities);
    for (std::size_t at = 0; at < deals.size(); ++at) {
        read.bind(session.workspace).bind_bytes(deals[at].bytes);
        while (read.row()) identities[at].push_back({std::string(read.text(0)), std::string(read.text(1))});
    }
    return identities;
}

void insert_identities(Session& session, std::span<const Identity> identities) {
    std::vector<std::int64_t> numbers(identities.size());
    std::size_t written = 0;
    const auto write_to = [&](std::size_t end) {
        insert_rows(session.db, kInsertIdentity, written, end, [&](Statement& insert, std::size_t at, std::size_t /*place*/) {
            const ExternalId& external = identities[at].external;
            insert.bind(session.workspace).bind(numbers[at]).bind(external.system).bind(external.id);
        });
        written = end;
    };
    Candidates found;
    for (std::size_t at = 0; at < identities.size(); ++at) {
        numbers[at] = deal_no(session, identities[at].deal);
        const std::uint64_t hash = session.book.hash(session.workspace, identities[at].external.id);
        found.clear();
        session.keys().find(KeyKind::External, hash, found);
        if (!found.empty()) {
            write_to(at);
            if (prove_external(session, identities[at].external, found)) throw Clash("this external id belongs to a deal");
        }
        add_key(session, KeyKind::External, hash, row_count_part(numbers[at]), 0);
    }
    write_to(identities.size());
}

} // namespace tributary::sqlite

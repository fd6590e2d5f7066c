// Row numbers and keys of an open transaction. See sqlite_session.hpp.
#include "store/sqlite_session.hpp"

#include "store/sqlite_queries.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

struct ReadTurn {
    explicit ReadTurn(Connection& connection) : connection(connection) { connection.begin_read(); }
    ~ReadTurn() { connection.roll_back(); }
    ReadTurn(const ReadTurn&) = delete;
    ReadTurn& operator=(const ReadTurn&) = delete;
    Connection& connection;
};

void fill_deals(Connection& connection, const KeyBook& book, WorkspaceNo workspace, WorkspaceKeys& keys) {
    Statement walk(connection, kWalkDealKeys);
    walk.bind(first_row_no(workspace)).bind(end_row_no(workspace));
    while (walk.row()) {
        const Id id = walk.id(0);
        if (!walk.is_null(1)) {
            const bool alive = walk.number(3) == 0 && walk.number(4) == 0;
            keys.set(KeyKind::Named, book.key(walk.bytes(1)), id, static_cast<std::uint32_t>(walk.number(2)),
                     alive ? KeyState::Live : KeyState::Left);
        }
        for (const ExternalId& external : unpacked_external_ids(walk.bytes(5))) {
            keys.set(KeyKind::External, book.key(external.id), id, book.system_tag(external.system), KeyState::Live);
        }
    }
}

} // namespace

std::int64_t last_count(Session& session, const Sql& sql, std::int64_t owner) {
    Statement last(session.db, sql);
    last.bind(first_row_no(owner)).bind(end_row_no(owner));
    return last.row() ? row_count_part(last.number(0)) : 0;
}

Id next_id(Session& session, IdOf what, std::int64_t now_ms) {
    if (session.turn == nullptr) return new_id(now_ms);
    RowCounts& counts = session.turn->last.rows[session.workspace];
    std::int64_t& count = what == IdOf::Deal ? counts.deals : what == IdOf::Lead ? counts.leads : counts.units;
    const Sql& last = what == IdOf::Deal ? kLastDealNo : what == IdOf::Lead ? kLastLeadNo : kLastUnitNo;
    if (count < 0) count = last_count(session, last, session.workspace);
    if (count >= kIdNumberMax) throw StoreError("a workspace has no number left");
    return numbered_id(now_ms, ++count);
}

void note_number(std::int64_t& last, const Id& id) {
    if (last >= 0) last = std::max(last, id_number(id));
}

void set_key(Session& session, KeyKind kind, const Key& key, const Id& id, std::uint32_t tag, KeyState state) {
    WorkspaceKeys& keys = session.keys();
    auto& changed = session.turn->changed;
    changed.push_back({session.known, kind, key, id, tag, KeyState::Absent}); // before setting: it may fail for want of memory
    changed.back().before = keys.set(kind, key, id, tag, state);
}

void fill_keys(Connection& connection, const KeyBook& book, TenantNo tenant, WorkspaceNo workspace, WorkspaceKeys& keys) {
    connection.wall().tenant = tenant;
    connection.wall().workspace = workspace;
    const ReadTurn turn(connection);
    fill_deals(connection, book, workspace, keys);
    Statement walk(connection, kWalkEmailKeys);
    walk.bind(first_row_no(workspace)).bind(end_row_no(workspace));
    while (walk.row()) {
        if (walk.number(2) == 0) keys.set(KeyKind::Email, book.key(walk.text(1)), walk.id(0), 0, KeyState::Live);
    }
}

} // namespace tributary::sqlite

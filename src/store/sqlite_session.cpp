// Row numbers and keys of an open transaction. See sqlite_session.hpp.
#include "store/sqlite_session.hpp"

#include "store/sqlite_queries.hpp"

namespace tributary::sqlite {
namespace {

struct ReadTurn {
    explicit ReadTurn(Connection& connection) : connection(connection) { connection.begin_read(); }
    ~ReadTurn() { connection.roll_back(); }
    ReadTurn(const ReadTurn&) = delete;
    ReadTurn& operator=(const ReadTurn&) = delete;
    Connection& connection;
};

} // namespace

std::int64_t last_count(Session& session, const Sql& sql) {
    const RowRange rows = rows_of(session);
    Statement last(session.db, sql);
    last.bind(rows.from).bind(rows.end);
    return last.row() ? row_count_part(last.number(0)) : 0;
}

void add_key(Session& session, KeyKind kind, std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    TenantKeys& keys = session.keys();
    session.turn->added.push_back({session.known, kind, hash, count, tag});
    if (!keys.add(kind, hash, count, tag)) session.turn->added.pop_back();
}

void fill_keys(Connection& connection, const KeyBook& book, TenantNo tenant, TenantKeys& keys) {
    connection.wall().tenant = tenant;
    const ReadTurn turn(connection);
    {
        Statement walk(connection, kWalkDealKeys);
        walk.bind(first_row_no(tenant)).bind(end_row_no(tenant));
        while (walk.row()) {
            if (walk.is_null(2)) continue;
            keys.add(KeyKind::Named, book.hash(walk.number(1), walk.bytes(2)), row_count_part(walk.number(0)),
                     static_cast<std::uint8_t>(walk.number(3)));
        }
    }
    {
        Statement walk(connection, kWalkEmailKeys);
        walk.bind(first_row_no(tenant)).bind(end_row_no(tenant));
        while (walk.row()) keys.add(KeyKind::Email, book.hash(walk.number(1), walk.text(2)), row_count_part(walk.number(0)), 0);
    }
    Statement walk(connection, kWalkExternalKeys);
    while (walk.row()) keys.add(KeyKind::External, book.hash(walk.number(1), walk.text(2)), row_count_part(walk.number(0)), 0);
}

} // namespace tributary::sqlite

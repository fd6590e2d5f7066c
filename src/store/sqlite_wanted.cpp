// Records of connected CRMs that wait to be read: few as a rule, and as many as a CRM has when everything changed there.
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

namespace tributary::sqlite {

std::vector<Wanted> list_wanted(Session& session, const Id& connection, std::int64_t now_ms, std::uint32_t limit) {
    std::vector<Wanted> found;
    for (const std::int64_t slow : {std::int64_t{0}, std::int64_t{1}}) {
        if (found.size() >= limit) break;
        Statement list(session.db, kListWanted);
        list.bind_bytes(connection.bytes)
            .bind(session.workspace)
            .bind(slow)
            .bind(now_ms)
            .bind(static_cast<std::int64_t>(limit - found.size()));
        while (list.row()) {
            Wanted& wanted = found.emplace_back();
            wanted.connection = connection;
            wanted.record = std::string(list.text(0));
            wanted.slow = slow != 0;
            wanted.due_at = list.number(1);
            wanted.first_at = list.number(2);
            wanted.attempts = static_cast<std::uint32_t>(list.number(3));
            wanted.stamp = static_cast<std::uint64_t>(list.number(4));
        }
    }
    return found;
}

WantedFigures wanted_figures(Session& session, const Id& connection) {
    Statement count(session.db, kCountWanted);
    count.bind_bytes(connection.bytes).bind(session.workspace);
    if (!count.row()) return {};
    return {.waiting = static_cast<std::uint64_t>(count.number(0)), .oldest_at = count.number(1)};
}

void want(Session& session, std::span<const Wanted> records) {
    for (const Wanted& wanted : records) {
        Statement put(session.db, kWant);
        put.bind(session.workspace).bind_bytes(wanted.connection.bytes).bind(wanted.record).bind(std::int64_t{wanted.slow ? 1 : 0});
        put.bind(wanted.due_at).bind(wanted.first_at);
        put.run();
    }
}

void fulfil(Session& session, std::span<const Wanted> records) {
    for (const Wanted& wanted : records) {
        Statement drop(session.db, kFulfil);
        drop.bind_bytes(wanted.connection.bytes).bind(session.workspace).bind(wanted.record).bind(static_cast<std::int64_t>(wanted.stamp));
        drop.run();
    }
}

void postpone(Session& session, std::span<const Wanted> records, std::int64_t due_at) {
    for (const Wanted& wanted : records) {
        Statement put(session.db, kPostpone);
        put.bind(due_at).bind_bytes(wanted.connection.bytes).bind(session.workspace).bind(wanted.record);
        put.run();
    }
}

void forget_wanted(Session& session, const Id& connection) {
    Statement drop(session.db, kForgetWanted);
    drop.bind_bytes(connection.bytes).bind(session.workspace);
    drop.run();
}

} // namespace tributary::sqlite

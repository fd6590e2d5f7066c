// See sqlite_check.hpp. Nothing here runs on behalf of a tenant, so the wall is not raised.
#include "store/sqlite_check.hpp"

#include "store/sqlite_session.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <vector>

namespace tributary::sqlite {
namespace {

constexpr int kSweepRows = 500; // looked at per step; about once a second
constexpr int kRoundsBeside = 2;  // of copying beside the writer: the second takes what was written during the first
constexpr Sql kIntegrity{Use::Anything, "PRAGMA integrity_check(1)"};
constexpr Sql kForeign{Use::Anything, "PRAGMA foreign_key_check"};

// Each asks for one row that must not be.
struct Promise {
    const char* broken;
    Sql sql;
};
constexpr std::array kPromises{
    Promise{"two deals share a match key and twin",
            {Use::Anything, "SELECT 1 FROM x_deals WHERE match_key IS NOT NULL AND deleted_at = 0 AND is_spam = 0 "
                            "GROUP BY no >> 40, match_key, twin HAVING count(*) > 1 LIMIT 1"}},
    Promise{"two leads share an e-mail address",
            {Use::Anything, "SELECT 1 FROM x_leads WHERE deleted_at = 0 GROUP BY no >> 40, email HAVING count(*) > 1 LIMIT 1"}},
    Promise{"a deal lies with another tenant's workspace",
            {Use::Anything,
             "SELECT 1 FROM x_deals AS d LEFT JOIN r_workspaces AS w ON w.no = d.no >> 40 WHERE w.tenant IS NOT d.tenant LIMIT 1"}},
    Promise{"a lead lies with another tenant's workspace",
            {Use::Anything,
             "SELECT 1 FROM x_leads AS l LEFT JOIN r_workspaces AS w ON w.no = l.no >> 40 WHERE w.tenant IS NOT l.tenant LIMIT 1"}},
    Promise{"a unit lies with another tenant's workspace",
            {Use::Anything,
             "SELECT 1 FROM x_units AS u LEFT JOIN r_workspaces AS w ON w.no = u.no >> 40 WHERE w.tenant IS NOT u.tenant LIMIT 1"}},
    Promise{"a tenant's journal has a gap",
            {Use::Anything, "SELECT 1 FROM x_journal GROUP BY tenant HAVING max(no) - min(no) + 1 <> count(*) LIMIT 1"}},
    Promise{"a deal was changed by a journal row that is not there",
            {Use::Anything, "SELECT 1 FROM x_deals AS d WHERE version > (SELECT max(no) FROM x_journal WHERE no < ((d.tenant + 1) << 40) "
                            "AND no >= (d.tenant << 40)) - (d.tenant << 40) LIMIT 1"}},
};

constexpr Sql kWalkExternalIds{Use::Anything, "SELECT no >> 40, no & 0xFFFFFFFFFF, id, external_ids FROM x_deals ORDER BY no"};

constexpr Sql kProbe{Use::Anything, "INSERT INTO r_probe (no, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at"};
constexpr Sql kSweep{Use::Anything, "SELECT tenant, scope, key, expires_at FROM x_answers WHERE (tenant, scope, key) > (?, ?, ?) "
                                    "ORDER BY tenant, scope, key LIMIT ?"};
constexpr Sql kRemoveAnswer{Use::Anything, "DELETE FROM x_answers WHERE tenant = ? AND scope = ? AND key = ? AND expires_at <= ?"};

struct AnswerKey {
    std::int64_t tenant = 0;
    std::string scope;
    std::string key;
};

void remove_answers(Connection& connection, const std::vector<AnswerKey>& expired, std::int64_t now_ms) {
    connection.begin_write();
    try {
        for (const AnswerKey& answer : expired) {
            Statement remove(connection, kRemoveAnswer);
            remove.bind(answer.tenant).bind(answer.scope).bind(answer.key).bind(now_ms).run();
        }
        connection.run("COMMIT");
    } catch (...) {
        connection.roll_back();
        throw;
    }
}

// What no query can ask: the ids in a row are packed, and a row's number is folded into its id.
void check_ids(Connection& connection) {
    const KeyBook book([](TenantNo, WorkspaceNo, WorkspaceKeys&) {});
    WorkspaceNo workspace = 0;
    KeyTable seen;
    Statement walk(connection, kWalkExternalIds);
    while (walk.row()) {
        if (walk.number(0) != workspace) {
            workspace = walk.number(0);
            seen = {};
        }
        const Id id = walk.id(2);
        if (id_number(id) != walk.number(1)) throw StoreError("a deal does not lie where its id says");
        for (const ExternalId& external : unpacked_external_ids(walk.bytes(3))) {
            const Key key = book.key(external.id);
            const std::uint32_t tag = book.system_tag(external.system);
            seen.each(key, [&](const Bearer& bearer) {
                if (bearer.tag == tag) throw StoreError("an external id belongs to two deals");
            });
            seen.set(key, id, tag, KeyState::Live);
        }
    }
}

} // namespace

void check_everything(Connection& connection) {
    {
        Statement check(connection, kIntegrity);
        if (check.row() && check.text(0) != "ok") throw StoreError("the database is damaged: " + std::string(check.text(0)));
    }
    {
        Statement check(connection, kForeign);
        if (check.row()) throw StoreError("a row of " + std::string(check.text(0)) + " points at nothing");
    }
    for (const Promise& promise : kPromises) {
        Statement check(connection, promise.sql);
        if (check.row()) throw StoreError(promise.broken);
    }
    check_ids(connection);
}

void probe_write(Connection& connection, WriteTurns& turns, std::int64_t now_ms) {
    const WriteHold hold(turns);
    Statement(connection, kProbe).bind(now_ms).run();
}

int checkpoint(Connection& connection) {
    int log = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return log;
    if (code != SQLITE_OK) connection.fail(code, "the log could not be copied into the database");
    return log < copied ? 0 : log - copied;
}

void flush_copied(Connection& connection) {
    sqlite3_file* file = nullptr;
    int code = sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK && file != nullptr && file->pMethods != nullptr) code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) connection.fail(code, "the database could not be made durable");
}

void checkpoint_beside_writer(Connection& connection, WriteTurns& turns) {
    for (int round = 0; round < kRoundsBeside; ++round) {
        checkpoint(connection);
        flush_copied(connection);
    }
    const WriteHold hold(turns);
    checkpoint(connection);
}

void AnswerSweep::step(Connection& connection, WriteTurns& turns, std::int64_t now_ms) {
    std::vector<AnswerKey> expired;
    int seen = 0;
    {
        Statement walk(connection, kSweep);
        walk.bind(tenant_).bind(scope_).bind(key_).bind(std::int64_t{kSweepRows});
        AnswerKey last;
        while (walk.row()) {
            ++seen;
            last = {walk.number(0), std::string(walk.text(1)), std::string(walk.text(2))};
            if (walk.number(3) <= now_ms) expired.push_back(last);
        }
        tenant_ = last.tenant;
        scope_ = std::move(last.scope);
        key_ = std::move(last.key);
    }
    if (seen < kSweepRows) { // round to the beginning
        tenant_ = 0;
        scope_.clear();
        key_.clear();
    }
    if (expired.empty()) return;
    const WriteHold hold(turns);
    remove_answers(connection, expired, now_ms);
}

} // namespace tributary::sqlite

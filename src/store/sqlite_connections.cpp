// See sqlite_connections.hpp.
#include "store/sqlite_connections.hpp"

#include <array>

namespace tributary::sqlite {
namespace {

#define TRIBUTARY_CONNECTIONS                                                                                                              \
    "SELECT c.id, c.tenant, t.id, c.workspace, w.id, c.system, c.account, c.name, c.state, c.auth, c.login_url, c.instance_url, "          \
    "c.client, c.scopes, c.access_token, c.refresh_token, c.credential, c.signing_secret, c.expires_at, c.token_version, c.hook, "         \
    "c.settings, c.reading, c.sync, c.health, c.reason, c.created_by, c.created_at, c.changed_at FROM r_connections AS c "                 \
    "JOIN r_tenants AS t ON t.no = c.tenant JOIN r_workspaces AS w ON w.no = c.workspace "
constexpr Sql kRead{Use::Registry, TRIBUTARY_CONNECTIONS "WHERE c.id = ?"};
constexpr Sql kList{Use::Registry, TRIBUTARY_CONNECTIONS "WHERE c.workspace = ? ORDER BY c.created_at, c.id"};
constexpr Sql kListAll{Use::Registry, TRIBUTARY_CONNECTIONS "WHERE c.state <> 2 ORDER BY c.created_at, c.id"};
constexpr Sql kFindAccount{Use::Registry, TRIBUTARY_CONNECTIONS "WHERE c.system = ? AND c.account = ? AND c.state <> 2"};
constexpr Sql kFindHook{Use::Registry, TRIBUTARY_CONNECTIONS "WHERE c.hook = ? AND c.state <> 2"};
constexpr Sql kCountOfTenant{Use::Registry, "SELECT count(*) FROM r_connections WHERE tenant = ? AND state <> 2"};
constexpr Sql kCountAll{Use::Registry, "SELECT count(*) FROM r_connections WHERE state <> 2"};
constexpr Sql kAdd{Use::Registry,
                   "INSERT INTO r_connections (id, tenant, workspace, system, account, name, state, auth, login_url, instance_url, client, "
                   "scopes, access_token, refresh_token, credential, signing_secret, expires_at, token_version, lease_holder, lease_until, "
                   "hook, settings, reading, sync, health, reason, created_by, created_at, changed_at) "
                   "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'',0,?,?,?,?,?,'',?,?,?)"};
constexpr std::array kPut{Sql{Use::Registry, "UPDATE r_connections SET settings = ? WHERE id = ?"},
                          Sql{Use::Registry, "UPDATE r_connections SET reading = ? WHERE id = ?"},
                          Sql{Use::Registry, "UPDATE r_connections SET sync = ? WHERE id = ?"},
                          Sql{Use::Registry, "UPDATE r_connections SET health = ? WHERE id = ?"},
                          Sql{Use::Registry, "UPDATE r_connections SET name = ? WHERE id = ?"}};
constexpr Sql kLeaseHolder{Use::Registry, "SELECT lease_holder, lease_until FROM r_connections WHERE id = ?"};
constexpr Sql kTakeLease{Use::Registry, "UPDATE r_connections SET lease_holder = ?, lease_until = ? WHERE id = ?"};
constexpr Sql kSaveTokens{Use::Registry,
                          "UPDATE r_connections SET access_token = ?, refresh_token = ?, expires_at = ?, instance_url = ?, scopes = ?, "
                          "token_version = token_version + 1, lease_holder = '', lease_until = 0 WHERE id = ?"};
constexpr Sql kReconnect{Use::Registry,
                         "UPDATE r_connections SET state = 0, reason = '', auth = ?, login_url = ?, client = ?, credential = ?, "
                         "signing_secret = ?, changed_at = ? WHERE id = ?"};
constexpr Sql kNeedsReauth{
    Use::Registry, "UPDATE r_connections SET state = 1, reason = ?, changed_at = ?, lease_holder = '', lease_until = 0 WHERE id = ?"};
constexpr Sql kDisconnect{Use::Registry, "UPDATE r_connections SET state = 2, access_token = x'', refresh_token = x'', credential = x'', "
                                         "signing_secret = x'', changed_at = ?, token_version = token_version + 1 WHERE id = ?"};
constexpr std::array kReseal{Sql{Use::Registry, "UPDATE r_connections SET access_token = ? WHERE id = ? AND access_token = ?"},
                             Sql{Use::Registry, "UPDATE r_connections SET refresh_token = ? WHERE id = ? AND refresh_token = ?"},
                             Sql{Use::Registry, "UPDATE r_connections SET credential = ? WHERE id = ? AND credential = ?"},
                             Sql{Use::Registry, "UPDATE r_connections SET signing_secret = ? WHERE id = ? AND signing_secret = ?"}};

constexpr Sql kReadMap{Use::Registry, "SELECT version, map, made_by, made_at FROM r_connection_maps WHERE connection = ? AND version = ?"};
constexpr Sql kNewestMap{Use::Registry,
                         "SELECT version, map, made_by, made_at FROM r_connection_maps WHERE connection = ? ORDER BY version DESC LIMIT 1"};
constexpr Sql kListMaps{Use::Registry,
                        "SELECT version, '', made_by, made_at FROM r_connection_maps WHERE connection = ? ORDER BY version DESC"};
constexpr Sql kAddMap{Use::Registry, "INSERT INTO r_connection_maps (connection, version, map, made_by, made_at) VALUES (?,?,?,?,?)"};

constexpr Sql kDropStates{Use::Registry, "DELETE FROM r_oauth_states WHERE expires_at <= ?"};
constexpr Sql kPutState{Use::Registry, "INSERT INTO r_oauth_states (hash, about, expires_at) VALUES (?,?,?)"};
constexpr Sql kReadState{Use::Registry, "SELECT about FROM r_oauth_states WHERE hash = ? AND expires_at > ?"};
constexpr Sql kDropState{Use::Registry, "DELETE FROM r_oauth_states WHERE hash = ?"};

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string text_of(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

CrmConnection connection_of(const Statement& row) {
    CrmConnection found;
    found.id = row.id(0);
    found.tenant = row.number(1);
    found.tenant_id = row.text(2);
    found.workspace = row.number(3);
    found.workspace_id = row.text(4);
    found.system = static_cast<Source>(row.number(5));
    found.account = row.text(6);
    found.name = row.text(7);
    found.state = static_cast<ConnectionState>(row.number(8));
    found.auth = row.text(9);
    found.login_url = row.text(10);
    found.instance_url = row.text(11);
    found.client = row.text(12);
    found.scopes = list_of(row.text(13));
    found.access_token = text_of(row.bytes(14));
    found.refresh_token = text_of(row.bytes(15));
    found.credential = text_of(row.bytes(16));
    found.signing_secret = text_of(row.bytes(17));
    found.expires_at = row.number(18);
    found.token_version = static_cast<std::uint64_t>(row.number(19));
    found.hook = text_of(row.bytes(20));
    found.settings = row.text(21);
    found.reading = row.text(22);
    found.sync = row.text(23);
    found.health = row.text(24);
    found.reason = row.text(25);
    found.created_by = row.text(26);
    found.created_at = row.number(27);
    found.changed_at = row.number(28);
    return found;
}

std::optional<CrmConnection> first_of(Statement& read) { return read.row() ? std::optional(connection_of(read)) : std::nullopt; }

std::vector<CrmConnection> all_of(Statement& list) {
    std::vector<CrmConnection> found;
    while (list.row()) found.push_back(connection_of(list));
    return found;
}

std::optional<CrmConnection> connection_at(Connection& db, const Id& id) {
    Statement read(db, kRead);
    read.bind_bytes(id.bytes);
    return first_of(read);
}

std::optional<CrmConnection> connection_with(Connection& db, Source system, std::string_view account) {
    Statement find(db, kFindAccount);
    find.bind(static_cast<std::int64_t>(system)).bind(account);
    return first_of(find);
}

std::size_t number_of(Statement& count) { return count.row() ? static_cast<std::size_t>(count.number(0)) : 0; }

bool is_full(Connection& db, TenantNo tenant) {
    Statement of_tenant(db, kCountOfTenant);
    of_tenant.bind(tenant);
    Statement all(db, kCountAll);
    return number_of(of_tenant) >= Connections::kPerTenantMax || number_of(all) >= Connections::kConnectedMax;
}

void insert(Connection& db, const CrmConnection& made) {
    const std::string scopes = list_json(made.scopes);
    Statement add(db, kAdd);
    add.bind_bytes(made.id.bytes).bind(made.tenant).bind(made.workspace).bind(static_cast<std::int64_t>(made.system)).bind(made.account);
    add.bind(made.name)
        .bind(static_cast<std::int64_t>(made.state))
        .bind(made.auth)
        .bind(made.login_url)
        .bind(made.instance_url)
        .bind(made.client);
    add.bind(scopes).bind_bytes(bytes_of(made.access_token)).bind_bytes(bytes_of(made.refresh_token)).bind_bytes(bytes_of(made.credential));
    add.bind_bytes(bytes_of(made.signing_secret)).bind(made.expires_at).bind(static_cast<std::int64_t>(made.token_version));
    add.bind_bytes(bytes_of(made.hook)).bind(made.settings).bind(made.reading).bind(made.sync).bind(made.health);
    add.bind(made.created_by).bind(made.created_at).bind(made.changed_at).run();
}

void write_tokens(Connection& db, const CrmConnection& before, const ConnectionTokens& tokens) {
    const std::string scopes = list_json(tokens.scopes.empty() ? before.scopes : tokens.scopes);
    Statement save(db, kSaveTokens);
    save.bind_bytes(bytes_of(tokens.access_token))
        .bind_bytes(bytes_of(tokens.refresh_token.empty() ? before.refresh_token : tokens.refresh_token));
    save.bind(tokens.expires_at).bind(tokens.instance_url.empty() ? before.instance_url : tokens.instance_url).bind(scopes);
    save.bind_bytes(before.id.bytes).run();
}

ConnectionMap map_of(const Statement& row) {
    return {.version = static_cast<std::uint32_t>(row.number(0)),
            .map = std::string(row.text(1)),
            .made_by = std::string(row.text(2)),
            .made_at = row.number(3)};
}

ConnectionMap newest_map(Connection& db, const Id& id) {
    Statement read(db, kNewestMap);
    read.bind_bytes(id.bytes);
    return read.row() ? map_of(read) : ConnectionMap{};
}

} // namespace

Connections::Added SqliteConnections::add(const CrmConnection& connection) {
    Added added = Added::Yes;
    file_.write([&](Connection& db) {
        const auto there = connection_with(db, connection.system, connection.account);
        if (there)
            added = there->tenant == connection.tenant ? Added::AlreadyHere : Added::BoundElsewhere;
        else if (is_full(db, connection.tenant))
            added = Added::TooMany;
        else
            insert(db, connection);
    });
    return added;
}

std::vector<CrmConnection> SqliteConnections::list(WorkspaceNo workspace) {
    return file_.read([&](Connection& db) {
        Statement list(db, kList);
        list.bind(workspace);
        return all_of(list);
    });
}

std::vector<CrmConnection> SqliteConnections::list_all() {
    return file_.read([&](Connection& db) {
        Statement list(db, kListAll);
        return all_of(list);
    });
}

std::optional<CrmConnection> SqliteConnections::read(const Id& id) {
    return file_.read([&](Connection& db) { return connection_at(db, id); });
}

std::optional<CrmConnection> SqliteConnections::find_account(Source system, std::string_view account) {
    return file_.read([&](Connection& db) { return connection_with(db, system, account); });
}

std::optional<CrmConnection> SqliteConnections::find_hook(std::string_view hash) {
    return file_.read([&](Connection& db) {
        Statement find(db, kFindHook);
        find.bind_bytes(bytes_of(hash));
        return first_of(find);
    });
}

void SqliteConnections::put(const Id& id, Part part, std::string_view text) {
    file_.write([&](Connection& db) {
        Statement put(db, kPut.at(static_cast<std::size_t>(part)));
        put.bind(text).bind_bytes(id.bytes).run();
    });
}

bool SqliteConnections::take_lease(const Id& id, std::string_view holder, std::int64_t now_ms, std::int64_t until_ms) {
    bool taken = false;
    file_.write([&](Connection& db) {
        {
            Statement read(db, kLeaseHolder);
            read.bind_bytes(id.bytes);
            taken = read.row() && (read.text(0) == holder || read.number(1) <= now_ms);
        }
        if (!taken) return;
        Statement take(db, kTakeLease);
        take.bind(holder).bind(until_ms).bind_bytes(id.bytes).run();
    });
    return taken;
}

bool SqliteConnections::save_tokens(const Id& id, std::uint64_t token_version, const ConnectionTokens& tokens) {
    bool saved = false;
    file_.write([&](Connection& db) {
        const auto before = connection_at(db, id);
        saved = before && before->state != ConnectionState::Disconnected && before->token_version == token_version;
        if (saved) write_tokens(db, *before, tokens);
    });
    return saved;
}

bool SqliteConnections::reconnect(const Id& id, const Credentials& credentials, const ConnectionTokens& tokens, std::int64_t now_ms) {
    bool done = false;
    file_.write([&](Connection& db) {
        const auto before = connection_at(db, id);
        done = before && before->state != ConnectionState::Disconnected;
        if (!done) return;
        write_tokens(db, *before, tokens);
        Statement change(db, kReconnect);
        change.bind(credentials.auth).bind(credentials.login_url).bind(credentials.client);
        change.bind_bytes(bytes_of(credentials.credential.empty() ? before->credential : credentials.credential));
        change.bind_bytes(bytes_of(credentials.signing_secret.empty() ? before->signing_secret : credentials.signing_secret));
        change.bind(now_ms).bind_bytes(id.bytes).run();
    });
    return done;
}

bool SqliteConnections::needs_reauth(const Id& id, std::uint64_t token_version, std::string_view reason, std::int64_t now_ms) {
    bool done = false;
    file_.write([&](Connection& db) {
        const auto before = connection_at(db, id);
        done = before && before->state == ConnectionState::Connected && before->token_version == token_version;
        if (!done) return;
        Statement change(db, kNeedsReauth);
        change.bind(reason).bind(now_ms).bind_bytes(id.bytes).run();
    });
    return done;
}

void SqliteConnections::disconnect(const Id& id, std::int64_t now_ms) {
    file_.write([&](Connection& db) {
        Statement change(db, kDisconnect);
        change.bind(now_ms).bind_bytes(id.bytes).run();
    });
}

void SqliteConnections::reseal(const Id& id, Column column, std::string_view old, std::string_view sealed) {
    file_.write([&](Connection& db) {
        Statement change(db, kReseal.at(static_cast<std::size_t>(column)));
        change.bind_bytes(bytes_of(sealed)).bind_bytes(id.bytes).bind_bytes(bytes_of(old)).run();
    });
}

std::uint32_t SqliteConnections::add_map(const Id& id, std::string_view map, std::string_view made_by, std::int64_t now_ms) {
    std::uint32_t version = 0;
    file_.write([&](Connection& db) {
        const std::uint32_t next = newest_map(db, id).version + 1;
        if (next > kMapsMax) return;
        Statement add(db, kAddMap);
        add.bind_bytes(id.bytes).bind(std::int64_t{next}).bind(map).bind(made_by).bind(now_ms).run();
        version = next;
    });
    return version;
}

ConnectionMap SqliteConnections::read_map(const Id& id, std::uint32_t version) {
    return file_.read([&](Connection& db) {
        if (version == 0) return newest_map(db, id);
        Statement read(db, kReadMap);
        read.bind_bytes(id.bytes).bind(std::int64_t{version});
        return read.row() ? map_of(read) : ConnectionMap{};
    });
}

std::vector<ConnectionMap> SqliteConnections::list_maps(const Id& id) {
    return file_.read([&](Connection& db) {
        std::vector<ConnectionMap> maps;
        Statement list(db, kListMaps);
        list.bind_bytes(id.bytes);
        while (list.row()) maps.push_back(map_of(list));
        return maps;
    });
}

void SqliteConnections::put_state(std::string_view hash, std::string_view about, std::int64_t now_ms, std::int64_t expires_at) {
    file_.write([&](Connection& db) {
        Statement drop(db, kDropStates);
        drop.bind(now_ms).run();
        Statement put(db, kPutState);
        put.bind_bytes(bytes_of(hash)).bind_bytes(bytes_of(about)).bind(expires_at).run();
    });
}

std::optional<std::string> SqliteConnections::take_state(std::string_view hash, std::int64_t now_ms) {
    std::optional<std::string> about;
    file_.write([&](Connection& db) {
        {
            Statement read(db, kReadState);
            read.bind_bytes(bytes_of(hash)).bind(now_ms);
            if (read.row()) about = text_of(read.bytes(0));
        }
        if (!about) return;
        Statement drop(db, kDropState);
        drop.bind_bytes(bytes_of(hash)).run();
    });
    return about;
}

} // namespace tributary::sqlite

namespace tributary {

std::string_view connection_state_key(ConnectionState state) {
    switch (state) {
    case ConnectionState::Connected: return "connected";
    case ConnectionState::NeedsReauth: return "needs_reauth";
    case ConnectionState::Disconnected: break;
    }
    return "disconnected";
}

} // namespace tributary

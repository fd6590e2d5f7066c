// See sqlite_registry.hpp.
#include "store/sqlite_registry.hpp"

namespace tributary::sqlite {
namespace {

constexpr Sql kFindTenant{Use::Registry, "SELECT no FROM r_tenants WHERE id = ?"};
constexpr Sql kAddTenant{Use::Registry, "INSERT INTO r_tenants (id, created_at) VALUES (?, ?)"};
constexpr Sql kAddWorkspace{Use::Registry, "INSERT INTO r_workspaces (tenant, id, created_at) VALUES (?, ?, ?)"};
// The first workspace of a tenant is its default.
#define TRIBUTARY_WORKSPACES                                                                                                               \
    "SELECT w.no, w.tenant, t.id, w.id, w.no = (SELECT min(no) FROM r_workspaces WHERE tenant = w.tenant) "                                \
    "FROM r_workspaces AS w JOIN r_tenants AS t ON t.no = w.tenant "
constexpr Sql kFindWorkspace{Use::Registry, TRIBUTARY_WORKSPACES "WHERE t.id = ? AND w.id = ?"};
constexpr Sql kListWorkspaces{Use::Registry, TRIBUTARY_WORKSPACES "ORDER BY w.tenant, w.no"};
constexpr Sql kWorkspacesOf{Use::Registry, TRIBUTARY_WORKSPACES "WHERE w.tenant = ? ORDER BY w.no"};

#define TRIBUTARY_KEY_COLUMNS "key_id, secret_hash, tenant, role, workspaces, label, origins, rate_per_minute, created_at, revoked_at"
#define TRIBUTARY_KEYS                                                                                                                     \
    "SELECT k.key_id, k.secret_hash, k.tenant, k.role, k.workspaces, k.label, k.origins, k.rate_per_minute, k.created_at, "                \
    "k.revoked_at, t.id FROM r_keys AS k JOIN r_tenants AS t ON t.no = k.tenant "
constexpr Sql kPutKey{Use::Registry,
                      "INSERT INTO r_keys (" TRIBUTARY_KEY_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
                      "secret_hash=excluded.secret_hash, tenant=excluded.tenant, role=excluded.role, workspaces=excluded.workspaces, "
                      "label=excluded.label, origins=excluded.origins, rate_per_minute=excluded.rate_per_minute, "
                      "created_at=excluded.created_at, revoked_at=excluded.revoked_at"};
constexpr Sql kFindKey{Use::Registry, TRIBUTARY_KEYS "WHERE k.key_id = ?"};
constexpr Sql kListKeys{Use::Registry, TRIBUTARY_KEYS "WHERE t.id = ? ORDER BY k.created_at, k.key_id"};
constexpr Sql kFindKeyOf{Use::Registry, "SELECT k.key_id FROM r_keys AS k JOIN r_tenants AS t ON t.no = k.tenant "
                                        "WHERE t.id = ? AND k.key_id = ?"};
// A key keeps the moment it was first revoked.
constexpr Sql kRevokeKey{Use::Registry, "UPDATE r_keys SET revoked_at = ? WHERE key_id = ? AND revoked_at = 0"};

WorkspaceRow workspace_of(const Statement& row) {
    return {row.number(0), row.number(1), std::string(row.text(2)), std::string(row.text(3)), row.number(4) != 0};
}

ApiKey key_of(const Statement& row) {
    ApiKey key;
    key.key_id = row.text(0);
    const auto hash = row.bytes(1);
    key.secret_hash.assign(reinterpret_cast<const char*>(hash.data()), hash.size());
    key.tenant = row.number(2);
    key.role = static_cast<Role>(row.number(3));
    key.workspaces = list_of(row.text(4));
    key.label = row.text(5);
    key.origins = list_of(row.text(6));
    key.rate_per_minute = static_cast<std::int32_t>(row.number(7));
    key.created_at = row.number(8);
    key.revoked_at = row.number(9);
    key.tenant_id = row.text(10);
    return key;
}

std::optional<WorkspaceRow> find_workspace(Connection& db, std::string_view tenant_id, std::string_view workspace_id) {
    Statement find(db, kFindWorkspace);
    find.bind(tenant_id).bind(workspace_id);
    if (!find.row()) return std::nullopt;
    return workspace_of(find);
}

TenantNo ensure_tenant(Connection& db, std::string_view tenant_id, std::int64_t now_ms) {
    Statement find(db, kFindTenant);
    find.bind(tenant_id);
    if (find.row()) return find.number(0);
    Statement add(db, kAddTenant);
    add.bind(tenant_id).bind(now_ms).run();
    find.bind(tenant_id);
    if (!find.row() || find.number(0) > kOwnerNoMax) throw StoreError("no number is left for a tenant");
    return find.number(0);
}

} // namespace

WorkspaceRow SqliteRegistry::ensure_workspace(std::string_view tenant_id, std::string_view workspace_id, std::int64_t now_ms) {
    auto made = file_.read([&](Connection& db) { return find_workspace(db, tenant_id, workspace_id); });
    if (made) return *made;
    file_.write([&](Connection& db) {
        made = find_workspace(db, tenant_id, workspace_id);
        if (made) return;
        const TenantNo tenant = ensure_tenant(db, tenant_id, now_ms);
        Statement add(db, kAddWorkspace);
        add.bind(tenant).bind(workspace_id).bind(now_ms).run();
        made = find_workspace(db, tenant_id, workspace_id);
    });
    return made.value();
}

std::vector<WorkspaceRow> SqliteRegistry::list_workspaces() {
    return file_.read([](Connection& db) {
        std::vector<WorkspaceRow> rows;
        Statement list(db, kListWorkspaces);
        while (list.row()) rows.push_back(workspace_of(list));
        return rows;
    });
}

std::vector<WorkspaceRow> SqliteRegistry::workspaces_of(TenantNo tenant) {
    return file_.read([&](Connection& db) {
        std::vector<WorkspaceRow> rows;
        Statement list(db, kWorkspacesOf);
        list.bind(tenant);
        while (list.row()) rows.push_back(workspace_of(list));
        return rows;
    });
}

void SqliteRegistry::put_key(const ApiKey& key) {
    const std::string workspaces = list_json(key.workspaces);
    const std::string origins = list_json(key.origins);
    file_.write([&](Connection& db) {
        Statement put(db, kPutKey);
        put.bind(key.key_id).bind_bytes({reinterpret_cast<const std::uint8_t*>(key.secret_hash.data()), key.secret_hash.size()});
        put.bind(key.tenant).bind(static_cast<std::int64_t>(key.role)).bind(workspaces).bind(key.label).bind(origins);
        put.bind(std::int64_t{key.rate_per_minute}).bind(key.created_at).bind(key.revoked_at).run();
    });
}

std::optional<ApiKey> SqliteRegistry::find_key(std::string_view key_id) {
    return file_.read([&](Connection& db) -> std::optional<ApiKey> {
        Statement find(db, kFindKey);
        find.bind(key_id);
        if (!find.row()) return std::nullopt;
        return key_of(find);
    });
}

std::vector<ApiKey> SqliteRegistry::list_keys(std::string_view tenant_id) {
    return file_.read([&](Connection& db) {
        std::vector<ApiKey> keys;
        Statement list(db, kListKeys);
        list.bind(tenant_id);
        while (list.row()) keys.push_back(key_of(list));
        return keys;
    });
}

bool SqliteRegistry::revoke_key(std::string_view tenant_id, std::string_view key_id, std::int64_t now_ms) {
    bool found = false;
    file_.write([&](Connection& db) {
        Statement find(db, kFindKeyOf);
        find.bind(tenant_id).bind(key_id);
        found = find.row();
        if (!found) return;
        Statement revoke(db, kRevokeKey);
        revoke.bind(now_ms).bind(key_id).run();
    });
    return found;
}

} // namespace tributary::sqlite

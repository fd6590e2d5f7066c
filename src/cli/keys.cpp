// key and tenant: what stands above the deals. They work beside a running server.
#include "api/key_text.hpp"
#include "cli/cli.hpp"
#include "cli/data_directory.hpp"
#include "deal/clock.hpp"
#include "deal/date.hpp"
#include "store/store.hpp"

#include <cstdio>
#include <stdexcept>

namespace tributary {
namespace {

std::unique_ptr<Store> open_store(const std::string& data) { return open_sqlite({.directory = data, .readers = 1, .writer_cache_kib = 2'048, .reader_cache_kib = 1'024}); }

void check_name(std::string_view what, std::string_view name) {
    constexpr std::size_t kNameBytesMax = 100;
    bool fine = !name.empty() && name.size() <= kNameBytesMax;
    for (const unsigned char c : name) fine = fine && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
    if (!fine) throw std::runtime_error("the " + std::string(what) + " has 1 to 100 letters, digits, dots, dashes or underscores");
}

} // namespace

int create_key(const KeyOptions& options) {
    check_name("tenant", options.tenant);
    check_name("workspace", options.workspace);
    const auto store = open_store(options.data);
    const SystemClock clock;
    const auto workspace = store->registry().ensure_workspace(options.tenant, options.workspace, clock.now_ms());
    ApiKey key;
    key.tenant = workspace.tenant;
    key.tenant_id = workspace.tenant_id;
    key.role = parse_role(options.role).value_or(Role::Member);
    key.label = options.label;
    key.origins = options.origins;
    key.rate_per_minute = options.rate_per_minute;
    key.created_at = clock.now_ms();
    // A form stands for one place; other keys reach the whole tenant unless limited.
    if (options.only_workspace || key.role == Role::Form) key.workspaces = {workspace.workspace_id};
    const std::string text = mint_key(key);
    store->registry().put_key(key);
    std::puts(text.c_str());
    return 0;
}

int list_keys(const KeyOptions& options) {
    const auto store = open_existing_store(options.data);
    for (const ApiKey& key : store->registry().list_keys(options.tenant)) {
        std::printf("%s  %-6s  %s%s%s%s\n", key.key_id.c_str(), std::string(role_key(key.role)).c_str(), instant_text(key.created_at).c_str(),
                    key.revoked_at != 0 ? "  revoked" : "", key.label.empty() ? "" : "  ", key.label.c_str());
    }
    return 0;
}

int revoke_key(const KeyOptions& options) {
    const auto store = open_existing_store(options.data);
    const SystemClock clock;
    if (!store->registry().revoke_key(options.tenant, options.key_id, clock.now_ms())) throw std::runtime_error("there is no such key");
    std::puts("revoked");
    return 0;
}

int create_tenant(const TenantOptions& options) {
    check_name("tenant", options.tenant);
    check_name("workspace", options.workspace);
    const auto store = open_store(options.data);
    const auto workspace = store->registry().ensure_workspace(options.tenant, options.workspace, SystemClock().now_ms());
    std::printf("%s/%s%s\n", workspace.tenant_id.c_str(), workspace.workspace_id.c_str(), workspace.is_default ? " (default)" : "");
    return 0;
}

int list_tenants(const TenantOptions& options) {
    const auto store = open_existing_store(options.data);
    for (const WorkspaceRow& row : store->registry().list_workspaces()) {
        std::printf("%s/%s%s\n", row.tenant_id.c_str(), row.workspace_id.c_str(), row.is_default ? " (default)" : "");
    }
    return 0;
}

} // namespace tributary

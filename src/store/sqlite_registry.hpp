// Tenants, workspaces and keys. Private to the store's room; any thread, any process.
#pragma once
#include "store/sqlite_registry_file.hpp"

namespace tributary::sqlite {

class SqliteRegistry final : public Registry {
  public:
    explicit SqliteRegistry(RegistryFile& file) : file_(file) {}

    WorkspaceRow ensure_workspace(std::string_view tenant_id, std::string_view workspace_id, std::int64_t now_ms) override;
    std::vector<WorkspaceRow> list_workspaces() override;
    std::vector<WorkspaceRow> workspaces_of(TenantNo tenant) override;
    void put_key(const ApiKey& key) override;
    std::optional<ApiKey> find_key(std::string_view key_id) override;
    std::vector<ApiKey> list_keys(std::string_view tenant_id) override;
    bool revoke_key(std::string_view tenant_id, std::string_view key_id, std::int64_t now_ms) override;

  private:
    RegistryFile& file_;
};

} // namespace tributary::sqlite

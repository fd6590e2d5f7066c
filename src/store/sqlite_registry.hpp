// Tenants, workspaces and keys on a connection of their own. Private to the store's room; any thread, any process.
#pragma once
#include "store/sqlite_connection.hpp"
#include "store/sqlite_lock.hpp"
#include "store/sqlite_turns.hpp"

#include <mutex>

namespace tributary::sqlite {

class SqliteRegistry final : public Registry {
  public:
    SqliteRegistry(const std::string& directory, const std::string& path, WriteTurns& turns, bool full_sync);

    WorkspaceRow ensure_workspace(std::string_view tenant_id, std::string_view workspace_id, std::int64_t now_ms) override;
    std::vector<WorkspaceRow> list_workspaces() override;
    std::vector<WorkspaceRow> workspaces_of(TenantNo tenant) override;
    void put_key(const ApiKey& key) override;
    std::optional<ApiKey> find_key(std::string_view key_id) override;
    std::vector<ApiKey> list_keys(std::string_view tenant_id) override;
    bool revoke_key(std::string_view tenant_id, std::string_view key_id, std::int64_t now_ms) override;

  private:
    template <typename Work>
    void write(const Work& work);
    std::optional<WorkspaceRow> find_workspace(std::string_view tenant_id, std::string_view workspace_id);
    TenantNo ensure_tenant(std::string_view tenant_id, std::int64_t now_ms);

    WriteTurns& turns_;
    ProcessLock lock_;
    std::mutex mutex_; // of the connection; a turn to write is taken before it
    Connection db_;
};

} // namespace tributary::sqlite

// Whose data a transaction may touch. Made only by authentication (api/credentials.cpp), the command line (cli/) and the
// recovery at start; no other code can name a tenant.
#pragma once
#include <cstdint>
#include <string>

namespace tributary {

// Small integers that stand for tenants and workspaces in every key of the store. A workspace number is unique in the
// whole store, and still every key carries the tenant's first.
using TenantNo = std::int64_t;
using WorkspaceNo = std::int64_t;

class TenantScope {
  public:
    [[nodiscard]] TenantNo tenant() const { return tenant_; }
    [[nodiscard]] WorkspaceNo workspace() const { return workspace_; }
    [[nodiscard]] const std::string& tenant_id() const { return tenant_id_; } // as the customer named it
    [[nodiscard]] const std::string& workspace_id() const { return workspace_id_; }

  private:
    friend class ScopeMaker;
    TenantNo tenant_ = 0;
    WorkspaceNo workspace_ = 0;
    std::string tenant_id_;
    std::string workspace_id_;
};

// The one door to a TenantScope. The style test keeps its callers to a named list.
class ScopeMaker {
  public:
    [[nodiscard]] static TenantScope make(TenantNo tenant, WorkspaceNo workspace, std::string tenant_id, std::string workspace_id) {
        TenantScope scope;
        scope.tenant_ = tenant;
        scope.workspace_ = workspace;
        scope.tenant_id_ = std::move(tenant_id);
        scope.workspace_id_ = std::move(workspace_id);
        return scope;
    }
};

} // namespace tributary

// Who is asking, and whose data that lets them touch. The only place in the server where a TenantScope is made from a request.
// Thread-safe. Keys are cached for kFreshMs, so that one revoked by another process stops working within that time.
#pragma once
#include "deal/clock.hpp"
#include "http/http.hpp"
#include "store/store.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary {

struct Principal {
    ApiKey key;
    [[nodiscard]] std::string account() const; // "key:<id>", the actor of the journal
};

// What a route needs of its caller. ReadOwnImports: to read an import that was made with the caller's own key, for the answer to
// a long upload names only some of its rows (SPEC-NOTES 6); whoever may read reads those of others, too.
enum class Right : std::uint8_t { Read, ReadOwnImports, Ingest, Write, Administer };
[[nodiscard]] bool may(Role role, Right right);

class Credentials {
  public:
    static constexpr std::int64_t kFreshMs = 1'000;
    static constexpr std::size_t kCachedMax = 10'000;
    Credentials(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    // From the Authorization header; 401 for none, unknown or revoked.
    [[nodiscard]] Result<Principal> authenticate(const http::Request& request);
    [[nodiscard]] Result<Principal> authenticate_text(std::string_view key_text);
    // tenant_id and workspace_id, wherever they were said, must agree with the credential (SPEC-NOTES 2); empty: not said.
    [[nodiscard]] Result<TenantScope> scope(const Principal& principal, std::string_view tenant_id, std::string_view workspace_id);
    // Forgets what is cached of a key that was changed here.
    void forget(std::string_view key_id);

  private:
    struct Cached { ApiKey key; std::int64_t checked_at = 0; };
    struct CachedWorkspaces { std::vector<WorkspaceRow> rows; std::int64_t checked_at = 0; };
    [[nodiscard]] std::vector<WorkspaceRow> workspaces(TenantNo tenant, bool anew);

    Store& store_;
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Cached> keys_;
    std::unordered_map<TenantNo, CachedWorkspaces> workspaces_;
};

// One-time tickets for the live socket: a browser cannot set a header there, and a key does not belong into an address.
class Tickets {
  public:
    static constexpr std::int64_t kLifeMs = 60'000;
    static constexpr std::size_t kOpenMax = 10'000;
    explicit Tickets(const Clock& clock) : clock_(clock) {}
    struct Held { Principal principal; TenantScope scope; std::int64_t expires_at = 0; };
    [[nodiscard]] Result<std::string> issue(const Principal& principal, const TenantScope& scope);
    [[nodiscard]] Result<Held> redeem(std::string_view ticket); // works once

  private:
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Held> held_;
};

} // namespace tributary

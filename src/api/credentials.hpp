// Who is asking, and whose data that lets them touch. The only place in the server where a TenantScope is made from a request.
// Thread-safe. Keys are cached for kFreshMs, so that one revoked by another process stops working within that time.
#pragma once
#include "api/front.hpp"
#include "api/principal.hpp"
#include "api/session_book.hpp"
#include "deal/clock.hpp"
#include "http/http.hpp"
#include "store/store.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary {

// What a route needs of its caller. ReadOwnImports: to read an import that was made with the caller's own key, for the answer to
// a long upload names only some of its rows (SPEC-NOTES 6); whoever may read reads those of others, too.
enum class Right : std::uint8_t { Read, ReadOwnImports, Ingest, Write, Administer };
[[nodiscard]] bool may(Role role, Right right);

class Credentials {
  public:
    static constexpr std::int64_t kFreshMs = 1'000;
    static constexpr std::size_t kCachedMax = 10'000;
    Credentials(Store& store, const Clock& clock, Front front = {}) : store_(store), clock_(clock), front_(front), sessions_(store, clock) {}

    // From the Authorization header, else from the session's cookie; 401 for none, unknown, revoked or ended. With a cookie a request
    // that may change something must come from our own pages (403 cross_site).
    [[nodiscard]] Result<Principal> authenticate(const http::Request& request);
    [[nodiscard]] Result<Principal> authenticate_text(std::string_view key_text);
    // tenant_id and workspace_id, wherever they were said, must agree with the credential (SPEC-NOTES 2); empty: not said.
    [[nodiscard]] Result<TenantScope> scope(const Principal& principal, std::string_view tenant_id, std::string_view workspace_id);
    // The ids of the workspaces that the credential reaches, the default first.
    [[nodiscard]] std::vector<std::string> reach(const Principal& principal);
    // Forgets what is cached of a key that was changed here.
    void forget(std::string_view key_id);
    // Whether the credential that a principal came with is still good; asks the registry about keys.
    [[nodiscard]] bool is_alive(const std::string& key_id);
    [[nodiscard]] SessionBook& sessions() { return sessions_; }
    [[nodiscard]] const Front& front() const { return front_; }

  private:
    struct Cached { ApiKey key; std::int64_t checked_at = 0; };
    struct CachedWorkspaces { std::vector<WorkspaceRow> rows; std::int64_t checked_at = 0; };
    [[nodiscard]] Result<Principal> authenticate_session(const http::Request& request);
    [[nodiscard]] std::vector<WorkspaceRow> workspaces(TenantNo tenant, bool anew);

    Store& store_;
    const Clock& clock_;
    Front front_;
    SessionBook sessions_;
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

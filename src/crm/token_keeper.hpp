// The tokens of connected accounts: a live one for every call, renewed before it ends, by one refresher at a time over all threads and
// processes. A renewed token is durable before anybody uses it, because the CRM may have ended the old one at that moment; a token that
// is dead for good asks for a person, and is never deleted. Thread-safe; blocks.
#pragma once
#include "deal/clock.hpp"
#include "outside/call_line.hpp"
#include "store/connections.hpp"
#include "store/vault.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace tributary {

// What a renewal brings.
struct FreshTokens {
    Secret access;
    Secret refresh;              // empty: the old one goes on
    std::int64_t expires_at = 0; // ms on our clock; 0: not told
    std::string instance_url;    // empty: as it was
    std::vector<std::string> scopes;
};

// A connection with its secrets opened.
struct OpenedConnection {
    CrmConnection row;
    Secret access_token, refresh_token, credential, signing_secret;
};
[[nodiscard]] Result<OpenedConnection> open_connection(const Vault& vault, CrmConnection row);
[[nodiscard]] std::string seal_for(const Vault& vault, const CrmConnection& row, std::string_view column, const Secret& secret);
[[nodiscard]] Result<Secret> open_for(const Vault& vault, const CrmConnection& row, std::string_view column, std::string_view sealed);

class TokenKeeper {
  public:
    static constexpr std::int64_t kMarginMs = 600'000; // renewed so long before the end; half its life for shorter ones
    static constexpr std::int64_t kLeaseMs = 30'000;   // a refresher that died is waited for no longer
    static constexpr std::int64_t kLeasePollMs = 100;
    static constexpr std::string_view kNeedsReauth = "needs_reauth"; // code of a failure: a person must connect the account again

    // Unauthorised with code invalid_grant: the refresh token is dead. Everything else may pass.
    using Renew = std::function<outside::Called<FreshTokens>(const OpenedConnection& connection, const std::stop_token& stop)>;
    TokenKeeper(Connections& connections, const Vault& vault, const Clock& clock, outside::PaceClock& pace, Renew renew);

    // `expired`: the token given last was refused as ended.
    [[nodiscard]] outside::Called<std::string> token(const Id& id, bool expired, const std::stop_token& stop);
    // For a CallLine.
    [[nodiscard]] outside::TokenSource source(const Id& id, std::stop_token stop) {
        return [this, id, stop = std::move(stop)](bool expired) { return token(id, expired, stop); };
    }
    // The account's tokens were refused for good.
    void give_up(const Id& id, std::string_view reason);

  private:
    struct Turn {
        std::mutex mutex;                // one refresher in this process
        std::uint64_t given_version = 0; // of the token given last
        std::int64_t life_ms = 0;        // of the token renewed last; 0: not known
    };
    std::shared_ptr<Turn> turn_of(const Id& id);
    [[nodiscard]] bool is_good(const CrmConnection& row, bool expired, const Turn& turn) const;
    [[nodiscard]] outside::Called<std::string> renew(Turn& turn, OpenedConnection opened, const std::stop_token& stop);
    [[nodiscard]] outside::Called<std::string> after_renewal(Turn& turn, const OpenedConnection& before,
                                                             const outside::Called<FreshTokens>& fresh);
    [[nodiscard]] outside::Called<OpenedConnection> look_up(const Id& id) const;

    Connections& connections_;
    const Vault& vault_;
    const Clock& clock_;
    outside::PaceClock& pace_;
    const Renew renew_;
    const std::string holder_; // of this process
    std::mutex mutex_;
    std::map<Id, std::shared_ptr<Turn>> turns_;
};

} // namespace tributary

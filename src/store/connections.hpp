// PORT. Accounts of HubSpot and Salesforce that workspaces are connected to. They stand above tenants: an arrival names its account before
// anybody knows whose it is, and an account belongs to one tenant of the server at a time. Any thread; each call is durable when it
// returns. Secrets come and go sealed (vault.hpp). tests/store/contract_connections_test.cpp is what any store must pass.
#pragma once
#include "deal/id.hpp"
#include "deal/names.hpp"
#include "store/scope.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

enum class ConnectionState : std::uint8_t { Connected, NeedsReauth, Disconnected };
[[nodiscard]] std::string_view connection_state_key(ConnectionState state);

struct CrmConnection {
    Id id;
    TenantNo tenant = 0;
    std::string tenant_id;
    WorkspaceNo workspace = 0;
    std::string workspace_id;
    Source system = Source::Hubspot;
    std::string account; // portal id, or 18 characters of an organisation
    std::string name;
    ConnectionState state = ConnectionState::Connected;
    std::string auth;         // oauth, private_app, jwt or client_credentials
    std::string login_url;    // Salesforce: where tokens come from
    std::string instance_url; // Salesforce: where data comes from
    std::string client;       // client id and, for JWT, the user, as JSON; empty: the server's own
    std::vector<std::string> scopes;
    std::string access_token, refresh_token, credential, signing_secret; // sealed; empty: none
    std::int64_t expires_at = 0;                                         // of the access token, ms; 0: not known
    std::uint64_t token_version = 0;                                     // grows with every new token
    std::string hook;                                                    // BLAKE2b-256 of the secret in the address of its webhooks
    std::string settings, reading, sync, health;                         // JSON of others; may be empty
    std::string reason;                                                  // why it needs to be connected again
    std::string created_by;
    std::int64_t created_at = 0;
    std::int64_t changed_at = 0; // of the state
};

// A map of fields in one of its versions, which start at 1 and are never changed.
struct ConnectionMap {
    std::uint32_t version = 0; // 0: none yet
    std::string map;           // JSON
    std::string made_by;
    std::int64_t made_at = 0;
};

// Sealed tokens as a refresh or a new consent brought them.
struct ConnectionTokens {
    std::string access_token;
    std::string refresh_token; // empty: the old one stays
    std::int64_t expires_at = 0;
    std::string instance_url;        // empty: the old one stays
    std::vector<std::string> scopes; // empty: the old ones stay
};

class Connections {
  public:
    static constexpr std::size_t kPerTenantMax = 50;
    static constexpr std::size_t kConnectedMax = 200; // of a server: each has a thread
    static constexpr std::size_t kMapsMax = 1'000;    // versions of one connection

    virtual ~Connections() = default;
    enum class Added : std::uint8_t { Yes, BoundElsewhere, AlreadyHere, TooMany };
    [[nodiscard]] virtual Added add(const CrmConnection& connection) = 0;
    [[nodiscard]] virtual std::vector<CrmConnection> list(WorkspaceNo workspace) = 0; // oldest first, disconnected ones too
    [[nodiscard]] virtual std::vector<CrmConnection> list_all() = 0;                  // of the server, but disconnected ones
    [[nodiscard]] virtual std::optional<CrmConnection> read(const Id& id) = 0;
    // Not disconnected ones.
    [[nodiscard]] virtual std::optional<CrmConnection> find_account(Source system, std::string_view account) = 0;
    [[nodiscard]] virtual std::optional<CrmConnection> find_hook(std::string_view hash) = 0;

    enum class Part : std::uint8_t { Settings, Reading, Sync, Health, Name };
    virtual void put(const Id& id, Part part, std::string_view text) = 0;

    // One refresher at a time, over all processes: true when `holder` has it until then.
    [[nodiscard]] virtual bool take_lease(const Id& id, std::string_view holder, std::int64_t now_ms, std::int64_t until_ms) = 0;
    // False: somebody else has saved newer ones since `token_version`. Ends the lease.
    [[nodiscard]] virtual bool save_tokens(const Id& id, std::uint64_t token_version, const ConnectionTokens& tokens) = 0;
    // Of a person who has allowed access again, or a credential that was changed: connected, with these sealed secrets; empty ones stay.
    struct Credentials {
        std::string auth;
        std::string login_url;
        std::string client;
        std::string credential;
        std::string signing_secret;
    };
    // False: disconnected meanwhile, or never there.
    [[nodiscard]] virtual bool reconnect(const Id& id, const Credentials& credentials, const ConnectionTokens& tokens,
                                         std::int64_t now_ms) = 0;
    // False: a newer token was saved since; nothing was done.
    [[nodiscard]] virtual bool needs_reauth(const Id& id, std::uint64_t token_version, std::string_view reason, std::int64_t now_ms) = 0;
    virtual void disconnect(const Id& id, std::int64_t now_ms) = 0; // its secrets are gone, the row stays

    enum class Column : std::uint8_t { AccessToken, RefreshToken, Credential, SigningSecret };
    // Seals anew: replaces the sealed text if it is still `old`.
    virtual void reseal(const Id& id, Column column, std::string_view old, std::string_view sealed) = 0;

    // Keeps a new version. 0: there are kMapsMax.
    [[nodiscard]] virtual std::uint32_t add_map(const Id& id, std::string_view map, std::string_view made_by, std::int64_t now_ms) = 0;
    [[nodiscard]] virtual ConnectionMap read_map(const Id& id, std::uint32_t version) = 0; // version 0: the newest
    [[nodiscard]] virtual std::vector<ConnectionMap> list_maps(const Id& id) = 0;          // newest first, without their `map`

    // Somebody was sent to the CRM; `about` is sealed. Those that have expired are dropped.
    virtual void put_state(std::string_view hash, std::string_view about, std::int64_t now_ms, std::int64_t expires_at) = 0;
    // Once only; nullopt when it is not there or has expired.
    [[nodiscard]] virtual std::optional<std::string> take_state(std::string_view hash, std::int64_t now_ms) = 0;
};

} // namespace tributary

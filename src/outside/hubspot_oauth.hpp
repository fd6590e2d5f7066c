// Getting and renewing HubSpot's tokens. Blocking, thread-safe; nothing is tried twice in here: whether a code or a refresh token
// may be sent again is for who keeps them to decide.
#pragma once
#include "outside/https_client.hpp"
#include "outside/pkce.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::outside {

struct HubspotOauthSettings {
    std::string client_id;
    std::string client_secret;
    std::string redirect_uri; // exactly as registered with the app
    std::vector<std::string> scopes{"oauth",
                                    "crm.objects.deals.read",
                                    "crm.objects.contacts.read",
                                    "crm.objects.companies.read",
                                    "crm.schemas.deals.read",
                                    "crm.objects.owners.read"};
    std::vector<std::string> optional_scopes;
    std::string authorise_url = "https://app.hubspot.com"; // in Europe app-eu1.hubspot.com; no slash at the end
    std::string api_url = "https://api.hubapi.com";
    std::string token_path = "/oauth/v1/token"; // or of another version, e.g. /oauth/2026-03/token
    std::string introspect_path = "/oauth/2026-09/token/introspect";
    std::string revoke_path = "/oauth/2026-09/token/revoke";
    std::int64_t deadline_ms = 15'000;
};

struct OauthGrant {
    std::string access;
    std::string refresh;           // of a renewal without a new one: the old one
    std::int64_t expires_in_s = 0; // of the access token
    std::string hub_id;            // the portal
    std::string user;              // id or address of who agreed; may be empty
    std::vector<std::string> scopes;
};

// Who a token belongs to.
struct TokenInfo {
    std::string hub_id;
    std::string user;
    std::vector<std::string> scopes;
    std::int64_t expires_in_s = 0;
};

// Codes of failures: invalid_grant (Unauthorised: the person has to connect again; HubSpot also says it with 403),
// invalid_client (Rejected: this program's id or secret are wrong). Everything else may pass.
inline constexpr std::string_view kInvalidGrant = "invalid_grant";
inline constexpr std::string_view kInvalidClient = "invalid_client";
[[nodiscard]] bool is_grant_lost(const CallFailure& failure);

// Where the person is sent. `portal_id` empty: HubSpot asks which account; else that one and no other.
[[nodiscard]] std::string hubspot_authorise_url(const HubspotOauthSettings& settings, std::string_view state, std::string_view challenge,
                                                std::string_view portal_id = {});

class HubspotOauth {
  public:
    // `client` outlives it.
    HubspotOauth(HttpsClient& client, HubspotOauthSettings settings);

    // The code may be used once. Asks for the token's owner as well where the answer does not name the portal.
    [[nodiscard]] Called<OauthGrant> exchange(const std::string& code, const std::string& verifier, const std::stop_token& stop);
    // hub_id, user and scopes are empty where the answer does not name them: a renewal does not change them.
    [[nodiscard]] Called<OauthGrant> renew(const std::string& refresh, const std::stop_token& stop);
    [[nodiscard]] Called<TokenInfo> token_info(const std::string& access, const std::stop_token& stop);
    // A token that is not known any more counts as revoked.
    [[nodiscard]] Called<void> revoke(const std::string& refresh, const std::stop_token& stop);

  private:
    [[nodiscard]] Called<OauthGrant> ask_for_tokens(std::string form, const std::stop_token& stop);
    [[nodiscard]] Called<HttpsAnswer> send(std::string method, const std::string& path, std::string form, const std::stop_token& stop);

    HttpsClient& client_;
    const HubspotOauthSettings settings_;
};

} // namespace tributary::outside

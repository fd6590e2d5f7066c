// How accounts are connected: with a private app's token, or by consent at the CRM's own page. See crm.hpp.
#include "crm/consent.hpp"
#include "crm/crm.hpp"
#include "outside/hubspot_oauth.hpp"

namespace tributary {
namespace {

Refusal refusal_of(const outside::CallFailure& failure) {
    using outside::FailureKind;
    if (failure.kind == FailureKind::Unauthorised)
        return {.reason = Reason::Invalid,
                .code = "invalid_token",
                .message = "HubSpot does not take this token.",
                .details = {{"token", "invalid_token", "HubSpot does not take this token.", {}}}};
    if (failure.kind == FailureKind::Forbidden)
        return {.reason = Reason::Invalid,
                .code = "missing_scopes",
                .message = "HubSpot takes the token, but it may not read deals; give the app the scopes of the guide.",
                .details = {}};
    return {.reason = Reason::Unavailable,
            .code = "crm_unavailable",
            .message = "The CRM did not answer (" + failure.text + "); try again.",
            .details = {},
            .retry_after_s = 10};
}

outside::HubspotOauthSettings oauth_settings(const CrmSettings& settings) {
    outside::HubspotOauthSettings oauth;
    oauth.client_id = settings.hubspot.client_id;
    oauth.client_secret = std::string(settings.hubspot.client_secret.reveal());
    oauth.redirect_uri = settings.public_url + std::string(kConsentPage);
    oauth.authorise_url = settings.hubspot.authorise_url;
    oauth.api_url = settings.hubspot.api_url;
    return oauth;
}

Consent who_is(const TenantScope& scope, const Crm::Person& person) {
    return {.actor = std::string(person.actor),
            .session = std::string(person.session),
            .tenant_id = scope.tenant_id(),
            .workspace_id = scope.workspace_id(),
            .name = {},
            .again = {},
            .verifier = {}};
}

} // namespace

bool Crm::asks_for_consent() const { return !settings_.public_url.empty() && !settings_.hubspot.client_id.empty(); }

CrmConnection Crm::new_row(const TenantScope& scope, std::string_view actor, const std::optional<Id>& again) const {
    const std::int64_t now = ports_.clock.now_ms();
    CrmConnection row;
    row.id = again.value_or(new_id(now));
    row.tenant = scope.tenant();
    row.tenant_id = scope.tenant_id();
    row.workspace = scope.workspace();
    row.workspace_id = scope.workspace_id();
    row.system = Source::Hubspot;
    row.created_by = actor;
    row.created_at = row.changed_at = now;
    return row;
}

// A new connection, or an old one with new secrets, when it is of the same account.
Result<Crm::Connected> Crm::settle(CrmConnection row, bool again) {
    if (!again) return add(std::move(row));
    auto before = ports_.store.connections().read(row.id);
    if (!before || before->account != row.account)
        return std::unexpected(Refusal{.reason = Reason::Conflict,
                                       .code = "another_account",
                                       .message = "This is another account than that of this connection.",
                                       .details = {}});
    const ConnectionTokens tokens{.access_token = row.access_token,
                                  .refresh_token = row.refresh_token,
                                  .expires_at = row.expires_at,
                                  .instance_url = {},
                                  .scopes = row.scopes};
    const Connections::Credentials credentials{
        .auth = row.auth, .login_url = {}, .client = {}, .credential = row.credential, .signing_secret = row.signing_secret};
    (void)ports_.store.connections().reconnect(row.id, credentials, tokens, ports_.clock.now_ms());
    before = ports_.store.connections().read(row.id);
    put_to_work(*before);
    return Connected{.row = std::move(*before), .hook = Secret()};
}

// The account of a token that was just given, which must be able to read deals.
outside::Called<outside::HubspotAccount> Crm::try_token(const Secret& token) {
    outside::AccountPace pace(pace_);
    const auto give = [&token](bool expired) -> outside::Called<std::string> {
        if (expired) return std::unexpected(outside::call_failure(outside::FailureKind::Unauthorised, "token_refused"));
        return std::string(token.reveal());
    };
    const auto api = outside::live_hubspot(https_, pace, give, {.url = settings_.hubspot.api_url, .version = settings_.hubspot.version});
    auto account = api->account({});
    if (!account) return account;
    const auto readable = api->list_deals({.limit = 1}, {});
    if (!readable) return std::unexpected(readable.error());
    return account;
}

Result<Crm::Connected> Crm::connect_private_app(const TenantScope& scope, std::string_view actor, const PrivateApp& app,
                                                const std::optional<Id>& again) {
    const auto account = try_token(app.token);
    if (!account) return std::unexpected(refusal_of(account.error()));
    CrmConnection row = new_row(scope, actor, again);
    row.account = account->portal_id;
    row.name = app.name.empty() ? "HubSpot " + account->portal_id : app.name;
    row.auth = "private_app";
    row.credential = seal_for(ports_.vault, row, "credential", app.token);
    row.signing_secret = seal_for(ports_.vault, row, "signing_secret", app.signing_secret);
    return settle(std::move(row), again.has_value());
}

std::string Crm::begin_consent(const TenantScope& scope, const Person& person, std::string_view name, const std::optional<Id>& again) {
    const outside::Pkce proof = outside::make_pkce();
    Consent consent = who_is(scope, person);
    consent.name = name;
    consent.again = again;
    consent.verifier = Secret(proof.verifier);
    const std::string state = keep_consent(ports_.store.connections(), ports_.vault, consent, ports_.clock.now_ms());
    const auto before = again ? ports_.store.connections().read(*again) : std::nullopt;
    return hubspot_authorise_url(oauth_settings(settings_), state, proof.challenge, before ? before->account : std::string());
}

Result<Crm::Connected> Crm::end_consent(const TenantScope& scope, const Person& person, std::string_view code, std::string_view state) {
    auto consent = take_consent(ports_.store.connections(), ports_.vault, state, who_is(scope, person), ports_.clock.now_ms());
    if (!consent) return std::unexpected(std::move(consent.error()));
    outside::HubspotOauth oauth(https_, oauth_settings(settings_));
    const auto grant = oauth.exchange(std::string(code), std::string(consent->verifier.reveal()), {});
    if (!grant) return std::unexpected(refusal_of(grant.error()));
    const Secret access(grant->access);
    const auto account = try_token(access);
    if (!account) return std::unexpected(refusal_of(account.error()));
    CrmConnection row = new_row(scope, person.actor, consent->again);
    row.account = account->portal_id;
    row.name = consent->name.empty() ? "HubSpot " + account->portal_id : consent->name;
    row.auth = "oauth";
    row.scopes = grant->scopes;
    row.access_token = seal_for(ports_.vault, row, "access_token", access);
    row.refresh_token = seal_for(ports_.vault, row, "refresh_token", Secret(grant->refresh));
    row.expires_at = grant->expires_in_s > 0 ? ports_.clock.now_ms() + grant->expires_in_s * 1'000 : 0;
    return settle(std::move(row), consent->again.has_value());
}

outside::Called<FreshTokens> Crm::renew(const OpenedConnection& connection, const std::stop_token& stop) {
    outside::HubspotOauth oauth(https_, oauth_settings(settings_));
    const auto grant = oauth.renew(std::string(connection.refresh_token.reveal()), stop);
    if (!grant) return std::unexpected(grant.error());
    return FreshTokens{.access = Secret(grant->access),
                       .refresh = Secret(grant->refresh),
                       .expires_at = grant->expires_in_s > 0 ? ports_.clock.now_ms() + grant->expires_in_s * 1'000 : 0,
                       .instance_url = {},
                       .scopes = grant->scopes};
}

// The CRM is told, as far as it answers; here the tokens go in any case.
void Crm::revoke(const CrmConnection& row) {
    const auto opened = open_connection(ports_.vault, row);
    if (row.auth != "oauth" || !opened || opened->refresh_token.is_empty()) return;
    outside::HubspotOauth oauth(https_, oauth_settings(settings_));
    const auto done = oauth.revoke(std::string(opened->refresh_token.reveal()), {});
    if (!done) ports_.log("crm_revoke_failed", done.error().text);
}

} // namespace tributary

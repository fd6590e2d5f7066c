// See crm.hpp.
#include "crm/crm.hpp"

#include "crm/account_text.hpp"

#include <algorithm>

#include <sodium.h>

namespace tributary {
namespace {

constexpr std::size_t kHookBytes = 32;

std::string random_word() {
    std::string bytes(kHookBytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    std::string out(sodium_base64_encoded_len(kHookBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.pop_back(); // the ending zero
    return out;
}

Refusal refusal_of(Connections::Added added) {
    switch (added) {
    case Connections::Added::BoundElsewhere:
        return {.reason = Reason::Conflict,
                .code = "account_bound_elsewhere",
                .message = "This account is connected elsewhere on this server; it must be disconnected there first.",
                .details = {}};
    case Connections::Added::AlreadyHere:
        return {.reason = Reason::Conflict, .code = "already_connected", .message = "This account is already connected.", .details = {}};
    case Connections::Added::TooMany:
    case Connections::Added::Yes: break;
    }
    return {.reason = Reason::Conflict,
            .code = "too_many_accounts",
            .message = "No more accounts can be connected; disconnect one first.",
            .details = {}};
}

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

} // namespace

std::string hook_hash(std::string_view hook) {
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), reinterpret_cast<const unsigned char*>(hook.data()),
                       hook.size(), nullptr, 0);
    return hash;
}

Crm::Crm(Ports ports, CrmSettings settings)
    : ports_(std::move(ports)), settings_(std::move(settings)),
      tokens_(ports_.store.connections(), ports_.vault, ports_.clock, pace_,
              [this](const OpenedConnection& connection, const std::stop_token& stop) { return renew(connection, stop); }),
      intake_(
          ports_.writer, ports_.ranks, ports_.clock, [this](const CrmOrigin& origin) { return reading(origin.connection); },
          ports_.counted) {}

Crm::~Crm() { stop(); }

void Crm::start() {
    for (const CrmConnection& row : ports_.store.connections().list_all()) {
        if (row.state == ConnectionState::Connected) put_to_work(row);
    }
}

void Crm::stop() {
    std::map<Id, std::shared_ptr<CrmAccount>> ending;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        ending.swap(accounts_);
    }
}

void Crm::put_to_work(const CrmConnection& row) {
    const CrmGround ground{.store = ports_.store,
                           .writer = ports_.writer,
                           .clock = ports_.clock,
                           .intake = intake_,
                           .tokens = tokens_,
                           .https = https_,
                           .pace = pace_,
                           .settings = settings_,
                           .account_changed = [this](const Id& id) { forget_reading(id); },
                           .log = ports_.log};
    std::shared_ptr<CrmAccount> before; // ended outside of the lock
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    auto& place = accounts_[row.id];
    before = std::move(place);
    place = std::make_shared<CrmAccount>(ground, row, CrmSyncOptions{});
}

std::shared_ptr<CrmAccount> Crm::account(const Id& id) {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(id);
    return found == accounts_.end() ? nullptr : found->second;
}

std::shared_ptr<const CrmReading> Crm::reading(const Id& id) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = readings_.find(id); known != readings_.end()) return known->second;
    }
    const auto row = ports_.store.connections().read(id);
    if (!row) return nullptr;
    // The first connection of its CRM in the workspace inherits what was pushed before (docs/decisions/0020-crm-ids.md).
    const auto all = ports_.store.connections().list(row->workspace);
    const auto first = std::ranges::find(all, row->system, &CrmConnection::system);
    const auto made = std::make_shared<const CrmReading>(
        crm_reading_of(row->account, row->reading, ports_.store.connections().read_map(id, 0).map, first != all.end() && first->id == id));
    const std::lock_guard lock(mutex_);
    return readings_.insert_or_assign(id, made).first->second;
}

void Crm::forget_reading(const Id& id) {
    const std::lock_guard lock(mutex_);
    readings_.erase(id);
}

void Crm::wake(const Id& id) {
    if (const auto at_work = account(id)) at_work->wake();
}

outside::Called<FreshTokens> Crm::renew(const OpenedConnection& /*connection*/, const std::stop_token& /*stop*/) {
    return std::unexpected(outside::call_failure(outside::FailureKind::Unauthorised, "no_refresh"));
}

Result<Crm::Connected> Crm::add(CrmConnection row) {
    Connected made{.row = std::move(row), .hook = Secret(random_word())};
    made.row.hook = hook_hash(made.hook.reveal());
    const auto added = ports_.store.connections().add(made.row);
    if (added != Connections::Added::Yes) return std::unexpected(refusal_of(added));
    put_to_work(made.row);
    return made;
}

Result<Crm::Connected> Crm::connect_private_app(const TenantScope& scope, std::string_view actor, const PrivateApp& app,
                                                const std::optional<Id>& again) {
    outside::AccountPace pace(pace_);
    const auto api =
        outside::live_hubspot(https_, pace,
                              [&app](bool expired) -> outside::Called<std::string> {
                                  if (expired)
                                      return std::unexpected(outside::call_failure(outside::FailureKind::Unauthorised, "token_refused"));
                                  return std::string(app.token.reveal());
                              },
                              {.url = settings_.hubspot.api_url, .version = settings_.hubspot.version});
    const auto account = api->account({});
    if (!account) return std::unexpected(refusal_of(account.error()));
    const auto readable = api->list_deals({.limit = 1}, {});
    if (!readable) return std::unexpected(refusal_of(readable.error()));
    const std::int64_t now = ports_.clock.now_ms();
    CrmConnection row;
    row.id = again.value_or(new_id(now));
    row.tenant = scope.tenant();
    row.tenant_id = scope.tenant_id();
    row.workspace = scope.workspace();
    row.workspace_id = scope.workspace_id();
    row.system = Source::Hubspot;
    row.account = account->portal_id;
    row.name = app.name.empty() ? "HubSpot " + account->portal_id : app.name;
    row.auth = "private_app";
    row.credential = seal_for(ports_.vault, row, "credential", app.token);
    row.signing_secret = seal_for(ports_.vault, row, "signing_secret", app.signing_secret);
    row.created_by = actor;
    row.created_at = row.changed_at = now;
    if (!again) return add(std::move(row));
    auto before = ports_.store.connections().read(*again);
    if (!before || before->account != row.account)
        return std::unexpected(Refusal{.reason = Reason::Conflict,
                                       .code = "another_account",
                                       .message = "The token is of another account than this connection.",
                                       .details = {}});
    (void)ports_.store.connections().reconnect(
        *again, {.auth = row.auth, .login_url = {}, .client = {}, .credential = row.credential, .signing_secret = row.signing_secret}, {},
        now);
    before = ports_.store.connections().read(*again);
    put_to_work(*before);
    return Connected{.row = std::move(*before), .hook = Secret()};
}

void Crm::disconnect(const CrmConnection& row) {
    std::shared_ptr<CrmAccount> ending;
    {
        const std::lock_guard lock(mutex_);
        const auto found = accounts_.find(row.id);
        if (found != accounts_.end()) ending = std::move(found->second);
        if (found != accounts_.end()) accounts_.erase(found);
    }
    ending.reset(); // its thread ends before its tokens do
    ports_.store.connections().disconnect(row.id, ports_.clock.now_ms());
}

} // namespace tributary

// See token_keeper.hpp.
#include "crm/token_keeper.hpp"

#include <algorithm>
#include <unistd.h>

namespace tributary {
namespace {

using outside::call_failure;
using outside::Called;
using outside::FailureKind;

VaultPlace place_of(const CrmConnection& row, std::string_view column, const std::string& id) {
    return {.tenant_id = row.tenant_id, .table = "r_connections", .row = id, .column = column};
}

outside::CallFailure signed_out() { return call_failure(FailureKind::Unauthorised, TokenKeeper::kNeedsReauth); }

} // namespace

std::string seal_for(const Vault& vault, const CrmConnection& row, std::string_view column, const Secret& secret) {
    return vault.seal(secret, place_of(row, column, row.id.text()));
}

Result<Secret> open_for(const Vault& vault, const CrmConnection& row, std::string_view column, std::string_view sealed) {
    return vault.open(sealed, place_of(row, column, row.id.text()));
}

Result<OpenedConnection> open_connection(const Vault& vault, CrmConnection row) {
    OpenedConnection opened;
    const auto open = [&](std::string_view column, const std::string& sealed, Secret& into) -> Result<void> {
        auto secret = open_for(vault, row, column, sealed);
        if (!secret) return std::unexpected(std::move(secret.error()));
        into = std::move(*secret);
        return {};
    };
    if (auto done = open("access_token", row.access_token, opened.access_token); !done) return std::unexpected(std::move(done.error()));
    if (auto done = open("refresh_token", row.refresh_token, opened.refresh_token); !done) return std::unexpected(std::move(done.error()));
    if (auto done = open("credential", row.credential, opened.credential); !done) return std::unexpected(std::move(done.error()));
    if (auto done = open("signing_secret", row.signing_secret, opened.signing_secret); !done)
        return std::unexpected(std::move(done.error()));
    opened.row = std::move(row);
    return opened;
}

TokenKeeper::TokenKeeper(Connections& connections, const Vault& vault, const Clock& clock, outside::PaceClock& pace, Renew renew)
    : connections_(connections), vault_(vault), clock_(clock), pace_(pace), renew_(std::move(renew)),
      holder_(std::to_string(::getpid()) + ":" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ":" +
              new_id(clock.now_ms()).text()) {}

std::shared_ptr<TokenKeeper::Turn> TokenKeeper::turn_of(const Id& id) {
    const std::lock_guard lock(mutex_);
    auto& turn = turns_[id];
    if (!turn) turn = std::make_shared<Turn>();
    return turn;
}

Called<OpenedConnection> TokenKeeper::look_up(const Id& id) const {
    auto row = connections_.read(id);
    if (!row || row->state == ConnectionState::Disconnected) return std::unexpected(call_failure(FailureKind::Cancelled, "disconnected"));
    if (row->state == ConnectionState::NeedsReauth) return std::unexpected(signed_out());
    auto opened = open_connection(vault_, std::move(*row));
    if (!opened) return std::unexpected(call_failure(FailureKind::Garbled, opened.error().code));
    return std::move(*opened);
}

bool TokenKeeper::is_good(const CrmConnection& row, bool expired, const Turn& turn) const {
    if (row.access_token.empty()) return false;
    if (expired && row.token_version <= turn.given_version) return false; // else another process has renewed it meanwhile
    if (row.expires_at == 0) return true;
    const std::int64_t left = row.expires_at - clock_.now_ms();
    const std::int64_t margin = turn.life_ms > 0 ? std::min(kMarginMs, turn.life_ms / 2) : kMarginMs;
    return left > (expired ? 0 : margin);
}

Called<std::string> TokenKeeper::token(const Id& id, bool expired, const std::stop_token& stop) {
    const auto turn = turn_of(id);
    const std::lock_guard lock(turn->mutex);
    auto opened = look_up(id);
    if (!opened) return std::unexpected(opened.error());
    if (opened->row.auth == "private_app") {
        if (!expired) return std::string(opened->credential.reveal());
        (void)connections_.needs_reauth(id, opened->row.token_version, "The private app's token is no longer taken.", clock_.now_ms());
        return std::unexpected(signed_out());
    }
    if (is_good(opened->row, expired, *turn)) {
        turn->given_version = opened->row.token_version;
        return std::string(opened->access_token.reveal());
    }
    return renew(*turn, std::move(*opened), stop);
}

// Whoever has the lease renews; the others wait for what it brings.
Called<std::string> TokenKeeper::renew(Turn& turn, OpenedConnection opened, const std::stop_token& stop) {
    const Id id = opened.row.id;
    const std::uint64_t version = opened.row.token_version;
    const std::int64_t give_up_at = pace_.now_ms() + 2 * kLeaseMs;
    while (!connections_.take_lease(id, holder_, clock_.now_ms(), clock_.now_ms() + kLeaseMs)) {
        if (pace_.now_ms() > give_up_at) return std::unexpected(call_failure(FailureKind::TimedOut, "token_lease"));
        if (!pace_.sleep_until(pace_.now_ms() + kLeasePollMs, stop))
            return std::unexpected(call_failure(FailureKind::Cancelled, "stopped"));
    }
    auto now = look_up(id);
    if (!now) return std::unexpected(now.error());
    if (now->row.token_version != version) {
        turn.given_version = now->row.token_version;
        return std::string(now->access_token.reveal());
    }
    return after_renewal(turn, *now, renew_(*now, stop));
}

Called<std::string> TokenKeeper::after_renewal(Turn& turn, const OpenedConnection& before, const Called<FreshTokens>& fresh) {
    const Id id = before.row.id;
    const std::uint64_t version = before.row.token_version;
    if (fresh) {
        const ConnectionTokens tokens{.access_token = seal_for(vault_, before.row, "access_token", fresh->access),
                                      .refresh_token = seal_for(vault_, before.row, "refresh_token", fresh->refresh),
                                      .expires_at = fresh->expires_at,
                                      .instance_url = fresh->instance_url,
                                      .scopes = fresh->scopes};
        if (connections_.save_tokens(id, version, tokens)) { // durable, and only then used
            turn.given_version = version + 1;
            turn.life_ms = std::max<std::int64_t>(fresh->expires_at - clock_.now_ms(), 0);
            return std::string(fresh->access.reveal());
        }
    } else if (fresh.error().kind != FailureKind::Unauthorised) {
        (void)connections_.take_lease(id, holder_, clock_.now_ms(), 0); // given back
        return std::unexpected(fresh.error());
    }
    // Somebody else may have renewed it: their token is the live one.
    auto now = look_up(id);
    if (!now) return std::unexpected(now.error());
    if (now->row.token_version == version) {
        (void)connections_.needs_reauth(id, version, "The CRM no longer accepts what it was connected with.", clock_.now_ms());
        return std::unexpected(signed_out());
    }
    turn.given_version = now->row.token_version;
    return std::string(now->access_token.reveal());
}

void TokenKeeper::give_up(const Id& id, std::string_view reason) {
    const auto row = connections_.read(id);
    if (row) (void)connections_.needs_reauth(id, row->token_version, reason, clock_.now_ms());
}

} // namespace tributary

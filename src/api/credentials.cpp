// See credentials.hpp.
#include "api/credentials.hpp"

#include "api/key_text.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace tributary {
namespace {

Refusal unauthorized(std::string_view code, std::string message) {
    return {.reason = Reason::Unauthorized, .code = std::string(code), .message = std::move(message), .details = {}};
}

Refusal mismatch(std::string_view code, std::string_view field) {
    return {.reason = Reason::Forbidden, .code = std::string(code), .message = "The " + std::string(field) + " does not belong to this credential.",
            .details = {{std::string(field), std::string(code), "It must be the credential's own.", {}}}};
}

bool reaches(const ApiKey& key, const WorkspaceRow& row) {
    return key.workspaces.empty() || std::ranges::find(key.workspaces, row.workspace_id) != key.workspaces.end();
}

} // namespace

bool may(Role role, Right right) {
    switch (role) {
    case Role::Admin: return true;
    case Role::Member: return right != Right::Administer;
    case Role::Viewer: return right == Right::Read || right == Right::ReadOwnImports;
    case Role::Intake: return right == Right::Ingest || right == Right::ReadOwnImports;
    case Role::Form: return false; // only /web-form asks for it by name
    }
    return false;
}

Result<Principal> Credentials::authenticate(const http::Request& request) {
    std::string_view header = request.header("authorization");
    if (header.empty() && !session_token(request).empty()) return authenticate_session(request);
    if (header.empty()) return std::unexpected(unauthorized("missing_credential", "This needs a credential: Authorization: Bearer <api key>, or a session."));
    constexpr std::string_view kBearer = "bearer ";
    const bool bearer = header.size() > kBearer.size() && std::ranges::equal(header.substr(0, kBearer.size()), kBearer, [](unsigned char a, unsigned char b) {
                            return std::tolower(a) == b;
                        });
    if (!bearer) return std::unexpected(unauthorized("invalid_credential", "The Authorization header is not a bearer key."));
    return authenticate_text(header.substr(kBearer.size()));
}

Result<Principal> Credentials::authenticate_session(const http::Request& request) {
    const bool only_reads = request.method == "GET" || request.method == "HEAD";
    if (!only_reads) {
        if (auto ours = front_.check_own_page(request); !ours) return std::unexpected(std::move(ours.error()));
    }
    auto principal = sessions_.find(session_token(request));
    if (!principal) return std::unexpected(unauthorized("not_signed_in", "You are not signed in, or no longer."));
    return std::move(*principal);
}

Result<Principal> Credentials::authenticate_text(std::string_view key_text) {
    const auto unknown = [] { return std::unexpected(unauthorized("invalid_credential", "This key is unknown or revoked.")); };
    const auto parsed = parse_key(key_text);
    if (!parsed) return unknown();
    const std::int64_t now = clock_.now_ms();
    const std::string hash = hash_secret(parsed->secret);
    const auto judge = [&](const ApiKey& key) -> Result<Principal> {
        const bool same = key.secret_hash.size() == hash.size() && sodium_memcmp(key.secret_hash.data(), hash.data(), hash.size()) == 0;
        if (!same || key.revoked_at != 0) return unknown();
        return Principal{.key = key, .person = {}};
    };
    {
        const std::lock_guard lock(mutex_);
        const auto cached = keys_.find(parsed->key_id);
        if (cached != keys_.end() && now - cached->second.checked_at < kFreshMs) return judge(cached->second.key);
    }
    const auto stored = store_.registry().find_key(parsed->key_id);
    if (!stored) return unknown();
    const std::lock_guard lock(mutex_);
    if (keys_.size() >= kCachedMax) keys_.clear();
    keys_[parsed->key_id] = {*stored, now};
    return judge(*stored);
}

void Credentials::forget(std::string_view key_id) {
    const std::lock_guard lock(mutex_);
    keys_.erase(std::string(key_id));
}

std::vector<WorkspaceRow> Credentials::workspaces(TenantNo tenant, bool anew) {
    const std::int64_t now = clock_.now_ms();
    {
        const std::lock_guard lock(mutex_);
        const auto cached = workspaces_.find(tenant);
        if (!anew && cached != workspaces_.end() && now - cached->second.checked_at < kFreshMs) return cached->second.rows;
    }
    auto rows = store_.registry().workspaces_of(tenant);
    const std::lock_guard lock(mutex_);
    if (workspaces_.size() >= kCachedMax) workspaces_.clear();
    workspaces_[tenant] = {rows, now};
    return rows;
}

Result<TenantScope> Credentials::scope(const Principal& principal, std::string_view tenant_id, std::string_view workspace_id) {
    const ApiKey& key = principal.key;
    if (!tenant_id.empty() && tenant_id != key.tenant_id) return std::unexpected(mismatch("tenant_mismatch", "tenant_id"));
    for (const bool anew : {false, true}) { // a workspace made a moment ago by another process is looked for once more
        for (const auto& row : workspaces(key.tenant, anew)) { // the default comes first
            if (!reaches(key, row) || (!workspace_id.empty() && row.workspace_id != workspace_id)) continue;
            return ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
        }
    }
    return std::unexpected(mismatch("workspace_mismatch", "workspace_id"));
}

std::vector<std::string> Credentials::reach(const Principal& principal) {
    std::vector<std::string> ids;
    for (const auto& row : workspaces(principal.key.tenant, false)) {
        if (reaches(principal.key, row)) ids.push_back(row.workspace_id);
    }
    return ids;
}

bool Credentials::is_alive(const std::string& key_id) {
    if (sessions_.is_alive(key_id)) return true;
    const auto key = store_.registry().find_key(key_id);
    return key && key->revoked_at == 0;
}

Result<std::string> Tickets::issue(const Principal& principal, const TenantScope& scope) {
    const std::int64_t now = clock_.now_ms();
    std::array<unsigned char, 24> random{};
    randombytes_buf(random.data(), random.size());
    std::array<char, 33> text{};
    sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const std::lock_guard lock(mutex_);
    std::erase_if(held_, [&](const auto& pair) { return pair.second.expires_at <= now; });
    if (held_.size() >= kOpenMax) return refuse(Reason::Unavailable, "too_many_tickets", "Too many tickets are waiting to be used.");
    const std::string ticket(text.data());
    held_.emplace(ticket, Held{principal, scope, now + kLifeMs});
    return ticket;
}

Result<Tickets::Held> Tickets::redeem(std::string_view ticket) {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(std::string(ticket));
    if (found == held_.end() || found->second.expires_at <= clock_.now_ms()) {
        return std::unexpected(unauthorized("invalid_ticket", "This ticket is unknown, used or expired."));
    }
    Held held = std::move(found->second);
    held_.erase(found);
    return held;
}

} // namespace tributary

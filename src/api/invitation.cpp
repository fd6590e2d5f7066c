// See invitation.hpp.
#include "api/invitation.hpp"

#include "api/session_token.hpp"

namespace tributary {

std::optional<std::string> invite(Store& store, Invitation& invitation, std::int64_t now_ms) {
    MintedToken minted = mint_token();
    invitation.hash = std::move(minted.hash);
    invitation.created_at = now_ms;
    invitation.expires_at = now_ms + kInvitationLifeMs;
    if (!store.people().put_invitation(invitation)) return std::nullopt;
    return std::move(minted.text);
}

std::string invitation_link(std::string_view origin, std::string_view token) { return std::string(origin) + "/join#" + std::string(token); }

} // namespace tributary

// Making an invitation; for the routes and the command line.
#pragma once
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::int64_t kInvitationLifeMs = 7 * std::int64_t{86'400'000};

// Fills hash, created_at and expires_at, and stores it. The token; nullopt: the tenant has too many open ones.
[[nodiscard]] std::optional<std::string> invite(Store& store, Invitation& invitation, std::int64_t now_ms);
// The token stands behind a '#': a browser does not send it to any server, nor into a log.
[[nodiscard]] std::string invitation_link(std::string_view origin, std::string_view token);

} // namespace tributary

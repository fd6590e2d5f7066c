// A person allows access at the CRM's own page and comes back with a code (RFC 6749 4.1, RFC 7636, RFC 9700): the state is good once, for
// ten minutes, and only for who was sent there; the proof key never leaves the server.
#pragma once
#include "deal/clock.hpp"
#include "deal/result.hpp"
#include "store/connections.hpp"
#include "store/vault.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::int64_t kConsentMs = 600'000;

// What is remembered of somebody who was sent to a CRM.
struct Consent {
    std::string actor;   // who was sent, and only they may come back
    std::string session; // any bytes; of what take_consent() gives, a hash of them
    std::string tenant_id;
    std::string workspace_id;
    std::string name;        // for the connection; may be empty
    std::optional<Id> again; // the connection that is connected again
    Secret verifier;
};

// Keeps it and gives the state for the address.
[[nodiscard]] std::string keep_consent(Connections& connections, const Vault& vault, const Consent& consent, std::int64_t now_ms);
// Refuses with consent_unknown: used, expired, or somebody else's.
[[nodiscard]] Result<Consent> take_consent(Connections& connections, const Vault& vault, std::string_view state, const Consent& who,
                                           std::int64_t now_ms);

// A random word of 32 bytes for an address.
[[nodiscard]] std::string random_word();
// As secrets of addresses are looked up by: BLAKE2b-256.
[[nodiscard]] std::string hook_hash(std::string_view hook);

} // namespace tributary

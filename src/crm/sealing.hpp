// The sealed secrets of all connected accounts, looked over and sealed anew: for the command line and the start of the program, not beside
// a server that renews tokens with another key ring. A disconnected account has no secrets.
#pragma once
#include "store/connections.hpp"
#include "store/vault.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tributary {

struct SealedCell {
    Id connection;
    std::string_view column; // of r_connections
};

struct SealSurvey {
    std::size_t open = 0;           // secrets that open
    std::size_t older = 0;          // those of them that were not sealed with the newest key
    std::vector<SealedCell> closed; // secrets that no key of the ring opens, or that were changed
};

// Needs no key.
[[nodiscard]] bool holds_secrets(Connections& connections);
[[nodiscard]] SealSurvey survey_seals(Connections& connections, const Vault& vault);
// Seals what opens with the newest key, one secret a transaction: a program that dies between two of them leaves each one sealed with one
// key of the ring, and the next call goes on. Tells how it is afterwards.
[[nodiscard]] SealSurvey seal_anew(Connections& connections, const Vault& vault);

} // namespace tributary

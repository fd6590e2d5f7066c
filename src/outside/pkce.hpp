// Proof key for code exchange (RFC 7636, S256): whoever brings the code back must be who asked for it.
#pragma once
#include <string>
#include <string_view>

namespace tributary::outside {

struct Pkce {
    std::string verifier;  // secret, kept until the exchange: 43 characters of the unreserved set
    std::string challenge; // base64url of its SHA-256, goes with the authorise address
};
[[nodiscard]] Pkce make_pkce();
[[nodiscard]] std::string pkce_challenge(std::string_view verifier);

} // namespace tributary::outside

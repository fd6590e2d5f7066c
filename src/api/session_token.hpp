// Secret texts of sessions and invitations: 32 random bytes in url-safe base64, 43 characters. Only their hash is stored.
#pragma once
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kTokenSize = 43;

struct MintedToken {
    std::string text; // for its holder, shown once
    std::string hash; // hash_secret() of it
};
[[nodiscard]] MintedToken mint_token();
// Whether a text can be one at all; only such are worth hashing.
[[nodiscard]] bool is_token(std::string_view text);

} // namespace tributary

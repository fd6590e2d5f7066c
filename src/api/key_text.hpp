// API keys as people hold them: trb_<16>_<43> (trf_ for publishable form keys). Shown once, stored as a hash.
#pragma once
#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

struct KeyText {
    std::string key_id; // the public part
    std::string secret;
};
[[nodiscard]] std::optional<KeyText> parse_key(std::string_view text);
// BLAKE2b-256. The secret has 256 random bits, so a slow hash would add nothing.
[[nodiscard]] std::string hash_secret(std::string_view secret);
// Fills key_id and secret_hash and returns the text to show.
[[nodiscard]] std::string mint_key(ApiKey& key);

} // namespace tributary

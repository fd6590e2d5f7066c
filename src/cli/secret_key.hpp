// Where the keys of the vault come from: told by a file or the environment, else a file in the data directory, made at the first start.
#pragma once
#include "store/vault.hpp"

#include <string>

namespace tributary {

// What --secret-key-file, or TRIBUTARY_SECRET_KEY, say; empty when neither does. Throws when the file cannot be read, or others may.
[[nodiscard]] Secret told_secret_keys(const std::string& file);
// Throws with a sentence when the keys are none.
[[nodiscard]] KeyRing key_ring(const std::string& data, const Secret& told);

} // namespace tributary

// Secrets in the database: XChaCha20-Poly1305 under a key that is not in it, bound to the place they stand in. What was moved to another
// row, column or tenant, changed in one bit, or sealed with a key that is not on the ring does not open.
// Sealed form: version (1 byte), key id (4), nonce (24), cipher text with its tag. Thread-safe once made.
#pragma once
#include "deal/result.hpp"
#include "store/secret.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// Where a secret stands.
struct VaultPlace {
    std::string_view tenant_id;
    std::string_view table;
    std::string_view row; // its id's bytes or text
    std::string_view column;
};

// Keys of 32 bytes. The first seals; all open, so that a key can be changed while the server runs.
class KeyRing {
  public:
    static constexpr std::size_t kKeyBytes = 32;
    static constexpr std::size_t kKeysMax = 16;
    // One key a line or between commas, newest first, each in hexadecimal or base64. Refuses with invalid_secret_key; the refusal does not
    // repeat the text.
    [[nodiscard]] static Result<KeyRing> parse(std::string_view text);
    [[nodiscard]] static std::string new_key(); // base64

  private:
    friend class Vault;
    struct Key {
        std::array<std::uint8_t, 4> id{};
        Secret bytes;
    };
    std::vector<Key> keys_;
};

class Vault {
  public:
    explicit Vault(KeyRing ring);
    // An empty secret is sealed as an empty text.
    [[nodiscard]] std::string seal(const Secret& secret, const VaultPlace& place) const;
    // Refuses with sealed_otherwise.
    [[nodiscard]] Result<Secret> open(std::string_view sealed, const VaultPlace& place) const;
    [[nodiscard]] bool is_newest(std::string_view sealed) const; // sealed with the key that seals now, or empty

  private:
    KeyRing ring_;
};

} // namespace tributary

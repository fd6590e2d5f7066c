// Passwords: which are taken, and how they are kept. Hashing takes some 70 ms and 64 MiB on purpose, so it never runs on an I/O thread.
#pragma once
#include "deal/result.hpp"

#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kPasswordCharactersMin = 10;
inline constexpr std::size_t kPasswordCharactersMax = 200;

// Refuses with weak_password, about `field`: too short or long, the person's own address or name, a well-known one.
[[nodiscard]] Result<void> check_password(std::string_view field, std::string_view password, std::string_view email, std::string_view name);

// Argon2id as libsodium writes it. Throws when there is no memory for it.
[[nodiscard]] std::string hash_password(std::string_view password);
// With an empty `hash` (nobody has that address) it takes as long and answers false.
[[nodiscard]] bool is_password(std::string_view hash, std::string_view password);
// What is compared then: of random bytes that were thrown away.
[[nodiscard]] std::string_view nobodys_hash();

} // namespace tributary

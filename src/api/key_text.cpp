// See key_text.hpp.
#include "api/key_text.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace tributary {
namespace {

constexpr std::size_t kKeyIdSize = 16;
constexpr std::size_t kSecretSize = 43; // 32 bytes in url-safe base64

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

} // namespace

std::optional<KeyText> parse_key(std::string_view text) {
    if (!text.starts_with("trb_") && !text.starts_with("trf_")) return std::nullopt;
    text.remove_prefix(4);
    if (text.size() != kKeyIdSize + 1 + kSecretSize || text[kKeyIdSize] != '_') return std::nullopt;
    if (!is_plain(text.substr(0, kKeyIdSize)) || !is_plain(text.substr(kKeyIdSize + 1))) return std::nullopt;
    return KeyText{std::string(text.substr(0, kKeyIdSize)), std::string(text.substr(kKeyIdSize + 1))};
}

std::string hash_secret(std::string_view secret) {
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), reinterpret_cast<const unsigned char*>(secret.data()),
                       secret.size(), nullptr, 0);
    return hash;
}

std::string mint_key(ApiKey& key) {
    if (sodium_init() < 0) throw std::runtime_error("no source of random numbers");
    constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    key.key_id.clear();
    for (std::size_t at = 0; at < kKeyIdSize; ++at) key.key_id += kLetters[randombytes_uniform(kLetters.size())];
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    std::array<char, kSecretSize + 1> secret{};
    sodium_bin2base64(secret.data(), secret.size(), random.data(), random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const std::string_view text(secret.data(), kSecretSize);
    key.secret_hash = hash_secret(text);
    const std::string shown = (key.role == Role::Form ? "trf_" : "trb_") + key.key_id + "_" + std::string(text);
    sodium_memzero(random.data(), random.size());
    sodium_memzero(secret.data(), secret.size());
    return shown;
}

} // namespace tributary

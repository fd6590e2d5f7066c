#include "outside/pkce.hpp"

#include <sodium.h>

#include <array>
#include <span>
#include <stdexcept>

namespace tributary::outside {
namespace {

std::string base64url(std::span<const unsigned char> bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string out(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), kVariant);
    out.pop_back(); // the closing zero
    return out;
}

} // namespace

std::string pkce_challenge(std::string_view verifier) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
    return base64url(digest);
}

Pkce make_pkce() {
    if (sodium_init() < 0) throw std::runtime_error("no randomness");
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    Pkce pkce{.verifier = base64url(random), .challenge = {}};
    pkce.challenge = pkce_challenge(pkce.verifier);
    return pkce;
}

} // namespace tributary::outside

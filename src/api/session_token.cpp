// See session_token.hpp.
#include "api/session_token.hpp"

#include "api/key_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sodium.h>
#include <stdexcept>

namespace tributary {

MintedToken mint_token() {
    if (sodium_init() < 0) throw std::runtime_error("no source of random numbers");
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    std::array<char, kTokenSize + 1> text{};
    sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    MintedToken minted{.text = std::string(text.data(), kTokenSize), .hash = hash_secret({text.data(), kTokenSize})};
    sodium_memzero(random.data(), random.size());
    sodium_memzero(text.data(), text.size());
    return minted;
}

bool is_token(std::string_view text) {
    return text.size() == kTokenSize &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

} // namespace tributary

// See vault.hpp.
#include "store/vault.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tributary {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kHeadBytes = 1 + kIdBytes + kNonceBytes;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(KeyRing::kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Each part with its length before it: no two places share one text.
std::string written(const VaultPlace& place) {
    std::string out = "tributary";
    for (const std::string_view part : {place.tenant_id, place.table, place.row, place.column}) {
        out += std::to_string(part.size());
        out += ':';
        out += part;
    }
    return out;
}

std::string decoded(std::string_view text) {
    std::string key(KeyRing::kKeyBytes + 1, '\0');
    std::size_t size = 0;
    const bool hex = text.size() == 2 * KeyRing::kKeyBytes &&
                     sodium_hex2bin(bytes_of(key), key.size(), text.data(), text.size(), nullptr, &size, nullptr) == 0;
    if (!hex && sodium_base642bin(bytes_of(key), key.size(), text.data(), text.size(), nullptr, &size, nullptr,
                                  sodium_base64_VARIANT_ORIGINAL) != 0)
        size = 0;
    key.resize(size);
    return key;
}

Refusal bad_key() {
    return {.reason = Reason::Invalid,
            .code = "invalid_secret_key",
            .message = "A secret key has 32 bytes, written in hexadecimal or base64; one a line, newest first, at most 16.",
            .details = {}};
}

Refusal sealed_otherwise() {
    return {.reason = Reason::Invalid,
            .code = "sealed_otherwise",
            .message = "A secret of the database does not open: its key is missing, or it was changed.",
            .details = {}};
}

} // namespace

bool Secret::equals(std::string_view other) const {
    return text_.size() == other.size() && sodium_memcmp(text_.data(), other.data(), other.size()) == 0;
}

void Secret::wipe() {
    if (text_.capacity() > 0) {
        text_.resize(text_.capacity()); // a short text lives in the object, and is wiped in the same way
        sodium_memzero(text_.data(), text_.size());
    }
    text_.clear();
}

std::string KeyRing::new_key() {
    if (sodium_init() < 0) throw std::runtime_error("no source of random numbers");
    std::string key(kKeyBytes, '\0');
    randombytes_buf(key.data(), key.size());
    std::string out(sodium_base64_encoded_len(kKeyBytes, sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(key), key.size(), sodium_base64_VARIANT_ORIGINAL);
    out.pop_back(); // the ending zero
    return out;
}

Result<KeyRing> KeyRing::parse(std::string_view text) {
    KeyRing ring;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",\r\n");
        std::string_view word = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t')) word.remove_prefix(1);
        while (!word.empty() && (word.back() == ' ' || word.back() == '\t')) word.remove_suffix(1);
        if (word.empty()) continue;
        std::string bytes = decoded(word);
        if (bytes.size() != kKeyBytes || ring.keys_.size() == kKeysMax) return std::unexpected(bad_key());
        Key key;
        std::array<std::uint8_t, 32> hash{};
        crypto_generichash(hash.data(), hash.size(), bytes_of(bytes), bytes.size(), nullptr, 0);
        std::copy_n(hash.begin(), kIdBytes, key.id.begin());
        key.bytes = Secret(std::move(bytes));
        ring.keys_.push_back(std::move(key));
    }
    if (ring.keys_.empty()) return std::unexpected(bad_key());
    return ring;
}

Vault::Vault(KeyRing ring) : ring_(std::move(ring)) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used");
    if (ring_.keys_.empty()) throw std::logic_error("a vault without a key");
}

std::string Vault::seal(const Secret& secret, const VaultPlace& place) const {
    if (secret.is_empty()) return {};
    const KeyRing::Key& key = ring_.keys_.front();
    const std::string_view plain = secret.reveal();
    const std::string about = written(place);
    std::string sealed(kHeadBytes + plain.size() + kTagBytes, '\0');
    sealed[0] = kVersion;
    std::memcpy(&sealed[1], key.id.data(), kIdBytes);
    randombytes_buf(&sealed[1 + kIdBytes], kNonceBytes);
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kHeadBytes, &size, bytes_of(plain), plain.size(), bytes_of(about),
                                               about.size(), nullptr, bytes_of(sealed) + 1 + kIdBytes, bytes_of(key.bytes.reveal()));
    return sealed;
}

Result<Secret> Vault::open(std::string_view sealed, const VaultPlace& place) const {
    if (sealed.empty()) return Secret();
    if (sealed.size() < kHeadBytes + kTagBytes || sealed[0] != kVersion) return std::unexpected(sealed_otherwise());
    const auto key = std::ranges::find_if(
        ring_.keys_, [&](const KeyRing::Key& each) { return std::memcmp(each.id.data(), sealed.data() + 1, kIdBytes) == 0; });
    if (key == ring_.keys_.end()) return std::unexpected(sealed_otherwise());
    const std::string about = written(place);
    const std::string_view cipher = sealed.substr(kHeadBytes);
    std::string plain(cipher.size() - kTagBytes, '\0');
    unsigned long long size = 0;
    const int opened =
        crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain), &size, nullptr, bytes_of(cipher), cipher.size(), bytes_of(about),
                                                   about.size(), bytes_of(sealed) + 1 + kIdBytes, bytes_of(key->bytes.reveal()));
    if (opened != 0) return std::unexpected(sealed_otherwise());
    return Secret(std::move(plain));
}

bool Vault::is_newest(std::string_view sealed) const {
    return sealed.empty() || (sealed.size() > kHeadBytes && std::memcmp(sealed.data() + 1, ring_.keys_.front().id.data(), kIdBytes) == 0);
}

} // namespace tributary

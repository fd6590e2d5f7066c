// HubSpot's request signatures; see hubspot_signature.hpp.
#include "crm/hubspot_signature.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>

namespace tributary {
namespace {

constexpr std::size_t kDigestBytes = 32;                    // of SHA-256
constexpr std::size_t kDigestBase64Bytes = 44;              // with its padding
constexpr std::string_view kReservedMarks = ":/?@!$'()*,;"; // HubSpot's table of what it decodes

using Digest = std::array<unsigned char, kDigestBytes>;
using Parts = std::initializer_list<std::string_view>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype([](EVP_MAC_CTX* context) { EVP_MAC_CTX_free(context); })>;
using HashContext = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); })>;

void require(bool done) {
    if (!done) throw std::runtime_error("The cryptographic library refused to compute a digest.");
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// The parts go in one after another: a body of megabytes is not copied to be signed.
Digest keyed_digest(std::string_view key, Parts parts) {
    static EVP_MAC* const kHmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    const MacContext context(EVP_MAC_CTX_new(kHmac));
    char hash[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0), OSSL_PARAM_construct_end()};
    require(context != nullptr && EVP_MAC_init(context.get(), bytes_of(key), key.size(), parameters) == 1);
    for (const std::string_view part : parts) require(EVP_MAC_update(context.get(), bytes_of(part), part.size()) == 1);
    Digest digest;
    std::size_t size = 0;
    require(EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size());
    return digest;
}

Digest plain_digest(Parts parts) {
    const HashContext context(EVP_MD_CTX_new());
    require(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
    for (const std::string_view part : parts) require(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
    Digest digest;
    unsigned size = 0;
    require(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1);
    return digest;
}

std::string base64_of(const Digest& digest) {
    std::array<unsigned char, kDigestBase64Bytes + 1> text{};
    const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

std::string hex_of(const Digest& digest) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
        text += kHex[byte >> 4U];
        text += kHex[byte & 0xFU];
    }
    return text;
}

bool same_text(std::string_view ours, std::string_view theirs) {
    return ours.size() == theirs.size() && CRYPTO_memcmp(ours.data(), theirs.data(), ours.size()) == 0;
}

std::optional<unsigned> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A' + 10);
    return std::nullopt;
}

template <typename Wanted>
std::string decoded(std::string_view uri, Wanted wanted) {
    std::string out;
    out.reserve(uri.size());
    for (std::size_t at = 0; at < uri.size(); ++at) {
        if (uri[at] == '%' && at + 2 < uri.size()) {
            const auto high = hex_digit(uri[at + 1]);
            const auto low = hex_digit(uri[at + 2]);
            if (high && low && wanted(static_cast<char>(*high * 16 + *low))) {
                out += static_cast<char>(*high * 16 + *low);
                at += 2;
                continue;
            }
        }
        out += uri[at];
    }
    return out;
}

std::optional<std::int64_t> whole_ms(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::string full_uri(const SignedRequest& request, const SignatureRules& rules) {
    std::string_view base = rules.public_base;
    if (base.ends_with('/')) base.remove_suffix(1);
    std::string uri(base);
    uri += request.target;
    return uri;
}

// Whether one of the secrets makes the signature; every secret is tried, so that the time says nothing of which it was.
template <typename Sign>
bool any_secret(std::span<const std::string> secrets, std::string_view signature, Sign sign) {
    bool same = false;
    for (const std::string& secret : secrets.first(std::min(secrets.size(), kSignatureSecretsMax))) {
        if (!secret.empty()) same = same_text(sign(secret), signature) || same;
    }
    return same;
}

SignatureOutcome check_v3(const SignedRequest& request, const SignatureRules& rules, std::int64_t now_ms) {
    const auto signed_at = whole_ms(request.timestamp);
    if (!signed_at) return SignatureOutcome::TimestampInvalid;
    if (*signed_at > now_ms + kSignatureWindow_ms || *signed_at < now_ms - kSignatureWindow_ms) return SignatureOutcome::Expired;
    const std::string raw = full_uri(request, rules);
    std::array<std::string, 3> writings = {raw, decode_reserved(raw), decode_all_escapes(raw)};
    const auto last = std::unique(writings.begin(), writings.end()); // most calls carry no escapes: signed once, not three times
    bool same = false;
    for (auto uri = writings.begin(); uri != last; ++uri) {
        same = any_secret(rules.secrets, request.signature_v3,
                          [&](std::string_view secret) {
                              return hubspot_signature_v3(secret, request.method, *uri, request.body, request.timestamp);
                          }) ||
               same;
    }
    return same ? SignatureOutcome::Accepted : SignatureOutcome::Mismatch;
}

SignatureCheck check_older(const SignedRequest& request, const SignatureRules& rules) {
    const bool v1 = request.signature_version == "v1";
    const bool v2 = request.signature_version == "v2";
    const SignatureVersion version = v1 ? SignatureVersion::V1 : v2 ? SignatureVersion::V2 : SignatureVersion::None;
    if (!(v1 && rules.v1_allowed) && !(v2 && rules.v2_allowed)) return {SignatureOutcome::VersionNotAllowed, version};
    const std::string uri = full_uri(request, rules);
    const bool same = any_secret(rules.secrets, request.signature, [&](std::string_view secret) {
        return v1 ? hubspot_signature_v1(secret, request.body) : hubspot_signature_v2(secret, request.method, uri, request.body);
    });
    return {same ? SignatureOutcome::Accepted : SignatureOutcome::Mismatch, version};
}

} // namespace

std::string_view signature_code(SignatureOutcome outcome) {
    switch (outcome) {
    case SignatureOutcome::Accepted: return "accepted";
    case SignatureOutcome::Missing: return "signature_missing";
    case SignatureOutcome::TimestampInvalid: return "signature_timestamp_invalid";
    case SignatureOutcome::Expired: return "signature_expired";
    case SignatureOutcome::Mismatch: return "signature_mismatch";
    case SignatureOutcome::VersionNotAllowed: return "signature_version_not_allowed";
    case SignatureOutcome::SecretMissing: break;
    }
    return "signature_secret_missing";
}

std::string decode_reserved(std::string_view uri) {
    return decoded(uri, [](char letter) { return kReservedMarks.find(letter) != std::string_view::npos; });
}

std::string decode_all_escapes(std::string_view uri) {
    return decoded(uri, [](char) { return true; });
}

std::string hubspot_signature_v3(std::string_view secret, std::string_view method, std::string_view uri, std::string_view body,
                                 std::string_view timestamp) {
    return base64_of(keyed_digest(secret, {method, uri, body, timestamp}));
}

std::string hubspot_signature_v2(std::string_view secret, std::string_view method, std::string_view uri, std::string_view body) {
    return hex_of(plain_digest({secret, method, uri, body}));
}

std::string hubspot_signature_v1(std::string_view secret, std::string_view body) { return hex_of(plain_digest({secret, body})); }

SignatureCheck check_hubspot_signature(const SignedRequest& request, const SignatureRules& rules, std::int64_t now_ms) {
    const bool v3 = !request.signature_v3.empty();
    if (!v3 && request.signature.empty()) return {SignatureOutcome::Missing, SignatureVersion::None};
    if (std::ranges::all_of(rules.secrets, &std::string::empty)) {
        return {SignatureOutcome::SecretMissing, v3 ? SignatureVersion::V3 : SignatureVersion::None};
    }
    if (request.target.size() > kSignedUriBytesMax) return {SignatureOutcome::Mismatch, SignatureVersion::None};
    if (v3) return {check_v3(request, rules, now_ms), SignatureVersion::V3};
    return check_older(request, rules);
}

} // namespace tributary

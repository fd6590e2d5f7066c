// Whether a request comes from HubSpot: its signature over the raw bytes, checked before anything of the body is read. Pure; any thread.
// Formats: X-HubSpot-Signature-v3 is base64(HMAC-SHA256(secret, METHOD + URI + body + timestamp)); X-HubSpot-Signature is the lower-case
// hex SHA-256 of secret + body (version v1) or of secret + METHOD + URI + body (v2).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::int64_t kSignatureWindow_ms = 300'000; // either side of now: clocks differ, captures age
inline constexpr std::size_t kSignatureSecretsMax = 8;       // an app's secret and those it is being rotated with; more are not tried
inline constexpr std::size_t kSignedUriBytesMax = 16 * 1024; // longer ones are no call of HubSpot's

enum class SignatureOutcome : std::uint8_t {
    Accepted,
    Missing,           // no signature header at all
    TimestampInvalid,  // of a v3 signature: absent, or no whole number of milliseconds
    Expired,           // outside the window, before or after
    Mismatch,          // signed by nobody whose secret we know, or something was changed on the way
    VersionNotAllowed, // v1, v2 or an unknown version where only v3 is taken
    SecretMissing,     // nothing to check with
};
// Stable: "accepted", "signature_missing", "signature_timestamp_invalid", "signature_expired", "signature_mismatch",
// "signature_version_not_allowed", "signature_secret_missing". What is told to the sender should be no more than this.
[[nodiscard]] std::string_view signature_code(SignatureOutcome outcome);

enum class SignatureVersion : std::uint8_t { None, V1, V2, V3 };

// The request as it came. A header that was sent twice is no header of HubSpot's: hand in nothing for it.
struct SignedRequest {
    std::string_view method;            // "POST"
    std::string_view target;            // path and query as received, undecoded: "/api/…/sync?tenant_id=t%2D1"
    std::string_view body;              // raw bytes
    std::string_view signature_v3;      // X-HubSpot-Signature-v3
    std::string_view timestamp;         // X-HubSpot-Request-Timestamp, milliseconds
    std::string_view signature;         // X-HubSpot-Signature
    std::string_view signature_version; // X-HubSpot-Signature-Version: v1, v2 (v3 has headers of its own)
};

struct SignatureRules {
    std::string_view public_base; // "https://ingest.example" as HubSpot calls us; never taken from Host. A slash at its end is let pass
    std::span<const std::string> secrets; // of the app; any of them may have signed. Empty ones are passed over
    bool v1_allowed = false;              // v1 signs the body alone and never ages: only where a workspace asks for it
    bool v2_allowed = false;              // workflows and cards; never ages
};

struct SignatureCheck {
    SignatureOutcome outcome = SignatureOutcome::Missing;
    SignatureVersion version = SignatureVersion::None; // which was looked at
};

// A v3 header that is there decides alone: a bad one is not saved by a good v1 or v2. HubSpot signs the URI decoded, and documentation
// and libraries differ in how far, so three writings are tried: as received, with the reserved characters of its table decoded, and
// fully decoded ('+' stays). All secrets and writings are compared, each in constant time.
[[nodiscard]] SignatureCheck check_hubspot_signature(const SignedRequest& request, const SignatureRules& rules, std::int64_t now_ms);

// What HubSpot would send. For the tests and a stand-in for HubSpot.
[[nodiscard]] std::string hubspot_signature_v3(std::string_view secret, std::string_view method, std::string_view uri,
                                               std::string_view body, std::string_view timestamp);
[[nodiscard]] std::string hubspot_signature_v2(std::string_view secret, std::string_view method, std::string_view uri,
                                               std::string_view body);
[[nodiscard]] std::string hubspot_signature_v1(std::string_view secret, std::string_view body);

// The URI's three writings, for the tests.
[[nodiscard]] std::string decode_reserved(std::string_view uri);    // %3A %2F %3F %40 %21 %24 %27 %28 %29 %2A %2C %3B
[[nodiscard]] std::string decode_all_escapes(std::string_view uri); // every %XX; what is no escape stays as it is

} // namespace tributary

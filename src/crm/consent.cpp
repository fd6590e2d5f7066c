// See consent.hpp.
#include "crm/consent.hpp"

#include "deal/json.hpp"

#include <sodium.h>

namespace tributary {
namespace {

constexpr std::size_t kWordBytes = 32;

VaultPlace place_of(const std::string& hash) { return {.tenant_id = {}, .table = "r_oauth_states", .row = hash, .column = "about"}; }

Refusal consent_unknown() {
    return {.reason = Reason::Invalid,
            .code = "consent_unknown",
            .message =
                "This consent was used already, took longer than ten minutes, or was somebody else's; connect the account once more.",
            .details = {}};
}

// Of any bytes, and not the session's own name, which nobody else need know.
std::string shown_session(std::string_view session) {
    const std::string hash = hook_hash(session);
    std::string hex(hash.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(hash.data()), hash.size());
    hex.pop_back(); // the ending zero
    return hex;
}

std::string text_of(const boost::json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    return value == nullptr ? std::string() : scalar_text(*value);
}

} // namespace

std::string random_word() {
    std::string bytes(kWordBytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    std::string out(sodium_base64_encoded_len(kWordBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out.pop_back(); // the ending zero
    return out;
}

std::string hook_hash(std::string_view hook) {
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), reinterpret_cast<const unsigned char*>(hook.data()),
                       hook.size(), nullptr, 0);
    return hash;
}

std::string keep_consent(Connections& connections, const Vault& vault, const Consent& consent, std::int64_t now_ms) {
    const boost::json::object about{
        {"actor", consent.actor},
        {"session", shown_session(consent.session)},
        {"tenant", consent.tenant_id},
        {"workspace", consent.workspace_id},
        {"name", consent.name},
        {"again", consent.again ? consent.again->text() : std::string()},
        {"verifier", boost::json::string_view(consent.verifier.reveal().data(), consent.verifier.reveal().size())}};
    std::string text;
    append_json(text, about);
    const std::string state = random_word();
    const std::string hash = hook_hash(state);
    connections.put_state(hash, vault.seal(Secret(std::move(text)), place_of(hash)), now_ms, now_ms + kConsentMs);
    return state;
}

Result<Consent> take_consent(Connections& connections, const Vault& vault, std::string_view state, const Consent& who,
                             std::int64_t now_ms) {
    const std::string hash = hook_hash(state);
    const auto sealed = connections.take_state(hash, now_ms);
    if (!sealed) return std::unexpected(consent_unknown());
    const auto opened = vault.open(*sealed, place_of(hash));
    const auto about = opened ? parse_json(opened->reveal()) : Result<boost::json::value>(std::unexpected(consent_unknown()));
    if (!about || !about->is_object()) return std::unexpected(consent_unknown());
    const auto& object = about->get_object();
    Consent consent{.actor = text_of(object, "actor"),
                    .session = text_of(object, "session"),
                    .tenant_id = text_of(object, "tenant"),
                    .workspace_id = text_of(object, "workspace"),
                    .name = text_of(object, "name"),
                    .again = {},
                    .verifier = Secret(text_of(object, "verifier"))};
    if (const auto again = parse_id(text_of(object, "again"))) consent.again = *again;
    const bool same = consent.actor == who.actor && consent.session == shown_session(who.session) && consent.tenant_id == who.tenant_id &&
                      consent.workspace_id == who.workspace_id;
    if (!same) return std::unexpected(consent_unknown());
    return consent;
}

} // namespace tributary

// Names and companies in the form in which they are compared (SPEC-NOTES 18), and the key made of both. Pure; any thread.
#include "pipeline/pipeline.hpp"

#include <sodium.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace tributary {
namespace {

// Legal forms as they look after normalising, in the order in which they are tried: longer ones first.
constexpr std::array<std::string_view, 58> kLegalForms = {
    "gesellschaft mit beschränkter haftung", "public limited company", "limited liability company", "sociedad anonima", "gmbh co kg",
    "incorporated", "corporation", "gmbh and co kg", "pty ltd", "pte ltd", "co ltd", "company", "limited", "s p a", "s r l", "s a r l", "s a s",
    "s de rl de cv", "sa de cv", "sp z o o", "s r o", "d o o", "a s", "s a", "b v", "n v", "a g", "l l c", "l l p", "l t d", "p l c", "gmbh",
    "ggmbh", "mbh", "sarl", "corp", "inc", "ltd", "llc", "llp", "plc", "spa", "srl", "sas", "kgaa", "ohg", "kg", "ag", "se", "bv", "nv", "oy",
    "oyj", "ab", "as", "sa", "aps", "co"};

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c < 128; });
}

// ASCII needs no tables: most names take this way.
std::string fold_ascii(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool gap = false;
    for (const unsigned char c : text) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            if (gap && !out.empty()) out += ' ';
            gap = false;
            out += static_cast<char>(upper ? c + 32 : c);
        } else if (c != '\'') { // O'Neil and ONeil are one
            gap = true;
        }
    }
    return out;
}

std::string fold_unicode(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    static const icu::Normalizer2* const kFold = [] {
        UErrorCode made = U_ZERO_ERROR;
        const auto* instance = icu::Normalizer2::getNFKCCasefoldInstance(made);
        if (U_FAILURE(made)) throw std::runtime_error("Unicode tables are missing");
        return instance;
    }();
    const icu::UnicodeString folded =
        kFold->normalize(icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))), status);
    if (U_FAILURE(status)) return fold_ascii(text);
    icu::UnicodeString out;
    bool gap = false;
    for (std::int32_t at = 0; at < folded.length();) {
        const UChar32 c = folded.char32At(at);
        at += U16_LENGTH(c);
        // Letters, digits, and marks that belong to letters; symbols such as emoji are kept too: they may be all a name has.
        const auto kind = U_MASK(u_charType(c));
        const bool kept = (kind & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_SO_MASK)) != 0;
        if (!kept) {
            gap = gap || (c != '\'' && c != 0x2019);
            continue;
        }
        if (gap && !out.isEmpty()) out.append(UChar{' '});
        gap = false;
        out.append(c);
    }
    std::string utf8;
    out.toUTF8String(utf8);
    return utf8;
}

} // namespace

std::string normal_name(std::string_view text) {
    std::string out = is_ascii(text) ? fold_ascii(text) : fold_unicode(text);
    // A name of punctuation alone ("???") would otherwise equal every other such name.
    if (out.empty()) out.assign(text);
    return out;
}

std::string normal_company(std::string_view text) {
    if (text.empty()) return {};
    std::string out = normal_name(text);
    for (bool cut = true; cut;) {
        cut = false;
        for (const std::string_view form : kLegalForms) {
            if (out.size() <= form.size() + 1 || !out.ends_with(form) || out[out.size() - form.size() - 1] != ' ') continue;
            out.resize(out.size() - form.size() - 1);
            cut = true;
            break;
        }
    }
    return out;
}

MatchKey match_key(std::string_view name, std::string_view company, Source source) {
    crypto_generichash_state state;
    MatchKey key;
    crypto_generichash_init(&state, nullptr, 0, key.bytes.size());
    const auto feed = [&](std::string_view part) { crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size()); };
    feed(name);
    feed(std::string_view("\0", 1));
    if (company.empty()) {
        feed(std::string_view("\0source\0", 8));
        feed(source_key(source));
    } else {
        feed(company);
    }
    crypto_generichash_final(&state, key.bytes.data(), key.bytes.size());
    return key;
}

std::size_t Plan::KeyHash::operator()(const MatchKey& key) const noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, key.bytes.data(), sizeof word); // the key is a hash already
    return static_cast<std::size_t>(word);
}

std::size_t Plan::ExternalHash::operator()(const ExternalId& id) const noexcept {
    return std::hash<std::string>{}(id.id) * 31 + std::hash<std::string>{}(id.system);
}

} // namespace tributary

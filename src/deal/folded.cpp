// See folded.hpp.
#include "deal/folded.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tributary {
namespace {

// Letters with a stroke or of two, which no normal form takes apart.
struct Plain {
    UChar32 letter;
    const char16_t* plain;
};
constexpr std::array<Plain, 9> kPlain{
    {{0xE6, u"ae"}, {0xF0, u"d"}, {0xF8, u"o"}, {0x111, u"d"}, {0x127, u"h"}, {0x131, u"i"}, {0x142, u"l"}, {0x153, u"oe"}, {0x167, u"t"}}};

struct Forms {
    const icu::Normalizer2* fold;
    const icu::Normalizer2* apart;
    const icu::Normalizer2* together;
};

const Forms& forms() {
    static const Forms kForms = [] {
        UErrorCode status = U_ZERO_ERROR;
        const Forms made{icu::Normalizer2::getNFKCCasefoldInstance(status), icu::Normalizer2::getNFDInstance(status),
                         icu::Normalizer2::getNFCInstance(status)};
        if (U_FAILURE(status)) throw std::runtime_error("Unicode tables are missing");
        return made;
    }();
    return kForms;
}

// Combining classes (Unicode 5.18): 1 overlays; 7 to 9 nuktas, kana voicing and viramas, which make another letter; 10 to 36 points of
// Hebrew, Arabic and Syriac; 200 and above accents.
bool is_accent(UChar32 c) {
    const std::uint8_t combining = u_getCombiningClass(c);
    return combining == 1 || (combining >= 10 && combining <= 36) || combining >= 200;
}

void append_plain(icu::UnicodeString& out, UChar32 c) {
    const auto found = std::ranges::find(kPlain, c, &Plain::letter);
    if (found == kPlain.end())
        out.append(c);
    else
        out.append(found->plain, -1);
}

void append_folded_unicode(std::string& out, std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto source = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    const icu::UnicodeString apart = forms().apart->normalize(forms().fold->normalize(source, status), status);
    icu::UnicodeString plain;
    for (std::int32_t at = 0; at < apart.length();) {
        const UChar32 c = apart.char32At(at);
        at += U16_LENGTH(c);
        if (!is_accent(c)) append_plain(plain, c);
    }
    const icu::UnicodeString together = forms().together->normalize(plain, status);
    if (U_FAILURE(status)) throw std::runtime_error("a text could not be folded");
    together.toUTF8String(out);
}

// Letters of two bytes, each folded by itself: for text of ASCII and these, that is what folding the whole gives, at a tenth of the cost.
// Left out are the letters that change beside others, which are the combining marks; text with one takes the long way.
constexpr UChar32 kTableFirst = 0x80;
constexpr UChar32 kTableEnd = 0x530; // Latin, IPA, Greek, Cyrillic
constexpr UChar32 kMarksFirst = 0x300;
constexpr UChar32 kMarksEnd = 0x370;

struct Letter {
    std::array<char, 7> bytes{};
    std::uint8_t size = 0;
    bool known = false;
};
using Letters = std::array<Letter, kTableEnd - kTableFirst>;

const Letters& letters() {
    static const Letters kLetters = [] {
        Letters made{};
        for (UChar32 c = kTableFirst; c < kTableEnd; ++c) {
            if ((c >= kMarksFirst && c < kMarksEnd) || u_getCombiningClass(c) != 0) continue;
            const std::array<char, 2> utf8{static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
            std::string text;
            append_folded_unicode(text, {utf8.data(), utf8.size()});
            Letter& letter = made[static_cast<std::size_t>(c - kTableFirst)];
            if (text.size() > letter.bytes.size()) continue;
            std::ranges::copy(text, letter.bytes.begin());
            letter.size = static_cast<std::uint8_t>(text.size());
            letter.known = true;
        }
        return made;
    }();
    return kLetters;
}

// False, with some of the text appended, when a letter of it is not in the table.
bool append_folded_letters(std::string& out, std::string_view text) {
    const Letters& table = letters();
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c < 0x80) {
            out += static_cast<char>(c + ((c >= 'A' && c <= 'Z') ? 32U : 0U));
            continue;
        }
        if (at + 1 == text.size() || c < 0xC2 || c > 0xD4) return false;
        const auto next = static_cast<unsigned char>(text[++at]);
        const UChar32 letter = ((c & 0x1F) << 6) | (next & 0x3F);
        if ((next & 0xC0U) != 0x80U || letter >= kTableEnd) return false;
        const Letter& found = table[static_cast<std::size_t>(letter - kTableFirst)];
        if (!found.known) return false;
        out.append(found.bytes.data(), found.size);
    }
    return true;
}

} // namespace

void append_folded(std::string& out, std::string_view text) {
    const std::size_t start = out.size();
    out.resize(start + text.size());
    unsigned char all = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        all |= c;
        out[start + at] = static_cast<char>(c + ((c >= 'A' && c <= 'Z') ? 32U : 0U));
    }
    if (all < 0x80) return;
    out.resize(start);
    if (append_folded_letters(out, text)) return;
    out.resize(start);
    append_folded_unicode(out, text);
}

std::string folded(std::string_view text) {
    std::string out;
    append_folded(out, text);
    return out;
}

std::vector<std::string> folded_words(std::string_view search) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const std::string text = folded(search);
    std::vector<std::string> words;
    std::size_t at = 0;
    while (words.size() < kFoldedWordsMax && (at = text.find_first_not_of(kBlank, at)) != std::string::npos) {
        const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
        std::size_t size = std::min(end - at, kFoldedWordBytesMax);
        while (size > 0 && at + size < end && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) --size; // whole letters
        words.push_back(text.substr(at, size));
        at = end;
    }
    return words;
}

} // namespace tributary

// Whom a mail's sender works for, by the address's domain and by the text; see email_text.hpp.
#include "sources/email_text.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <libpsl.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kNameWordsMax = 5; // of a company before its legal form
constexpr std::size_t kLabelBytesMax = 256;
constexpr std::size_t kSearchedBytesMax = 32'000; // of the text; a company is named near its beginning or not at all

// As written in the register; the short ones are words of other languages in other cases ("se", "as", "ag").
constexpr auto kShortForms = std::to_array<std::string_view>({
    "AG",    "SE",  "KG",    "UG",  "OHG", "GbR",   "eG",  "e.K",   "e.V", "SA",  "S.A", "SAS", "SARL", "S.A.R.L", "S.à.r.l", "BV",   "B.V",
    "NV",    "N.V", "SL",    "S.L", "SpA", "S.p.A", "Srl", "S.r.l", "AB",  "AS",  "A/S", "ApS", "Oy",   "Oyj",     "OÜ",      "Kft",  "Zrt",
    "s.r.o", "a.s", "d.o.o", "KK",  "K.K", "Co",    "Pty", "Pvt",   "PLC", "plc", "LLP", "LP",  "Lda",  "Ltda",    "EURL",    "Sàrl",
});
// In any case.
constexpr auto kLongForms =
    std::to_array<std::string_view>({"gmbh", "ggmbh", "inc", "llc", "ltd", "limited", "corp", "corporation", "incorporated"});
constexpr std::string_view kJapaneseForms[] = {"株式会社", "有限会社", "合同会社", "股份有限公司", "有限公司"};

std::string_view without_end_marks(std::string_view word) {
    while (!word.empty() && std::string_view(".,;:!?)\"").find(word.back()) != std::string_view::npos) word.remove_suffix(1);
    return word;
}

std::string registrable_domain(std::string_view address) {
    const std::size_t at = address.rfind('@');
    if (at == std::string_view::npos) return {};
    const std::string domain = lower_ascii(address.substr(at + 1));
    const char* found = psl_registrable_domain(psl_builtin(), domain.c_str());
    return found == nullptr ? std::string{} : std::string(found);
}

// "münchen" of "xn--mnchen-3ya"; the label itself when it is no such thing.
std::string readable_label(std::string_view label) {
    if (!label.starts_with("xn--")) return std::string(label);
    UErrorCode error = U_ZERO_ERROR;
    UIDNA* idna = uidna_openUTS46(UIDNA_DEFAULT, &error);
    if (U_FAILURE(error) != 0) return std::string(label);
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    std::array<char, kLabelBytesMax> out{};
    const auto size = uidna_labelToUnicodeUTF8(idna, label.data(), static_cast<std::int32_t>(label.size()), out.data(),
                                               static_cast<std::int32_t>(out.size()), &info, &error);
    uidna_close(idna);
    if (U_FAILURE(error) != 0 || info.errors != 0 || size <= 0) return std::string(label);
    return {out.data(), static_cast<std::size_t>(size)};
}

void append_capitalised(std::string& out, std::string_view word) {
    std::int32_t at = 0;
    UChar32 first = 0;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(word.data());
    const auto size = static_cast<std::int32_t>(word.size());
    U8_NEXT(bytes, at, size, first);
    if (first < 0) at = 1;
    std::uint8_t title[4];
    std::int32_t title_size = 0;
    if (first >= 0) U8_APPEND_UNSAFE(title, title_size, u_totitle(first));
    out.append(reinterpret_cast<const char*>(title), static_cast<std::size_t>(title_size));
    out.append(word.substr(static_cast<std::size_t>(at)));
}

// A word that may be part of a company's name: it begins with a capital, a digit or a letter beyond ASCII, or joins two such.
bool is_name_word(std::string_view word) {
    if (word.empty()) return false;
    const char first = word.front();
    if (first >= 'A' && first <= 'Z') return true;
    return is_digit(first) || static_cast<unsigned char>(first) >= 0x80;
}

bool is_joiner(std::string_view word) { return word == "&" || word == "+" || word == "und" || word == "and" || word == "of"; }

// Begins a sentence or a greeting rather than a name.
bool is_opening_word(std::string_view word) {
    static constexpr std::string_view kWords[] = {"We",  "I",    "The", "Our",  "My",  "Dear", "Hi",  "Hello",  "From",  "At",
                                                  "For", "With", "Wir", "Ich",  "Die", "Der",  "Das", "Unsere", "Firma", "Company",
                                                  "Bei", "Von",  "Für", "This", "Is",  "And",  "Und", "To"};
    return std::ranges::find(kWords, without_end_marks(word)) != std::end(kWords);
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (;;) {
        line = trimmed(line);
        if (line.empty()) return words;
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

std::string joined(std::span<const std::string_view> words) {
    std::string out;
    for (const std::string_view word : words) out.append(out.empty() ? "" : " ").append(word);
    return std::string(without_end_marks(out)) + (out.ends_with("Inc.") || out.ends_with("Ltd.") || out.ends_with("Co.") ? "." : "");
}

// "Prospect GmbH" of "we are Prospect GmbH in Berlin".
std::string named_by_legal_form(std::string_view line) {
    const bool shouted = std::ranges::none_of(line, [](char letter) { return letter >= 'a' && letter <= 'z'; });
    if (shouted) return {}; // "WE NEED IT AS SOON AS POSSIBLE" names no Norwegian company
    const std::vector<std::string_view> words = words_of(line);
    for (std::size_t at = 1; at < words.size(); ++at) {
        if (!is_legal_form(words[at])) continue;
        std::size_t end = at + 1;
        while (end < words.size() && end < at + 4 &&
               (is_legal_form(words[end]) || (words[end] == "&" && end + 1 < words.size() && is_legal_form(words[end + 1]))))
            ++end;
        std::size_t start = at;
        while (start > 0 && at - start < kNameWordsMax) {
            const std::string_view word = words[start - 1];
            const bool ends_sentence =
                word.ends_with('.') || word.ends_with(':') || word.ends_with('!') || word.ends_with('?') || word.ends_with(';');
            const bool listed = word.ends_with(',') && start != at; // "Acme, Inc." but not "Hello, Acme Inc."
            if (ends_sentence || listed || is_opening_word(word) || !(is_name_word(word) || is_joiner(word))) break;
            --start;
        }
        while (start < at && is_joiner(words[start])) ++start;
        if (start < at) return joined(std::span(words).subspan(start, end - start));
        at = end - 1;
    }
    return {};
}

// "Acme Corp" of "I work at Acme Corp as a buyer".
std::string named_after_opener(std::string_view line) {
    static constexpr std::string_view kOpeners[] = {
        "I work at ",      "I work for ",        "I'm with ",     "I am with ",       "on behalf of ",    "my company is ",
        "our company is ", "my company, ",       "our company, ", "ich arbeite bei ", "ich arbeite für ", "wir von ",
        "von der Firma ",  "je travaille chez ", "trabajo en ",   "working at ",      "working for "};
    for (const std::string_view opener : kOpeners) {
        const std::size_t at = find_no_case(line, opener);
        if (at == std::string_view::npos || (at > 0 && is_word_byte(line[at - 1]))) continue;
        const std::vector<std::string_view> words = words_of(line.substr(at + opener.size()));
        std::size_t end = 0;
        while (end < words.size() && end < kNameWordsMax && (is_name_word(words[end]) || (end > 0 && is_joiner(words[end])))) {
            const bool closes = std::string_view(",.;:!?)").find(words[end].back()) != std::string_view::npos && !is_legal_form(words[end]);
            ++end;
            if (closes) break;
        }
        while (end > 0 && is_joiner(words[end - 1])) --end;
        if (end > 0) return joined(std::span(words).first(end));
    }
    return {};
}

// "株式会社サンプル" of "株式会社サンプルの山田です".
std::string named_in_japanese(std::string_view line) {
    static constexpr std::string_view kEnds[] = {"の", "です", "、", "。", "と", "は", "が", "（", " ", "　"};
    for (const std::string_view form : kJapaneseForms) {
        const std::size_t at = line.find(form);
        if (at == std::string_view::npos) continue;
        std::size_t end = line.size();
        for (const std::string_view mark : kEnds) end = std::min(end, line.find(mark, at + form.size()));
        if (end > at + form.size()) return std::string(line.substr(at, end - at));
    }
    return {};
}

bool is_greeting(std::string_view line) {
    static constexpr std::string_view kGreetings[] = {"Dear ", "Hi ",    "Hi,",     "Hello", "Hallo", "Sehr geehrte",
                                                      "Liebe", "Guten ", "Bonjour", "Hola",  "To "};
    return std::ranges::any_of(kGreetings, [line](std::string_view greeting) { return starts_no_case(line, greeting); });
}

} // namespace

bool is_legal_form(std::string_view word) {
    word = without_end_marks(word);
    if (std::ranges::find(kShortForms, word) != kShortForms.end()) return true;
    return std::ranges::any_of(kLongForms, [word](std::string_view form) { return equal_no_case(form, word); });
}

bool ends_with_legal_form(std::string_view name) {
    name = trimmed(name);
    for (const std::string_view form : kJapaneseForms) {
        if (name.starts_with(form) || name.ends_with(form)) return true;
    }
    const std::size_t space = name.find_last_of(" \t");
    return space != std::string_view::npos && is_legal_form(name.substr(space + 1));
}

std::string company_label(std::string_view address) {
    const std::string domain = registrable_domain(address);
    if (domain.empty() || is_free_mail(domain)) return {};
    return domain.substr(0, domain.find('.'));
}

std::string company_of_label(std::string_view label) {
    const std::string readable = readable_label(label);
    std::string out;
    for (std::string_view rest = readable; !rest.empty();) {
        const std::size_t end = std::min(rest.find_first_of("-_"), rest.size());
        if (end > 0) {
            if (!out.empty()) out += ' ';
            append_capitalised(out, rest.substr(0, end));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

std::string company_in_text(std::string_view text) {
    text = utf8_cut(text, kSearchedBytesMax);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || is_greeting(line)) continue;
        for (const auto reads : {named_after_opener, named_by_legal_form, named_in_japanese}) {
            if (std::string name = reads(line); !name.empty()) return name;
        }
    }
    return {};
}

} // namespace tributary

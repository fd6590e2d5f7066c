// The words and signs around an amount; see money_words.hpp.
#include "sources/money_words.hpp"

#include "sources/reader_text.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

namespace tributary {
namespace {

constexpr std::size_t kCodeSize = 3;
constexpr std::string_view kNoBreakSpaces[] = {"\u00A0", "\u202F", "\u2009"};

// Longest first, so that "US$" is not read as "$".
constexpr std::string_view kSigns[] = {"US$", "AU$", "CA$", "NZ$", "HK$", "MX$", "A$", "C$", "S$", "R$", "€",  "£", "¥",
                                       "¥",   "₹",   "$",   "₩",   "₺",   "₽",   "₪",  "₱",  "₴",  "฿",  "zł", "Kč"};

// Codes that are looked for in prose. Not all of ISO 4217: "ALL 500", "TOP 10", "TRY 5" and "CUP 2027" are no money.
constexpr std::string_view kCodes =
    "EUR USD GBP CHF JPY CNY INR AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN BRL MXN ARS CLP COP ZAR SGD HKD "
    "TWD KRW THB MYR IDR PHP VND AED SAR QAR ILS EGP NGN KES UAH RUB KWD BHD";

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"euros", "EUR"}, {"euro", "EUR"}, {"us dollars", "USD"}, {"dollars", "USD"}, {"dollar", "USD"}, {"dólares", "USD"}, {"pounds", "GBP"},
    {"yen", "JPY"},   {"円", "JPY"},   {"元", "CNY"},         {"rupees", "INR"},  {"zloty", "PLN"},  {"franken", "CHF"}, {"kronor", "SEK"},
};

constexpr std::pair<std::string_view, int> kPowers[] = {
    {"millions", 6}, {"millionen", 6}, {"millones", 6}, {"million", 6}, {"milliarden", 9}, {"milliards", 9},
    {"billions", 9}, {"billion", 9},   {"thousand", 3}, {"tausend", 3}, {"grand", 3},      {"crores", 7},
    {"crore", 7},    {"lakhs", 5},     {"lakh", 5},     {"mill.", 6},   {"mill", 6},       {"mio.", 6},
    {"mio", 6},      {"mln", 6},       {"mrd.", 9},     {"mrd", 9},     {"tsd.", 3},       {"tsd", 3},
    {"mm", 6},       {"mn", 6},        {"bn", 9},       {"k", 3},       {"m", 6},          {"b", 9},
};
constexpr std::pair<std::string_view, int> kEastAsianPowers[] = {{"百万", 6}, {"万", 4}, {"萬", 4}, {"億", 8}, {"亿", 8}, {"千", 3}};

std::size_t blank_size(std::string_view text) {
    if (text.starts_with(' ')) return 1;
    for (const std::string_view blank : kNoBreakSpaces) {
        if (text.starts_with(blank)) return blank.size();
    }
    return 0;
}

std::size_t end_blank_size(std::string_view text) {
    for (const std::string_view blank : kNoBreakSpaces) {
        if (text.ends_with(blank)) return blank.size();
    }
    return !text.empty() && std::string_view(" ):=~\t").find(text.back()) != std::string_view::npos ? 1 : 0;
}

bool ends_word(std::string_view text, std::size_t at) { return at >= text.size() || !(is_letter(text[at]) || is_digit(text[at])); }

// Three letters in capitals, in small letters or with one capital, as people type them.
std::optional<Currency> code_of(std::string_view word) {
    if (word.size() != kCodeSize || !std::ranges::all_of(word, is_letter)) return std::nullopt;
    std::string code;
    for (const char letter : word) code += letter >= 'a' ? static_cast<char>(letter - 32) : letter;
    const std::size_t found = kCodes.find(code);
    if (found == std::string_view::npos || found % (kCodeSize + 1) != 0) return std::nullopt;
    return Currency{{code[0], code[1], code[2]}};
}

std::optional<Currency> sign_currency(std::string_view sign) {
    const auto currency = parse_currency(sign);
    return currency ? std::optional(*currency) : std::nullopt;
}

bool starts_word_any(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) { return starts_no_case(text, word); });
}

} // namespace

std::optional<CurrencyAt> currency_before(std::string_view before) {
    constexpr int kMarksMax = 3; // "EUR): 50000"
    std::size_t size = 0;
    for (int taken = 0; taken < kMarksMax; ++taken) {
        const std::size_t blank = end_blank_size(before);
        if (blank == 0) break;
        before.remove_suffix(blank);
        size += blank;
    }
    for (const std::string_view sign : kSigns) {
        if (!before.ends_with(sign)) continue;
        const std::size_t start = before.size() - sign.size();
        if (start > 0 && is_letter(sign.front()) && is_letter(before[start - 1])) continue;
        if (const auto currency = sign_currency(sign)) return CurrencyAt{*currency, size + sign.size()};
    }
    if (before.size() < kCodeSize) return std::nullopt;
    const std::size_t start = before.size() - kCodeSize;
    if (start > 0 && (is_letter(before[start - 1]) || is_digit(before[start - 1]))) return std::nullopt;
    const auto currency = code_of(before.substr(start));
    return currency ? std::optional(CurrencyAt{*currency, size + kCodeSize}) : std::nullopt;
}

std::optional<CurrencyAt> currency_after(std::string_view after) {
    std::size_t size = 0;
    for (const std::string_view dash : {",-", ".-", ",--", ",—", ",–"}) { // "5.000,- €"
        if (size == 0 && after.starts_with(dash)) size = dash.size();
    }
    after.remove_prefix(size);
    const std::size_t blank = blank_size(after);
    after.remove_prefix(blank);
    size += blank;
    for (const std::string_view sign : kSigns) {
        if (!after.starts_with(sign)) continue;
        if (const auto currency = sign_currency(sign)) return CurrencyAt{*currency, size + sign.size()};
    }
    for (const auto& [word, code] : kWords) {
        if (!starts_no_case(after, word) || (is_letter(word.front()) && !ends_word(after, word.size()))) continue;
        return CurrencyAt{Currency{{code[0], code[1], code[2]}}, size + word.size()};
    }
    const auto currency = ends_word(after, kCodeSize) ? code_of(after.substr(0, kCodeSize)) : std::nullopt;
    return currency ? std::optional(CurrencyAt{*currency, size + kCodeSize}) : std::nullopt;
}

PowerAt power_after(std::string_view after) {
    const std::size_t blank = blank_size(after);
    const std::string_view word = after.substr(blank);
    for (const auto& [sign, power] : kEastAsianPowers) {
        if (word.starts_with(sign)) return {power, blank + sign.size()};
    }
    for (const auto& [name, power] : kPowers) {
        if (!starts_no_case(word, name)) continue;
        if (name.size() == 1 && blank > 0 && !currency_after(word.substr(1))) continue; // "5 m" may be metres
        const std::string_view rest = word.substr(name.size());
        const bool glued_code = name.size() == 1 && code_of(rest.substr(0, kCodeSize)) && ends_word(rest, kCodeSize); // "50kEUR"
        if (ends_word(rest, 0) || glued_code) return {power, blank + name.size()};
    }
    const bool thousand =
        word.starts_with("T€") || (word.starts_with('T') && code_of(word.substr(1, kCodeSize)) && ends_word(word, 1 + kCodeSize));
    return thousand ? PowerAt{3, blank + 1} : PowerAt{};
}

bool says_percent(std::string_view after) {
    static constexpr std::string_view kPercents[] = {"%", "percent", "per cent", "prozent", "pct"};
    return starts_word_any(after.substr(blank_size(after)), kPercents);
}

bool says_unit_price(std::string_view after) {
    static constexpr std::string_view kPer[] = {"/",  "per ",    "pro ",   "each",   "par ", "por ", "je ",
                                                "a ", "monthly", "weekly", "hourly", "p.m.", "p. m."};
    static constexpr std::string_view kYears[] = {"year", "yr", "annum", "jahr", "an", "año", "anno", "y", "a "};
    after = trimmed(after.substr(0, 40));
    for (const std::string_view per : kPer) {
        if (!starts_no_case(after, per)) continue;
        const std::string_view what = trimmed(after.substr(per.size()));
        for (const std::string_view year : kYears) {
            if (starts_no_case(what, year) && ends_word(what, year.size())) return says_unit_price(what.substr(year.size()));
        }
        if (per != "a " || starts_no_case(what, "month") || starts_no_case(what, "seat") || starts_no_case(what, "user")) return true;
    }
    return false;
}

bool says_counted_thing(std::string_view after) {
    static constexpr std::string_view kThings[] = {
        "seat",        "user",     "licen",   "lizenz",   "people", "person",   "employee", "mitarbeiter", "nutzer", "arbeitsplätze",
        "member",      "customer", "kunden",  "device",   "server", "month",    "monat",    "day",         "tag",    "week",
        "woche",       "year",     "jahr",    "hour",     "stunde", "minute",   "unit",     "stück",       "piece",  "page",
        "utilisateur", "usuario",  "licence", "location", "store",  "site",     "agent",    "student",     "school", "km",
        "gb",          "tb",       "mb",      "名",       "人",     "ユーザー", "台"};
    return starts_word_any(after.substr(blank_size(after)), kThings);
}

} // namespace tributary

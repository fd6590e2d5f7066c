// Which number formats show days, percents and currencies. See xlsx_book.hpp; ECMA-376 part 1, sections 18.8.30 and 18.8.31.
#include "deal/money.hpp"
#include "sources/xlsx_book.hpp"

#include <array>

namespace tributary {
namespace {

// A format's letters without quoted text, escaped characters and brackets, up to the first ';'.
struct Letters {
    std::string plain;
    bool elapsed = false; // [h]: a duration, not a day
};

Letters letters_of(std::string_view code) {
    Letters letters;
    for (std::size_t at = 0; at < code.size() && code[at] != ';'; ++at) {
        const char c = code[at];
        if (c == '"') {
            at = code.find('"', at + 1);
        } else if (c == '\\' || c == '_' || c == '*') {
            ++at;
        } else if (c == '[') {
            const std::size_t close = code.find(']', at);
            const std::string_view inside = code.substr(at + 1, close == std::string_view::npos ? close : close - at - 1);
            letters.elapsed = letters.elapsed || (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos);
            at = close;
        } else {
            letters.plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        }
        if (at == std::string_view::npos) break;
    }
    return letters;
}

// "[$€-407]", "[$EUR]", or the sign itself anywhere.
std::string currency_of(std::string_view code) {
    for (std::size_t at = code.find("[$"); at != std::string_view::npos; at = code.find("[$", at + 1)) {
        const std::string_view rest = code.substr(at + 2);
        if (const auto named = parse_currency(rest.substr(0, rest.find_first_of("-]")))) return std::string(named->text());
    }
    static constexpr std::array<std::string_view, 5> kSigns = {"\u20AC", "\u00A3", "\u20B9", "\u00A5", "$"};
    for (const std::string_view sign : kSigns) {
        const std::size_t at = code.find(sign);
        if (at == std::string_view::npos || (sign == "$" && at > 0 && code[at - 1] == '[')) continue;
        if (const auto named = parse_currency(sign)) return std::string(named->text());
    }
    return {};
}

} // namespace

NumberFormat number_format(std::string_view code) {
    const Letters letters = letters_of(code);
    if (letters.plain == "general" || letters.plain == "@") return {};
    NumberFormat format;
    if (!letters.elapsed && letters.plain.find_first_of("dmyhs") != std::string::npos)
        format.kind = NumberFormat::Kind::Date;
    else if (letters.plain.find('%') != std::string::npos)
        format.kind = NumberFormat::Kind::Percent;
    else
        format.currency = currency_of(code);
    return format;
}

NumberFormat builtin_number_format(unsigned id) {
    NumberFormat format;
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id == 45 || id == 47 || (id >= 50 && id <= 58))
        format.kind = NumberFormat::Kind::Date;
    else if (id == 9 || id == 10)
        format.kind = NumberFormat::Kind::Percent;
    return format;
}

} // namespace tributary

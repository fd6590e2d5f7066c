// Month and weekday words for reading dates.
#include "deal/month_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace tributary {
namespace {

constexpr std::size_t kWordBytesMax = 40;

// All names without accents. One row per month; English, German, French, Spanish, Italian, Dutch, Portuguese.
constexpr std::array<std::array<std::string_view, 9>, 12> kMonths{{
    {"january", "januar", "janvier", "enero", "gennaio", "januari", "janeiro", "janner", "jaenner"},
    {"february", "februar", "fevrier", "febrero", "febbraio", "februari", "fevereiro", "feber", "feb"},
    {"march", "marz", "maerz", "mars", "marzo", "maart", "marco", "mrt", "mrz"},
    {"april", "avril", "abril", "aprile", "apr", "avr", "abr", "apl", "apr"},
    {"may", "mai", "mayo", "maggio", "mei", "maio", "mai", "mai", "mai"},
    {"june", "juni", "juin", "junio", "giugno", "junho", "jun", "jun", "jun"},
    {"july", "juli", "juillet", "julio", "luglio", "julho", "jul", "jul", "jul"},
    {"august", "aout", "agosto", "augustus", "aug", "ago", "aug", "aug", "aug"},
    {"september", "septembre", "septiembre", "settembre", "setembro", "setiembre", "sept", "sep", "set"},
    {"october", "oktober", "octobre", "octubre", "ottobre", "outubro", "oct", "okt", "oct"},
    {"november", "novembre", "noviembre", "novembro", "nov", "nov", "nov", "nov", "nov"},
    {"december", "dezember", "decembre", "diciembre", "dicembre", "dezembro", "dec", "dez", "dic"},
}};

// Lower case; the accents these languages put on month names taken off, precomposed or combining.
std::string plain_letters(std::string_view word) {
    static constexpr std::pair<std::string_view, char> kAccents[] = {
        {"ä", 'a'}, {"Ä", 'a'}, {"á", 'a'}, {"à", 'a'}, {"é", 'e'}, {"É", 'e'}, {"è", 'e'}, {"û", 'u'}, {"Û", 'u'}, {"ç", 'c'}, {"Ç", 'c'},
    };
    std::string out;
    while (!word.empty()) {
        const auto accent = std::ranges::find_if(kAccents, [word](const auto& each) { return word.starts_with(each.first); });
        if (accent != std::end(kAccents)) {
            out += accent->second;
            word.remove_prefix(accent->first.size());
        } else if (word.size() >= 2 && word[0] == '\xCC') { // a combining accent, U+0300..U+033F
            word.remove_prefix(2);
        } else {
            const char letter = word.front();
            out += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
            word.remove_prefix(1);
        }
    }
    return out;
}

} // namespace

std::optional<unsigned> parse_month(std::string_view word) {
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.size() > kWordBytesMax) return std::nullopt;
    const std::string wanted = plain_letters(word);
    if (wanted.size() < 3) return std::nullopt;
    std::optional<unsigned> found;
    for (unsigned month = 1; month <= kMonths.size(); ++month) {
        const auto& names = kMonths[month - 1];
        if (std::ranges::find(names, wanted) != names.end()) return month;
        const bool begins = std::ranges::any_of(names, [&wanted](std::string_view name) { return name.starts_with(wanted); });
        if (!begins) continue;
        if (found) return std::nullopt; // "jui" is juin and juillet
        found = month;
    }
    return found;
}

bool is_date_filler(std::string_view word) {
    static constexpr std::string_view kFillers[] = {
        "de",       "del",      "of",         "the",     "den",     "der",       "le",       "el",     "il",
        "em",       "mon",      "tue",        "wed",     "thu",     "fri",       "sat",      "sun",    "tues",
        "weds",     "thur",     "thurs",      "monday",  "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday",   "mo",       "di",         "mi",      "do",      "fr",        "sa",       "so",     "montag",
        "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",  "at",     "um",
    };
    if (word.ends_with('.')) word.remove_suffix(1);
    if (word.size() > kWordBytesMax) return false;
    return std::ranges::find(kFillers, plain_letters(word)) != std::end(kFillers);
}

} // namespace tributary

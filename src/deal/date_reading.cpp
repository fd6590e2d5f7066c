// Reads dates and instants as programs, spreadsheets and people write them.
#include "deal/date.hpp"
#include "deal/month_names.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace tributary {
namespace {

constexpr std::size_t kDateTextBytesMax = 100;
constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kMsPerMinute = 60'000;
constexpr int kTwoDigitYearPivot = 69; // POSIX: 69 is 1969, 68 is 2068
constexpr std::size_t kEpochSecondsDigitsMin = 9;
constexpr std::size_t kEpochSecondsDigitsMax = 10; // to the year 2286; longer numbers are milliseconds
constexpr std::size_t kEpochMsDigitsMax = 14;

Refusal invalid_date(std::string_view text) { return field_refusal("", "invalid_date", "There is no such date; write 2026-06-01.", text); }

Refusal ambiguous_date(std::string_view text) {
    return field_refusal("", "ambiguous_date", "The day and the month of this date can be exchanged; write 2026-06-01.", text);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// A day and the minute-exact time it may carry.
struct Moment {
    Date date;
    std::int64_t ms_of_day = 0;
    std::int64_t offset_ms = 0; // east of UTC
};

// A number of 1 to `digits_max` digits, taken from the front; -1 when there is none or it is longer.
int take_number(std::string_view& text, std::size_t digits_max) {
    std::size_t size = 0;
    while (size < text.size() && is_digit(text[size])) ++size;
    if (size == 0 || size > digits_max) return -1;
    int number = 0;
    for (const char digit : text.substr(0, size)) number = number * 10 + (digit - '0');
    text.remove_prefix(size);
    return number;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

bool take_word(std::string_view& text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    for (std::size_t at = 0; at < lower.size(); ++at) {
        if ((text[at] | 0x20) != lower[at]) return false;
    }
    text.remove_prefix(lower.size());
    return true;
}

// The zone words of mail headers (RFC 5322, section 4.3), in hours east of UTC. Others mean several zones.
std::optional<int> zone_word_hours(std::string_view text) {
    static constexpr std::pair<std::string_view, int> kZones[] = {
        {"est", -5}, {"edt", -4}, {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7},
    };
    for (const auto& [word, hours] : kZones) {
        if (std::string_view rest = text; take_word(rest, word) && rest.empty()) return hours;
    }
    return std::nullopt;
}

// "Z", "UTC", "GMT", "+02", "+0200", "+02:00", "GMT+0200 (Central European Summer Time)", or nothing (UTC).
std::optional<std::int64_t> read_zone(std::string_view text) {
    if (text.ends_with(')')) text = text.substr(0, text.rfind('('));
    text = trimmed(text);
    if (const auto hours = zone_word_hours(text)) return std::int64_t{*hours} * 60 * kMsPerMinute;
    if (text.empty() || text == "Z" || text == "z") return 0;
    if ((take_word(text, "utc") || take_word(text, "gmt")) && text.empty()) return 0;
    const bool west = !text.empty() && text.front() == '-';
    if (!west && (text.empty() || text.front() != '+')) return std::nullopt;
    text.remove_prefix(1);
    int hours = -1;
    int minutes = 0;
    if (text.size() == 4 && std::ranges::all_of(text, is_digit)) {
        hours = (text[0] - '0') * 10 + (text[1] - '0');
        minutes = (text[2] - '0') * 10 + (text[3] - '0');
        text = {};
    } else {
        hours = take_number(text, 2);
        if (take(text, ':')) minutes = take_number(text, 2);
    }
    if (!text.empty() || hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return std::nullopt;
    const std::int64_t offset = (std::int64_t{hours} * 60 + minutes) * kMsPerMinute;
    return west ? -offset : offset;
}

// ".716000": milliseconds, what is finer is cut off. -1 when the mark has no digits.
int take_fraction_ms(std::string_view& text) {
    if (text.empty() || (text.front() != '.' && text.front() != ',')) return 0;
    text.remove_prefix(1);
    int ms = 0;
    int digits = 0;
    for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
        if (digits < 3) ms = ms * 10 + (text.front() - '0');
    }
    if (digits == 0) return -1;
    for (; digits < 3; ++digits) ms *= 10;
    return ms;
}

// Turns a twelve-hour clock's hour into one of 24; -1 when there is no such hour.
int take_half_of_day(std::string_view& text, int hour) {
    std::string_view rest = trimmed(text);
    const bool morning = take_word(rest, "am");
    if (!morning && !take_word(rest, "pm")) return hour;
    text = rest;
    if (hour < 1 || hour > 12) return -1;
    return hour % 12 + (morning ? 0 : 12);
}

// "T10:00:00.000+0200", " 10:00 PM", ", 10:00", or nothing. False when it is none of these.
bool read_time(std::string_view text, Moment& moment) {
    text = trimmed(text);
    if (text.empty()) return true;
    if (text.front() == 'T' || text.front() == 't' || text.front() == ',') text = trimmed(text.substr(1));
    if (text == "Z" || text == "z") return true; // an XML date with a zone, "2026-06-01Z"
    int hour = take_number(text, 2);
    if (hour < 0 || !take(text, ':')) return false;
    const int minute = take_number(text, 2);
    int second = 0;
    int ms = 0;
    if (take(text, ':')) {
        second = take_number(text, 2);
        ms = take_fraction_ms(text);
    }
    hour = take_half_of_day(text, hour);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || ms < 0) return false;
    const auto zone = read_zone(text);
    if (!zone) return false;
    if (second == 60) second = 59; // a leap second has no place in this count of time
    moment.ms_of_day = ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} + ms;
    moment.offset_ms = *zone;
    return true;
}

int year_of(int number, std::size_t digits) { return digits == 2 ? full_year(number) : number; }

// 2026-06-01, 2026/6/1, 2026.06.01, 20260601.
std::optional<Moment> read_year_first(std::string_view text) {
    if (text.size() < 8 || !std::all_of(text.begin(), text.begin() + 4, is_digit)) return std::nullopt;
    int year = 0;
    int month = 0;
    int day = 0;
    const bool compact = std::all_of(text.begin(), text.begin() + 8, is_digit);
    if (compact) {
        std::from_chars(text.data(), text.data() + 4, year);
        std::from_chars(text.data() + 4, text.data() + 6, month);
        std::from_chars(text.data() + 6, text.data() + 8, day);
        text.remove_prefix(8);
        if (!text.empty() && is_digit(text.front())) return std::nullopt;
    } else {
        year = take_number(text, 4);
        const char mark = text.front();
        if (year < 0 || (mark != '-' && mark != '/' && mark != '.')) return std::nullopt;
        text.remove_prefix(1);
        month = take_number(text, 2);
        if (month < 0 || !take(text, mark)) return std::nullopt;
        day = take_number(text, 2);
    }
    if (month < 1 || day < 1) return std::nullopt;
    const auto date = make_date(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    if (!date) return std::nullopt;
    Moment moment{.date = *date};
    return read_time(text, moment) ? std::optional(moment) : std::nullopt;
}

Result<Moment> read_numeric(const NumericDate& parts, DateOrder order, std::string_view text) {
    const bool first_fits = parts.first <= 12;
    const bool second_fits = parts.second <= 12;
    if (order == DateOrder::Undecided && parts.mark == '.') order = DateOrder::DayFirst; // nobody writes 6.1.2026 month first
    if (order == DateOrder::Undecided && first_fits && second_fits && parts.first != parts.second)
        return std::unexpected(ambiguous_date(text));
    bool month_first = order == DateOrder::MonthFirst || (order == DateOrder::Undecided && first_fits);
    if (month_first && !first_fits)
        month_first = false;
    else if (!month_first && !second_fits)
        month_first = true;
    const auto month = static_cast<unsigned>(month_first ? parts.first : parts.second);
    const auto day = static_cast<unsigned>(month_first ? parts.second : parts.first);
    const auto date = make_date(parts.short_year ? full_year(parts.third) : parts.third, month, day);
    if (!date) return std::unexpected(invalid_date(text));
    Moment moment{.date = *date};
    if (!read_time(parts.rest, moment)) return std::unexpected(invalid_date(text));
    return moment;
}

// The words and numbers of a date with a named month, in whatever order.
struct Worded {
    unsigned month = 0;
    int day = 0;
    int year = -1;
};

// "1st", "2nd", "1er", "1.", "1º": the ending says nothing.
void take_ordinal(std::string_view& text) {
    for (const std::string_view ending : {"st", "nd", "rd", "th", "er"}) {
        std::string_view rest = text;
        if (take_word(rest, ending) && (rest.empty() || !std::isalpha(static_cast<unsigned char>(rest.front())))) {
            text = rest;
            return;
        }
    }
    if (text.starts_with("\u00BA")) text.remove_prefix(2);
}

bool take_worded_number(std::string_view& text, Worded& parts) {
    const std::size_t before = text.size();
    const int number = take_number(text, 4);
    if (number < 0) return false;
    const std::size_t digits = before - text.size();
    if (digits == 4 && parts.year < 0)
        parts.year = number;
    else if (digits <= 2 && parts.day == 0)
        parts.day = number;
    else if (digits == 2 && parts.year < 0)
        parts.year = year_of(number, digits);
    else
        return false;
    if (digits <= 2) take_ordinal(text);
    return true;
}

bool take_worded_word(std::string_view& text, Worded& parts) {
    std::size_t size = 0;
    while (size < text.size() && (std::isalpha(static_cast<unsigned char>(text[size])) || static_cast<unsigned char>(text[size]) >= 0x80))
        ++size;
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(size);
    if (is_date_filler(word)) return true;
    const auto month = parse_month(word);
    if (!month || parts.month != 0) return false;
    parts.month = *month;
    return true;
}

std::optional<Moment> read_worded(std::string_view text) {
    Worded parts;
    while (!text.empty() && (parts.month == 0 || parts.day == 0 || parts.year < 0)) {
        const auto letter = static_cast<unsigned char>(text.front());
        if (std::string_view(" ,.-/\t").find(text.front()) != std::string_view::npos)
            text.remove_prefix(1);
        else if (is_digit(text.front())) {
            if (!take_worded_number(text, parts)) return std::nullopt;
        } else if (!(std::isalpha(letter) || letter >= 0x80) || !take_worded_word(text, parts))
            return std::nullopt;
    }
    if (parts.month == 0 || parts.day < 1 || parts.year < 0) return std::nullopt;
    const auto date = make_date(parts.year, parts.month, static_cast<unsigned>(parts.day));
    if (!date) return std::nullopt;
    Moment moment{.date = *date};
    text = trimmed(text);
    if (std::string_view rest = text; take_word(rest, "at ") || take_word(rest, "um ")) text = rest;
    return read_time(text, moment) ? std::optional(moment) : std::nullopt;
}

// Seconds or milliseconds since 1970, by the number of digits.
std::optional<std::int64_t> read_epoch(std::string_view text) {
    if (text.size() < kEpochSecondsDigitsMin || text.size() > kEpochMsDigitsMax || !std::ranges::all_of(text, is_digit))
        return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return text.size() <= kEpochSecondsDigitsMax ? number * 1000 : number;
}

Result<Moment> read_moment(std::string_view written, DateOrder order) {
    if (written.size() > kDateTextBytesMax) return std::unexpected(invalid_date(written));
    const std::string_view text = trimmed(written);
    if (const auto epoch = read_epoch(text)) {
        const Date date = date_of_ms(*epoch);
        return Moment{.date = date, .ms_of_day = *epoch - date.days * kMsPerDay};
    }
    if (const auto moment = read_year_first(text)) return *moment;
    if (const auto parts = split_numeric_date(text); parts && parts->first > 0) return read_numeric(*parts, order, written);
    if (const auto moment = read_worded(text)) return *moment;
    return std::unexpected(invalid_date(written));
}

} // namespace

int full_year(int two_digits) { return two_digits + (two_digits < kTwoDigitYearPivot ? 2000 : 1900); }

std::optional<NumericDate> split_numeric_date(std::string_view text) {
    text = trimmed(text);
    NumericDate parts;
    parts.first = take_number(text, 2);
    if (parts.first < 0 || text.empty() || std::string_view("/.-").find(text.front()) == std::string_view::npos) return std::nullopt;
    parts.mark = text.front();
    text.remove_prefix(1);
    parts.second = take_number(text, 2);
    if (parts.second < 1 || !take(text, parts.mark)) return std::nullopt;
    const std::size_t before = text.size();
    parts.third = take_number(text, 4);
    const std::size_t digits = before - text.size();
    if (parts.third < 0 || (digits != 2 && digits != 4)) return std::nullopt;
    parts.short_year = digits == 2;
    parts.rest = text;
    return parts;
}

Result<Date> parse_date(std::string_view text, DateOrder order) {
    const auto moment = read_moment(text, order);
    if (!moment) return std::unexpected(moment.error());
    return moment->date;
}

Result<std::int64_t> parse_instant(std::string_view text) {
    const auto moment = read_moment(text, DateOrder::Undecided);
    if (!moment) return std::unexpected(moment.error());
    return moment->date.days * kMsPerDay + moment->ms_of_day - moment->offset_ms;
}

} // namespace tributary

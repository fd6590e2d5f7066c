#include "sources/column_cell.hpp"

#include "deal/decimal.hpp"
#include "deal/money.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kPlainDayBytes = 10;
constexpr std::int64_t kSerialLeast = 20'000; // 1954 in the one system, 1958 in the other
constexpr std::int64_t kSerialMost = 80'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

CellFate read_amount(const CellRules& rules, std::string_view cell, std::string& out) {
    if (std::ranges::all_of(cell, is_digit)) return CellFate::AsWritten;
    const AmountMarks marks = amount_marks(cell);
    const bool open = marks == AmountMarks::ThousandsComma || marks == AmountMarks::ThousandsPoint;
    if (open && rules.reading == ColumnReading::AsWritten) return CellFate::NeedsDecision;
    if (marks == AmountMarks::Point && rules.reading == ColumnReading::DecimalComma) return CellFate::Contradiction;
    if (marks == AmountMarks::Comma && rules.reading == ColumnReading::DecimalPoint) return CellFate::Contradiction;
    const auto written = parse_written_number(cell, rules.reading == ColumnReading::DecimalComma ? ',' : '.');
    if (!written || written->number.starts_with('-')) return CellFate::AsWritten;
    out = written->number;
    if (written->currency) out.append(" ").append(written->currency->text());
    return CellFate::Plain;
}

CellFate read_percentage(const CellRules& rules, std::string_view cell, std::string& out) {
    auto written = percentage_number(cell);
    if (!written) return CellFate::AsWritten;
    std::string& number = written->number;
    if (number.starts_with('-')) return CellFate::AsWritten;
    const bool small = number == "1" || number.starts_with("0."); // one or a part of it
    if (!written->percent_sign && small && rules.reading == ColumnReading::AsWritten) return CellFate::NeedsDecision;
    if (!written->percent_sign && rules.reading == ColumnReading::Fractions && number != "0") {
        if (!small) return CellFate::Contradiction;
        number = shortest_decimal(number, 2).value_or(number);
    }
    out = std::move(number);
    return CellFate::Plain;
}

// The one day these numbers are, under these rules.
struct DayChoice {
    CellFate fate = CellFate::AsWritten;
    Date day;
};

DayChoice choose_day(const CellRules& rules, const NumericDate& parts) {
    using enum ColumnReading;
    const NumericDays days = days_of(parts);
    const bool exchangeable = days.day_first && days.month_first && *days.day_first != *days.month_first;
    const auto in_order = [&]() -> std::optional<Date> {
        switch (rules.reading) {
        case DayFirst: return days.day_first;
        case MonthFirst: return days.month_first;
        case YearFirst: return days.year_first;
        default: return std::nullopt;
        }
    }();
    if (in_order) {
        const bool dots_say_otherwise = rules.reading == MonthFirst && !rules.told && parts.mark == '.' && exchangeable;
        return {dots_say_otherwise ? CellFate::Contradiction : CellFate::Plain, *in_order};
    }
    const bool some_day = days.day_first || days.month_first || days.year_first;
    if (rules.reading == DayFirst || rules.reading == MonthFirst || rules.reading == YearFirst)
        return {some_day ? CellFate::Contradiction : CellFate::AsWritten, {}};
    if (exchangeable) return {rules.reading == IsoOnly ? CellFate::AsWritten : CellFate::NeedsDecision, {}};
    const bool year_anywhere = days.day_first && days.year_first && *days.day_first != *days.year_first;
    if (year_anywhere && rules.reading == AsWritten) return {CellFate::NeedsDecision, {}};
    if (!days.day_first && !days.month_first) return {CellFate::AsWritten, {}};
    return {CellFate::Plain, days.day_first ? *days.day_first : *days.month_first};
}

CellFate read_numeric_date(const CellRules& rules, const NumericDate& parts, std::string& out) {
    const DayChoice choice = choose_day(rules, parts);
    if (choice.fate != CellFate::Plain) return choice.fate;
    std::string plain = date_text(choice.day);
    plain += parts.rest;
    if (!parts.rest.empty() && !parse_date(plain)) return CellFate::AsWritten; // the time is none
    if (rules.kind == ColumnKind::Day) plain.resize(kPlainDayBytes);           // SPEC-NOTES 11: cut to the day it was written in
    out = std::move(plain);
    return CellFate::Plain;
}

bool is_plain_day(std::string_view cell) {
    return cell.size() == kPlainDayBytes && cell[4] == '-' && cell[7] == '-' && is_digit(cell[0]) && is_digit(cell[1]) &&
           is_digit(cell[2]) && is_digit(cell[3]);
}

CellFate read_date(const CellRules& rules, std::string_view cell, std::string& out) {
    if (is_plain_day(cell)) return CellFate::AsWritten;
    if (is_date_serial(cell)) {
        const auto ms = serial_ms(cell, rules.dates_of_1904);
        if (!ms) return CellFate::AsWritten;
        const bool whole_day = rules.kind == ColumnKind::Day || *ms % kDayMs == 0;
        out = whole_day ? date_text(date_of_ms(*ms)) : instant_text(*ms);
        return CellFate::Plain;
    }
    if (const auto parts = split_numeric_date(cell)) return read_numeric_date(rules, *parts, out);
    if (rules.kind == ColumnKind::Instant && parse_instant(cell)) return CellFate::AsWritten;
    const auto day = parse_date(cell);
    if (!day) return CellFate::AsWritten;
    out = date_text(*day);
    return CellFate::Plain;
}

} // namespace

CellFate read_column_cell(const CellRules& rules, std::string_view cell, std::string& out) {
    cell = trimmed(cell);
    if (cell.empty()) return CellFate::AsWritten;
    switch (rules.kind) {
    case ColumnKind::Words: break;
    case ColumnKind::Amount: return read_amount(rules, cell, out);
    case ColumnKind::Percentage: return read_percentage(rules, cell, out);
    case ColumnKind::Day:
    case ColumnKind::Instant: return read_date(rules, cell, out);
    }
    return CellFate::AsWritten;
}

NumericDays days_of(const NumericDate& parts) {
    const auto day = [](int year, int month, int of_month) {
        return make_date(year, static_cast<unsigned>(month), static_cast<unsigned>(of_month));
    };
    const int year = parts.short_year ? full_year(parts.third) : parts.third;
    NumericDays days{day(year, parts.second, parts.first), day(year, parts.first, parts.second), std::nullopt};
    if (parts.short_year) days.year_first = day(full_year(parts.first), parts.second, parts.third);
    return days;
}

std::optional<WrittenPercentage> percentage_number(std::string_view cell) {
    constexpr std::size_t kPercentageBytesMax = 60;
    if (cell.size() > kPercentageBytesMax) return std::nullopt;
    std::string plain;
    for (std::size_t at = 0; at < cell.size(); ++at) {
        if (cell.substr(at).starts_with("\u00A0")) {
            ++at;
        } else if (cell.substr(at).starts_with("\u202F")) {
            at += 2;
        } else if (cell[at] != ' ' && cell[at] != '\t') {
            plain.push_back(cell[at] == ',' ? '.' : cell[at]);
        }
    }
    const bool sign = plain.ends_with('%');
    if (sign) plain.pop_back();
    auto number = shortest_decimal(plain);
    if (!number) return std::nullopt;
    return WrittenPercentage{*std::move(number), sign};
}

bool is_date_serial(std::string_view cell) {
    constexpr std::size_t kSerialBytesMax = 24;
    constexpr std::size_t kDays = 5;
    if (cell.size() < kDays || cell.size() > kSerialBytesMax) return false;
    if (!std::ranges::all_of(cell.substr(0, kDays), is_digit)) return false;
    const std::string_view rest = cell.substr(kDays);
    const bool whole = rest.empty() || (rest.size() > 1 && rest[0] == '.' && std::ranges::all_of(rest.substr(1), is_digit));
    const auto days = parse_decimal(cell.substr(0, kDays), 0, kSerialMost);
    return whole && days && *days >= kSerialLeast;
}

std::optional<std::int64_t> serial_ms(std::string_view number, bool dates_of_1904) {
    constexpr int kDigits = 9; // a billionth of a day is below a tenth of a millisecond
    constexpr std::int64_t kScale = 1'000'000'000;
    constexpr std::int64_t kSerialMax = 2'958'466; // 10000-01-01
    constexpr std::int64_t kEpochOf1900 = -25'569; // 1899-12-30, in days since 1970
    constexpr std::int64_t kEpochOf1904 = -24'107; // 1904-01-01
    constexpr std::int64_t kFirstOfMarch1900 = 61;
    const auto scaled = parse_decimal(number, kDigits, kSerialMax * kScale);
    if (!scaled) return std::nullopt;
    const std::int64_t days = *scaled / kScale;
    const std::int64_t ms = ((*scaled % kScale) * (kDayMs / 1000) + kScale / 2000) / (kScale / 1000); // to the nearest millisecond
    // Spreadsheets count seconds, and their doubles miss them by parts of one; the last second of a day stays in its day.
    const std::int64_t rounded = std::min((ms + 500) / 1000 * 1000, kDayMs - 1000);
    const std::int64_t before_bug = !dates_of_1904 && days < kFirstOfMarch1900 ? 1 : 0;
    return (days + before_bug + (dates_of_1904 ? kEpochOf1904 : kEpochOf1900)) * kDayMs + rounded;
}

} // namespace tributary

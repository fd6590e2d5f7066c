#include "sources/csv_dialect.hpp"

#include "sources/csv_reader.hpp"
#include "sources/field_names.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::size_t kSniffRecordsMax = 200;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// How well a delimiter fits: all of its records as wide as the header is best; known header names break ties.
struct Fit {
    std::size_t columns = 0;
    std::size_t records = 0;
    std::size_t even = 0;
    std::size_t known = 0;

    // In thousandths: evenness first, then how many headers mean something to us, then a little for width.
    [[nodiscard]] std::size_t score() const {
        if (columns < 2) return 0;
        const std::size_t evenness = records == 0 ? 1'000 : 1'000 * even / records;
        return evenness * 10 + std::min<std::size_t>(known, 20) * 500 + std::min<std::size_t>(columns, 50);
    }
};

Fit fit_of(std::string_view head, bool whole, char delimiter) {
    Fit fit;
    CsvReader reader(delimiter, [&](const CsvRecord& record) {
        if (record.fault != CsvFault::None) return true;
        if (fit.columns == 0) {
            fit.columns = record.cells.size();
            fit.known =
                static_cast<std::size_t>(std::ranges::count_if(record.cells, [](auto cell) { return header_place(cell).has_value(); }));
            return true;
        }
        ++fit.records;
        fit.even += record.cells.size() == fit.columns ? 1 : 0;
        return fit.records < kSniffRecordsMax;
    });
    if (reader.write(head) && (whole || fit.columns == 0)) reader.finish();
    return fit;
}

std::size_t take_digits(std::string_view& text, int& number) {
    std::size_t count = 0;
    number = 0;
    while (!text.empty() && is_digit(text.front()) && count < 5) {
        number = number * 10 + (text.front() - '0');
        text.remove_prefix(1);
        ++count;
    }
    return count;
}

} // namespace

char sniff_delimiter(std::string_view head, bool whole) {
    const bool all = whole && head.size() <= kSniffBytesMax;
    head = head.substr(0, kSniffBytesMax);
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const std::size_t score = fit_of(head, all, candidate).score();
        if (score > best_score) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

SeparatorLine separator_line(std::string_view head) {
    constexpr std::string_view kStart = "sep=";
    const bool named = head.size() > kStart.size() + 1 && folded_name(head.substr(0, 3)) == "sep" && head[3] == '=';
    if (!named || std::string_view(",;\t|").find(head[4]) == std::string_view::npos) return {};
    const std::string_view rest = head.substr(kStart.size() + 1);
    const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.front() == '\n' || rest.front() == '\r' ? 1 : 0;
    if (line_end == 0) return {};
    return {head[4], kStart.size() + 1 + line_end};
}

void HabitsVote::hear_date(std::string_view cell) {
    while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    int first = 0;
    int second = 0;
    const std::size_t first_digits = take_digits(cell, first);
    if (first_digits < 1 || first_digits > 2 || cell.empty()) return;
    const char separator = cell.front();
    if (separator != '/' && separator != '.' && separator != '-') return;
    cell.remove_prefix(1);
    const std::size_t second_digits = take_digits(cell, second);
    if (second_digits < 1 || second_digits > 2 || cell.size() < 3 || cell.front() != separator || !is_digit(cell[1]) || !is_digit(cell[2]))
        return;
    day_first_ = day_first_ || (first > 12 && second <= 12);
    month_first_ = month_first_ || (second > 12 && first <= 12);
}

void HabitsVote::hear_amount(std::string_view cell) {
    std::size_t points = 0;
    std::size_t commas = 0;
    std::size_t last_point = 0;
    std::size_t last_comma = 0;
    std::size_t digits_after = 0; // the last mark
    bool digit_before = false;    // the first mark, other than a lone zero
    for (std::size_t at = 0; at < cell.size(); ++at) {
        const char c = cell[at];
        if (c == '.')
            last_point = at, ++points, digits_after = 0;
        else if (c == ',')
            last_comma = at, ++commas, digits_after = 0;
        else if (is_digit(c)) {
            ++digits_after;
            digit_before = digit_before || (points + commas == 0 && c != '0');
        }
    }
    if (points + commas == 0 || digits_after == 0) return;
    if (points > 0 && commas > 0) {
        (last_point > last_comma ? point_ : comma_) = true;
        return;
    }
    const bool is_point = points > 0;
    const bool repeated = points + commas > 1; // thousands: "1.234.567"
    const bool decimal = !repeated && (digits_after != 3 || !digit_before);
    if (repeated)
        (is_point ? comma_ : point_) = true;
    else if (decimal)
        (is_point ? point_ : comma_) = true;
}

DateOrder HabitsVote::date_order() const {
    if (month_first_ == day_first_) return DateOrder::Undecided;
    return month_first_ ? DateOrder::MonthFirst : DateOrder::DayFirst;
}

char HabitsVote::decimal_mark() const {
    if (point_ == comma_) return 0;
    return point_ ? '.' : ',';
}

} // namespace tributary

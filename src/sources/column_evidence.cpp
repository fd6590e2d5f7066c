#include "sources/column_evidence.hpp"

#include "deal/date.hpp"
#include "deal/decimal.hpp"
#include "deal/money.hpp"
#include "sources/column_cell.hpp"
#include "sources/utf8.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr int kDaysOfMonth = 31;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string quoted(const CellExample& example) { return "\"" + example.cell + "\" in line " + std::to_string(example.line); }

// A plain decimal with a point that cannot group: "1250.5", "12.50". The usual cell of an export, and worth no parser.
bool is_plain_fraction(std::string_view cell, std::size_t point) {
    const auto digits = [](std::string_view part) { return !part.empty() && std::ranges::all_of(part, is_digit); };
    return point != 0 && digits(cell.substr(0, point)) && digits(cell.substr(point + 1)) && cell.size() - point - 1 != 3;
}

struct MarkScan {
    std::size_t points = 0, commas = 0;
    char last = 0;
    std::size_t digits_before = 0; // the only mark
    std::size_t digits_after = 0;  // the last mark
    bool leading_zero = false;
    bool spaced = false; // a blank or an apostrophe stands between two digits: those group
};

MarkScan scan_marks(std::string_view cell) {
    MarkScan scan;
    char first_digit = 0;
    bool blank_after_digit = false;
    bool counting = true;
    for (const char c : cell) {
        if (is_digit(c)) {
            if (first_digit == 0) first_digit = c;
            scan.spaced = scan.spaced || blank_after_digit;
            if (counting) ++(scan.points + scan.commas == 0 ? scan.digits_before : scan.digits_after);
            blank_after_digit = false;
        } else if (c == '.' || c == ',') {
            (c == '.' ? scan.points : scan.commas) += 1;
            scan.last = c;
            scan.digits_after = 0;
        } else if (scan.points + scan.commas == 0) {
            blank_after_digit = first_digit != 0; // also the bytes of wider blanks
        } else {
            counting = scan.digits_after == 0; // "1.5e+07" has one digit after its mark
        }
    }
    scan.leading_zero = first_digit == '0';
    return scan;
}

} // namespace

ColumnKind column_kind(Field field) {
    switch (field) {
    case Field::Value: return ColumnKind::Amount;
    case Field::Probability: return ColumnKind::Percentage;
    case Field::ExpectedCloseDate: return ColumnKind::Day;
    case Field::CreatedAt:
    case Field::StageEnteredAt:
    case Field::ClosedAt: return ColumnKind::Instant;
    default: return ColumnKind::Words;
    }
}

AmountMarks amount_marks(std::string_view cell) {
    const std::size_t at = cell.find_first_of(".,");
    if (at == std::string_view::npos) return AmountMarks::None;
    if (cell[at] == '.' && is_plain_fraction(cell, at)) return AmountMarks::Point;
    const MarkScan scan = scan_marks(cell);
    if (scan.digits_after == 0 || !parse_written_number(cell, '.')) {
        // "5.--" and "1.200,-" say nothing more than their digits do; what is no amount says nothing at all.
        if (scan.points + scan.commas < 2 || !parse_written_number(cell, ',')) return AmountMarks::None;
    }
    const AmountMarks as_decimal = scan.last == '.' ? AmountMarks::Point : AmountMarks::Comma;
    if (scan.points > 0 && scan.commas > 0) return as_decimal;
    if (scan.points + scan.commas > 1) return scan.last == '.' ? AmountMarks::Comma : AmountMarks::Point; // both group
    const bool may_group =
        scan.digits_after == 3 && scan.digits_before >= 1 && scan.digits_before <= 3 && !scan.leading_zero && !scan.spaced;
    if (!may_group) return as_decimal;
    return scan.last == '.' ? AmountMarks::ThousandsPoint : AmountMarks::ThousandsComma;
}

bool needs_decision(const ColumnDecision& decision) {
    const auto* open = std::get_if<Undecided>(&decision);
    return open != nullptr && open->open_cells > 0;
}

void ColumnEvidence::Range::hear(int number) {
    least = std::min(least, number);
    most = std::max(most, number);
}

void ColumnEvidence::hear(std::string_view cell, std::uint64_t line) {
    if (cell.empty()) return;
    switch (kind_) {
    case ColumnKind::Words: return;
    case ColumnKind::Amount: hear_amount(cell, line); return;
    case ColumnKind::Percentage: hear_percentage(cell, line); return;
    case ColumnKind::Day:
    case ColumnKind::Instant: hear_date(cell, line); return;
    }
}

void ColumnEvidence::note(Clue clue, std::string_view cell, std::uint64_t line) {
    Seen& seen = seen_[clue];
    if (seen.cells++ == 0) seen.first = {utf8_shown(cell, kExampleBytesMax), line};
}

void ColumnEvidence::hear_amount(std::string_view cell, std::uint64_t line) {
    switch (amount_marks(cell)) {
    case AmountMarks::None: return;
    case AmountMarks::Point: note(kPoint, cell, line); return;
    case AmountMarks::Comma: note(kComma, cell, line); return;
    case AmountMarks::ThousandsComma: note(kThousandsComma, cell, line); return;
    case AmountMarks::ThousandsPoint: note(kThousandsPoint, cell, line); return;
    }
}

void ColumnEvidence::hear_percentage(std::string_view cell, std::uint64_t line) {
    const auto written = percentage_number(cell);
    if (!written) return;
    const std::string& number = written->number;
    if (written->percent_sign)
        note(kSign, cell, line);
    else if (number == "1")
        note(kOne, cell, line);
    else if (number.starts_with("0."))
        note(kBetween, cell, line);
    else if (const auto above = parse_decimal(number, 0, 100); above && *above >= 1)
        note(kAboveOne, cell, line);
}

void ColumnEvidence::hear_date(std::string_view cell, std::uint64_t line) {
    if (cell.size() >= 5 && is_digit(cell[0]) && is_digit(cell[1]) && is_digit(cell[2])) { // no day and no month: ISO, serials, epochs
        if (is_date_serial(cell)) note(kSerial, cell, line);
        return;
    }
    const auto parts = split_numeric_date(cell);
    if (!parts) return;
    const NumericDays days = days_of(*parts);
    if (parts->short_year) {
        first_.hear(parts->first);
        third_.hear(parts->third);
    }
    if (!days.year_first && (days.day_first || days.month_first)) note(kYearLast, cell, line);
    if (days.day_first && days.month_first) {
        if (*days.day_first != *days.month_first) note(parts->mark == '.' ? kDotted : kEither, cell, line);
    } else if (days.month_first) {
        note(kMonthFirst, cell, line);
        if (parts->mark == '.') note(kDottedMonthFirst, cell, line);
    } else if (days.day_first) {
        note(days.year_first ? kDayOrYear : kDayFirst, cell, line);
    } else if (days.year_first && (parts->first > kDaysOfMonth || parts->first == 0)) { // and no 31 April
        note(kYearFirst, cell, line);
    }
}

void ColumnEvidence::merge(const ColumnEvidence& other) {
    for (std::size_t clue = 0; clue < kClues; ++clue) {
        Seen& mine = seen_[clue];
        const Seen& theirs = other.seen_[clue];
        if (theirs.cells > 0 && (mine.cells == 0 || theirs.first.line < mine.first.line)) mine.first = theirs.first;
        mine.cells += theirs.cells;
    }
    for (const auto& [mine, theirs] : {std::pair(&first_, &other.first_), std::pair(&third_, &other.third_)}) {
        mine->least = std::min(mine->least, theirs->least);
        mine->most = std::max(mine->most, theirs->most);
    }
}

ColumnDecision ColumnEvidence::decide() const {
    switch (kind_) {
    case ColumnKind::Words: break;
    case ColumnKind::Amount: return decide_amount();
    case ColumnKind::Percentage: return decide_percentage();
    case ColumnKind::Day:
    case ColumnKind::Instant: return decide_date();
    }
    return Decided{};
}

Decided ColumnEvidence::decided(ColumnReading reading, Clue why, std::string_view sentence) const {
    return {reading, quoted(seen_[why].first) + " " + std::string(sentence), false};
}

Undecided ColumnEvidence::undecided(std::vector<ColumnReading> candidates, std::initializer_list<Clue> why, std::uint64_t open,
                                    std::string reason) const {
    Undecided out{.candidates = std::move(candidates), .examples = {}, .reason = std::move(reason), .open_cells = open};
    for (const Clue clue : why) {
        if (seen_[clue].cells > 0 && out.examples.size() < 2) out.examples.push_back(seen_[clue].first);
    }
    return out;
}

ColumnDecision ColumnEvidence::decide_amount() const {
    using enum ColumnReading;
    const std::uint64_t open = cells(kThousandsComma) + cells(kThousandsPoint);
    if (cells(kPoint) > 0 && cells(kComma) > 0)
        return undecided({DecimalPoint, DecimalComma}, {kPoint, kComma}, open, "The column holds decimal points and decimal commas.");
    if (cells(kPoint) > 0) return decided(DecimalPoint, kPoint, "can only have a decimal point.");
    if (cells(kComma) > 0) return decided(DecimalComma, kComma, "can only have a decimal comma.");
    if (cells(kThousandsPoint) > 0) {
        return undecided({DecimalComma, DecimalPoint}, {kThousandsPoint, kThousandsComma}, open,
                         "Its marks may stand for thousands or for decimals, and no cell tells which.");
    }
    // Money has two decimals, and exports write thousands with commas: a column with nothing but these is no riddle.
    if (cells(kThousandsComma) > 0)
        return decided(DecimalPoint, kThousandsComma, "and every other comma stands before three digits: thousands.");
    return Decided{};
}

ColumnDecision ColumnEvidence::decide_percentage() const {
    using enum ColumnReading;
    if (cells(kAboveOne) > 0) return decided(Percents, kAboveOne, "is no fraction of one.");
    const std::uint64_t open = cells(kBetween) + cells(kOne);
    if (cells(kSign) > 0 && open > 0) {
        return undecided({Percents, Fractions}, {kSign, cells(kBetween) > 0 ? kBetween : kOne}, open,
                         "Some cells carry a percent sign, and those without may be percents or fractions of one.");
    }
    if (cells(kSign) > 0) return decided(Percents, kSign, "carries a percent sign.");
    if (cells(kBetween) > 0) return decided(Fractions, kBetween, "and all others lie between 0 and 1.");
    if (cells(kOne) > 0)
        return undecided({Percents, Fractions}, {kOne}, open, "1 may be one percent or certainty, and no cell tells which.");
    return Decided{};
}

// Years of two digits: in 24/03/17 the year may stand at either end. A first place that never fits a month, and moves less than
// the last one, looks like the year.
bool ColumnEvidence::year_may_stand_first() const {
    const bool other_order = cells(kDayFirst) + cells(kMonthFirst) + cells(kEither) + cells(kDotted) > 0;
    constexpr std::uint64_t kCellsMin = 2; // one date has no range
    return !other_order && cells(kDayOrYear) >= kCellsMin && third_.width() > first_.width();
}

ColumnDecision ColumnEvidence::decide_date() const {
    using enum ColumnReading;
    const std::uint64_t exchangeable = cells(kEither) + cells(kDotted);
    if (cells(kYearFirst) > 0) {
        if (cells(kYearLast) == 0) return decided(YearFirst, kYearFirst, "can only have the year first.");
        return undecided({DayFirst, MonthFirst, YearFirst}, {kYearFirst, kYearLast}, exchangeable + cells(kDayOrYear),
                         "The column holds dates in several orders.");
    }
    if (year_may_stand_first())
        return undecided({DayFirst, YearFirst}, {kDayOrYear}, cells(kDayOrYear),
                         "The year may stand first or last, and no cell tells which.");
    const std::uint64_t day_first = cells(kDayFirst) + cells(kDayOrYear);
    const Clue day_clue = cells(kDayFirst) > 0 ? kDayFirst : kDayOrYear;
    if (day_first > 0 && cells(kMonthFirst) > 0)
        return undecided({DayFirst, MonthFirst}, {day_clue, kMonthFirst}, exchangeable,
                         "The column holds dates with the day first and with the month first.");
    if (cells(kMonthFirst) > 0 && cells(kDotted) > 0 && cells(kDottedMonthFirst) == 0)
        return undecided({DayFirst, MonthFirst}, {kMonthFirst, kDotted}, exchangeable,
                         "Dates with dots have the day first, and others in the column the month.");
    if (day_first > 0) return decided(DayFirst, day_clue, "can only have the day first.");
    if (cells(kMonthFirst) > 0) return decided(MonthFirst, kMonthFirst, "can only have the month first.");
    if (cells(kDotted) > 0) return decided(DayFirst, kDotted, "is written with dots, and so with the day first.");
    if (cells(kEither) > 0)
        return undecided({DayFirst, MonthFirst}, {kEither}, exchangeable, "No number in the column is above 12 where only a day could be.");
    if (cells(kSerial) > 0) return decided(AsWritten, kSerial, "is a spreadsheet's count of days.");
    return Decided{};
}

} // namespace tributary

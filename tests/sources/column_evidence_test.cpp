// Whole columns of amounts, percentages and dates, written as the world writes them: what is decided, what is asked, and that no
// day and no cent moves.
#include "deal/date.hpp"
#include "deal/money.hpp"
#include "sources/column_cell.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

using enum ColumnReading;

ColumnEvidence heard(ColumnKind kind, const std::vector<std::string>& cells) {
    ColumnEvidence evidence(kind);
    std::uint64_t line = 2;
    for (const std::string& cell : cells) evidence.hear(cell, line++);
    return evidence;
}

std::optional<ColumnReading> decided(ColumnKind kind, const std::vector<std::string>& cells) {
    const ColumnDecision decision = heard(kind, cells).decide();
    const auto* found = std::get_if<Decided>(&decision);
    return found == nullptr ? std::nullopt : std::optional(found->reading);
}

// The plain form, or what became of the cell instead.
std::string plain(const CellRules& rules, std::string_view cell) {
    std::string out;
    switch (read_column_cell(rules, cell, out)) {
    case CellFate::Plain: return out;
    case CellFate::AsWritten: return std::string(cell);
    case CellFate::NeedsDecision: return "needs decision";
    case CellFate::Contradiction: return "contradiction";
    }
    return {};
}

TEST(ColumnEvidence, AmountsAreDecidedByWhatOnlyOneReadingAllows) {
    const struct {
        std::vector<std::string> cells;
        std::optional<ColumnReading> reading;
    } columns[] = {
        {{"1,234", "1,234.56"}, DecimalPoint},
        {{"1.234", "1.234,56"}, DecimalComma},
        {{"$1.2k", "3"}, DecimalPoint},
        {{"1\u00A0234,56"}, DecimalComma},
        {{"1\u202F234,567"}, DecimalComma},
        {{"1'234.56"}, DecimalPoint},
        {{"(5,000)", "€75 000"}, DecimalPoint},
        {{"12,5M"}, DecimalComma},
        {{"1.5e+07"}, DecimalPoint},
        {{"0,500"}, DecimalComma},
        {{"1234,567"}, DecimalComma},
        {{"12,34,567"}, DecimalPoint},
        {{"1.234.567"}, DecimalComma},
        {{"$120,000", "$45,500"}, DecimalPoint},
        {{"75 000", "EUR 5", "12", ""}, AsWritten},
        {{"see 1.2.3", "n/a", "Q1.5 plan"}, AsWritten},
        {{"1.234", "5.678"}, std::nullopt},
        {{"1.234", "1,234"}, std::nullopt},
        {{"1.5", "1,5"}, std::nullopt},
    };
    for (const auto& each : columns) EXPECT_EQ(decided(ColumnKind::Amount, each.cells), each.reading) << each.cells.front();
}

TEST(ColumnEvidence, PercentagesAndFractionsAreToldApartByTheColumn) {
    EXPECT_EQ(decided(ColumnKind::Percentage, {"60", "0.5", "1"}), Percents);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"0.6", "1", "0"}), Fractions);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"0,6", "0"}), Fractions);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"60%", "7 %"}), Percents);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"0", "", "high"}), AsWritten);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"1", "0"}), std::nullopt);
    EXPECT_EQ(decided(ColumnKind::Percentage, {"60%", "0.6"}), std::nullopt);
    const CellRules fractions{.kind = ColumnKind::Percentage, .reading = Fractions};
    EXPECT_EQ(plain(fractions, "0.605"), "60.5");
    EXPECT_EQ(plain(fractions, "+1.0"), "100");
    EXPECT_EQ(plain(fractions, "5e-1"), "50");
    EXPECT_EQ(plain(fractions, "25%"), "25");
    EXPECT_EQ(plain(fractions, "60"), "contradiction");
}

TEST(ColumnEvidence, DatesAreDecidedByWhatOnlyOneOrderAllows) {
    const struct {
        std::vector<std::string> cells;
        std::optional<ColumnReading> reading;
    } columns[] = {
        {{"3/4/2026", "14/3/2026"}, DayFirst},
        {{"3/4/2026", "3/14/2026 10:30 PM"}, MonthFirst},
        {{"03-04-26", "31-04-26", "14-04-26"}, DayFirst}, // there is no 31 April
        {{"30/2/2026", "4/4/2026"}, AsWritten},           // nor 30 February
        {{"01.02.2026"}, DayFirst},
        {{"99/05/04", "04/05/99"}, std::nullopt},
        {{"99/05/04", "98/07/30"}, YearFirst},
        {{"26/03/17", "26/03/18"}, std::nullopt},
        {{"17/03/26", "28/11/26"}, DayFirst},
        {{"3/4/2026", "5/6/2026"}, std::nullopt},
        {{"3/14/2026", "04.05.2026"}, std::nullopt},
        {{"14/3/2026", "3/14/2026"}, std::nullopt},
        {{"2026-06-01", "20260601", "1 June 2026", "46174", "1780272000", "1780272000000", "1. M\u00E4rz 2026"}, AsWritten},
    };
    for (const auto& each : columns) EXPECT_EQ(decided(ColumnKind::Day, each.cells), each.reading) << each.cells.front();
}

TEST(ColumnEvidence, ADecisionShowsTheCellThatMadeItAndAnOpenOneTheCellsThatAsk) {
    const ColumnDecision made = heard(ColumnKind::Day, {"3/4/2026", "14/3/2026"}).decide();
    EXPECT_EQ(std::get<Decided>(made).evidence, "\"14/3/2026\" in line 3 can only have the day first.");
    const ColumnDecision open = heard(ColumnKind::Day, {"", "3/4/2026", "5/6/2026"}).decide();
    const auto& undecided = std::get<Undecided>(open);
    EXPECT_EQ(undecided.candidates, (std::vector{DayFirst, MonthFirst}));
    ASSERT_EQ(undecided.examples.size(), 1U);
    EXPECT_EQ(undecided.examples[0].cell, "3/4/2026");
    EXPECT_EQ(undecided.examples[0].line, 3U);
    EXPECT_EQ(undecided.open_cells, 2U);
    EXPECT_TRUE(needs_decision(open));
    EXPECT_FALSE(needs_decision(heard(ColumnKind::Amount, {"1,5", "1.5"}).decide())) << "every cell is clear by itself";
}

std::string shown(const ColumnDecision& decision) {
    if (const auto* made = std::get_if<Decided>(&decision)) return std::string(reading_word(made->reading)) + made->evidence;
    std::string out = std::get<Undecided>(decision).reason;
    for (const CellExample& example : std::get<Undecided>(decision).examples) out += example.cell + std::to_string(example.line);
    return out + std::to_string(std::get<Undecided>(decision).open_cells);
}

TEST(ColumnEvidence, PartsHeardApartAndMergedDecideLikeTheWholeColumnInAnyOrder) {
    EXPECT_TRUE(rc::check([] {
        const auto kind = *rc::gen::element(ColumnKind::Amount, ColumnKind::Percentage, ColumnKind::Day);
        const auto cells = *rc::gen::container<std::vector<std::string>>(
            rc::gen::element<std::string>("3/4/2026", "14/3/2026", "3/14/2026", "04.05.2026", "26/03/17", "99/01/02", "1,234", "1.234",
                                          "1.5", "1,5", "0.5", "1", "60", "60%", "46174", ""));
        const std::size_t cut = *rc::gen::inRange<std::size_t>(0, cells.size() + 1);
        ColumnEvidence whole(kind), first(kind), second(kind);
        for (std::size_t at = 0; at < cells.size(); ++at) {
            whole.hear(cells[at], at + 2);
            (at < cut ? first : second).hear(cells[at], at + 2);
        }
        ColumnEvidence other_way = second;
        first.merge(second);
        other_way.merge(heard(kind, {cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(cut)}));
        RC_ASSERT(shown(first.decide()) == shown(whole.decide()));
        RC_ASSERT(shown(other_way.decide()) == shown(whole.decide()));
    }));
}

// Every day of leap and common years, near the ends of centuries and of the two-digit years.
std::vector<Date> days() {
    std::vector<Date> all;
    for (const int year : {1969, 1999, 2000, 2024, 2026, 2068}) {
        for (Date day = *make_date(year, 1, 1); day <= *make_date(year, 12, 31); ++day.days) all.push_back(day);
    }
    return all;
}

std::string padded(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

TEST(ColumnEvidence, NoDateMovesByADayInAnyWayToWriteIt) {
    const char* const months[] = {"January", "Februar",   "mars",  "abril",   "maggio", "juni",
                                  "julho",   "ao\u00FBt", "Sept.", "Oktober", "nov",    "diciembre"};
    for (const Date day : days()) {
        const std::string iso = date_text(day);
        const unsigned year = static_cast<unsigned>(std::stoi(iso.substr(0, 4)));
        const unsigned month = static_cast<unsigned>(std::stoi(iso.substr(5, 2)));
        const unsigned of_month = static_cast<unsigned>(std::stoi(iso.substr(8, 2)));
        const std::string d = std::to_string(of_month), m = std::to_string(month), y = std::to_string(year), yy = padded(year % 100);
        const std::string epoch = std::to_string(std::int64_t{day.days} * 86'400'000);
        const struct {
            ColumnReading reading;
            std::string cell;
        } written[] = {
            {DayFirst, d + "/" + m + "/" + y},
            {DayFirst, padded(of_month) + "." + padded(month) + "." + y},
            {DayFirst, d + "-" + m + "-" + yy},
            {DayFirst, d + "/" + m + "/" + y + " 23:59"},
            {MonthFirst, m + "/" + d + "/" + y + " 12:00 AM"},
            {MonthFirst, m + "-" + d + "-" + yy},
            {YearFirst, yy + "/" + m + "/" + padded(of_month)},
            {AsWritten, iso},
            {AsWritten, iso + "T23:30:00-11:00"},
            {AsWritten, iso + " 00:15 +14:00"},
            {AsWritten, iso + "T00:00:00.000Z"},
            {AsWritten, y + padded(month) + padded(of_month)},
            {AsWritten, d + " " + months[month - 1] + " " + y},
            {AsWritten, std::string(months[month - 1]) + " " + d + ", " + y},
            {AsWritten, std::to_string(day.days + 25'569)},
            {AsWritten, std::to_string(day.days + 25'569) + ".99999"},
            {DayFirst, iso},
        };
        for (const auto& each : written) ASSERT_EQ(plain({.kind = ColumnKind::Day, .reading = each.reading}, each.cell), iso) << each.cell;
        ASSERT_EQ(plain({.kind = ColumnKind::Day, .dates_of_1904 = true}, std::to_string(day.days + 24'107)),
                  day.days + 24'107 < 20'000 ? plain({}, std::to_string(day.days + 24'107)) : iso);
        if (year >= 1999) ASSERT_EQ(plain({.kind = ColumnKind::Day}, epoch), iso) << epoch;
    }
}

TEST(ColumnEvidence, AnInstantKeepsItsTimeWhateverTheOrderOfItsDay) {
    const CellRules rules{.kind = ColumnKind::Instant, .reading = DayFirst};
    EXPECT_EQ(plain(rules, "3/4/2026 10:30"), "2026-04-03 10:30");
    EXPECT_EQ(plain(rules, "46115.4375"), "2026-04-03T10:30:00.000Z");
    EXPECT_EQ(plain(rules, "46115"), "2026-04-03");
    EXPECT_EQ(plain(rules, "2026-04-03T10:30:00+02:00"), "2026-04-03T10:30:00+02:00");
    EXPECT_EQ(plain(rules, "3/4/2026 25:00"), "3/4/2026 25:00") << "no time: left for whoever says so";
}

// An amount as a locale writes it.
struct Locale {
    ColumnReading reading;
    std::string group, mark;
};

std::string grouped(std::int64_t major, const std::string& group) {
    std::string digits = std::to_string(major);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, group);
    return digits;
}

TEST(ColumnEvidence, AmountsComeBackToTheCentFromEveryLocale) {
    EXPECT_TRUE(rc::check([] {
        const Locale locale =
            *rc::gen::element(Locale{DecimalPoint, ",", "."}, Locale{DecimalComma, ".", ","}, Locale{DecimalComma, "\u00A0", ","},
                              Locale{DecimalComma, "\u202F", ","}, Locale{DecimalComma, " ", ","}, Locale{DecimalPoint, "'", "."},
                              Locale{DecimalPoint, "\u2019", "."}, Locale{DecimalPoint, "", "."}, Locale{DecimalComma, "", ","});
        const std::int64_t minor = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000);
        const bool cents = *rc::gen::arbitrary<bool>();
        const std::string before = *rc::gen::element<std::string>("", "€", "€ ", "EUR ");
        std::string cell = before + grouped(minor / 100, locale.group);
        if (cents) cell += locale.mark + padded(static_cast<unsigned>(minor % 100));
        const std::string out = plain({.kind = ColumnKind::Amount, .reading = locale.reading}, cell);
        const auto back = parse_written_amount(out, {}, '.');
        RC_ASSERT(back.has_value());
        RC_ASSERT(back->minor == (cents ? minor : minor / 100 * 100));
        RC_ASSERT(back->named_currency == !before.empty());
        const auto decision = decided(ColumnKind::Amount, {cell});
        if (cents) RC_ASSERT(decision == locale.reading);
    }));
}

TEST(ColumnEvidence, AmountsArePutPlainAndWhatIsNoneIsLeftAsWritten) {
    const CellRules comma{.kind = ColumnKind::Amount, .reading = DecimalComma};
    const CellRules point{.kind = ColumnKind::Amount, .reading = DecimalPoint};
    const CellRules open{.kind = ColumnKind::Amount};
    EXPECT_EQ(plain(point, "$1.2k"), "1200 USD");
    EXPECT_EQ(plain(comma, "1.234,56"), "1234.56");
    EXPECT_EQ(plain(open, "12.5M"), "12500000");
    EXPECT_EQ(plain(open, "EUR 5"), "5 EUR");
    EXPECT_EQ(plain(open, "€75 000"), "75000 EUR");
    EXPECT_EQ(plain(point, "1200.00"), "1200");
    EXPECT_EQ(plain(point, "(5,000)"), "(5,000)") << "a negative amount is refused by whoever knows why";
    EXPECT_EQ(plain(open, "1.234"), "needs decision");
    EXPECT_EQ(plain(comma, "12.50"), "contradiction");
    EXPECT_EQ(plain(point, "12,50"), "contradiction");
    EXPECT_EQ(plain(point, "a lot"), "a lot");
}

} // namespace
} // namespace tributary

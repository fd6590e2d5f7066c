// How the people of a file write amounts, percentages and dates, decided for a whole column from what all of its cells rule in and
// out. Pure and mergeable: a plan feeds it the stored file, a streamed upload what it holds. Used by the readers of files.
#pragma once
#include "deal/field.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tributary {

enum class ColumnKind : std::uint8_t { Words, Amount, Percentage, Day, Instant };
[[nodiscard]] ColumnKind column_kind(Field field);

// One way to read every cell of a column. AsWritten: each cell says itself how it is to be read, or is not taken.
enum class ColumnReading : std::uint8_t {
    AsWritten,
    DecimalPoint, // "1,234.56", and so "1,234" is a thousand
    DecimalComma, // "1.234,56", and so "1.234" is a thousand
    Percents,     // 60
    Fractions,    // 0.6
    DayFirst,
    MonthFirst,
    YearFirst, // 26/6/1
    IsoOnly,   // an exchangeable day and month is refused, whatever the others say
};
[[nodiscard]] std::string_view
reading_word(ColumnReading reading); // as options write it: ".", ",", "percent", "dmy", ...; else "as_written"
// nullopt: no such word, or not for this kind of column.
[[nodiscard]] std::optional<ColumnReading> parse_reading(std::string_view word, ColumnKind kind);
[[nodiscard]] std::string_view
reading_option(ColumnKind kind); // the option that decides: "decimal_mark", "probability_scale", "date_order"

struct CellExample {
    std::string cell; // at most kExampleBytesMax
    std::uint64_t line = 0;
};
inline constexpr std::size_t kExampleBytesMax = 60;

// The column is read so. `evidence` is one sentence for a person. `told`: the sender said it.
struct Decided {
    ColumnReading reading = ColumnReading::AsWritten;
    std::string evidence;
    bool told = false;
};

// Nothing, or too much, decides: a person must. `open_cells` cells can be read two ways; with none of them nothing hangs on it.
struct Undecided {
    std::vector<ColumnReading> candidates;
    std::vector<CellExample> examples; // at most two
    std::string reason;                // one sentence
    std::uint64_t open_cells = 0;
};
using ColumnDecision = std::variant<Decided, Undecided>;

[[nodiscard]] bool needs_decision(const ColumnDecision& decision);

class ColumnEvidence {
  public:
    explicit ColumnEvidence(ColumnKind kind = ColumnKind::Words) : kind_(kind) {}

    // One cell of the column, trimmed or not; `line` of the file, for the examples. Blank cells and words say nothing.
    void hear(std::string_view cell, std::uint64_t line);
    // As if this had heard the other's cells as well. Both are of the same kind.
    void merge(const ColumnEvidence& other);
    [[nodiscard]] ColumnDecision decide() const;
    [[nodiscard]] ColumnKind kind() const { return kind_; }

  private:
    enum Clue : std::uint8_t {
        kPoint,
        kComma,
        kThousandsComma,
        kThousandsPoint, // amounts; the last two can be read two ways
        kSign,
        kAboveOne,
        kBetween,
        kOne, // percentages
        kDayFirst,
        kMonthFirst,
        kYearFirst,
        kDayOrYear, // dates: only readable so
        kEither,
        kDotted, // day and month can be exchanged; dotted: likewise, with dots
        kDottedMonthFirst,
        kYearLast, // whatever the order of day and month

        kSerial,
        kClues
    };
    struct Seen {
        std::uint64_t cells = 0;
        CellExample first;
    };
    // Of dates with years of two digits: which place moves more is no year.
    struct Range {
        int least = 100;
        int most = -1;
        void hear(int number);
        [[nodiscard]] int width() const { return most - least; }
    };

    void hear_amount(std::string_view cell, std::uint64_t line);
    void hear_percentage(std::string_view cell, std::uint64_t line);
    void hear_date(std::string_view cell, std::uint64_t line);
    void note(Clue clue, std::string_view cell, std::uint64_t line);
    [[nodiscard]] ColumnDecision decide_amount() const;
    [[nodiscard]] ColumnDecision decide_percentage() const;
    [[nodiscard]] ColumnDecision decide_date() const;
    [[nodiscard]] bool year_may_stand_first() const;
    [[nodiscard]] std::uint64_t cells(Clue clue) const { return seen_[clue].cells; }
    [[nodiscard]] Decided decided(ColumnReading reading, Clue why, std::string_view sentence) const;
    [[nodiscard]] Undecided undecided(std::vector<ColumnReading> candidates, std::initializer_list<Clue> why, std::uint64_t open,
                                      std::string reason) const;

    ColumnKind kind_;
    std::array<Seen, kClues> seen_{};
    Range first_;
    Range third_;
};

// An amount's marks, by themselves. None: no marks, or no amount.
enum class AmountMarks : std::uint8_t { None, Point, Comma, ThousandsComma, ThousandsPoint };
[[nodiscard]] AmountMarks amount_marks(std::string_view cell);

} // namespace tributary

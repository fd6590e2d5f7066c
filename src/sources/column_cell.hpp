// One cell of a column whose reading is decided, to the plain form every reader understands: amounts as "1234.5 EUR", percentages
// as "60", dates as "2026-06-01". Pure; the hot path of every file.
#pragma once
#include "deal/date.hpp"
#include "sources/column_evidence.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// How the cells of one column are read.
struct CellRules {
    ColumnKind kind = ColumnKind::Words;
    ColumnReading reading = ColumnReading::AsWritten;
    bool told = false;          // by the sender, and so never doubted
    bool dates_of_1904 = false; // a spreadsheet's count of days begins in 1904
};

enum class CellFate : std::uint8_t {
    Plain,         // `out` holds the plain form
    AsWritten,     // the text says it all already, or is no such value at all: whoever normalises it will say so
    NeedsDecision, // it can be read two ways, and nothing decides
    Contradiction, // it can only be read otherwise than its column is
};
// Replaces `out` when Plain. Blank cells are AsWritten.
[[nodiscard]] CellFate read_column_cell(const CellRules& rules, std::string_view cell, std::string& out);

// The days three numbers can be; nullopt where there is no such day.
struct NumericDays {
    std::optional<Date> day_first, month_first, year_first;
};
[[nodiscard]] NumericDays days_of(const NumericDate& parts);

struct WrittenPercentage {
    std::string number; // in its shortest form
    bool percent_sign = false;
};
[[nodiscard]] std::optional<WrittenPercentage> percentage_number(std::string_view cell);

// Five digits, and perhaps a fraction, that a spreadsheet would show as a day of 1954 to 2119.
[[nodiscard]] bool is_date_serial(std::string_view cell);
// The instant of a spreadsheet's serial number in ms since 1970, as if its clock were UTC; nullopt when it is none (or negative).
// Serials below 61 of the 1900 system count a day that never was, 29 February 1900.
[[nodiscard]] std::optional<std::int64_t> serial_ms(std::string_view number, bool dates_of_1904);

} // namespace tributary

// The words by which options, mappings and plans name a column's reading. See column_evidence.hpp.
#include "sources/column_evidence.hpp"

namespace tributary {

std::string_view reading_word(ColumnReading reading) {
    switch (reading) {
    case ColumnReading::AsWritten: break;
    case ColumnReading::DecimalPoint: return ".";
    case ColumnReading::DecimalComma: return ",";
    case ColumnReading::Percents: return "percent";
    case ColumnReading::Fractions: return "fraction";
    case ColumnReading::DayFirst: return "dmy";
    case ColumnReading::MonthFirst: return "mdy";
    case ColumnReading::YearFirst: return "ymd";
    case ColumnReading::IsoOnly: return "iso";
    }
    return "as_written";
}

std::optional<ColumnReading> parse_reading(std::string_view word, ColumnKind kind) {
    using enum ColumnReading;
    const auto one_of = [word](std::initializer_list<ColumnReading> readings) -> std::optional<ColumnReading> {
        for (const ColumnReading reading : readings) {
            if (reading_word(reading) == word) return reading;
        }
        return std::nullopt;
    };
    switch (kind) {
    case ColumnKind::Words: break;
    case ColumnKind::Amount: return one_of({DecimalPoint, DecimalComma});
    case ColumnKind::Percentage: return one_of({Percents, Fractions});
    case ColumnKind::Day:
    case ColumnKind::Instant: return one_of({DayFirst, MonthFirst, YearFirst, IsoOnly});
    }
    return std::nullopt;
}

std::string_view reading_option(ColumnKind kind) {
    switch (kind) {
    case ColumnKind::Words: break;
    case ColumnKind::Amount: return "decimal_mark";
    case ColumnKind::Percentage: return "probability_scale";
    case ColumnKind::Day:
    case ColumnKind::Instant: return "date_order";
    }
    return "";
}

} // namespace tributary

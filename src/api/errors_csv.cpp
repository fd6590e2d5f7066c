// See errors_csv.hpp.
#include "api/errors_csv.hpp"

#include "deal/json.hpp"
#include "deal/spreadsheet.hpp"
#include "sources/csv_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

struct Layout {
    std::vector<std::string> header; // empty: not a CSV import
    char delimiter = ',';
    char quote = '"';
};

// How the file was read, from the unit's options.
Layout layout_of(const Unit& unit) {
    Layout layout;
    const auto options = unit.options.empty() ? Result<boost::json::value>(boost::json::value()) : parse_json(unit.options);
    const auto* object = options ? options->if_object() : nullptr;
    if (object == nullptr) return layout;
    if (const auto* columns = object->if_contains("columns"); columns != nullptr && columns->is_array()) {
        for (const auto& column : columns->as_array()) {
            const auto* header = column.is_object() ? column.as_object().if_contains("header") : nullptr;
            layout.header.push_back(header == nullptr ? std::string() : scalar_text(*header));
        }
    }
    if (const auto* delimiter = object->if_contains("delimiter"); delimiter != nullptr && delimiter->is_string()) {
        const std::string_view word = delimiter->as_string();
        layout.delimiter = word == "tab" ? '\t' : word.size() == 1 ? word.front() : ',';
    }
    if (const auto* quote = object->if_contains("quote"); quote != nullptr && quote->is_string()) {
        const std::string_view word = quote->as_string();
        layout.quote = word.size() == 1 ? word.front() : kCsvNoQuote;
    }
    return layout;
}

std::vector<std::string> cells_of(const std::string& raw, const Layout& layout) {
    std::vector<std::string> cells;
    if (layout.header.empty()) return {raw};
    CsvReader reader(layout.delimiter, [&](const CsvRecord& record) {
        if (record.fault != CsvFault::None) cells.assign(1, std::string(record.raw));
        else cells.assign(record.cells.begin(), record.cells.end());
        return false;
    }, layout.quote);
    reader.write(raw);
    reader.finish();
    cells.resize(layout.header.size());
    return cells;
}

std::string_view error_text(const RowOutcome& row) { return row.problems.empty() ? std::string_view("The row was refused.") : row.problems.front().message; }

} // namespace

std::string errors_csv(const Unit& unit, LedgerReader& ledger) {
    const Layout layout = layout_of(unit);
    const bool csv = !layout.header.empty();
    std::string out;
    std::vector<std::string> cells = csv ? layout.header : std::vector<std::string>{"raw"};
    for (const std::string_view own : {csv ? "_line" : "_row", "_code", "_error"}) cells.emplace_back(own);
    append_csv_row(out, cells);
    OutcomeQuery query{.unit = unit.id, .action = RowAction::Rejected, .from_row = 0, .limit = 500};
    for (std::uint32_t rows = 0; rows < kErrorRowsMax;) {
        const auto page = ledger.list_outcomes(query);
        for (const RowOutcome& row : page) {
            cells = cells_of(row.raw, layout);
            cells.push_back(std::to_string(csv ? row.line : row.row));
            cells.push_back(row.code);
            cells.emplace_back(error_text(row));
            append_csv_row(out, cells);
        }
        if (page.size() < query.limit) break;
        rows += query.limit;
        query.from_row = page.back().row + 1;
    }
    return out;
}

} // namespace tributary

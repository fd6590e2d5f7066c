// See errors_csv.hpp.
#include "api/errors_csv.hpp"

#include "api/import_cells.hpp"
#include "deal/spreadsheet.hpp"

namespace tributary {
namespace {

std::string_view error_text(const RowOutcome& row) { return row.problems.empty() ? std::string_view("The row was refused.") : row.problems.front().message; }

} // namespace

std::string errors_csv(const Unit& unit, LedgerReader& ledger) {
    const CellLayout layout = cell_layout(unit);
    const bool csv = !layout.header.empty();
    std::string out;
    std::vector<std::string> cells = csv ? layout.header : std::vector<std::string>{"raw"};
    for (const std::string_view own : {csv ? "_line" : "_row", "_code", "_error"}) cells.emplace_back(own);
    append_csv_row(out, cells);
    OutcomeQuery query{.unit = unit.id, .action = RowAction::Rejected, .from_row = 0, .limit = 500};
    for (std::uint32_t rows = 0; rows < kErrorRowsMax;) {
        const auto page = ledger.list_outcomes(query);
        for (const RowOutcome& row : page) {
            cells = cells_of(row.raw, row.row, layout);
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

// Cells that a person has mended after looking at a plan: the file's bytes stay as they came, and are read as if the cell had been
// different. Used by the readers of files; asked for by a replay (the option "fixes").
#pragma once
#include "deal/result.hpp"
#include "sources/csv_layout.hpp"
#include "sources/csv_plan.hpp"
#include "sources/csv_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kCellFixesMax = 1'000;

// [{"index":n,"column":"<header>","value":"<text>"}]; the last of several for one cell holds.
// Refuses with invalid_option, naming the
// member that is wrong: fixes[3].column.
[[nodiscard]] Result<std::vector<CellFix>> parse_cell_fixes(std::string_view json);
[[nodiscard]] std::string cell_fixes_json(const std::vector<CellFix>& fixes);
// Earlier ones, and later ones added to them; an empty list of later ones drops the earlier ones. Refuses with invalid_option when that
// makes too many.
[[nodiscard]] Result<std::vector<CellFix>> merged_cell_fixes(std::vector<CellFix> earlier, const std::vector<CellFix>& later);

// How a fix of a cell that is not there is refused, by its place among those that were sent.
[[nodiscard]] Refusal no_such_column(std::size_t place, const CellFix& fix);
[[nodiscard]] Refusal no_such_row(std::size_t place, const CellFix& fix, std::uint64_t rows);

// Refuses with unknown_header when the table has no such column.
[[nodiscard]] Result<void> check_fixed_columns(const CsvPlan& plan, const std::vector<CellFix>& fixes);

// Between the records of a file and what hears or reads them. Rows are counted as they stand in the file, so that a mended cell moves
// no other row.
class RowMender {
  public:
    // The plan's columns are mapped, and the fixes' columns are among them; `options` outlive it.
    RowMender(const CsvPlan& plan, const CsvOptions& options);

    // The record, mended when there is something to mend; good until the next call. To be called with every record below the header.
    [[nodiscard]] const CsvRecord& mend(const CsvRecord& record);
    // After the last record. Refuses with unknown_row when a row to be mended is not there, or is not one that can be: its text broke
    // a limit.
    [[nodiscard]] Result<void> check_all_done() const;

  private:
    struct Fix {
        std::uint32_t row = 0;
        std::size_t column = 0;
        std::size_t place = 0; // among the fixes as they were given
    };
    [[nodiscard]] const CsvRecord& mended(const CsvRecord& record);

    const std::vector<CellFix>& given_;
    std::vector<Fix> fixes_; // by row
    std::size_t next_ = 0;   // of them
    RowJudge judge_;
    std::uint32_t row_ = 0;
    std::vector<std::string_view> cells_;
    std::vector<std::uint8_t> exact_;
    CsvRecord record_;
    std::size_t not_mendable_ = kNone; // the first that was met and could not be mended
    static constexpr std::size_t kNone = SIZE_MAX;
};

} // namespace tributary

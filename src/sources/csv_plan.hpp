// What the head of a file told: encoding, dialect, header and columns, and how each column is read. Used by the readers of files.
#pragma once
#include "sources/column_evidence.hpp"
#include "sources/csv_encoding.hpp"
#include "sources/csv_layout.hpp"
#include "sources/csv_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// The header must lie within this much of the file, and the dialect is found out on it.
inline constexpr std::size_t kHeadBytesMax = 1024 * 1024;

// Where in a workbook the table is.
struct WorkbookPlan {
    std::string sheet;
    std::vector<std::string> sheets;
    bool dates_of_1904 = false;
};

struct CsvPlan {
    std::optional<WorkbookPlan> workbook; // nullopt: text
    CsvEncoding encoding;
    char delimiter = ',';
    char quote = '"';                // kCsvNoQuote: none
    std::size_t separator_bytes = 0; // of a "sep=;" line before the header
    std::uint64_t header_line = 1;
    std::vector<std::string> header; // as in the file
    std::string fingerprint;         // of the header
    CsvColumns columns;
    std::vector<ColumnDecision> decisions; // by column, once the cells were heard
};

// Refuses with empty_file, not_text, invalid_utf8, header_too_long, unknown_mapping and the codes of plan_columns. `whole`: the head is all
// there is. Nothing is decided about the columns' cells yet.
[[nodiscard]] Result<CsvPlan> plan_csv(std::string_view head, bool whole, CsvOptions& options);

// Chooses the mapping for the header that was found, maps its columns, and keeps the mapping when that was asked for. Refuses with the
// codes of map_columns and keep_mapping.
[[nodiscard]] Result<void> plan_columns(CsvPlan& plan, HeaderSearch::Found&& header, CsvOptions& options);

// What became of the cells below the header, by column.
struct ColumnNotes {
    std::uint64_t needs_decision = 0; // rows refused for it
    std::uint64_t contradictions = 0;
};

// A row that is no deal: passed over, and told.
struct SkippedRow {
    std::uint64_t line = 0;
    std::string_view why; // row_role_word
    std::string text;     // at most kSkippedTextBytesMax
};
inline constexpr std::size_t kSkippedShownMax = 20;
inline constexpr std::size_t kSkippedTextBytesMax = 200;

struct RowNotes {
    std::vector<ColumnNotes> columns;
    std::vector<SkippedRow> skipped; // the first of them
    std::uint64_t skipped_rows = 0;
};

// The plan as JSON, for the unit's options:
// {"format":"csv"|"xlsx","sheet"?,"sheets"?,"date_system"?,"encoding","encoding_evidence","delimiter","quote","header_line","header":[...],
// "header_fingerprint","mapping":{"from":"headers"|"request"|"saved","name"?,"by"?,"saved_as"?},"fixes"?,"date_order","decimal_mark",
// "columns":[{"header","field","match","confidence","reason","suggestion"?,"do_not_overwrite"?,"reading"?,"evidence"?,
// "contradicting_rows"?,"undecided_rows"?}],
// "needs_decision":[{"column","field","option","candidates","examples":[{"line","cell"}],"reason","open_cells"}],
// "skipped_rows","skipped":[{"line","why","text"}],"warnings":[...]}.
[[nodiscard]] std::string plan_json(const CsvPlan& plan, const CsvOptions& options, const RowNotes& notes = {});

} // namespace tributary

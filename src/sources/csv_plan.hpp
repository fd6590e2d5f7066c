// What the head of a file told: encoding, dialect, header and columns, and how each column is read. Used by the readers of files.
#pragma once
#include "sources/column_evidence.hpp"
#include "sources/csv_encoding.hpp"
#include "sources/csv_options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// The header must lie within this much of the file, and the dialect is found out on it.
inline constexpr std::size_t kHeadBytesMax = 1024 * 1024;

struct CsvPlan {
    CsvEncoding encoding;
    char delimiter = ',';
    std::size_t separator_bytes = 0; // of a "sep=;" line before the header
    std::uint64_t header_line = 1;
    std::vector<std::string> header; // as in the file
    CsvColumns columns;
    std::vector<ColumnDecision> decisions; // by column, once the cells were heard
};

// Refuses with empty_file, not_text, invalid_utf8, header_too_long and the codes of map_columns. `whole`: the head is all there is.
// Nothing is decided about the columns' cells yet.
[[nodiscard]] Result<CsvPlan> plan_csv(std::string_view head, bool whole, const CsvOptions& options);

// What became of the cells below the header, by column.
struct ColumnNotes {
    std::uint64_t needs_decision = 0; // rows refused for it
    std::uint64_t contradictions = 0;
};

// The plan as JSON, for the unit's options: {"encoding","delimiter","header_line","header":[...],"date_order","decimal_mark",
// "columns":[{"header","field","reading"?,"evidence"?}],"needs_decision":[{"column","field","option","candidates","examples",
// "reason"}],"warnings":[...],"automations"?}.
[[nodiscard]] std::string plan_json(const CsvPlan& plan, const CsvOptions& options, const std::vector<ColumnNotes>& notes = {});

} // namespace tributary

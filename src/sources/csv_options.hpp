// The options of an upload: form fields beside the file, or query parameters. Used by csv.cpp.
#pragma once
#include "deal/result.hpp"
#include "sources/csv_encoding.hpp"
#include "sources/csv_mapping.hpp"
#include "sources/source.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

// Where the mapping comes from: there is none but the headers' own words, the sender's, or one that the workspace keeps.
enum class MappingFrom : std::uint8_t { Headers, Request, Saved };
enum class MappingBy : std::uint8_t { Name, Header }; // how a saved one was found
[[nodiscard]] std::string_view mapping_by_word(MappingBy by);
struct MappingOrigin {
    MappingFrom from = MappingFrom::Headers;
    MappingBy by = MappingBy::Header;
    std::string name;     // of a saved one
    std::string text;     // JSON; empty: there is none
    std::string saved_as; // the name under which it was kept with this upload
};

// A cell that is read as if it had been different (csv_fixes.hpp).
struct CellFix {
    std::uint32_t row = 0; // index among the import's rows
    std::string column;    // its header, as FileReading tells it
    std::string value;
};

struct CsvOptions {
    std::optional<CsvEncoding> encoding;
    std::optional<char> delimiter;                  // "," ";" "tab" "|"
    std::optional<char> quote;                      // double, single or none
    std::optional<std::uint64_t> header_line;       // where the header begins, from 1
    std::optional<bool> keep_totals;                // totals_rows "keep": rows that look like totals are deals
    std::optional<bool> keep_repeated_headers;      // repeated_headers "keep"
    std::string sheet;                              // of a workbook, by name or by number from 1; empty: the first that is shown
    std::optional<ColumnReading> date_order;        // "mdy" "dmy" "ymd"; "iso": an ambiguous date is refused. For all date columns
    std::optional<ColumnReading> decimal_mark;      // "." or ","
    std::optional<ColumnReading> probability_scale; // "percent" or "fraction"
    std::optional<bool> dates_of_1904;              // date_system "1900" or "1904": where a spreadsheet's count of days begins
    // What a pass over the whole file decided (CsvHeard), by column: then nothing is heard a second time.
    std::optional<std::vector<ColumnDecision>> decisions;
    std::vector<std::pair<std::string, std::string>> asked; // all of these as they were given, but for the assertions below
    CsvMapping mapping;
    MappingOrigin origin;
    std::vector<CellFix> fixes;
    std::string saved_mapping; // a name, "none", or "auto" and empty: the one kept for the file's header, if there is one
    std::string save_mapping;  // the name to keep `mapping` under; empty: it is not kept
    std::shared_ptr<const MappingShelf> shelf;
    std::string tenant_id; // assertions sent as form fields
    std::string workspace_id;
};

// What the sender says about a column: its own reading in the mapping, else the option for its kind. nullopt: nothing.
[[nodiscard]] std::optional<ColumnReading> told_reading(const CsvOptions& options, const CellRules& rules);

[[nodiscard]] bool is_csv_option(std::string_view name);

// Sets one option; a blank value means not given. Refuses with invalid_option naming it, or with the codes of
// parse_csv_mapping.
[[nodiscard]] Result<void> set_csv_option(CsvOptions& options, std::string_view name, std::string_view value);

} // namespace tributary

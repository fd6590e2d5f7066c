// Which column of a file is which field of a deal. Used by csv.cpp.
#pragma once
#include "deal/field.hpp"
#include "deal/result.hpp"
#include "sources/column_cell.hpp"
#include "sources/header_match.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tributary {

inline constexpr std::size_t kMappingBytesMax = 1024 * 1024;

// Their words to ours, in any case and without spaces around.
class CsvValueMap {
  public:
    void add(std::string_view theirs, std::string_view ours);
    // Null when the word has no translation. `scratch` is working memory of the caller.
    [[nodiscard]] const std::string* find(std::string_view theirs, std::string& scratch) const;

  private:
    std::unordered_map<std::string, std::string> words_; // folded -> ours
};

// The sender's own mapping (SPEC-NOTES 6b):
// {"fields":{"<header>":"<deal field>"|"external_id"|"metadata"|null},
//  "values":{"<deal field or header>":{"<theirs>":"<ours>"}}, "defaults":{"<deal field>":"<value>"},
//  "readings":{"<deal field or header>":"mdy"|"dmy"|"ymd"|"iso" (dates), "."|"," (amounts), "percent"|"fraction" (probability)},
//  "do_not_overwrite":["<deal field or header>"]}
// Value maps under "source" are for the column that tells where a deal came from ("Lead Source"); it is kept as metadata. Defaults
// fill what is blank or missing, in the file and in the deal; they never replace. What do_not_overwrite names likewise fills only.
struct CsvMapping {
    std::vector<std::pair<std::string, std::optional<std::string>>> fields;
    std::vector<std::pair<std::string, std::shared_ptr<const CsvValueMap>>> values;
    std::vector<std::pair<Field, std::string>> defaults;
    std::vector<std::pair<std::string, std::string>> readings;
    std::vector<std::string> do_not_overwrite;
};

// Refuses with invalid_mapping or unknown_field; details name the entry.
[[nodiscard]] Result<CsvMapping> parse_csv_mapping(std::string_view json);
[[nodiscard]] Refusal unknown_field_refusal(std::string_view entry, std::string_view target);

enum class CsvUse : std::uint8_t { Ignored, Metadata, DealField, ExternalId, TenantId, WorkspaceId };

struct CsvColumn {
    std::string header; // trimmed; "column 7" when it is empty; a second "Notes" is "Notes (2)"
    CsvUse use = CsvUse::Metadata;
    Field field = Field::Name; // when use is DealField
    std::string metadata_key;  // "\"Header\":", ready to be appended
    std::shared_ptr<const CsvValueMap> values;
    ColumnMatch match;
    std::optional<ColumnHint> hint; // what it could be, when it is metadata for want of certainty
    bool do_not_overwrite = false;  // a deal that has a value already keeps it
    CellRules rules;                // told by the mapping, or as the whole column decides; of kind Words for all but deal fields
};

struct CsvColumns {
    std::vector<CsvColumn> columns;
    std::vector<std::pair<Field, std::string>> defaults; // for cells that are missing or blank
    std::vector<FieldProblem> warnings;                  // duplicate_column: another column is that field already
    bool is_errors_file = false; // one of ours, mended and sent again: its added columns ("tributary_...") are left out
};

// The first rows below a header, each of any number of cells.
using CsvSample = std::span<const std::vector<std::string>>;

// What errors.csv adds to a file's own columns: a mended file is sent with them.
[[nodiscard]] bool is_errors_column(std::string_view header);
[[nodiscard]] bool
is_errors_header(std::span<const std::string_view> header); // one of our errors files' (one added name alone is a customer's)

// Headers the mapping names are taken at its word, the others by the names in field_names.cpp, then those that are nearly one of these
// (header_match.hpp), then by their cells (column_content.hpp); the latter two only for fields that nobody else claims and that one
// column alone wants. The rest is metadata. Refuses with unknown_header, unknown_field, invalid_mapping (a reading its column cannot
// have) or missing_name_column (which lists the headers found).
[[nodiscard]] Result<CsvColumns> map_columns(std::span<const std::string_view> header, const CsvMapping& mapping, CsvSample sample = {});

} // namespace tributary

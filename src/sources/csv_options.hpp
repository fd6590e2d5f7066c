// The options of an upload: form fields beside the file, or query parameters. Used by csv.cpp.
#pragma once
#include "deal/date.hpp"
#include "deal/result.hpp"
#include "sources/csv_encoding.hpp"
#include "sources/csv_mapping.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tributary {

struct CsvOptions {
    std::optional<CsvEncoding> encoding;
    std::optional<char> delimiter;       // "," ";" "tab" "|"
    std::optional<DateOrder> date_order; // "mdy" "dmy"; "iso" is Undecided: an ambiguous date is refused
    std::optional<char> decimal_mark;    // "." or ","
    std::optional<bool> automations;     // false: this import sets off none
    CsvMapping mapping;
    std::string tenant_id; // assertions sent as form fields
    std::string workspace_id;
};

[[nodiscard]] bool is_csv_option(std::string_view name);

// Sets one option; a blank value means not given. Refuses with invalid_option naming it, not_available (501) for
// dry_run=true, or the codes of parse_csv_mapping.
[[nodiscard]] Result<void> set_csv_option(CsvOptions& options, std::string_view name, std::string_view value);

} // namespace tributary

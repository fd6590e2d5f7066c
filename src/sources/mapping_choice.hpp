// Which mapping a file is read with: the sender's own, one that the workspace keeps, or none. What is chosen becomes part of what was
// asked, so that the stored file is read in the same way for ever, whatever becomes of the saved mapping. Used by csv_plan.cpp and
// xlsx_reading.cpp, on the thread that reads.
#pragma once
#include "sources/csv_options.hpp"

#include <span>
#include <string>

namespace tributary {

// Before the header is looked for: takes the mapping that saved_mapping names. Refuses with unknown_mapping.
[[nodiscard]] Result<void> choose_named_mapping(CsvOptions& options);

// When the header is known, and before its columns are mapped: takes the mapping kept for such a header, unless there is one or
// saved_mapping is "none".
[[nodiscard]] Result<void> choose_mapping_of(CsvOptions& options, std::span<const std::string> header);

// After the columns were mapped: keeps the mapping under the name that save_mapping gives. Refuses with invalid_option (there is no
// mapping to keep), forbidden and too_many_mappings.
[[nodiscard]] Result<void> keep_mapping(CsvOptions& options, std::span<const std::string> header);

// The value of the option mapping_used, by which a reading remembers what was chosen: {"name","by":"name"|"header","mapping":{...}}.
[[nodiscard]] Result<void> set_mapping_used(CsvOptions& options, std::string_view json);
[[nodiscard]] std::string mapping_used(const SavedMapping& saved, MappingBy by);

} // namespace tributary

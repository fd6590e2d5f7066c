// The refused rows of an import as a file: its own columns, then _line, _code, _error. Mended, it can be sent again.
#pragma once
#include "store/store.hpp"

#include <string>

namespace tributary {

inline constexpr std::uint32_t kErrorRowsMax = 100'000; // a file with more errors than this needs another look first

// For a CSV import the columns are the file's own (from the unit's options: "header" and "delimiter"); for JSON: raw.
// Cells that a spreadsheet would run as a formula get a leading apostrophe, unless the cell was like that in the file's data
// and is needed as it is for the next upload: the reader takes the apostrophe off again.
[[nodiscard]] std::string errors_csv(const Unit& unit, LedgerReader& ledger);

} // namespace tributary

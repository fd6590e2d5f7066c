// The cells of an import's rows as they were read, by their headers: out of the stored text of a refused row, or out of the stored file.
// For the routes that show rows.
#pragma once
#include "sources/csv_options.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// How a file was cut into cells, and which of them were mended.
struct CellLayout {
    std::vector<std::string> header; // one name for each column, none twice; empty: it is no table, or was not read so far
    char delimiter = ',';
    char quote = '"';
    std::vector<CellFix> fixes;
};
[[nodiscard]] CellLayout cell_layout(const Unit& unit); // from the unit's options

// As many as the header has; mended ones as they were mended. Without a header the text is the one cell.
[[nodiscard]] std::vector<std::string> cells_of(std::string_view raw, std::uint32_t row, const CellLayout& layout);
// {"header":"text",...}
void append_cells(std::string& out, std::string_view raw, std::uint32_t row, const CellLayout& layout);

inline constexpr std::uint64_t kCellsFileBytesMax = 64 * 1024 * 1024; // of a stored file, read from its beginning for one page of rows
inline constexpr std::size_t kCellsShownBytesMax = 4 * 1024 * 1024;   // of rows on one page

struct RowSpan {
    std::uint32_t first = 0, last = 0;
};
// The texts of those rows as they stand in the stored file. What lies behind one of the limits above is left out. A pass over the file
// up to the last row.
[[nodiscard]] std::map<std::uint32_t, std::string> stored_rows(LedgerReader& ledger, const Unit& unit, const Settings& settings, RowSpan wanted);

} // namespace tributary

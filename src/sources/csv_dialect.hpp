// How a file is cut into cells. Used by the readers of files.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kSniffBytesMax = 64 * 1024;

struct CsvDialect {
    char delimiter = ',';
    char quote = '"'; // or '\'', or kCsvNoQuote
};
// The one of , ; tab | that cuts the head most evenly into columns; ',' when none cuts at all. Apostrophes quote when cells begin and
// end with them and none begins with a double quote. What was told is not looked for. `head` is UTF-8; `whole`: there is no more,
// so its last line counts.
[[nodiscard]] CsvDialect sniff_dialect(std::string_view head, bool whole, std::optional<char> told_delimiter = {},
                                       std::optional<char> told_quote = {});

// Spreadsheets write "sep=;" before the header. The delimiter it names and the bytes of that line; 0 bytes when it is not there.
struct SeparatorLine {
    char delimiter = ',';
    std::size_t bytes = 0;
};
[[nodiscard]] SeparatorLine separator_line(std::string_view head);

} // namespace tributary

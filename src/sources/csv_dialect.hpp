// How a file is cut into cells. Used by the readers of files.
#pragma once
#include <cstddef>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kSniffBytesMax = 64 * 1024;

// The one of , ; tab | that cuts the head most evenly into columns; ',' when none cuts at all. `head` is UTF-8;
// `whole`: there is no more, so its last line counts.
[[nodiscard]] char sniff_delimiter(std::string_view head, bool whole);

// Spreadsheets write "sep=;" before the header. The delimiter it names and the bytes of that line; 0 bytes when it is not there.
struct SeparatorLine {
    char delimiter = ',';
    std::size_t bytes = 0;
};
[[nodiscard]] SeparatorLine separator_line(std::string_view head);

} // namespace tributary

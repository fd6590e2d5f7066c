// What tells one kind of file from another: its header, whatever the order of its columns. Pure; for saved mappings.
#pragma once
#include <span>
#include <string>

namespace tributary {

// 64 hexadecimal digits over the header's cells without case, blanks and punctuation, in no order; blank cells and what errors.csv
// adds do not count, so a mended errors file is the same kind as the file it came from. Empty for a header that says nothing.
[[nodiscard]] std::string header_fingerprint(std::span<const std::string> header);

} // namespace tributary

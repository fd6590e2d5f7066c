// Rows of CSV that a person may open in a spreadsheet without running anything: RFC 4180, and cells that would be taken for a
// formula get a leading apostrophe (OWASP "CSV injection"; ASVS 5.0 1.2.10). Numbers stay numbers.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

void append_csv_row(std::string& out, const std::vector<std::string>& cells); // with its CR LF
[[nodiscard]] bool looks_like_formula(std::string_view cell);

} // namespace tributary

// See spreadsheet.hpp.
#include "deal/spreadsheet.hpp"

#include <algorithm>

namespace tributary {
namespace {

bool is_number(std::string_view cell) {
    if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) cell.remove_prefix(1);
    return !cell.empty() && std::ranges::all_of(cell, [](unsigned char c) { return (c >= '0' && c <= '9') || c == '.' || c == ',' || c == ' '; });
}

} // namespace

bool looks_like_formula(std::string_view cell) {
    // Spreadsheets skip leading blanks and quotes, and take full-width signs for the plain ones.
    const std::size_t first = cell.find_first_not_of(" \"'");
    if (first == std::string_view::npos) return false;
    const std::string_view rest = cell.substr(first);
    const char c = rest.front();
    if (c == '\t' || c == '\r' || c == '\n' || c == '\0') return true;
    const bool sign = c == '=' || c == '+' || c == '-' || c == '@';
    const bool wide = rest.starts_with("\xEF\xBC\x9D") || rest.starts_with("\xEF\xBC\x8B") || rest.starts_with("\xEF\xBC\x8D") || rest.starts_with("\xEF\xBC\xA0");
    return (sign || wide) && !is_number(rest);
}

void append_csv_row(std::string& out, const std::vector<std::string>& cells) {
    for (std::size_t at = 0; at < cells.size(); ++at) {
        if (at != 0) out += ',';
        const std::string& cell = cells[at];
        const bool formula = looks_like_formula(cell);
        if (!formula && cell.find_first_of(",\"\r\n") == std::string::npos) {
            out += cell;
            continue;
        }
        out += '"';
        if (formula) out += '\'';
        for (const char c : cell) {
            if (c == '"') out += '"';
            out += c;
        }
        out += '"';
    }
    out += "\r\n";
}

} // namespace tributary

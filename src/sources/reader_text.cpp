// Small questions about UTF-8 text; see reader_text.hpp.
#include "sources/reader_text.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; }

constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::string_view kNoBreakSpace = "\u00A0";

// The size of a character that must not stand in one line, 0 when the next one may.
std::size_t breaking_size(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x20 || first == 0x7F) return 1;
    if (first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2; // C1, U+0085 among them
    if (text.starts_with("\u2028") || text.starts_with("\u2029")) return 3;
    return 0;
}

} // namespace

std::string_view trimmed(std::string_view text) {
    for (;;) {
        const std::size_t before = text.size();
        const std::size_t first = text.find_first_not_of(kBlanks);
        if (first == std::string_view::npos) return {};
        text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
        if (text.starts_with(kNoBreakSpace)) text.remove_prefix(kNoBreakSpace.size());
        if (text.ends_with(kNoBreakSpace)) text.remove_suffix(kNoBreakSpace.size());
        if (text.size() == before) return text;
    }
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool equal_no_case(std::string_view left, std::string_view right) { return std::ranges::equal(left, right, {}, lower, lower); }

bool starts_no_case(std::string_view text, std::string_view start) { return equal_no_case(text.substr(0, start.size()), start); }

std::size_t find_no_case(std::string_view text, std::string_view wanted, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    const auto found = std::ranges::search(text.substr(from), wanted, {}, lower, lower);
    if (found.empty() && !wanted.empty()) return std::string_view::npos;
    return static_cast<std::size_t>(found.begin() - text.begin());
}

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::string_view rest = text; !rest.empty();) {
        if (const std::size_t size = breaking_size(rest); size > 0) {
            rest.remove_prefix(size);
            while (out.ends_with(' ')) out.pop_back();
            while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
            out += ' ';
            continue;
        }
        out += rest.front();
        rest.remove_prefix(1);
    }
    return std::string(trimmed(out));
}

} // namespace tributary

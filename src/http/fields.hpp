// Which bytes may stand where in an HTTP head (RFC 9110 section 5.6, RFC 9112). For the files of this room only; pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tributary::http {

namespace byte_class {
inline constexpr std::uint8_t kToken = 1;  // names of headers, methods
inline constexpr std::uint8_t kField = 2;  // inside a header value: visible, space, tab, obs-text
inline constexpr std::uint8_t kTarget = 4; // inside a request target as sent: visible ASCII without '#'

consteval std::array<std::uint8_t, 256> make() {
    std::array<std::uint8_t, 256> table{};
    constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
    for (std::size_t i = 0; i < table.size(); ++i) {
        const bool alnum = (i >= '0' && i <= '9') || (i >= 'A' && i <= 'Z') || (i >= 'a' && i <= 'z');
        if (alnum || (i < 0x80 && kTokenMarks.find(static_cast<char>(i)) != std::string_view::npos)) table[i] |= kToken;
        if (i == '\t' || (i >= 0x20 && i != 0x7f)) table[i] |= kField;
        if (i > 0x20 && i < 0x7f && i != '#') table[i] |= kTarget;
    }
    return table;
}
inline constexpr auto kTable = make();
} // namespace byte_class

[[nodiscard]] constexpr bool is_token_byte(char c) { return (byte_class::kTable[static_cast<unsigned char>(c)] & byte_class::kToken) != 0; }
[[nodiscard]] constexpr bool is_field_byte(char c) { return (byte_class::kTable[static_cast<unsigned char>(c)] & byte_class::kField) != 0; }
[[nodiscard]] constexpr bool is_target_byte(char c) {
    return (byte_class::kTable[static_cast<unsigned char>(c)] & byte_class::kTarget) != 0;
}
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// -1 when `c` is no hexadecimal digit.
[[nodiscard]] constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char low = to_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

[[nodiscard]] constexpr bool same_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

// Without spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

[[nodiscard]] constexpr bool is_token(std::string_view text) {
    for (const char c : text)
        if (!is_token_byte(c)) return false;
    return !text.empty();
}

// True when every byte may stand in a header value. CR, LF, NUL and the other controls may not.
[[nodiscard]] constexpr bool is_field_value(std::string_view text) {
    for (const char c : text)
        if (!is_field_byte(c)) return false;
    return true;
}

// Whether a comma-separated header value names `token` (lower case), in any case.
[[nodiscard]] constexpr bool list_names(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (same_ignoring_case(trim_blanks(list.substr(0, comma)), token)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
    return false;
}

} // namespace tributary::http

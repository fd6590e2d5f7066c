// C++ text with what is not code blanked out, so that a check does not trip over a brace in a string. Used by tests/style only.
#pragma once
#include <cctype>
#include <string>
#include <string_view>

namespace style {

[[nodiscard]] inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Replaces characters by spaces, newlines kept, so that lines and columns stay where they were.
inline void blank(std::string& text, std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < to && at < text.size(); ++at)
        if (text[at] != '\n') text[at] = ' ';
}

// Where the quoted literal that opens at `at` ends (one past its closing quote).
[[nodiscard]] inline std::size_t quoted_end(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size() && text[at] != quote && text[at] != '\n'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

// Where the raw string whose R stands at `at` ends: R"tag( ... )tag".
[[nodiscard]] inline std::size_t raw_string_end(std::string_view text, std::size_t at) {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    const std::string closing = ")" + std::string(text.substr(at + 2, open - at - 2)) + "\"";
    const std::size_t end = text.find(closing, open);
    return end == std::string_view::npos ? text.size() : end + closing.size();
}

// Where the piece at `at` that is not code ends; `at` itself when code stands there.
[[nodiscard]] inline std::size_t not_code_end(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
    if (rest.starts_with("/*")) {
        const std::size_t end = text.find("*/", at + 2);
        return end == std::string_view::npos ? text.size() : end + 2;
    }
    const bool after_word = at > 0 && is_word(text[at - 1]);
    if (rest.starts_with("R\"") && !after_word) return raw_string_end(text, at);
    if (rest.front() == '"') return quoted_end(text, at);
    if (rest.front() == '\'' && !after_word) return quoted_end(text, at); // after a digit it separates digits
    return at;
}

// The code alone: comments and the insides of literals are spaces (the quotes stay, as "" or '').
[[nodiscard]] inline std::string code_only(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = not_code_end(text, at);
        if (end == at) {
            ++at;
            continue;
        }
        blank(out, at, end);
        if (text[at] == '"' || text[at] == '\'' || text[at] == 'R') {
            out[at] = '"';
            if (end - 1 < out.size() && out[end - 1] == ' ') out[end - 1] = '"';
        }
        at = end;
    }
    return out;
}

// Preprocessor lines (with their continuations) blanked out as well.
[[nodiscard]] inline std::string without_preprocessor(std::string code) {
    bool continued = false;
    for (std::size_t at = 0; at < code.size();) {
        const std::size_t end = std::min(code.find('\n', at), code.size());
        const std::size_t first = code.find_first_not_of(" \t", at);
        const bool directive = continued || (first < end && code[first] == '#');
        continued = directive && end > at && code[end - 1] == '\\';
        if (directive) blank(code, at, end);
        at = end + 1;
    }
    return code;
}

} // namespace style

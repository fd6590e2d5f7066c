// Small questions about UTF-8 text that the e-mail and CRM readers share. Pure; for files of this folder only.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tributary {

// ASCII blanks, line ends and U+00A0 cut from both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// Only A-Z change: enough for protocol words, header names and the domains of addresses.
[[nodiscard]] std::string lower_ascii(std::string_view text);
[[nodiscard]] bool equal_no_case(std::string_view left, std::string_view right);
[[nodiscard]] bool starts_no_case(std::string_view text, std::string_view start);
[[nodiscard]] std::size_t find_no_case(std::string_view text, std::string_view wanted, std::size_t from = 0); // npos when absent

[[nodiscard]] constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
[[nodiscard]] constexpr bool is_letter(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); }
// Part of a word: an ASCII letter or any byte of a character beyond ASCII.
[[nodiscard]] constexpr bool is_word_byte(char letter) { return is_letter(letter) || static_cast<unsigned char>(letter) >= 0x80; }

// One line: every run that contains a control character (C0, DEL, C1) or a line or paragraph separator becomes one space,
// ends trimmed. Nothing in it can start a new header or log line.
[[nodiscard]] std::string one_line(std::string_view text);

} // namespace tributary

// Is this text UTF-8? Asked of everything that does not come as JSON. Any source may call it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tributary {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. ASCII is checked 16 bytes at a time.
[[nodiscard]] bool is_utf8(std::string_view text);

// The length of the longest UTF-8 prefix; what follows it is broken, or cut in the middle of a character.
[[nodiscard]] std::size_t utf8_prefix(std::string_view text);

// At most `bytes_max` bytes, never cutting a character.
[[nodiscard]] std::string_view utf8_cut(std::string_view text, std::size_t bytes_max);

// The text with every broken byte shown as U+FFFD, at most `bytes_max` bytes of input: what is quoted back in answers must be UTF-8.
[[nodiscard]] std::string utf8_shown(std::string_view text, std::size_t bytes_max);

} // namespace tributary

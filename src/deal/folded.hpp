// Text as lists search and sort it: case, accents and ways of writing do not count ("Ångström", "ANGSTROM" and full-width letters are
// one, "Łódź" is found by "lodz", "Straße" by "strasse"). Pure; any thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// Appends the text in that form: NFKC case folding (UAX 31), then without accents; the marks that make another letter of one (voiced
// kana, viramas, nuktas) stay. Bytes that are no UTF-8 become U+FFFD. ASCII is only lower-cased, at about a byte a nanosecond or better.
void append_folded(std::string& out, std::string_view text);
[[nodiscard]] std::string folded(std::string_view text);

// The words of a search, folded: at most kFoldedWordsMax, each cut to kFoldedWordBytesMax bytes. A word holds no blank and no line feed.
inline constexpr std::size_t kFoldedWordsMax = 8;
inline constexpr std::size_t kFoldedWordBytesMax = 200;
[[nodiscard]] std::vector<std::string> folded_words(std::string_view search);

} // namespace tributary

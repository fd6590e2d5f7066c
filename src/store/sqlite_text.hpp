// What lists do with text inside a statement: the SQL functions folded() and holds_words(). Private to the store's room.
#pragma once
#include <string>
#include <string_view>

struct sqlite3;

namespace tributary::sqlite {

// folded(text): as deal/folded.hpp has it. folded(text, 1): a blank text becomes one that comes after every other.
// holds_words(words, text, ...): 1 when each of the words stands in one of the texts. `words` is what search_text() gave.
void name_text_functions(sqlite3* handle); // throws StoreError

[[nodiscard]] std::string search_text(std::string_view search);         // empty: there is no word in it
inline constexpr std::string_view kAfterEveryText = "\xF4\x8F\xBF\xBF"; // U+10FFFF, which no text holds
// What folded(text, blank_last) answers.
[[nodiscard]] std::string sort_text(std::string_view text, bool blank_last);

} // namespace tributary::sqlite

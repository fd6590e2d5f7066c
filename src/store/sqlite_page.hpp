// Pages of lists: cursors as text, statements put together from constant fragments, search words. Private to the store's room.
#pragma once
#include "deal/id.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::sqlite {

inline constexpr std::uint32_t kListedMax = 500;
inline constexpr std::uint32_t kJournalListedMax = 10'000; // followers take more at a time than pages show

enum class CursorOf : std::uint8_t { Deals = 1, Leads = 2, Units = 3 };

// Where a page ended: the id of its last entry, and the value it was sorted by.
struct Cursor {
    CursorOf of = CursorOf::Deals;
    std::uint8_t order = 0; // sort and direction; a cursor of another order is refused
    Id id;
    std::int64_t number = 0;
    std::string text;
};
// Url-safe base64.
[[nodiscard]] std::string cursor_text(const Cursor& cursor);
// Throws BadCursor for anything cursor_text did not make for the same list and order; an empty text gives an empty cursor.
[[nodiscard]] Cursor read_cursor_text(std::string_view text, CursorOf of, std::uint8_t order);

// A SELECT built of literals only: values are bound, never written into it.
class Shape {
  public:
    template <std::size_t N>
    explicit Shape(const char (&literal)[N]) : text_(literal) {}
    template <std::size_t N>
    void add(bool wanted, const char (&literal)[N]) {
        if (wanted) text_ += literal;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

// The words of a search as LIKE patterns with '\' as escape; at most kSearchWordsMax of them.
inline constexpr std::size_t kSearchWordsMax = 8;
inline constexpr std::size_t kSearchWordBytesMax = 200;
[[nodiscard]] std::vector<std::string> search_patterns(std::string_view search);

} // namespace tributary::sqlite

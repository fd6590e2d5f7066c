// How a file is cut into cells and how its people write dates and numbers. Used by csv.cpp.
#pragma once
#include "deal/date.hpp"

#include <cstddef>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kSniffBytesMax = 64 * 1024;

// The one of , ; tab | that cuts the head most evenly into columns; ',' when none cuts at all. `head` is UTF-8;
// `whole`: there is no more, so its last line counts.
[[nodiscard]] char sniff_delimiter(std::string_view head, bool whole);

// Spreadsheets write "sep=;" before the header. The delimiter it names and the bytes of that line; 0 bytes when it is not there.
struct SeparatorLine {
    char delimiter = ',';
    std::size_t bytes = 0;
};
[[nodiscard]] SeparatorLine separator_line(std::string_view head);

// Collects evidence over the cells of whole columns. A date with a first number above 12 was written day first, with a
// second number above 12 month first. "1.234,56" has a decimal comma, "1,234.56" and "12.5" a decimal point, while
// "1,234" says nothing. Evidence for both: undecided, and every cell speaks for itself.
class HabitsVote {
  public:
    void hear_date(std::string_view cell);
    void hear_amount(std::string_view cell);
    [[nodiscard]] DateOrder date_order() const;
    [[nodiscard]] char decimal_mark() const; // '.' or ',', 0 = undecided

  private:
    bool month_first_ = false;
    bool day_first_ = false;
    bool point_ = false;
    bool comma_ = false;
};

} // namespace tributary

// Month and weekday words for reading dates; only date reading calls it.
#pragma once
#include <optional>
#include <string_view>

namespace tributary {

// 1..12 for a month's name, or an unmistakable beginning of at least three letters of it ("Sept", "févr."), in English,
// German, French, Spanish, Italian, Dutch or Portuguese, in any case, with or without its accents.
[[nodiscard]] std::optional<unsigned> parse_month(std::string_view word);

// Words that stand in written dates and decide nothing: "de", "of", "the", weekdays in English and German.
[[nodiscard]] bool is_date_filler(std::string_view word);

} // namespace tributary

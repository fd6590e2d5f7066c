// How sure it is that a header means a field, and headers that are nearly one that is known: a slip of the keyboard, a plural, another
// order of the words. Pure. Used by csv_columns.cpp.
#pragma once
#include "deal/field.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// Why a column is what it is, the surest first. None: nothing claims it, and it is kept as metadata.
enum class MatchKind : std::uint8_t { Told, Exact, Alias, Similar, Content, None };
[[nodiscard]] std::string_view match_word(MatchKind kind); // "told", "exact", "alias", "similar", "content", "none"

struct ColumnMatch {
    MatchKind kind = MatchKind::None;
    int percent = 0;    // of confidence
    std::string reason; // one sentence for a person
};

// A field that a column could be, said to the person and not acted upon.
struct ColumnHint {
    Field field = Field::Name;
    MatchKind kind = MatchKind::Similar;
    int percent = 0;
    std::string reason;
};

// A guess about one column. What is not `sure` is a hint only.
struct ColumnGuess {
    ColumnHint hint;
    bool sure = false;
};

// The one field whose known names include one that differs from this header by the order of its words, a plural, or one or two typing
// errors (in long words, never in their first letter); nullopt when there is none, or more than one. Headers below five letters, with
// a digit, or made of other words (a contract is no contact, a state no stage) have none. Never for ids: a wrong one would merge deals.
[[nodiscard]] std::optional<ColumnGuess> similar_field(std::string_view header);

} // namespace tributary

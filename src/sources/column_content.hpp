// What the first cells of a column say it is. Pure. Used by csv_columns.cpp: cells are the weakest of all evidence, so little is
// believed on their word alone.
#pragma once
#include "sources/header_match.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace tributary {

// `cells`: those of the column below the header, blank or not. Sure are only
// - addresses: every cell an e-mail address, three at least, hardly one twice, below a header that names nobody of one's own;
// - stages: every cell a stage's word, three at least, two different ones at least, below a header that names no other time.
// Days, amounts with a currency and currencies are hints. nullopt: nothing, or too little.
[[nodiscard]] std::optional<ColumnGuess> field_by_content(std::string_view header, std::span<const std::string_view> cells);

// Whether at least one of the cells that are not blank can be such a value (or all are blank): what a header nearly says is not
// believed against all of them. Only of fields whose values have a form.
[[nodiscard]] bool cells_may_be(Field field, std::span<const std::string_view> cells);

} // namespace tributary

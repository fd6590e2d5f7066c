// Cuts a JSON array or object into the texts of its elements without reading them, so that each record of a batch is
// parsed, refused and given back on its own: what is wrong inside one record is no concern of its neighbours.
// Only the commas, colons and brackets of the outermost level are judged here; every slice still has to be parsed.
#pragma once
#include "deal/result.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tributary {

struct JsonMember {
    std::string_view key; // with its quotes, as written
    std::string_view value;
};

// `text` must be one array (object) with nothing but blanks around it. Refuses with invalid_json, or too_many_rows (413)
// above `count_max`.
[[nodiscard]] Result<std::vector<std::string_view>> json_elements(std::string_view text, std::size_t count_max);
[[nodiscard]] Result<std::vector<JsonMember>> json_members(std::string_view text, std::size_t count_max);

} // namespace tributary

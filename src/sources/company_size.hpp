// What a web form's company size is worth (SPEC-NOTES 16). Used by web_form.cpp.
#pragma once
#include "sources/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

struct SizeEstimate {
    std::string size;             // the row of the table it fell into, e.g. "51-200"; empty when the text says no size
    std::int64_t value_minor = 0; // minor units of the base currency
};

// Reads "51-200", "51–200 employees", "5,001+", "1000+", "about 120", "< 10"; a row named word for word ("Enterprise") comes
// first. Without a size the "unknown" row counts. Rows of the workspace's table come before the defaults.
[[nodiscard]] SizeEstimate estimate_by_size(std::string_view text, const ReadingRules& rules);

} // namespace tributary

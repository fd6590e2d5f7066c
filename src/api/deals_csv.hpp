// A list of deals as a file for spreadsheets, piece by piece. See docs/api.md.
#pragma once
#include "api/call.hpp"
#include "api/deal_views.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// Indices of columns; "name,value" or empty for all. Refuses with invalid_parameter.
[[nodiscard]] Result<std::vector<std::size_t>> csv_columns_asked(std::string_view text);

// The deals of a view as they are when their piece is read; those deleted since are left out. Cells that a spreadsheet would run as a
// formula get a leading apostrophe (deal/spreadsheet.hpp). The loan ends with the answer.
[[nodiscard]] http::Response deals_csv(const CallPtr& call, DealViewPtr view, DealViews::Loan loan, std::vector<std::size_t> columns);

} // namespace tributary

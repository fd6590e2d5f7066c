// The filters of GET /api/sales/deals.
#pragma once
#include "http/http.hpp"
#include "store/store.hpp"

namespace tributary {

// Every unknown word is refused with the parameter's name (code invalid_parameter). Amounts are in the base currency.
[[nodiscard]] Result<DealQuery> deal_query(const http::Request& request, const Settings& settings);

} // namespace tributary

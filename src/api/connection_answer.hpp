// Connected accounts as answers show them. No secret is ever in them.
#pragma once
#include "api/app.hpp"
#include "store/connections.hpp"

#include <string>

namespace tributary {

void append_connection(std::string& out, App& app, const CrmConnection& row);
// {"status":"success","connection":{...}`members`}
[[nodiscard]] std::string connection_body(App& app, const CrmConnection& row, std::string_view members = {});

} // namespace tributary

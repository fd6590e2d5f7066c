// Connected accounts as answers show them. No secret is ever in them.
#pragma once
#include "api/call.hpp"
#include "store/connections.hpp"

#include <optional>
#include <string>

namespace tributary {

void append_connection(std::string& out, App& app, const CrmConnection& row);
// {"status":"success","connection":{...}`members`}
[[nodiscard]] std::string connection_body(App& app, const CrmConnection& row, std::string_view members = {});

// The connection that the address names first, if it is of the caller's workspace; disconnected ones are gone.
[[nodiscard]] std::optional<CrmConnection> named_connection(const Call& call);
[[nodiscard]] Refusal not_at_work(); // not_connected: a person must connect it again first

} // namespace tributary

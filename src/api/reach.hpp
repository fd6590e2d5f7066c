// Lists of workspaces in bodies and answers, and how far a limited administrator reaches; for keys and people.
#pragma once
#include "api/call.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tributary {

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts);
// A member that is a list of texts; empty when absent.
[[nodiscard]] Result<std::vector<std::string>> texts_of(const boost::json::object& object, std::string_view name);
// A limited administrator cannot make a key or a person that reaches further than they do. Asks the registry: not on an I/O thread.
[[nodiscard]] Result<void> within_reach(const Call& call, const std::vector<std::string>& workspaces);

} // namespace tributary

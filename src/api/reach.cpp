// See reach.hpp.
#include "api/reach.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace tributary {

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
    append_key(out, key);
    out += '[';
    for (std::size_t at = 0; at < texts.size(); ++at) {
        if (at != 0) out += ',';
        append_json_string(out, texts[at]);
    }
    out += ']';
}

Result<std::vector<std::string>> texts_of(const boost::json::object& object, std::string_view name) {
    constexpr std::size_t kTextsMax = 100;
    std::vector<std::string> texts;
    const auto* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return texts;
    const auto* array = value->if_array();
    if (array == nullptr || array->size() > kTextsMax || !std::ranges::all_of(*array, [](const auto& item) { return item.is_string(); })) {
        return std::unexpected(field_refusal(name, "wrong_type", "This is a list of at most 100 texts."));
    }
    for (const auto& item : *array) texts.emplace_back(item.as_string());
    return texts;
}

Result<void> within_reach(const Call& call, const std::vector<std::string>& workspaces) {
    const auto rows = call.app.store.registry().workspaces_of(call.scope.tenant());
    const auto& own = call.principal.key.workspaces;
    if (!own.empty() && workspaces.empty())
        return std::unexpected(field_refusal("workspaces", "workspace_mismatch", "Name the workspaces."));
    for (const auto& workspace : workspaces) {
        const bool exists = std::ranges::any_of(rows, [&](const auto& row) { return row.workspace_id == workspace; });
        const bool reached = own.empty() || std::ranges::find(own, workspace) != own.end();
        if (!exists || !reached)
            return std::unexpected(field_refusal("workspaces", "workspace_mismatch", "There is no such workspace.", workspace));
    }
    return {};
}

} // namespace tributary

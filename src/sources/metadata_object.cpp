#include "sources/metadata_object.hpp"

#include "deal/json.hpp"

#include <algorithm>
#include <utility>

namespace tributary {

// Once there are too many the arrival is refused anyway: adding stops, so that a wide object costs no quadratic search.
bool MetadataObject::open_member(std::string_view key) {
    if (too_many()) return false;
    std::string unique(key);
    for (int copy = 2; std::ranges::find(keys_, unique) != keys_.end(); ++copy)
        unique = std::string(key) + " (" + std::to_string(copy) + ")";
    if (!keys_.empty()) json_.push_back(',');
    append_json_string(json_, unique);
    json_.push_back(':');
    keys_.push_back(std::move(unique));
    return true;
}

void MetadataObject::add_text(std::string_view key, std::string_view text) {
    if (!open_member(key)) return;
    append_json_string(json_, text);
}

void MetadataObject::add(std::string_view key, const boost::json::value& value) {
    if (!open_member(key)) return;
    append_json(json_, value);
}

void MetadataObject::add_json(std::string_view key, std::string_view json) {
    if (!open_member(key)) return;
    json_.append(json);
}

std::string MetadataObject::take() {
    if (keys_.empty()) return {};
    keys_.clear();
    std::string out = std::exchange(json_, "{");
    out.push_back('}');
    return out;
}

} // namespace tributary

// See sqlite_registry_file.hpp. The wall of its connection lets no statement near tenants' rows.
#include "store/sqlite_registry_file.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>

namespace tributary::sqlite {
namespace {

constexpr std::uint32_t kCacheKib = 1'024;

} // namespace

RegistryFile::RegistryFile(const std::string& directory, const std::string& path, WriteTurns& turns, bool full_sync)
    : turns_(turns), lock_(directory), db_({.path = path, .purpose = Purpose::Registry, .cache_kib = kCacheKib, .full_sync = full_sync}) {}

std::string list_json(const std::vector<std::string>& list) {
    std::string json = "[";
    for (const auto& member : list) {
        if (json.size() > 1) json.push_back(',');
        append_json_string(json, member);
    }
    return json + "]";
}

std::vector<std::string> list_of(std::string_view json) {
    const auto value = parse_json(json);
    if (!value || !value->is_array()) throw StoreError("a list above tenants is damaged");
    std::vector<std::string> list;
    for (const auto& member : value->get_array()) list.push_back(scalar_text(member));
    return list;
}

} // namespace tributary::sqlite

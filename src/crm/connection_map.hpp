// A connection's map of fields and stages as people write it: checked before it is kept, tried on a record before it is used. Pure.
#pragma once
#include "deal/names.hpp"
#include "deal/result.hpp"
#include "deal/settings.hpp"
#include "sources/crm_reading.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kMapPropertyBytesMax = 200;
inline constexpr std::size_t kMapStagesMax = 500;

// {"fields":[{"property","to","transform"}],"stages":[{"pipeline","stage","to"}]} as it is kept. `to` of a field is a field of ours, or the
// key under which the value is kept in the metadata ([a-z0-9_], at most 64). Refuses with invalid_map, naming the place: "fields/3/to".
[[nodiscard]] Result<std::string> checked_map(const boost::json::object& map);

// What one record becomes: {"name","stage",...: as read, "custom":{...},"stage_rule","warnings":[...]}. `record` is as the source's door
// reads it. Refuses what the door refuses.
[[nodiscard]] Result<std::string> tried_record(Source source, std::string_view record, const CrmReading& reading, const Settings& settings);

} // namespace tributary

// The calendar day of an instant in a time zone. A day has no zone afterwards, so nothing shifts it any more. Any thread.
#pragma once
#include "deal/date.hpp"

#include <cstdint>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kZoneIdBytesMax = 64;

// By the IANA database as ICU carries it, with the rules of that day (summer time, changed laws). UTC for a zone nobody knows.
[[nodiscard]] Date day_in_zone(std::int64_t ms, std::string_view zone_id);
[[nodiscard]] bool is_time_zone(std::string_view zone_id);

} // namespace tributary

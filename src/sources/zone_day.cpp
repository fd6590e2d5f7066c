// Days of instants; see zone_day.hpp.
#include "sources/zone_day.hpp"

#include <unicode/timezone.h>

#include <memory>
#include <string>

namespace tributary {
namespace {

// Null when there is no such zone.
std::unique_ptr<icu::TimeZone> zone_named(std::string_view id) {
    if (id.empty() || id.size() > kZoneIdBytesMax) return nullptr;
    std::unique_ptr<icu::TimeZone> zone(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8({id.data(), static_cast<std::int32_t>(id.size())})));
    return zone == nullptr || *zone == icu::TimeZone::getUnknown() ? nullptr : std::move(zone);
}

// The zone that this thread asked for last: a page of records has one, and making it takes longer than reading a record.
const icu::TimeZone* last_zone(std::string_view id) {
    thread_local std::string last_id;
    thread_local std::unique_ptr<icu::TimeZone> last;
    if (last_id != id) {
        last = zone_named(id);
        last_id = id;
    }
    return last.get();
}

} // namespace

Date day_in_zone(std::int64_t ms, std::string_view zone_id) {
    const icu::TimeZone* zone = last_zone(zone_id);
    if (zone == nullptr) return date_of_ms(ms);
    std::int32_t standard_ms = 0;
    std::int32_t summer_ms = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone->getOffset(static_cast<UDate>(ms), false, standard_ms, summer_ms, status);
    return date_of_ms(U_SUCCESS(status) ? ms + standard_ms + summer_ms : ms);
}

bool is_time_zone(std::string_view zone_id) { return zone_named(zone_id) != nullptr; }

} // namespace tributary

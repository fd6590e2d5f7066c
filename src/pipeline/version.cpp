// See version.hpp.
#include "pipeline/version.hpp"

#include "deal/field_origin.hpp"

#include <algorithm>

namespace tributary {

std::int64_t field_time(const Deal& deal, Field field) {
    const auto own = std::ranges::find(deal.field_times, field, &FieldTimes::value_type::first);
    if (own != deal.field_times.end()) return own->second;
    return is_unset(deal, field) ? 0 : deal.base_time_ms; // what nobody has set any event may, also one older than the deal
}

void set_field_time(Deal& deal, Field field, std::int64_t at) {
    const auto own = std::ranges::find(deal.field_times, field, &FieldTimes::value_type::first);
    if (own != deal.field_times.end())
        own->second = at;
    else if (at != deal.base_time_ms)
        deal.field_times.emplace_back(field, at);
}

// The version becomes the deal's own time, which fields without one of theirs share: most of a record's do, so little is stored.
bool stand_as_of(const Candidate& candidate, const GivenFields& taken, Deal& deal) {
    if (!candidate.versioned || candidate.event_time_ms <= deal.base_time_ms) return false;
    const std::int64_t before = deal.base_time_ms;
    for (const Field field : kFields) {
        const bool decided = taken.test(static_cast<std::size_t>(field));
        if (!decided && !is_unset(deal, field)) {
            const auto own = std::ranges::find(deal.field_times, field, &FieldTimes::value_type::first);
            if (own == deal.field_times.end()) deal.field_times.emplace_back(field, before);
        }
    }
    deal.base_time_ms = candidate.event_time_ms;
    std::erase_if(deal.field_times, [&](const FieldTimes::value_type& own) { return taken.test(static_cast<std::size_t>(own.first)); });
    return true;
}

void confirm_quietly(Working& working, const Deal& next) {
    working.now.base_time_ms = next.base_time_ms;
    working.now.field_times = next.field_times;
    working.confirmed = true;
}

} // namespace tributary

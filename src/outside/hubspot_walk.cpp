// Walking through what was modified, by the instant of the last record instead of by row.
#include "outside/hubspot_api.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tributary::outside {
namespace {

// Where a walk stands: everything before `at_ms` was taken, and from then on the states in `taken`.
struct Place {
    std::int64_t at_ms = 0;
    std::set<std::pair<std::string, std::int64_t>> taken; // id and instant: one that changed again is taken again
    bool in_mass = false;                                 // more of one millisecond than a page holds: these go by id
    std::string id_above = "0";
};

HubspotSearchAsk ask_at(const Place& place) {
    return {.modified_since_ms = place.at_ms, .exactly_then = place.in_mass, .id_above = place.id_above};
}

// The records that were not taken yet, and the place moved to the last one.
std::vector<HubspotRecord> advance(Place& place, std::vector<HubspotRecord>& records) {
    std::vector<HubspotRecord> fresh;
    if (records.empty()) return fresh;
    // The last one's instant alone: one in between that is told newer than its place in the order has changed since it was found.
    const std::int64_t last_ms = records.back().updated_ms;
    const std::set<std::pair<std::string, std::int64_t>> before = place.taken;
    if (place.in_mass)
        place.id_above = records.back().id;
    else if (last_ms > place.at_ms) {
        place.at_ms = last_ms;
        place.taken.clear();
    }
    for (HubspotRecord& record : records) {
        const std::pair state(record.id, record.updated_ms);
        if (record.updated_ms >= place.at_ms) place.taken.insert(state);
        if (!before.contains(state)) fresh.push_back(std::move(record));
    }
    return fresh;
}

} // namespace

Called<HubspotWalk> walk_modified(HubspotApi& api, std::int64_t since_ms,
                                  const std::function<bool(const std::vector<HubspotRecord>&)>& take, const std::stop_token& stop) {
    Place place{.at_ms = since_ms};
    HubspotWalk walk{.reached_ms = since_ms};
    for (int pages = 0; pages < kHubspotWalkPagesMax; ++pages) {
        auto page = api.search_deals(ask_at(place), stop);
        if (!page) return std::unexpected(page.error());
        const std::int64_t from_ms = place.at_ms;
        const std::vector<HubspotRecord> fresh = advance(place, page->records);
        walk.records += fresh.size();
        if (!fresh.empty() && !take(fresh)) return walk;
        walk.reached_ms = place.at_ms;
        const bool is_last = page->after.empty();
        if (is_last && !place.in_mass) {
            walk.finished = true;
            return walk;
        }
        if (place.in_mass && is_last)
            place = {.at_ms = place.at_ms + 1}; // the mass is through
        else if (!place.in_mass && place.at_ms == from_ms && fresh.empty())
            place.in_mass = true;
    }
    return walk;
}

} // namespace tributary::outside

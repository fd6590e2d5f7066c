// What a handful of thin events comes to: one piece of work a deal. The same for every order of the events and however often each came,
// because HubSpot promises neither. Pure; any thread.
#pragma once
#include "crm/hubspot_events.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tributary {

struct DealWork {
    std::string portal;
    std::string deal;
    bool deleted = false;              // the newest word is that it was deleted; false: read the record
    bool maybe_gone = false;           // deleted or restored somewhere in between: look for it among the archived ones too
    std::vector<std::string> absorbed; // deals merged into it, sorted: they are done with once this one is read
    bool slow = false;                 // imports and enrichment only: may wait behind what people do
    std::int64_t newest_ms = 0;        // of its events: what is read must not be older
    friend bool operator==(const DealWork&, const DealWork&) = default;
};

// A contact or company whose deals have to be found and read.
struct RelatedWork {
    std::string portal;
    HubspotObject object = HubspotObject::Contact;
    std::string id;
    bool gone = false;
    bool erased = false;
    bool slow = false;
    std::int64_t newest_ms = 0;
    friend bool operator==(const RelatedWork&, const RelatedWork&) = default;
};

struct CoalescedWork {
    std::vector<DealWork> deals;      // by portal, then id
    std::vector<RelatedWork> related; // by portal, object, id
    friend bool operator==(const CoalescedWork&, const CoalescedWork&) = default;
};

// Events of several portals may be mixed; whose they are is the caller's to check before. Events of a deal that was merged become work
// of the survivor, along chains of merges.
[[nodiscard]] CoalescedWork coalesce(std::span<const HubspotEvent> events, const OwnWrites& own = {});

} // namespace tributary

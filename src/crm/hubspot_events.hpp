// The thin events of HubSpot's app webhooks: what each says, and what it asks of us. They carry an object's id and at most one property, so
// the record itself is fetched. Delivered at least once and in no order. Pure; any thread. Fields: docs/sources/hubspot.md.
#pragma once
#include "crm/event_memory.hpp"
#include "deal/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kHubspotEventsMax = 1'000; // of one body; HubSpot sends 100
inline constexpr std::size_t kMergedDealsMax = 100;     // dead ids of one merge

enum class HubspotEventKind : std::uint8_t {
    Creation,
    Deletion,
    PropertyChange,
    Merge,
    Restore,
    AssociationChange,
    PrivacyDeletion,
    Other, // a kind of event that we do not know, or no event at all
};
enum class HubspotObject : std::uint8_t { Deal, Contact, Company, Other };

// One side of an association. Id empty: not said.
struct HubspotEnd {
    HubspotObject object = HubspotObject::Other;
    std::string id;
    friend bool operator==(const HubspotEnd&, const HubspotEnd&) = default;
};

// Ids are digits, or empty when they were not said or are none. The property's value is not here on purpose: the current one is fetched,
// and one that is marked sensitive must not stay anywhere.
struct HubspotEvent {
    HubspotEventKind kind = HubspotEventKind::Other;
    HubspotObject object = HubspotObject::Other;
    std::string subscription_type; // as sent, cut to 100 bytes
    std::string portal;
    std::string object_id;
    std::uint64_t event_id = 0;
    std::uint64_t subscription_id = 0;
    std::string app_id; // whose webhook it is, which is always ours: it says nothing of who changed the record
    std::int64_t occurred_at_ms = 0;
    std::string change_source; // CRM_UI, INTEGRATION, IMPORT...
    std::string source_id;     // userId:42, an integration's app id...
    std::string property_name;
    bool is_sensitive = false;
    std::string primary_id;              // merge
    std::vector<std::string> merged_ids; // merge; may hold the primary
    std::string new_id;                  // merge
    HubspotEnd from;                     // association
    HubspotEnd to;
    friend bool operator==(const HubspotEvent&, const HubspotEvent&) = default;
};

// A JSON array or one bare object. An element that is no event is kept as Other, for one bad event must not lose its siblings.
// Refuses the body with empty_body, invalid_body, invalid_json, too_many_events.
[[nodiscard]] Result<std::vector<HubspotEvent>> read_hubspot_events(std::string_view body);

// The body as it may be stored: where an event is marked sensitive, without its propertyValue; otherwise byte for byte. A body that is
// no list of events comes back as it is.
[[nodiscard]] std::string storable_hubspot_events(std::string_view body);

// For EventMemory; nullopt when the event does not say enough to be known again.
[[nodiscard]] std::optional<EventKey> event_key(const HubspotEvent& event);

enum class EventAction : std::uint8_t {
    Fetch,          // `deals`: created, changed, or an association of theirs did
    Deleted,        // `deals`
    Restored,       // `deals`
    Merged,         // `dead` went into `deals`[0]
    ContactChanged, // `other`: the deals are those associated with it
    CompanyChanged,
    Ignored, // `reason` says why
};

struct EventMeaning {
    EventAction action = EventAction::Ignored;
    std::vector<std::string> deals; // one; an association between two deals names both
    std::vector<std::string> dead;  // Merged: sorted, each once
    std::string other;              // contact or company
    bool gone = false;              // the contact or company was deleted: its deals are those that we know it of
    bool erased = false;            // ... for privacy: what we hold of the person has to go
    bool storm = false;             // part of an import or enrichment: may wait behind what people do
    std::string_view reason;        // Ignored: unknown_event, malformed_event, other_object, own_write
};

// Whose writes are our own: their echo asks for nothing. An integration's writes come with changeSource INTEGRATION or API and its id.
struct OwnWrites {
    std::string app_id;
    std::vector<std::string> source_ids; // further ones, compared whole
};
[[nodiscard]] EventMeaning meaning_of(const HubspotEvent& event, const OwnWrites& own = {});

} // namespace tributary

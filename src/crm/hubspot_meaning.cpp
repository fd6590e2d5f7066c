// What a thin event asks of us; see hubspot_events.hpp.
#include "crm/hubspot_events.hpp"

#include "sources/reader_text.hpp"

#include <algorithm>

namespace tributary {
namespace {

EventMeaning ignored(std::string_view reason) { return {.reason = reason}; }

bool is_storm(const HubspotEvent& event) {
    return equal_no_case(event.change_source, "IMPORT") || equal_no_case(event.change_source, "DATA_ENRICHMENT");
}

// Only what asks for a fetch: that a record is gone, back or another is never passed over, whoever did it.
bool is_echo(const HubspotEvent& event, const OwnWrites& own) {
    const bool changes = event.kind == HubspotEventKind::Creation || event.kind == HubspotEventKind::PropertyChange ||
                         event.kind == HubspotEventKind::AssociationChange;
    const bool by_program = equal_no_case(event.change_source, "INTEGRATION") || equal_no_case(event.change_source, "API");
    if (!changes || !by_program || event.source_id.empty()) return false;
    return event.source_id == own.app_id || std::ranges::find(own.source_ids, event.source_id) != own.source_ids.end();
}

EventMeaning merge_of_deals(const HubspotEvent& event) {
    EventMeaning meaning{.action = EventAction::Merged};
    std::string survivor = event.new_id;
    if (survivor.empty()) survivor = event.object_id;
    if (survivor.empty()) survivor = event.primary_id;
    if (survivor.empty()) return ignored("malformed_event");
    std::vector<std::string> dead = event.merged_ids;
    if (!event.primary_id.empty()) dead.push_back(event.primary_id);
    std::erase_if(dead, [&](const std::string& id) { return id == survivor || id == event.object_id; });
    std::ranges::sort(dead);
    dead.erase(std::ranges::unique(dead).begin(), dead.end());
    meaning.deals = {std::move(survivor)};
    meaning.dead = std::move(dead);
    return meaning;
}

EventMeaning of_association(const HubspotEvent& event) {
    EventMeaning meaning{.action = EventAction::Fetch};
    for (const HubspotEnd* end : {&event.from, &event.to}) {
        const bool known = std::ranges::find(meaning.deals, end->id) != meaning.deals.end();
        if (end->object == HubspotObject::Deal && !end->id.empty() && !known) meaning.deals.push_back(end->id);
    }
    if (!meaning.deals.empty()) return meaning;
    const bool names_deal = event.from.object == HubspotObject::Deal || event.to.object == HubspotObject::Deal;
    return ignored(names_deal ? "malformed_event" : "other_object");
}

EventMeaning of_deal(const HubspotEvent& event) {
    if (event.kind == HubspotEventKind::Merge) return merge_of_deals(event);
    if (event.object_id.empty()) return ignored("malformed_event");
    EventMeaning meaning{.action = EventAction::Fetch, .deals = {event.object_id}};
    if (event.kind == HubspotEventKind::Deletion || event.kind == HubspotEventKind::PrivacyDeletion) meaning.action = EventAction::Deleted;
    if (event.kind == HubspotEventKind::Restore) meaning.action = EventAction::Restored;
    return meaning;
}

EventMeaning of_contact_or_company(const HubspotEvent& event) {
    EventMeaning meaning{.action = event.object == HubspotObject::Contact ? EventAction::ContactChanged : EventAction::CompanyChanged};
    meaning.other = event.object_id;
    if (event.kind == HubspotEventKind::Merge && !event.new_id.empty()) meaning.other = event.new_id;
    if (meaning.other.empty()) meaning.other = event.primary_id;
    if (meaning.other.empty()) return ignored("malformed_event");
    meaning.erased = event.kind == HubspotEventKind::PrivacyDeletion;
    meaning.gone = meaning.erased || event.kind == HubspotEventKind::Deletion;
    return meaning;
}

EventMeaning unsorted_meaning(const HubspotEvent& event) {
    if (event.kind == HubspotEventKind::Other) return ignored(event.subscription_type.empty() ? "malformed_event" : "unknown_event");
    if (event.kind == HubspotEventKind::AssociationChange) return of_association(event);
    if (event.object == HubspotObject::Deal) return of_deal(event);
    if (event.object == HubspotObject::Other) return ignored("other_object");
    return of_contact_or_company(event);
}

} // namespace

EventMeaning meaning_of(const HubspotEvent& event, const OwnWrites& own) {
    if (is_echo(event, own)) return ignored("own_write");
    EventMeaning meaning = unsorted_meaning(event);
    meaning.storm = meaning.action != EventAction::Ignored && is_storm(event);
    return meaning;
}

} // namespace tributary

// Thin events, read; see hubspot_events.hpp. What they mean: hubspot_meaning.cpp.
#include "crm/hubspot_events.hpp"

#include "deal/json.hpp"
#include "sources/crm_record.hpp"
#include "sources/json_slices.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

namespace tributary {
namespace json = boost::json;
namespace {

constexpr std::size_t kTypeBytesMax = 100;
constexpr std::size_t kIdDigitsMax = 20; // of an unsigned 64-bit number

std::string id_text(const json::value* value) {
    const std::string text = text_of(value);
    const std::string_view id = trimmed(text);
    const bool is_id = !id.empty() && id.size() <= kIdDigitsMax && std::ranges::all_of(id, is_digit);
    return is_id ? std::string(id) : std::string{};
}

std::string id_member(const json::object& event, std::string_view key) { return id_text(find_member(event, key)); }

std::uint64_t number_of(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() ? number : 0;
}

std::string short_text(const json::object& event, std::string_view key) {
    return std::string(utf8_cut(member_text(event, key), kTypeBytesMax));
}

HubspotObject object_of_type_id(std::string_view type_id) {
    if (type_id == "0-3") return HubspotObject::Deal;
    if (type_id == "0-1") return HubspotObject::Contact;
    if (type_id == "0-2") return HubspotObject::Company;
    return HubspotObject::Other;
}

HubspotObject object_named(std::string_view name) {
    if (equal_no_case(name, "deal")) return HubspotObject::Deal;
    if (equal_no_case(name, "contact")) return HubspotObject::Contact;
    if (equal_no_case(name, "company")) return HubspotObject::Company;
    return HubspotObject::Other;
}

HubspotEventKind kind_named(std::string_view name) {
    struct Named {
        std::string_view name;
        HubspotEventKind kind;
    };
    static constexpr std::array<Named, 7> kKinds = {{{"creation", HubspotEventKind::Creation},
                                                     {"deletion", HubspotEventKind::Deletion},
                                                     {"propertyChange", HubspotEventKind::PropertyChange},
                                                     {"merge", HubspotEventKind::Merge},
                                                     {"restore", HubspotEventKind::Restore},
                                                     {"associationChange", HubspotEventKind::AssociationChange},
                                                     {"privacyDeletion", HubspotEventKind::PrivacyDeletion}}};
    const auto found = std::ranges::find_if(kKinds, [&](const Named& each) { return equal_no_case(each.name, name); });
    return found == kKinds.end() ? HubspotEventKind::Other : found->kind;
}

// "deal.propertyChange", or "object.propertyChange" with the object's type beside it.
void put_type(HubspotEvent& event, const json::object& from) {
    event.subscription_type = short_text(from, "subscriptionType");
    const std::string_view type = event.subscription_type;
    const std::size_t dot = type.find('.');
    if (dot == std::string_view::npos) return;
    event.kind = kind_named(type.substr(dot + 1));
    const std::string_view name = type.substr(0, dot);
    event.object = equal_no_case(name, "object") ? object_of_type_id(trimmed(member_text(from, "objectTypeId"))) : object_named(name);
}

// HubSpot's own association types, by number: "from" and "to" of those in which deals stand.
struct AssociationType {
    std::string_view id;
    HubspotObject from;
    HubspotObject to;
};
constexpr std::array<AssociationType, 7> kAssociationTypes = {{{"3", HubspotObject::Deal, HubspotObject::Contact},
                                                               {"4", HubspotObject::Contact, HubspotObject::Deal},
                                                               {"5", HubspotObject::Deal, HubspotObject::Company},
                                                               {"341", HubspotObject::Deal, HubspotObject::Company},
                                                               {"6", HubspotObject::Company, HubspotObject::Deal},
                                                               {"342", HubspotObject::Company, HubspotObject::Deal},
                                                               {"451", HubspotObject::Deal, HubspotObject::Deal}}};

// What stands on either side: said by type ids, by "DEAL_TO_CONTACT", or by the association's number, whichever came.
void put_ends(HubspotEvent& event, const json::object& from) {
    event.from.id = id_member(from, "fromObjectId");
    event.to.id = id_member(from, "toObjectId");
    const std::string from_type = member_text(from, "fromObjectTypeId");
    const std::string to_type = member_text(from, "toObjectTypeId");
    if (!from_type.empty() || !to_type.empty()) {
        event.from.object = object_of_type_id(trimmed(from_type));
        event.to.object = object_of_type_id(trimmed(to_type));
        return;
    }
    const std::string words = member_text(from, "associationType");
    if (const std::size_t middle = find_no_case(words, "_TO_"); middle != std::string::npos) {
        event.from.object = object_named(std::string_view(words).substr(0, middle));
        const std::string_view after = std::string_view(words).substr(middle + 4);
        event.to.object = object_named(after.substr(0, after.find('_'))); // "DEAL_TO_COMPANY_UNLABELED"
        return;
    }
    const std::string number = id_member(from, "associationTypeId");
    const bool own_label = !equal_no_case(member_text(from, "associationCategory"), "HUBSPOT_DEFINED") &&
                           !member_text(from, "associationCategory").empty(); // a customer's labels count from 1 as well
    const auto found = std::ranges::find(kAssociationTypes, number, &AssociationType::id);
    if (found != kAssociationTypes.end() && !own_label) {
        event.from.object = found->from;
        event.to.object = found->to;
    } else if (event.object != HubspotObject::Other) {
        event.from.object = event.object; // "deal.associationChange": seen from the deal
        if (event.from.id.empty()) event.from.id = event.object_id;
    }
}

void put_merge(HubspotEvent& event, const json::object& from) {
    event.primary_id = id_member(from, "primaryObjectId");
    event.new_id = id_member(from, "newObjectId");
    const json::value* merged = find_member(from, "mergedObjectIds");
    if (merged == nullptr || !merged->is_array()) return;
    for (const json::value& each : merged->get_array()) {
        if (event.merged_ids.size() == kMergedDealsMax) break;
        if (std::string id = id_text(&each); !id.empty()) event.merged_ids.push_back(std::move(id));
    }
    std::ranges::sort(event.merged_ids);
    event.merged_ids.erase(std::ranges::unique(event.merged_ids).begin(), event.merged_ids.end());
}

HubspotEvent event_of(const json::object& from) {
    HubspotEvent event;
    event.portal = id_member(from, "portalId");
    event.object_id = id_member(from, "objectId");
    event.event_id = number_of(id_member(from, "eventId"));
    event.subscription_id = number_of(id_member(from, "subscriptionId"));
    event.app_id = id_member(from, "appId");
    const std::uint64_t occurred = number_of(id_member(from, "occurredAt"));
    event.occurred_at_ms = occurred <= INT64_MAX ? static_cast<std::int64_t>(occurred) : 0;
    event.change_source = short_text(from, "changeSource");
    event.source_id = short_text(from, "sourceId");
    event.property_name = short_text(from, "propertyName");
    event.is_sensitive = truth_of(member_text(from, "isSensitive")) == true;
    put_type(event, from);
    if (event.kind == HubspotEventKind::AssociationChange) put_ends(event, from);
    if (event.kind == HubspotEventKind::Merge) put_merge(event, from);
    return event;
}

Result<std::vector<std::string_view>> event_texts(std::string_view body) {
    const std::string_view text = trimmed(body);
    if (text.empty()) return refuse(Reason::Invalid, "empty_body", "The body is empty; it must be a list of events.");
    if (text.front() == '{') return std::vector<std::string_view>{text};
    if (text.front() != '[') return refuse(Reason::Invalid, "invalid_body", "The body must be a list of events or one event.");
    auto elements = json_elements(text, kHubspotEventsMax);
    if (!elements && elements.error().code == "too_many_rows") {
        return refuse(Reason::TooLarge, "too_many_events",
                      "The body holds more than " + std::to_string(kHubspotEventsMax) + " events; send it in parts.");
    }
    return elements;
}

} // namespace

Result<std::vector<HubspotEvent>> read_hubspot_events(std::string_view body) {
    const auto texts = event_texts(body);
    if (!texts) return std::unexpected(texts.error());
    std::vector<HubspotEvent> events;
    events.reserve(texts->size());
    for (const std::string_view text : *texts) {
        const auto parsed = parse_json(text);
        if (!parsed && parsed.error().code == "invalid_json") return std::unexpected(parsed.error());
        events.push_back(parsed && parsed->is_object() ? event_of(parsed->get_object()) : HubspotEvent{});
    }
    return events;
}

std::string storable_hubspot_events(std::string_view body) {
    std::string stored(body);
    const auto texts = event_texts(body);
    if (!texts) return stored;
    for (const std::string_view text : std::views::reverse(*texts)) { // from the end, so that places in front stay where they are
        auto parsed = parse_json(text);
        if (!parsed || !parsed->is_object()) continue;
        json::object& event = parsed->get_object();
        const json::value* value = find_member(event, "propertyValue");
        if (value == nullptr || truth_of(member_text(event, "isSensitive")) != true) continue;
        json::object kept;
        for (const auto& member : event) {
            if (!equal_no_case({member.key().data(), member.key().size()}, "propertyValue")) kept.emplace(member.key(), member.value());
        }
        std::string written;
        append_json(written, kept);
        stored.replace(static_cast<std::size_t>(text.data() - body.data()), text.size(), written);
    }
    return stored;
}

std::optional<EventKey> event_key(const HubspotEvent& event) {
    if (event.event_id == 0 || event.occurred_at_ms == 0 || event.portal.empty()) return std::nullopt;
    const std::string& object = event.object_id.empty() ? event.from.id : event.object_id; // some associations name only their ends
    return EventKey{.portal = number_of(event.portal),
                    .subscription = event.subscription_id,
                    .event = event.event_id,
                    .object = number_of(object),
                    .occurred_at_ms = event.occurred_at_ms};
}

} // namespace tributary

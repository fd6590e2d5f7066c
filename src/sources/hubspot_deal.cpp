// One HubSpot deal as a draft; see hubspot_deal.hpp. Property names are HubSpot's own.
#include "sources/hubspot_deal.hpp"

#include "deal/json.hpp"
#include "sources/crm_field_map.hpp"
#include "sources/crm_record.hpp"
#include "sources/hubspot_properties.hpp"
#include "sources/reader_text.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace json = boost::json;
namespace {

constexpr std::size_t kIdBytesMax = 200;               // of an external id
constexpr std::size_t kPropertiesBytesMax = 64 * 1024; // of raw properties kept in metadata
constexpr std::size_t kMergedIdsMax = 100;             // more were never seen; the others are in the metadata
constexpr int kShareDigits = 4;                        // HubSpot writes probability as a share of one

Result<std::string> deal_id(const json::object& record, const HubspotProperties& properties) {
    for (const std::string_view key : {"objectId", "dealId", "id", "hs_object_id"}) {
        const json::value* value = hubspot_member(record, key);
        if (value == nullptr || value->is_null()) continue;
        const std::string id(trimmed(text_of(value)));
        if (id.empty() && value->is_string()) continue;
        if (id.empty() || value->is_bool() || id.size() > kIdBytesMax) {
            return std::unexpected(field_refusal(key, "invalid_id", "The deal's id must be a number or a text of at most 200 bytes.", id));
        }
        return id;
    }
    std::string id(trimmed(properties.text("hs_object_id")));
    if (!id.empty() && id.size() <= kIdBytesMax) return id;
    return std::unexpected(field_refusal("id", "missing_id", "The record has no HubSpot id (id, objectId, dealId or hs_object_id)."));
}

bool is_other_object(const json::object& record) {
    std::string type = member_text(record, "objectTypeId");
    if (type.empty()) type = member_text(record, "objectType");
    static constexpr std::array<std::string_view, 3> kDealTypes = {"0-3", "deal", "deals"};
    return !type.empty() && std::ranges::none_of(kDealTypes, [&type](std::string_view deal) { return equal_no_case(type, deal); });
}

const CrmReading* account_of(const Arrival& arrival) { return arrival.rules != nullptr ? arrival.rules->crm : nullptr; }

StageDecision put_stage_and_probability(Draft& draft, const HubspotProperties& properties, const ReadingRules* rules) {
    const std::string pipeline = properties.text("pipeline");
    const std::string raw_stage = properties.text("dealstage");
    const CrmStage stage{
        .pipeline = trimmed(pipeline),
        .stage = trimmed(raw_stage),
        .closed = truth_of(properties.text("hs_is_closed")),
        .won = truth_of(properties.text("hs_is_closed_won")),
        .probability = read_probability(draft, properties.text("hs_deal_stage_probability"), kShareDigits),
    };
    // A record that does not say where it stands leaves the stage alone.
    if (raw_stage.empty() && stage.closed != true && stage.won != true) {
        if (stage.probability) draft.offer(Field::Probability, probability_text(*stage.probability));
        return {.rule = {}};
    }
    const auto map = rules != nullptr ? StageMap(rules->stage_values) : StageMap{};
    const StageDecision decision = decide_stage(Source::Hubspot, stage, map, rules != nullptr ? rules->crm : nullptr);
    put_stage(draft, decision, stage.probability);
    return decision;
}

void put_times(Draft& draft, const json::object& record, const HubspotProperties& properties, const Arrival& arrival) {
    std::string created = properties.text("createdate");
    if (created.empty()) created = member_text(record, "createdAt");
    if (created.empty()) created = member_text(record, "created_at");
    put_instant(draft, Field::CreatedAt, created);

    const std::string stage = properties.text("dealstage");
    put_instant(draft, Field::StageEnteredAt,
                properties.text({"hs_v2_date_entered_current_stage", "hs_v2_date_entered_" + stage, "hs_date_entered_" + stage}));

    std::string modified = properties.text("hs_lastmodifieddate");
    if (modified.empty()) modified = member_text(record, "updatedAt");
    if (modified.empty()) modified = member_text(record, "updated_at");
    put_event_time(draft, modified, arrival.received_at);
    for (const std::string_view key : {"archivedAt", "archived_at"}) put_event_time(draft, member_text(record, key), arrival.received_at);
    if (draft.event_time_ms) return;
    for (const auto& property : *properties.all) { // the legacy shape dates each property
        const json::object* versioned = property.value().if_object();
        if (versioned != nullptr) put_event_time(draft, text_of(hubspot_member(*versioned, "timestamp")), arrival.received_at);
    }
}

// The day a deal is expected to close; of a closed one, HubSpot keeps here when it was closed.
void put_close_dates(Draft& draft, const HubspotProperties& properties, const Arrival& arrival) {
    const std::string text = properties.text("closedate");
    const CrmReading* account = account_of(arrival);
    put_instant_as_day(draft, Field::ExpectedCloseDate, text, account != nullptr ? std::string_view(account->zone_id) : std::string_view{});
    const auto stage = draft[Field::Stage] ? parse_stage(*draft[Field::Stage]) : std::nullopt;
    if (!stage || !is_closed(*stage)) return;
    const auto closed = parse_instant(trimmed(text));
    if (closed && (arrival.received_at == 0 || *closed <= arrival.received_at)) draft.offer(Field::ClosedAt, instant_text(*closed));
}

json::array split_ids(std::string_view text) {
    json::array ids;
    while (!text.empty() && ids.size() < kMergedIdsMax) {
        const std::size_t end = std::min(text.find(';'), text.size());
        if (const auto id = trimmed(text.substr(0, end)); !id.empty()) ids.emplace_back(json::string_view(id.data(), id.size()));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return ids;
}

// A merge makes a new deal and kills the old ids: deals that bear them become this one.
void add_merged_ids(Draft& draft, const HubspotProperties& properties, const CrmReading* account) {
    for (const json::value& each : split_ids(properties.text("hs_merged_object_ids"))) {
        const std::string id(each.get_string().data(), each.get_string().size());
        const bool fits = draft.merged_ids.size() + 2 <= kMergedIdsMax && id.size() <= kIdBytesMax && id != draft.external_ids.front().id;
        if (fits) add_crm_id(draft.merged_ids, "hubspot", id, account);
    }
}

// What has a place of its own on the deal, or is kept above.
bool is_kept_elsewhere(std::string_view key) {
    // The time of the last change is that of the fields; kept here too, it would make every version differ from the one before.
    static constexpr std::array<std::string_view, 13> kKeys = {"description", "associations",     "contacts",     "companies",
                                                               "portalId",    "objectId",         "objectTypeId", "dealId",
                                                               "archived",    "subscriptionType", "properties",   "read_at",
                                                               "hs_lastmodifieddate"};
    return std::ranges::find(kKeys, key) != kKeys.end();
}

json::object raw_properties(const HubspotProperties& properties, bool& cut) {
    json::object raw;
    std::size_t bytes = 0;
    for (const auto& each : *properties.all) {
        const std::string_view key(each.key().data(), each.key().size());
        const std::string text = properties.text(key);
        if (text.empty() || is_kept_elsewhere(key)) continue;
        bytes += key.size() + text.size();
        if (bytes > kPropertiesBytesMax) {
            cut = true;
            break;
        }
        raw.emplace(each.key(), text);
    }
    return raw;
}

std::string metadata_of(const json::object& record, const HubspotProperties& properties, const StageDecision& decision,
                        json::object&& custom) {
    json::object metadata;
    const auto keep = [&metadata](std::string_view key, const std::string& text) {
        if (!text.empty()) metadata.emplace(json::string_view(key.data(), key.size()), text);
    };
    const auto keep_all = [&metadata](std::string_view key, json::array&& ids) {
        if (!ids.empty()) metadata.emplace(json::string_view(key.data(), key.size()), std::move(ids));
    };
    keep("portal_id", hubspot_portal(record));
    keep("pipeline", properties.text("pipeline"));
    keep("stage_raw", properties.text("dealstage"));
    keep_stage(metadata, decision);
    keep("owner_id", properties.text("hubspot_owner_id"));
    std::string archived_at = member_text(record, "archivedAt");
    if (archived_at.empty()) archived_at = member_text(record, "archived_at");
    keep("archived_at", archived_at);
    keep_all("contact_ids", hubspot_association_ids(record, "contacts", "associatedVids"));
    keep_all("company_ids", hubspot_association_ids(record, "companies", "associatedCompanyIds"));
    keep_all("contacts", hubspot_contacts_without_email(record));
    keep_all("merged_object_ids", split_ids(properties.text("hs_merged_object_ids")));
    if (!custom.empty()) metadata.emplace("custom", std::move(custom));
    bool cut = false;
    metadata.emplace("properties", raw_properties(properties, cut));
    if (cut) metadata.emplace("properties_cut", true);
    std::string out;
    append_json(out, metadata);
    return out;
}

} // namespace

bool is_hubspot_event(const json::object& record) {
    if (hubspot_member(record, "subscriptionType") != nullptr) return true;
    if (hubspot_member(record, "properties") != nullptr || hubspot_member(record, "objectId") == nullptr) return false;
    return std::ranges::any_of(std::array<std::string_view, 5>{"eventId", "propertyName", "changeFlag", "attemptNumber", "changeSource"},
                               [&record](std::string_view key) { return hubspot_member(record, key) != nullptr; });
}

std::string hubspot_portal(const json::object& record) { return std::string(trimmed(member_text(record, "portalId"))); }

Result<Draft> hubspot_draft(const json::object& record, const Arrival& arrival) {
    if (is_other_object(record)) {
        return std::unexpected(
            field_refusal("objectTypeId", "not_a_deal", "The record is not a deal.", member_text(record, "objectTypeId")));
    }
    const CrmReading* account = account_of(arrival);
    if (account != nullptr && !account->account.empty()) {
        const std::string portal = hubspot_portal(record);
        if (!portal.empty() && portal != account->account) {
            return std::unexpected(field_refusal("portalId", "other_account", "The record belongs to another HubSpot account.", portal));
        }
    }
    const HubspotProperties properties = hubspot_properties(record);
    auto id = deal_id(record, properties);
    if (!id) return std::unexpected(std::move(id.error()));

    Draft draft{.source = Source::Hubspot, .reading = Reading::Strict};
    add_crm_id(draft.external_ids, "hubspot", *id, account);
    add_merged_ids(draft, properties, account);
    draft.default_name = "Untitled HubSpot deal " + *id;
    put_text(draft, Field::Name, properties.text("dealname"));
    // A name left blank in HubSpot; a property that did not come at all leaves the stored name alone.
    if (!draft[Field::Name] && hubspot_member(*properties.all, "dealname") != nullptr) draft[Field::Name] = draft.default_name;
    put_hubspot_people(draft, record, properties);
    put_crm_amount(draft, properties.text("amount"), properties.text("deal_currency_code"),
                   hubspot_member(*properties.all, "deal_currency_code") != nullptr, arrival.rules);
    const StageDecision decision = put_stage_and_probability(draft, properties, arrival.rules);
    put_close_dates(draft, properties, arrival);
    put_times(draft, record, properties, arrival);
    put_text(draft, Field::Description, properties.text("description"));
    put_text(draft, Field::Owner, properties.text({"hubspot_owner_name", "owner_name"}));
    put_text(draft, Field::Owner, owner_name(account, properties.text("hubspot_owner_id")));
    put_text(draft, Field::LostReason, properties.text("closed_lost_reason"));
    draft.deleted = truth_of(member_text(record, "archived")) == true || truth_of(member_text(record, "isDeleted")) == true;
    json::object custom;
    if (account != nullptr) {
        const auto text_of_property = [&properties](std::string_view property) { return properties.text(property); };
        apply_field_map(draft, *account, text_of_property, arrival.rules);
        custom = custom_values(draft, *account, text_of_property);
    }
    put_version(draft, record, account);
    draft.metadata = metadata_of(record, properties, decision, std::move(custom));
    return draft;
}

} // namespace tributary

// One Salesforce opportunity as a draft; see salesforce_opportunity.hpp. Field names are Salesforce's own.
#include "sources/salesforce_opportunity.hpp"

#include "deal/date.hpp"
#include "deal/json.hpp"
#include "sources/crm_field_map.hpp"
#include "sources/crm_record.hpp"
#include "sources/reader_text.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace json = boost::json;
namespace {

constexpr std::size_t kIdBytesMax = 200;           // of an external id
constexpr std::size_t kFieldsBytesMax = 64 * 1024; // of other fields kept in metadata
constexpr int kPercentDigits = 2;                  // Probability is written in percent
constexpr std::size_t kDayTextSize = 10;           // "2026-12-31"

bool is_id_letter(char letter) { return is_letter(letter) || is_digit(letter); }

const json::object* object_of(const json::value* value) { return value != nullptr ? value->if_object() : nullptr; }

// "Name" of {"Account":{"Name":...}} and of the flattened {"Account.Name":...}.
std::string related_text(const json::object& record, std::string_view relation, std::string_view field) {
    if (const json::object* related = object_of(find_member(record, relation))) return member_text(*related, field);
    std::string key(relation);
    key.append(".").append(field);
    return member_text(record, key);
}

// "Region__c", "Account.Industry".
std::string field_text(const json::object& record, std::string_view name) {
    const std::size_t dot = name.find('.');
    return dot == std::string_view::npos ? member_text(record, name) : related_text(record, name.substr(0, dot), name.substr(dot + 1));
}

bool is_of_other_organization(const SalesforceMessage& message, const CrmReading* account) {
    if (account == nullptr || account->account.empty() || message.organization_id.empty()) return false;
    return salesforce_id18(message.organization_id) != salesforce_id18(account->account);
}

Result<std::string> opportunity_id(const json::object& record) {
    std::string id = member_text(record, "Id");
    if (id.empty()) { // a query without Id still names the record's address
        const json::object* attributes = object_of(find_member(record, "attributes"));
        const std::string url = attributes != nullptr ? member_text(*attributes, "url") : std::string{};
        if (const std::size_t slash = url.rfind('/'); slash != std::string::npos) id = url.substr(slash + 1);
    }
    id = salesforce_id18(id);
    if (id.empty()) return std::unexpected(field_refusal("Id", "missing_id", "The record has no Salesforce Id."));
    if (id.size() > kIdBytesMax) return std::unexpected(field_refusal("Id", "invalid_id", "The Id is longer than 200 bytes.", id));
    return id;
}

// The roles of a subquery ({"records":[...]}) or of a plain array.
const json::array* contact_roles(const json::object& record) {
    const json::value* roles = find_member(record, "OpportunityContactRoles");
    if (const json::object* query = object_of(roles)) roles = find_member(*query, "records");
    return roles != nullptr ? roles->if_array() : nullptr;
}

// The primary contact, else the first. Null when there is none.
const json::object* leading_role(const json::object& record) {
    const json::array* roles = contact_roles(record);
    const json::object* first = nullptr;
    if (roles == nullptr) return nullptr;
    for (const json::value& each : *roles) {
        const json::object* role = each.if_object();
        if (role == nullptr) continue;
        if (truth_of(member_text(*role, "IsPrimary")) == true) return role;
        if (first == nullptr) first = role;
    }
    return first;
}

void put_people(Draft& draft, const json::object& record, const CrmReading* account) {
    put_text(draft, Field::Company, related_text(record, "Account", "Name"));
    put_text(draft, Field::Owner, related_text(record, "Owner", "Name"));
    put_text(draft, Field::Owner, owner_name(account, salesforce_id18(member_text(record, "OwnerId"))));
    const json::object* role = leading_role(record);
    if (role == nullptr) return;
    const std::string email = related_text(*role, "Contact", "Email");
    put_text(draft, Field::ContactEmail, lower_ascii(trimmed(email)));
    put_text(draft, Field::ContactName, related_text(*role, "Contact", "Name"));
    const std::string parts = related_text(*role, "Contact", "FirstName") + " " + related_text(*role, "Contact", "LastName");
    put_text(draft, Field::ContactName, trimmed(parts));
    put_text(draft, Field::ContactPhone, related_text(*role, "Contact", "Phone"));
}

StageDecision put_stage_and_probability(Draft& draft, const json::object& record, const ReadingRules* rules) {
    const std::string raw_stage = member_text(record, "StageName");
    const CrmStage stage{
        .stage = trimmed(raw_stage),
        .closed = truth_of(member_text(record, "IsClosed")),
        .won = truth_of(member_text(record, "IsWon")),
        .probability = read_probability(draft, member_text(record, "Probability"), kPercentDigits),
    };
    if (raw_stage.empty() && stage.closed != true && stage.won != true) {
        if (stage.probability) draft.offer(Field::Probability, probability_text(*stage.probability));
        return {.rule = {}};
    }
    const auto map = rules != nullptr ? StageMap(rules->stage_values) : StageMap{};
    const StageDecision decision = decide_stage(Source::Salesforce, stage, map, rules != nullptr ? rules->crm : nullptr);
    put_stage(draft, decision, stage.probability);
    return decision;
}

// CloseDate is a day without a zone and stays the day it was written as.
void put_close_date(Draft& draft, const json::object& record, const Arrival& arrival) {
    const std::string text = member_text(record, "CloseDate");
    const auto day = parse_date(std::string_view(text).substr(0, kDayTextSize));
    if (!day) return put_instant_as_day(draft, Field::ExpectedCloseDate, text); // epoch milliseconds of change events
    draft.offer(Field::ExpectedCloseDate, date_text(*day));
    const auto stage = draft[Field::Stage] ? parse_stage(*draft[Field::Stage]) : std::nullopt;
    const auto midnight = parse_instant(date_text(*day));
    if (!stage || !is_closed(*stage) || !midnight) return;
    if (arrival.received_at == 0 || *midnight <= arrival.received_at) draft.offer(Field::ClosedAt, instant_text(*midnight));
}

void put_times(Draft& draft, const json::object& record, const Arrival& arrival) {
    put_instant(draft, Field::CreatedAt, member_text(record, "CreatedDate"));
    put_instant(draft, Field::StageEnteredAt, member_text(record, "LastStageChangeDate"));
    // The same clock for every door: a message often has only LastModifiedDate, and SystemModstamp also moves without a change.
    std::string modified = member_text(record, "LastModifiedDate");
    if (modified.empty()) modified = member_text(record, "SystemModstamp");
    put_event_time(draft, modified, arrival.received_at);
}

// Has a place of its own on the deal or in the metadata.
bool is_kept_elsewhere(std::string_view key) {
    static constexpr std::array<std::string_view, 24> kKeys = {
        "attributes",
        "Id",
        "Name",
        "Amount",
        "CurrencyIsoCode",
        "StageName",
        "Probability",
        "CloseDate",
        "Description",
        "Account",
        "Account.Name",
        "OpportunityContactRoles",
        "Owner",
        "Owner.Name",
        "Owner.Email",
        "IsDeleted",
        "CreatedDate",
        "OwnerId",
        "AccountId",
        "SessionId",
        "ForecastCategoryName",
        "read_at",
        "LastModifiedDate", // the time of the fields; kept here too, it would make every version differ from the one before
        "SystemModstamp",
    };
    return std::ranges::any_of(kKeys, [key](std::string_view each) { return equal_no_case(each, key); });
}

json::object other_fields(const json::object& record, bool& cut) {
    json::object others;
    std::size_t bytes = 0;
    for (const auto& each : record) {
        const std::string_view key(each.key().data(), each.key().size());
        if (each.value().is_null() || is_kept_elsewhere(key)) continue;
        std::string text;
        append_json(text, each.value());
        bytes += key.size() + text.size();
        if (bytes > kFieldsBytesMax) {
            cut = true;
            break;
        }
        others.emplace(each.key(), each.value());
    }
    return others;
}

std::string metadata_of(const json::object& record, const StageDecision& decision, const SalesforceMessage& message,
                        json::object&& custom) {
    json::object metadata;
    const auto keep = [&metadata](std::string_view key, std::string_view text) {
        if (!text.empty()) metadata.emplace(json::string_view(key.data(), key.size()), json::string_view(text.data(), text.size()));
    };
    keep("organization_id", message.organization_id);
    keep("notification_id", message.notification_id);
    keep("stage_raw", member_text(record, "StageName"));
    keep_stage(metadata, decision);
    keep("forecast_category", member_text(record, "ForecastCategoryName"));
    keep("owner_id", salesforce_id18(member_text(record, "OwnerId")));
    keep("owner_email", related_text(record, "Owner", "Email"));
    keep("account_id", salesforce_id18(member_text(record, "AccountId")));
    keep("account_website", related_text(record, "Account", "Website"));
    if (const json::object* role = leading_role(record)) {
        keep("contact_id", salesforce_id18(member_text(*role, "ContactId")));
        keep("contact_role", member_text(*role, "Role"));
    }
    if (!custom.empty()) metadata.emplace("custom", std::move(custom));
    bool cut = false;
    if (json::object others = other_fields(record, cut); !others.empty()) metadata.emplace("fields", std::move(others));
    if (cut) metadata.emplace("fields_cut", true);
    std::string out;
    append_json(out, metadata);
    return out;
}

} // namespace

std::string salesforce_id18(std::string_view id) {
    constexpr std::size_t kShortSize = 15;
    constexpr std::size_t kGroupSize = 5;
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    std::string out(trimmed(id));
    if (out.size() != kShortSize || !std::ranges::all_of(out, is_id_letter)) return out;
    for (std::size_t group = 0; group < kShortSize; group += kGroupSize) {
        std::size_t capitals = 0;
        for (std::size_t at = 0; at < kGroupSize; ++at) {
            const char letter = out[group + at];
            if (letter >= 'A' && letter <= 'Z') capitals |= std::size_t{1} << at;
        }
        out += kAlphabet[capitals];
    }
    return out;
}

Result<Draft> opportunity_draft(const json::object& record, const Arrival& arrival, const SalesforceMessage& message) {
    if (const json::object* attributes = object_of(find_member(record, "attributes"))) {
        const std::string type = member_text(*attributes, "type");
        if (!type.empty() && !equal_no_case(type, "Opportunity")) {
            return std::unexpected(field_refusal("attributes.type", "not_an_opportunity", "The record is not an opportunity.", type));
        }
    }
    auto id = opportunity_id(record);
    if (!id) return std::unexpected(std::move(id.error()));
    const CrmReading* account = arrival.rules != nullptr ? arrival.rules->crm : nullptr;
    if (is_of_other_organization(message, account)) {
        return std::unexpected(field_refusal("OrganizationId", "other_account", "The record belongs to another Salesforce organisation.",
                                             message.organization_id));
    }

    Draft draft{.source = Source::Salesforce, .reading = Reading::Strict};
    add_crm_id(draft.external_ids, "salesforce", *id, account);
    draft.default_name = "Untitled Salesforce opportunity " + *id;
    put_text(draft, Field::Name, member_text(record, "Name"));
    put_people(draft, record, account);
    // A message carries only ticked fields: with several currencies an amount without one is in an unknown one.
    put_crm_amount(draft, member_text(record, "Amount"), member_text(record, "CurrencyIsoCode"), false, arrival.rules);
    const StageDecision decision = put_stage_and_probability(draft, record, arrival.rules);
    put_close_date(draft, record, arrival);
    put_times(draft, record, arrival);
    put_text(draft, Field::Description, member_text(record, "Description"));
    draft.deleted = truth_of(member_text(record, "IsDeleted")) == true;
    json::object custom;
    if (account != nullptr) {
        const auto text_of_property = [&record](std::string_view property) { return field_text(record, property); };
        apply_field_map(draft, *account, text_of_property, arrival.rules);
        custom = custom_values(draft, *account, text_of_property);
    }
    put_version(draft, record, account);
    draft.metadata = metadata_of(record, decision, message, std::move(custom));
    return draft;
}

} // namespace tributary

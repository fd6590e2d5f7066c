// See connection_map.hpp.
#include "crm/connection_map.hpp"

#include "crm/account_text.hpp"
#include "deal/json.hpp"
#include "sources/source.hpp"

#include <algorithm>

namespace tributary {
namespace {

namespace json = boost::json;

Refusal bad(const std::string& place, std::string_view message) { return field_refusal(place, "invalid_map", std::string(message)); }

std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_string() ? std::string(value->get_string().data(), value->get_string().size()) : std::string();
}

bool is_key(std::string_view text) {
    constexpr std::size_t kKeyBytesMax = 64;
    return !text.empty() && text.size() <= kKeyBytesMax &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

Result<json::object> checked_field(const json::object& entry, const std::string& place) {
    const std::string property = text_at(entry, "property");
    const std::string to = text_at(entry, "to");
    std::string transform = text_at(entry, "transform");
    if (transform.empty()) transform = "text";
    if (property.empty() || property.size() > kMapPropertyBytesMax)
        return std::unexpected(bad(place + "/property", "This is the name of a property in the CRM, at most 200 bytes."));
    if (parse_field(to) == Field::Stage) return std::unexpected(bad(place + "/to", "A stage is mapped under stages."));
    if (!parse_field(to) && !is_key(to))
        return std::unexpected(bad(place + "/to", "This is a field of a deal, or a key of its metadata: a-z, 0-9 and _, at most 64."));
    if (!crm_transform(transform))
        return std::unexpected(
            bad(place + "/transform", "This is text, lower, number, major_units, minor_units, share, day, instant_day or bool."));
    return json::object{{"property", property}, {"to", to}, {"transform", transform}};
}

Result<json::object> checked_stage(const json::object& entry, const std::string& place) {
    const std::string stage = text_at(entry, "stage");
    const auto ours = parse_stage(text_at(entry, "to"));
    if (stage.empty() || stage.size() > kMapPropertyBytesMax)
        return std::unexpected(bad(place + "/stage", "This is a stage of the CRM: its id or its label."));
    if (!ours) return std::unexpected(bad(place + "/to", "This is one of the six stages."));
    return json::object{{"pipeline", text_at(entry, "pipeline")}, {"stage", stage}, {"to", stage_key(*ours)}};
}

using CheckOne = Result<json::object> (*)(const json::object& entry, const std::string& place);
Result<json::array> checked_list(const json::object& map, std::string_view key, std::size_t most, CheckOne check) {
    json::array out;
    const auto* list = map.if_contains({key.data(), key.size()});
    if (list == nullptr || list->is_null()) return out;
    if (!list->is_array() || list->get_array().size() > most)
        return std::unexpected(bad(std::string(key), "This is a list of at most " + std::to_string(most) + "."));
    for (std::size_t at = 0; at < list->get_array().size(); ++at) {
        const std::string place = std::string(key) + "/" + std::to_string(at);
        const auto* entry = list->get_array()[at].if_object();
        if (entry == nullptr) return std::unexpected(bad(place, "This is an object."));
        auto checked = check(*entry, place);
        if (!checked) return std::unexpected(std::move(checked.error()));
        out.push_back(std::move(*checked));
    }
    return out;
}

const Door& batch_door(Source source) {
    for (const SourceSpec& spec : all_sources()) {
        const auto door = std::ranges::find(spec.doors, DoorKind::Many, &Door::kind);
        if (spec.source == source && door != spec.doors.end()) return *door;
    }
    throw std::logic_error("this source has no door for records of a CRM");
}

} // namespace

Result<std::string> checked_map(const json::object& map) {
    auto fields = checked_list(map, "fields", kCrmFieldEntriesMax, checked_field);
    if (!fields) return std::unexpected(std::move(fields.error()));
    auto stages = checked_list(map, "stages", kMapStagesMax, checked_stage);
    if (!stages) return std::unexpected(std::move(stages.error()));
    std::string text;
    append_json(text, json::object{{"fields", std::move(*fields)}, {"stages", std::move(*stages)}});
    return text;
}

Result<std::string> tried_record(Source source, std::string_view record, const CrmReading& reading, const Settings& settings) {
    ReadingRules rules = reading_rules(settings);
    rules.crm = &reading;
    const Arrival arrival{
        .content_type = "application/json", .query = {}, .referer = {}, .user_agent = {}, .received_at = 0, .rules = &rules};
    auto read = batch_door(source).read(arrival, record);
    if (!read) return std::unexpected(std::move(read.error()));
    if (read->rows.empty()) return refuse(Reason::Invalid, "empty_body", "There is no record.");
    if (!read->rows.front().draft) return std::unexpected(std::move(read->rows.front().draft.error()));
    const Draft& draft = *read->rows.front().draft;
    json::object fields;
    for (const Field field : kFields) {
        if (draft[field]) fields[field_key(field)] = *draft[field];
    }
    json::array warnings;
    for (const FieldProblem& problem : draft.warnings)
        warnings.push_back(json::object{{"field", problem.field}, {"code", problem.code}, {"message", problem.message}});
    const auto metadata = parse_json(draft.metadata.empty() ? "{}" : draft.metadata);
    const auto* custom = metadata && metadata->is_object() ? metadata->get_object().if_contains("custom") : nullptr;
    const auto* rule = metadata && metadata->is_object() ? metadata->get_object().if_contains("stage_rule") : nullptr;
    std::string text;
    append_json(text, json::object{{"fields", std::move(fields)},
                                   {"custom", custom == nullptr ? json::value(json::object()) : *custom},
                                   {"stage_rule", rule == nullptr ? json::value(nullptr) : *rule},
                                   {"warnings", std::move(warnings)}});
    return text;
}

} // namespace tributary

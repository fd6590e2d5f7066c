// See account_text.hpp.
#include "crm/account_text.hpp"

#include "deal/decimal.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

namespace json = boost::json;

json::object stage_json(const outside::HubspotStage& stage) {
    return {
        {"id", stage.id}, {"label", stage.label}, {"closed", stage.is_closed}, {"won", stage.is_won}, {"probability", stage.probability}};
}

std::string owner_name(const outside::HubspotOwner& owner) {
    std::string name = owner.first_name;
    if (!name.empty() && !owner.last_name.empty()) name += ' ';
    name += owner.last_name;
    return name.empty() ? owner.email : name;
}

constexpr std::int64_t kProbabilityMax_hundredths = 10'000;

const json::object* object_at(const json::value* value) { return value == nullptr ? nullptr : value->if_object(); }
const json::value* member(const json::object& object, std::string_view key) { return object.if_contains({key.data(), key.size()}); }
std::string text_at(const json::object& object, std::string_view key) {
    const auto* value = member(object, key);
    return value != nullptr && value->is_string() ? std::string(value->get_string().data(), value->get_string().size()) : std::string();
}
std::optional<bool> truth_at(const json::object& object, std::string_view key) {
    const auto* value = member(object, key);
    return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}
template <typename Each>
void each_object(const json::object& object, std::string_view key, const Each& each) {
    const auto* value = member(object, key);
    if (value == nullptr || !value->is_array()) return;
    for (const json::value& entry : value->get_array()) {
        if (const auto* found = entry.if_object()) each(*found);
    }
}

json::object parsed(std::string_view text) {
    auto value = parse_json(text.empty() ? std::string_view("{}") : text);
    return value && value->is_object() ? std::move(value->as_object()) : json::object();
}

void read_stages(CrmReading& reading, const json::object& account) {
    each_object(account, "pipelines", [&](const json::object& pipeline) {
        each_object(pipeline, "stages", [&](const json::object& stage) {
            const auto share = parse_decimal(text_at(stage, "probability"), 4, kProbabilityMax_hundredths);
            reading.stages.add({.pipeline = text_at(pipeline, "id"),
                                .stage = text_at(stage, "id"),
                                .label = text_at(stage, "label"),
                                .closed = truth_at(stage, "closed"),
                                .won = truth_at(stage, "won"),
                                .probability = share ? std::optional(static_cast<std::int32_t>(*share)) : std::nullopt});
        });
    });
}

struct TransformName {
    std::string_view name;
    CrmTransform transform;
};
constexpr std::array<TransformName, 9> kTransforms = {{{"text", CrmTransform::Text},
                                                       {"lower", CrmTransform::Lower},
                                                       {"number", CrmTransform::Number},
                                                       {"major_units", CrmTransform::MajorUnits},
                                                       {"minor_units", CrmTransform::MinorUnits},
                                                       {"share", CrmTransform::Share},
                                                       {"day", CrmTransform::Day},
                                                       {"instant_day", CrmTransform::InstantDay},
                                                       {"bool", CrmTransform::Bool}}};

void read_map(CrmReading& reading, const json::object& map) {
    each_object(map, "stages", [&](const json::object& choice) {
        const auto ours = parse_stage(text_at(choice, "to"));
        if (ours) reading.stage_map.push_back({.pipeline = text_at(choice, "pipeline"), .stage = text_at(choice, "stage"), .ours = *ours});
    });
    each_object(map, "fields", [&](const json::object& entry) {
        if (reading.fields.size() >= kCrmFieldEntriesMax) return;
        const std::string to = text_at(entry, "to");
        const auto field = parse_field(to);
        reading.fields.push_back({.property = text_at(entry, "property"),
                                  .field = field,
                                  .metadata_key = field ? std::string() : to,
                                  .transform = crm_transform(text_at(entry, "transform")).value_or(CrmTransform::Text),
                                  .in = true});
    });
}

} // namespace

std::string hubspot_account_text(const outside::HubspotAccount& account, const std::vector<outside::HubspotPipeline>& pipelines,
                                 const std::vector<outside::HubspotOwner>& owners) {
    json::array lines;
    for (const auto& pipeline : pipelines) {
        json::array stages;
        for (const auto& stage : pipeline.stages) stages.push_back(stage_json(stage));
        lines.push_back(json::object{{"id", pipeline.id}, {"label", pipeline.label}, {"stages", std::move(stages)}});
    }
    json::object names;
    for (const auto& owner : owners) names[owner.id] = owner_name(owner);
    const json::object all{{"account", account.portal_id},  {"zone", account.time_zone},
                           {"currency", account.currency},  {"several_currencies", !account.further_currencies.empty()},
                           {"pipelines", std::move(lines)}, {"owners", std::move(names)}};
    std::string text;
    append_json(text, all);
    return text;
}

std::optional<CrmTransform> crm_transform(std::string_view name) {
    const auto named = std::ranges::find(kTransforms, name, &TransformName::name);
    return named == kTransforms.end() ? std::nullopt : std::optional(named->transform);
}

CrmReading crm_reading_of(std::string_view account_id, std::string_view account_text, std::string_view map, bool inherits) {
    CrmReading reading;
    reading.account = account_id;
    reading.inherits_unbound = inherits;
    const json::object account = parsed(account_text);
    read_stages(reading, account);
    if (const auto currency = parse_currency(text_at(account, "currency"))) reading.home_currency = *currency;
    reading.several_currencies = truth_at(account, "several_currencies").value_or(false);
    reading.zone_id = text_at(account, "zone");
    if (const auto* owners = object_at(member(account, "owners"))) {
        for (const auto& owner : *owners) reading.owners[std::string(owner.key().data(), owner.key().size())] = scalar_text(owner.value());
    }
    read_map(reading, parsed(map));
    return reading;
}

} // namespace tributary

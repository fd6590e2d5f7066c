// See account_text.hpp.
#include "crm/account_text.hpp"

#include "deal/json.hpp"

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

} // namespace tributary

// How a CRM's stage becomes one of the specification's six. Customers rename their stages at will, so the decision walks
// from what is certain to what is likely, and says which rule decided. For hubspot.cpp and salesforce.cpp.
#pragma once
#include "deal/names.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tributary {

using StageMap = std::span<const std::pair<std::string, Stage>>; // the workspace's value map: their word -> our stage

// What one record says about where it stands. Probability in hundredths of a percent.
struct CrmStage {
    std::string_view pipeline;
    std::string_view stage; // HubSpot: the stage id, or a label; Salesforce: StageName
    std::optional<bool> closed;
    std::optional<bool> won;
    std::optional<std::int32_t> probability;
};

struct StageDecision {
    Stage stage = Stage::Discovery;
    std::string_view rule;                   // "workspace_map", "record_closed", "default_table", "stage_word", "probability", "unmapped"
    std::optional<std::int32_t> probability; // only what the CRM's default table gives the stage, when that table decided
};

// First hit wins: (1) the workspace's map, by "pipeline/stage", then "stage", in any case; (2) the record's own closed and
// won; (3) the CRM's default stages; (4) words in the stage's name, closing ones only when the record does not say that it
// is open; (5) an open record's probability: below 25 % discovery, 50 qualification, 75 proposal, else negotiation;
// (6) discovery, "unmapped". `crm` is Hubspot or Salesforce.
[[nodiscard]] StageDecision decide_stage(Source crm, const CrmStage& record, StageMap workspace_map);

} // namespace tributary

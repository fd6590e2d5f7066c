// How a CRM's stage becomes one of the specification's six. Customers rename their stages at will, so the decision walks
// from what is certain to what is likely, and says which rule decided. For hubspot.cpp and salesforce.cpp.
#pragma once
#include "deal/names.hpp"
#include "sources/crm_reading.hpp"

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
    std::string_view rule; // "workspace_map", "record_closed", "stage_metadata", "default_table", "stage_word", "probability", "unmapped"
    std::optional<std::int32_t> probability; // what the account's table gives the stage, else the CRM's default table when that decided
    const CrmStageEntry* entry = nullptr;    // of the account's table; null: it has no such stage, or is not known
    bool not_in_table = false;               // the account's table is known and lacks the stage: it should be read anew
};

// First hit wins: (1) the connection's map, then the workspace's by "pipeline/stage", then "stage", in any case; a stage is meant by its
// id or its label; (2) the record's own closed and won, then those of the account's stage table ("stage_metadata") where the record does
// not say; (3) the CRM's default stages; (4) words in the stage's label, closing ones only when neither record nor table says that it
// is open; (5) an open record's probability, else its stage's: below 25 % discovery, 50 qualification, 75 proposal, else negotiation;
// (6) discovery, "unmapped". `crm` is Hubspot or Salesforce. `account` may be null.
[[nodiscard]] StageDecision decide_stage(Source crm, const CrmStage& record, StageMap workspace_map, const CrmReading* account = nullptr);

} // namespace tributary

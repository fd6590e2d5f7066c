// The stage rules of both CRMs; see crm_stage.hpp.
#include "sources/crm_stage.hpp"

#include "sources/reader_text.hpp"

#include <array>

namespace tributary {
namespace {

constexpr std::int32_t kPercent = 100; // hundredths in one percent

struct DefaultStage {
    std::string_view name;  // id (HubSpot) or StageName (Salesforce)
    std::string_view label; // HubSpot: what people read; Salesforce: the same as name
    Stage stage;
    std::int32_t percent;
};

// The stages of a new account's own sales pipeline, with the probabilities it starts with.
constexpr DefaultStage kHubspotStages[] = {
    {"appointmentscheduled", "Appointment Scheduled", Stage::Discovery, 20},
    {"qualifiedtobuy", "Qualified To Buy", Stage::Qualification, 40},
    {"presentationscheduled", "Presentation Scheduled", Stage::Proposal, 60},
    {"decisionmakerboughtin", "Decision Maker Bought-In", Stage::Negotiation, 80},
    {"contractsent", "Contract Sent", Stage::Negotiation, 90},
    {"closedwon", "Closed Won", Stage::ClosedWon, 100},
    {"closedlost", "Closed Lost", Stage::ClosedLost, 0},
};

// Forecast categories are never read as stages: an admin may give any stage any category.
constexpr DefaultStage kSalesforceStages[] = {
    {"Prospecting", "Prospecting", Stage::Discovery, 10},
    {"Qualification", "Qualification", Stage::Qualification, 10},
    {"Needs Analysis", "Needs Analysis", Stage::Qualification, 20},
    {"Value Proposition", "Value Proposition", Stage::Proposal, 50},
    {"Id. Decision Makers", "Id. Decision Makers", Stage::Proposal, 60},
    {"Perception Analysis", "Perception Analysis", Stage::Proposal, 70},
    {"Proposal/Price Quote", "Proposal/Price Quote", Stage::Proposal, 75},
    {"Negotiation/Review", "Negotiation/Review", Stage::Negotiation, 90},
    {"Closed Won", "Closed Won", Stage::ClosedWon, 100},
    {"Closed Lost", "Closed Lost", Stage::ClosedLost, 0},
};

std::span<const DefaultStage> default_stages(Source crm) {
    if (crm == Source::Hubspot) return kHubspotStages;
    return kSalesforceStages;
}

// How much of a word has to match: "renewal" is not "new", "wonder" not "won", "designed" not "signed".
enum class Match { Anywhere, FromStart, WholeWord };

struct StageWord {
    std::string_view word;
    Match match;
    Stage stage;
};

// In order of preference. "closedlost" and the like are written in one word by many systems, hence Anywhere.
constexpr StageWord kWords[] = {
    {"lost", Match::Anywhere, Stage::ClosedLost},        {"disqualif", Match::Anywhere, Stage::ClosedLost},
    {"cancel", Match::Anywhere, Stage::ClosedLost},      {"reject", Match::Anywhere, Stage::ClosedLost},
    {"duplicate", Match::Anywhere, Stage::ClosedLost},   {"expired", Match::Anywhere, Stage::ClosedLost},
    {"unqualified", Match::Anywhere, Stage::ClosedLost}, {"closedwon", Match::Anywhere, Stage::ClosedWon},
    {"won", Match::WholeWord, Stage::ClosedWon},         {"signed", Match::FromStart, Stage::ClosedWon},
    {"negotiat", Match::Anywhere, Stage::Negotiation},   {"contract", Match::Anywhere, Stage::Negotiation},
    {"verbal", Match::FromStart, Stage::Negotiation},    {"review", Match::FromStart, Stage::Negotiation},
    {"legal", Match::FromStart, Stage::Negotiation},     {"propos", Match::Anywhere, Stage::Proposal},
    {"quot", Match::FromStart, Stage::Proposal},         {"offer", Match::FromStart, Stage::Proposal},
    {"present", Match::FromStart, Stage::Proposal},      {"pilot", Match::FromStart, Stage::Proposal},
    {"qualif", Match::Anywhere, Stage::Qualification},   {"needs", Match::FromStart, Stage::Qualification},
    {"develop", Match::FromStart, Stage::Qualification}, {"prospect", Match::Anywhere, Stage::Discovery},
    {"identif", Match::FromStart, Stage::Discovery},     {"discover", Match::Anywhere, Stage::Discovery},
    {"new", Match::WholeWord, Stage::Discovery},         {"appointment", Match::Anywhere, Stage::Discovery},
    {"lead", Match::WholeWord, Stage::Discovery},        {"leads", Match::WholeWord, Stage::Discovery},
};

bool says(std::string_view text, const StageWord& wanted) {
    for (std::size_t at = find_no_case(text, wanted.word); at != std::string_view::npos; at = find_no_case(text, wanted.word, at + 1)) {
        const std::size_t end = at + wanted.word.size();
        const bool starts = at == 0 || !is_word_byte(text[at - 1]);
        const bool ends = end == text.size() || !is_word_byte(text[end]);
        if (wanted.match == Match::Anywhere || (starts && (wanted.match == Match::FromStart || ends))) return true;
    }
    return false;
}

// What a stage is called: by the record, and as people read it. The label is empty when no table tells it.
struct StageNames {
    std::string_view id;
    std::string_view label;
};

std::optional<Stage> mapped_by_connection(const CrmStage& record, const StageNames& names, const CrmReading* account) {
    if (account == nullptr) return std::nullopt;
    for (const bool of_this_pipeline : {true, false}) {
        for (const std::string_view name : {names.id, names.label}) {
            for (const CrmStageChoice& choice : account->stage_map) {
                const bool same_pipeline = of_this_pipeline ? !record.pipeline.empty() && equal_no_case(choice.pipeline, record.pipeline)
                                                            : choice.pipeline.empty();
                if (same_pipeline && !name.empty() && equal_no_case(trimmed(choice.stage), name)) return choice.ours;
            }
        }
    }
    return std::nullopt;
}

std::optional<Stage> mapped_by_workspace(const CrmStage& record, const StageNames& names, StageMap map) {
    const auto full = [&](std::string_view name) { return std::string(record.pipeline).append("/").append(name); };
    for (const std::string& wanted : {full(names.id), std::string(names.id), full(names.label), std::string(names.label)}) {
        if (wanted.empty() || wanted.ends_with('/')) continue;
        for (const auto& [word, stage] : map) {
            if (equal_no_case(trimmed(word), wanted)) return stage;
        }
    }
    return std::nullopt;
}

bool is_certain(std::optional<std::int32_t> probability) { return probability && *probability >= 100 * kPercent; }

// Whether it was won is asked of the record first, then of the account's table.
std::optional<Stage> closed_by_record(const CrmStage& record, const CrmStageEntry* entry) {
    if (record.won == true && record.closed != false) return Stage::ClosedWon;
    if (record.closed != true) return std::nullopt;
    if (record.won) return Stage::ClosedLost;
    if (record.probability || entry == nullptr) return is_certain(record.probability) ? Stage::ClosedWon : Stage::ClosedLost;
    return entry->won.value_or(is_certain(entry->probability)) ? Stage::ClosedWon : Stage::ClosedLost;
}

// By the account's own table, where the record does not say itself.
std::optional<Stage> closed_by_table(const CrmStage& record, const CrmStageEntry* entry) {
    if (entry == nullptr || entry->closed != true || record.closed == false) return std::nullopt;
    if (record.won) return *record.won ? Stage::ClosedWon : Stage::ClosedLost;
    return entry->won.value_or(is_certain(entry->probability)) ? Stage::ClosedWon : Stage::ClosedLost;
}

const DefaultStage* default_stage(Source crm, const CrmStage& record, const StageNames& names) {
    for (const DefaultStage& each : default_stages(crm)) {
        const bool same =
            equal_no_case(each.name, names.id) || equal_no_case(each.label, names.id) || equal_no_case(each.label, names.label);
        if (!same) continue;
        // A record that says it is open under a closed name is believed, unless its probability sides with the name: HubSpot
        // computes the flags a moment after the stage.
        const bool sides_with_name = record.probability == each.percent * kPercent;
        return is_closed(each.stage) && record.closed == false && !sides_with_name ? nullptr : &each;
    }
    return nullptr;
}

std::optional<Stage> named_stage(const CrmStage& record, std::string_view name) {
    for (const StageWord& each : kWords) {
        if (is_closed(each.stage) && record.closed == false) continue;
        if (says(name, each)) return each.stage;
    }
    return std::nullopt;
}

Stage stage_by_probability(std::int32_t probability) {
    if (probability < 25 * kPercent) return Stage::Discovery;
    if (probability < 50 * kPercent) return Stage::Qualification;
    if (probability < 75 * kPercent) return Stage::Proposal;
    return Stage::Negotiation;
}

} // namespace

StageDecision decide_stage(Source crm, const CrmStage& record, StageMap workspace_map, const CrmReading* account) {
    const CrmStageEntry* entry = account != nullptr ? account->stages.find(record.pipeline, record.stage) : nullptr;
    const StageNames names{.id = record.stage, .label = entry != nullptr ? trimmed(entry->label) : std::string_view{}};
    StageDecision decision{.entry = entry};
    decision.not_in_table = account != nullptr && !account->stages.empty() && entry == nullptr && !record.stage.empty();
    if (entry != nullptr) decision.probability = entry->probability;
    const auto decided = [&decision](Stage stage, std::string_view rule) {
        decision.stage = stage;
        decision.rule = rule;
        return decision;
    };
    if (const auto stage = mapped_by_connection(record, names, account)) return decided(*stage, "workspace_map");
    if (const auto stage = mapped_by_workspace(record, names, workspace_map)) return decided(*stage, "workspace_map");
    if (const auto stage = closed_by_record(record, entry)) return decided(*stage, "record_closed");
    if (const auto stage = closed_by_table(record, entry)) return decided(*stage, "stage_metadata");
    CrmStage known = record; // what the record leaves out, the account's table may say
    if (entry != nullptr && !known.closed) known.closed = entry->closed;
    if (const DefaultStage* found = default_stage(crm, known, names)) {
        if (!decision.probability) decision.probability = found->percent * kPercent;
        return decided(found->stage, "default_table");
    }
    if (!known.probability) known.probability = decision.probability;
    for (const std::string_view name : {names.label, names.id}) {
        if (const auto stage = named_stage(known, name)) return decided(*stage, "stage_word");
    }
    if (known.probability) return decided(stage_by_probability(*known.probability), "probability");
    return decided(Stage::Discovery, "unmapped");
}

} // namespace tributary

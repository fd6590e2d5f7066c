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

std::optional<Stage> mapped_by_workspace(const CrmStage& record, StageMap map) {
    std::string full(record.pipeline);
    full.append("/").append(record.stage);
    for (const std::string_view wanted : {std::string_view(full), record.stage}) {
        for (const auto& [word, stage] : map) {
            if (!wanted.empty() && equal_no_case(trimmed(word), wanted)) return stage;
        }
    }
    return std::nullopt;
}

std::optional<Stage> closed_by_record(const CrmStage& record) {
    if (record.won == true && record.closed != false) return Stage::ClosedWon;
    if (record.closed != true) return std::nullopt;
    if (!record.won && record.probability && *record.probability >= 100 * kPercent) return Stage::ClosedWon;
    return Stage::ClosedLost;
}

const DefaultStage* default_stage(Source crm, const CrmStage& record) {
    for (const DefaultStage& each : default_stages(crm)) {
        if (!equal_no_case(each.name, record.stage) && !equal_no_case(each.label, record.stage)) continue;
        // A record that says it is open under a closed name is believed, unless its probability sides with the name: HubSpot
        // computes the flags a moment after the stage.
        const bool sides_with_name = record.probability == each.percent * kPercent;
        return is_closed(each.stage) && record.closed == false && !sides_with_name ? nullptr : &each;
    }
    return nullptr;
}

std::optional<Stage> named_stage(const CrmStage& record) {
    for (const StageWord& each : kWords) {
        if (is_closed(each.stage) && record.closed == false) continue;
        if (says(record.stage, each)) return each.stage;
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

StageDecision decide_stage(Source crm, const CrmStage& record, StageMap workspace_map) {
    if (const auto stage = mapped_by_workspace(record, workspace_map)) return {.stage = *stage, .rule = "workspace_map"};
    if (const auto stage = closed_by_record(record)) return {.stage = *stage, .rule = "record_closed"};
    if (const DefaultStage* found = default_stage(crm, record)) {
        return {.stage = found->stage, .rule = "default_table", .probability = found->percent * kPercent};
    }
    if (const auto stage = named_stage(record)) return {.stage = *stage, .rule = "stage_word"};
    if (record.probability) return {.stage = stage_by_probability(*record.probability), .rule = "probability"};
    return {.stage = Stage::Discovery, .rule = "unmapped"};
}

} // namespace tributary

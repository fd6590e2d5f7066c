// Step 2: the same deal or another? First hit wins (SPEC-NOTES 17): the same external id from the same system; then equal
// normalised name and company, unless the two carry different ids of one system or a closed deal meets an open one.
#include "pipeline/pipeline.hpp"

#include <algorithm>

namespace tributary {
namespace {

// A new inquiry is an open chance even when it does not say so; a file or a CRM that leaves the stage out says nothing.
bool comes_open(const Candidate& candidate) {
    if (candidate.given.test(static_cast<std::size_t>(Field::Stage))) return !is_closed(candidate.values.stage);
    return candidate.source == Source::Manual || candidate.source == Source::WebForm || candidate.source == Source::Email;
}

// Two ids of one system are two deals there, whatever they are called.
const ExternalId* rival_id(const Candidate& candidate, const Working& working) {
    for (const auto& mine : candidate.external_ids) {
        for (const auto& theirs : working.now.external_ids) {
            if (mine.system == theirs.system && mine.id != theirs.id) return &theirs;
        }
    }
    return nullptr;
}

} // namespace

std::string_view match_rule_key(MatchRule rule) {
    switch (rule) {
    case MatchRule::ExternalId: return "external_id";
    case MatchRule::NameAndCompany: return "name_and_company";
    case MatchRule::None: break;
    }
    return "none";
}

Match dedupe(const Candidate& candidate, const Plan& plan) {
    Match match;
    for (const auto& external : candidate.external_ids) {
        const auto found = plan.by_external.find(external);
        if (found == plan.by_external.end()) continue;
        match.rule = MatchRule::ExternalId;
        match.deal = plan.deals[found->second].now.id;
        match.evidence.push_back("external_id " + external.system + ":" + external.id);
        return match;
    }
    // A record that others were merged into goes on as the deal of one of them.
    for (const auto& merged : candidate.merged_ids) {
        const auto found = plan.by_external.find(merged);
        if (found == plan.by_external.end() || plan.deals[found->second].now.deleted_at != 0) continue;
        match.rule = MatchRule::ExternalId;
        match.deal = plan.deals[found->second].now.id;
        match.evidence.push_back("merged from " + merged.system + ":" + merged.id);
        return match;
    }
    if (candidate.values.match_key == MatchKey{}) return match;
    const auto named = plan.by_key.find(candidate.values.match_key);
    if (named == plan.by_key.end()) return match;
    for (const std::size_t place : named->second) {
        const Working& working = plan.deals[place];
        if (working.now.match_key != candidate.values.match_key || working.now.deleted_at != 0 || working.now.is_spam) continue;
        if (rival_id(candidate, working) != nullptr) continue;
        if (is_closed(working.now.stage) && comes_open(candidate)) {
            match.related = working.now.id;
            continue;
        }
        match.rule = MatchRule::NameAndCompany;
        match.deal = working.now.id;
        match.evidence.push_back("name equals \"" + working.now.name + "\"");
        match.evidence.push_back(working.now.company.empty() ? "both have no company, same source" : "company equals \"" + working.now.company + "\"");
        match.related = {};
        return match;
    }
    return match;
}

} // namespace tributary

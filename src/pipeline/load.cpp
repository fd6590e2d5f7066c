// Before the steps: fetches, in a few batch questions, every stored deal and lead that the rows of a batch may meet.
#include "pipeline/pipeline.hpp"

#include <algorithm>

namespace tributary {
namespace {

struct Questions {
    std::vector<ExternalId> externals;
    std::vector<MatchKey> keys;
    std::vector<std::string> emails;
};

template <typename T>
void sort_unique(std::vector<T>& values) {
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
}

Questions questions_of(std::span<const IncomingRow> rows) {
    Questions ask;
    for (const auto& row : rows) {
        if (!row.candidate) continue;
        const Candidate& candidate = *row.candidate;
        ask.externals.insert(ask.externals.end(), candidate.external_ids.begin(), candidate.external_ids.end());
        if (candidate.values.match_key != MatchKey{}) ask.keys.push_back(candidate.values.match_key);
        if (!candidate.lead_email.empty()) ask.emails.push_back(candidate.lead_email);
    }
    sort_unique(ask.externals);
    sort_unique(ask.keys);
    sort_unique(ask.emails);
    return ask;
}

void take_deals(LedgerReader& ledger, std::vector<Id> ids, Plan& plan) {
    sort_unique(ids);
    if (ids.empty()) return;
    auto deals = ledger.read_deals(ids);
    auto identities = ledger.identities_of(ids);
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (!deals[at]) continue;
        Working working;
        working.existed = true;
        working.before = *deals[at];
        working.now = std::move(*deals[at]);
        working.identities = std::move(identities[at]);
        working.identities_stored = working.identities.size();
        const std::size_t place = plan.deals.size();
        plan.by_id.emplace(ids[at], place);
        for (const auto& external : working.identities) plan.by_external.emplace(external, place);
        plan.deals.push_back(std::move(working));
    }
}

} // namespace

bool load_deal(LedgerReader& ledger, const Id& deal, Plan& plan) {
    if (!plan.by_id.contains(deal)) take_deals(ledger, {deal}, plan);
    return plan.by_id.contains(deal);
}

void load_named(LedgerReader& ledger, const MatchKey& key, Plan& plan) {
    const auto named = ledger.find_named(std::span(&key, 1));
    std::vector<Id> unknown;
    for (const Id& id : named.front()) {
        if (!plan.by_id.contains(id)) unknown.push_back(id);
    }
    take_deals(ledger, std::move(unknown), plan);
    auto& places = plan.by_key[key];
    for (const Id& id : named.front()) {
        const auto found = plan.by_id.find(id);
        if (found != plan.by_id.end() && std::ranges::find(places, found->second) == places.end()) places.push_back(found->second);
    }
}

void load(LedgerReader& ledger, std::span<const IncomingRow> rows, Plan& plan) {
    const Questions ask = questions_of(rows);
    plan.deals.reserve(rows.size() + rows.size() / 4);
    plan.rows.reserve(rows.size());
    plan.journal.reserve(rows.size());
    std::vector<Id> wanted;
    for (const auto& id : ledger.find_external(ask.externals)) {
        if (id) wanted.push_back(*id);
    }
    const auto named = ledger.find_named(ask.keys);
    for (const auto& ids : named) wanted.insert(wanted.end(), ids.begin(), ids.end());
    take_deals(ledger, std::move(wanted), plan);
    for (std::size_t at = 0; at < ask.keys.size(); ++at) {
        for (const Id& id : named[at]) {
            const auto found = plan.by_id.find(id);
            if (found != plan.by_id.end()) plan.by_key[ask.keys[at]].push_back(found->second);
        }
    }
    auto leads = ledger.find_leads(ask.emails);
    for (std::size_t at = 0; at < ask.emails.size(); ++at) {
        if (!leads[at]) continue;
        plan.lead_by_email.emplace(ask.emails[at], plan.leads.size());
        plan.leads.push_back({.existed = true, .changed = false, .now = std::move(*leads[at])});
    }
}

} // namespace tributary

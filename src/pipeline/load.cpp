// Before the steps: fetches, in a few batch questions, every stored deal and lead that the rows of a batch may meet.
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <iterator>

namespace tributary {
namespace {

template <typename T>
void sort_unique(std::vector<T>& values) {
    std::ranges::sort(values);
    const auto rest = std::ranges::unique(values);
    values.erase(rest.begin(), rest.end());
}

void take_deals(LedgerReader& ledger, std::vector<Id> ids, Plan& plan) {
    sort_unique(ids);
    if (ids.empty()) return;
    auto deals = ledger.read_deals(ids);
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (!deals[at]) continue;
        Working working;
        working.existed = true;
        working.before = *deals[at];
        working.now = std::move(*deals[at]);
        const std::size_t place = plan.deals.size();
        plan.by_id.emplace(ids[at], place);
        for (const auto& external : working.now.external_ids) plan.by_external.emplace(external, place);
        plan.deals.push_back(std::move(working));
    }
}

void load_by_external(LedgerReader& ledger, std::span<const IncomingRow> rows, Plan& plan) {
    std::vector<ExternalId> wanted;
    for (const auto& row : rows) {
        if (!row.candidate) continue;
        for (const auto* ids : {&row.candidate->external_ids, &row.candidate->merged_ids}) wanted.insert(wanted.end(), ids->begin(), ids->end());
    }
    sort_unique(wanted);
    std::vector<Id> found;
    for (const auto& id : ledger.find_external(wanted)) {
        if (id) found.push_back(*id);
    }
    take_deals(ledger, std::move(found), plan);
}

// Only for rows that no external id has led home: a row that is known by its id never looks at its namesakes, of which there
// may be many (one product sold to one customer again and again).
void load_by_key(LedgerReader& ledger, std::span<const IncomingRow> rows, Plan& plan) {
    std::vector<MatchKey> keys;
    for (const auto& row : rows) {
        if (!row.candidate || row.candidate->values.match_key == MatchKey{}) continue;
        const auto known = [&](const ExternalId& external) { return plan.by_external.contains(external); };
        if (std::ranges::none_of(row.candidate->external_ids, known)) keys.push_back(row.candidate->values.match_key);
    }
    sort_unique(keys);
    const auto named = ledger.find_named(keys);
    std::vector<Id> unknown;
    for (const auto& ids : named) {
        std::ranges::copy_if(ids, std::back_inserter(unknown), [&](const Id& id) { return !plan.by_id.contains(id); });
    }
    take_deals(ledger, std::move(unknown), plan);
    for (std::size_t at = 0; at < keys.size(); ++at) {
        for (const Id& id : named[at]) {
            const auto found = plan.by_id.find(id);
            if (found != plan.by_id.end()) plan.by_key[keys[at]].push_back(found->second);
        }
    }
}

void load_leads(LedgerReader& ledger, std::span<const IncomingRow> rows, Plan& plan) {
    std::vector<std::string> emails;
    for (const auto& row : rows) {
        if (row.candidate && !row.candidate->lead_email.empty()) emails.push_back(row.candidate->lead_email);
    }
    sort_unique(emails);
    auto leads = ledger.find_leads(emails);
    for (std::size_t at = 0; at < emails.size(); ++at) {
        if (!leads[at]) continue;
        plan.lead_by_email.emplace(emails[at], plan.leads.size());
        plan.leads.push_back({.existed = true, .changed = false, .now = std::move(*leads[at])});
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
    plan.deals.reserve(rows.size() + rows.size() / 4);
    plan.rows.reserve(rows.size());
    plan.journal.reserve(rows.size());
    load_by_external(ledger, rows, plan);
    load_by_key(ledger, rows, plan);
    load_leads(ledger, rows, plan);
}

} // namespace tributary

// Reading ahead of an undo, and how much of it may be believed. See undo.hpp.
#include "pipeline/undo_deal.hpp"

#include <algorithm>

namespace tributary {

std::optional<std::uint64_t> UndoAhead::next() const {
    return rows.size() < kUndoRowsPerSlice ? std::nullopt : std::optional(rows.back().seq);
}

UndoAhead read_undo_ahead(LedgerReader& ledger, const Id& undone, std::uint64_t before) {
    UndoAhead ahead{.before = before, .seen_seq = ledger.last_seq(), .rows = {}, .deals = {}, .leads = {}};
    ahead.rows = ledger.list_journal({.deal = {}, .unit = undone, .after = before, .descending = true, .limit = kUndoRowsPerSlice});
    const std::vector<Id> deals = deals_of(ahead.rows);
    std::vector<Id> leads;
    for (auto& deal : ledger.read_deals(deals)) {
        if (!deal) continue;
        if (!deal->lead_id.is_nil()) leads.push_back(deal->lead_id);
        const Id id = deal->id;
        ahead.deals.emplace(id, std::move(*deal));
    }
    std::ranges::sort(leads);
    const auto rest = std::ranges::unique(leads);
    leads.erase(rest.begin(), rest.end());
    for (auto& lead : ledger.read_leads(leads)) {
        if (!lead) continue;
        const Id id = lead->id;
        ahead.leads.emplace(id, std::move(*lead));
    }
    return ahead;
}

Foresight foreseen(const UndoAhead* ahead, const UndoWake* wake, std::uint64_t last_seq) {
    if (ahead == nullptr || wake == nullptr) return {};
    // Since it was read nothing may have happened but the last slice.
    const bool quiet = last_seq == wake->to_seq && (ahead->seen_seq == wake->to_seq || ahead->seen_seq == wake->from_seq);
    return quiet ? Foresight{.ahead = ahead, .wake = wake} : Foresight{};
}

const Deal* Foresight::deal(const Id& id) const {
    if (ahead == nullptr || wake->touched.contains(id)) return nullptr;
    const auto found = ahead->deals.find(id);
    return found == ahead->deals.end() ? nullptr : &found->second;
}

const Lead* Foresight::lead(const Id& id) const {
    if (ahead == nullptr || wake->touched.contains(id)) return nullptr;
    const auto found = ahead->leads.find(id);
    return found == ahead->leads.end() ? nullptr : &found->second;
}

} // namespace tributary

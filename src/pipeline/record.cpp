// Step 7: writes the plan: journal rows first, for their numbers become the deals' versions, then deals and leads,
// each as one batch.
#include "pipeline/pipeline.hpp"

#include <algorithm>

namespace tributary {

void record(Ledger& ledger, const IngestContext& context, Plan& plan) {
    const std::int64_t written_ms = context.written_ms == 0 ? context.now_ms : context.written_ms;
    for (auto& entry : plan.journal) {
        entry.at = written_ms;
        entry.unit = context.unit->id;
        entry.actor = context.unit->actor;
        entry.source = context.unit->source;
    }
    if (!plan.journal.empty()) ledger.append_journal(plan.journal);
    for (std::size_t at = 0; at < plan.journal.size(); ++at) {
        if (plan.journal_deal[at] == Plan::kNoDeal) continue;
        Deal& deal = plan.deals[plan.journal_deal[at]].now;
        deal.version = plan.journal[at].seq;
        if (plan.journal[at].happening == Happening::Created) deal.created_seq = deal.version;
    }

    std::vector<const Deal*> inserts;
    std::vector<const Deal*> updates;
    for (Working& working : plan.deals) {
        if (working.changed) working.now.updated_at = written_ms;
        if (working.changed || working.confirmed) (working.existed ? updates : inserts).push_back(&working.now);
    }
    std::vector<const Lead*> new_leads;
    std::vector<const Lead*> changed_leads;
    for (const WorkingLead& lead : plan.leads) {
        if (lead.changed) (lead.existed ? changed_leads : new_leads).push_back(&lead.now);
    }
    // Updates go first: a deal that left a match key makes room for one that takes it.
    if (!updates.empty()) ledger.update_deals(updates);
    if (!inserts.empty()) ledger.insert_deals(inserts);
    if (!new_leads.empty()) ledger.insert_leads(new_leads);
    if (!changed_leads.empty()) ledger.update_leads(changed_leads);
}

std::vector<RowOutcome> outcomes_of(const Plan& plan) {
    std::vector<RowOutcome> outcomes;
    outcomes.reserve(plan.rows.size());
    for (const RowResult& row : plan.rows) {
        RowOutcome outcome;
        outcome.row = row.row;
        outcome.line = row.line;
        outcome.action = row.action;
        outcome.problems = row.warnings;
        if (row.refusal) {
            outcome.code = row.refusal->code;
            outcome.problems = row.refusal->details;
            if (outcome.problems.empty()) outcome.problems.push_back({"", row.refusal->code, row.refusal->message, ""});
            outcome.raw = row.raw;
        } else if (row.action != RowAction::Skipped) {
            outcome.deal = plan.deals[row.deal].now.id;
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

} // namespace tributary

// The story of a batch, from rows to ledger. Writer's thread, inside one transaction.
#include "pipeline/pipeline.hpp"

namespace tributary {
namespace {

void refuse_row(Plan& plan, RowResult& row, Refusal refusal, std::string raw) {
    row.action = RowAction::Rejected;
    row.refusal = std::move(refusal);
    row.raw = std::move(raw);
    plan.counts.add(row.action);
    plan.rows.push_back(std::move(row));
}

void note_change(Plan& plan, RowResult& row, std::string body, std::optional<Risk> risk_before) {
    const Working& working = plan.deals[row.deal];
    JournalEntry entry;
    entry.deal = working.now.id;
    entry.row = row.row;
    entry.happening = row.action == RowAction::Created ? Happening::Created : Happening::Updated;
    if (working.now.deleted_at != 0 && working.existed && working.before.deleted_at == 0) entry.happening = Happening::Deleted;
    if (working.now.deleted_at == 0 && working.existed && working.before.deleted_at != 0) entry.happening = Happening::Restored;
    entry.due = trigger(risk_before, working.now);
    entry.body = std::move(body);
    row.journal = plan.journal.size();
    plan.journal.push_back(std::move(entry));
    plan.journal_deal.push_back(row.deal);
}

void ingest_row(const Candidate& candidate, std::string raw, const IngestContext& context, Plan& plan, RowResult row) {
    row.warnings = candidate.warnings;
    row.match = dedupe(candidate, plan);
    std::optional<Risk> risk_before;
    if (const auto known = plan.by_id.find(row.match.deal); row.match.rule != MatchRule::None && known != plan.by_id.end()) {
        risk_before = plan.deals[known->second].now.risk;
    }
    std::string body;
    auto action = upsert(candidate, row.match, context, plan, row, body);
    if (!action) return refuse_row(plan, row, std::move(action.error()), std::move(raw));
    row.action = *action;
    associate(candidate, context, plan, row);
    if (row.action != RowAction::Unchanged) {
        Deal& deal = plan.deals[row.deal].now;
        deal.health_score = health_score(deal, context.now_ms);
        deal.risk = risk_of(deal.health_score);
        note_change(plan, row, std::move(body), risk_before);
    }
    plan.counts.add(row.action);
    plan.rows.push_back(std::move(row));
}

} // namespace

Plan ingest(Ledger& ledger, RankTurn& ranks, IngestContext context, std::span<IncomingRow> rows) {
    Plan plan;
    context.ledger = &ledger;
    load(ledger, rows, plan);
    for (IncomingRow& incoming : rows) {
        RowResult row;
        row.row = incoming.row;
        row.line = incoming.line;
        if (!incoming.candidate) refuse_row(plan, row, incoming.candidate.error(), incoming.raw);
        else ingest_row(*incoming.candidate, incoming.raw, context, plan, std::move(row));
    }
    for (const Working& working : plan.deals) {
        if (working.changed) ranks.replace(working.existed ? &working.before : nullptr, &working.now); // step 6, measure
    }
    record(ledger, context, plan);
    return plan;
}

} // namespace tributary

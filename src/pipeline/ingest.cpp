// The story of a batch, from rows to ledger. Writer's thread, inside one transaction.
#include "deal/json.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/plan.hpp"

#include <algorithm>

namespace tributary {
namespace {

void refuse_row(Plan& plan, RowResult& row, Refusal refusal, std::string raw) {
    row.action = RowAction::Rejected;
    row.refusal = std::move(refusal);
    row.fingerprint = fingerprint_of(row, plan);
    row.raw = std::move(raw);
    plan.counts.add(row.action);
    plan.rows.push_back(std::move(row));
}

void rescore(Deal& deal, std::int64_t now_ms) {
    deal.health_score = health_score(deal, now_ms);
    deal.risk = risk_of(deal.health_score);
}

// The steps from upsert to trigger for one row whose match is known.
void take_row(const Candidate& candidate, std::string raw, const IngestContext& context, Plan& plan, RowResult row) {
    row.warnings = candidate.warnings;
    std::optional<Risk> risk_before;
    if (const auto known = plan.by_id.find(row.match.deal); row.match.rule != MatchRule::None && known != plan.by_id.end()) {
        risk_before = plan.deals[known->second].now.risk;
    }
    RowChange change;
    auto action = upsert(candidate, row.match, context, plan, row, change);
    if (!action) return refuse_row(plan, row, std::move(action.error()), std::move(raw));
    row.action = *action;
    if (!candidate.merged_ids.empty()) absorb(candidate, context, plan, row);
    associate(candidate, context, plan, row, change);
    std::uint8_t due = 0;
    if (row.action != RowAction::Unchanged) {
        Deal& deal = plan.deals[row.deal].now;
        rescore(deal, context.now_ms);
        due = trigger(risk_before, deal, context.automations);
    }
    const std::size_t told = plan.journal.size();
    tell(plan, row, change, due);
    if (plan.journal.size() > told) row.journal = told;
    if (context.fingerprints) row.fingerprint = fingerprint_of(row, plan);
    plan.counts.add(row.action);
    plan.rows.push_back(std::move(row));
}

} // namespace

void measure_and_record(Ledger& ledger, RankTurn& ranks, const IngestContext& context, Plan& plan) {
    for (const Working& working : plan.deals) {
        if (working.changed) ranks.replace(working.existed ? &working.before : nullptr, &working.now);
    }
    record(ledger, context, plan);
}

Plan ingest(Ledger& ledger, RankTurn& ranks, IngestContext context, std::span<IncomingRow> rows) {
    Plan plan = decide(ledger, context, rows);
    measure_and_record(ledger, ranks, context, plan);
    return plan;
}

Plan decide(LedgerReader& ledger, IngestContext context, std::span<IncomingRow> rows) {
    Plan plan;
    context.ledger = &ledger;
    load(ledger, rows, plan);
    for (IncomingRow& incoming : rows) {
        RowResult row;
        row.row = incoming.row;
        row.line = incoming.line;
        if (!incoming.candidate) refuse_row(plan, row, incoming.candidate.error(), incoming.raw);
        else {
            row.match = dedupe(*incoming.candidate, plan);
            take_row(*incoming.candidate, std::move(incoming.raw), context, plan, std::move(row));
        }
    }
    return plan;
}

std::optional<Plan> change(Ledger& ledger, RankTurn& ranks, IngestContext context, const Id& deal, Candidate candidate) {
    Plan plan;
    context.ledger = &ledger;
    IncomingRow incoming;
    incoming.candidate = candidate;
    load(ledger, std::span(&incoming, 1), plan);
    if (!load_deal(ledger, deal, plan)) return std::nullopt;
    RowResult row;
    row.match.rule = MatchRule::ExternalId;
    row.match.deal = deal;
    take_row(candidate, {}, context, plan, std::move(row));
    measure_and_record(ledger, ranks, context, plan);
    return plan;
}

std::optional<Plan> engage(Ledger& ledger, RankTurn& ranks, IngestContext context, const Id& deal_id, const Engagement& engagement) {
    Plan plan;
    if (!load_deal(ledger, deal_id, plan) || plan.deals.front().now.deleted_at != 0) return std::nullopt;
    Working& working = plan.deals.front();
    working.changed = true;
    working.now.last_engaged_at = std::max(working.now.last_engaged_at, engagement.at);
    working.now.updated_at = context.now_ms;
    rescore(working.now, context.now_ms);
    JournalEntry entry;
    entry.happening = Happening::Activity;
    entry.deal = deal_id;
    entry.due = trigger(working.before.risk, working.now, context.automations);
    entry.body = "{\"type\":";
    append_json_string(entry.body, engagement.type);
    append_key(entry.body, "note");
    append_json_string(entry.body, engagement.note);
    append_key(entry.body, "at");
    entry.body += '"';
    append_instant(entry.body, engagement.at);
    entry.body += "\"}";
    plan.journal.push_back(std::move(entry));
    plan.journal_deal.push_back(0);
    measure_and_record(ledger, ranks, context, plan);
    return plan;
}

} // namespace tributary

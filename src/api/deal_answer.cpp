// See deal_answer.hpp.
#include "api/deal_answer.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"

namespace tributary {
namespace {

void append_match(std::string& out, const Match& match) {
    append_key(out, "match");
    if (match.rule == MatchRule::None) {
        out += "null";
        return;
    }
    out += "{\"rule\":";
    append_json_string(out, match_rule_key(match.rule));
    append_key(out, "deal_id");
    append_json_string(out, match.deal.text());
    append_key(out, "evidence");
    out += '[';
    for (std::size_t at = 0; at < match.evidence.size(); ++at) {
        if (at != 0) out += ',';
        append_json_string(out, match.evidence[at]);
    }
    out += "]}";
}

} // namespace

Shown shown(const TenantScope& scope) { return {scope.tenant_id(), scope.workspace_id()}; }

std::string etag_of(const Deal& deal) { return "\"" + std::to_string(deal.version) + "\""; }

void append_analysis(std::string& out, const Deal& deal, std::int64_t now_ms) {
    const Analysis analysis = analyse(deal, now_ms);
    append_key(out, "analysis");
    out += "{\"health_score\":" + std::to_string(analysis.health_score);
    append_key(out, "risk_level");
    append_json_string(out, risk_key(analysis.risk));
    append_key(out, "factors");
    out += '[';
    for (std::size_t at = 0; at < analysis.factors.size(); ++at) {
        if (at != 0) out += ',';
        out += "{\"name\":";
        append_json_string(out, analysis.factors[at].name);
        append_key(out, "points");
        out += std::to_string(analysis.factors[at].points);
        append_key(out, "why");
        append_json_string(out, analysis.factors[at].why);
        out += '}';
    }
    out += "],\"insights\":\"ready\"}";
}

BesideDeal beside_deal(Turn& turn, const Plan& plan, std::size_t at) {
    const Ranks& ranks = turn.ranks.ranks();
    const RowResult& row = plan.rows[at];
    return {.totals = ranks.totals(), .standing = row.refusal ? std::nullopt : ranks.standing(plan.deals[row.deal].now), .settings = turn.settings};
}

http::Response deal_answer(const Call& call, const BesideDeal& beside, const Unit& unit, const Plan& plan, std::size_t at) {
    const RowResult& row = plan.rows[at];
    if (row.refusal) return call.refuse(*row.refusal);
    const Working& working = plan.deals[row.deal];
    std::string body;
    body.reserve(2'048);
    body += "{\"status\":\"success\"";
    append_key(body, "source");
    append_json_string(body, source_key(unit.source));
    append_key(body, "action");
    append_json_string(body, action_key(row.action));
    append_key(body, "deal");
    append_deal(body, working.now, shown(call.scope));
    append_key(body, "lead");
    if (row.lead) append_lead(body, plan.leads[*row.lead].now, shown(call.scope));
    else body += "null";
    append_match(body, row.match);
    append_analysis(body, working.now, working.now.updated_at);
    append_key(body, "metrics");
    append_metrics(body, beside.totals, beside.settings, beside.standing, MetricsShape::OfDeal);
    append_key(body, "warnings");
    append_problems(body, row.warnings);
    append_key(body, "ingestion_id");
    append_id(body, unit.id);
    body += beside.members;
    body += '}';
    auto response = json_reply(row.action == RowAction::Created ? 201 : 200, std::move(body));
    response.headers.emplace_back("ETag", etag_of(working.now));
    if (row.action == RowAction::Created) response.headers.emplace_back("Location", "/api/sales/deals/" + working.now.id.text());
    return response;
}

} // namespace tributary

// The answer to one ingested deal (SPEC-NOTES 5) and the parts it shares with other routes.
#pragma once
#include "api/call.hpp"
#include "deal/show.hpp"
#include "pipeline/pipeline.hpp"

#include <optional>
#include <string>

namespace tributary {

[[nodiscard]] Shown shown(const TenantScope& scope);
// {"health_score","risk_level","factors":[{"name","points","why"}],"insights":"ready"}
void append_analysis(std::string& out, const Deal& deal, std::int64_t now_ms);
// What stands beside the deal: the workspace's figures with it, and whatever else its door says.
struct BesideDeal {
    MetricTotals totals;
    std::optional<Standing> standing;
    const Settings& settings;
    std::string members = {}; // of JSON, each with its comma before it; or empty
};
[[nodiscard]] BesideDeal beside_deal(Turn& turn, const Plan& plan, std::size_t at);
// The whole answer for row `at` of a plan: 201 when created, else 200; a refused row's refusal.
[[nodiscard]] http::Response deal_answer(const Call& call, const BesideDeal& beside, const Unit& unit, const Plan& plan, std::size_t at);
// {"status":"success","deal":{...}} with its ETag.
[[nodiscard]] http::Response deal_shown(const Call& call, const Deal& deal);
[[nodiscard]] std::string etag_of(const Deal& deal);

} // namespace tributary

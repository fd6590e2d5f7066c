// A run without its effects, and the effects without another decision. rehearse() takes rows through the very steps of ingest()
// against an overlay (store/overlay.hpp), so that later rows of a file see what earlier ones would do; apply_planned() runs them again
// for good and refuses every row that would now do something else than was planned. Writer's thread.
#pragma once
#include "pipeline/pipeline.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace tributary {

// Of a row's action, its refusal, and every value it changes, before and after; not of ids and times that are made while it runs.
[[nodiscard]] std::uint64_t fingerprint_of(const RowResult& row, const Plan& plan);

// As ingest(), into an overlay, with fingerprints and without ranks.
[[nodiscard]] Plan rehearse(Ledger& overlay, IngestContext context, std::span<IncomingRow> rows);

// What the rehearsed batches of a plan come to, in all.
class PlanSummary {
  public:
    explicit PlanSummary(const Settings& settings) : before_(settings), after_(settings) {}
    void add(const Plan& plan);
    // {"metrics":{"before":WorkspaceMetrics,"after":WorkspaceMetrics},"stages_moved":[{"from","to","deals"}],"automations":n}; `now` are
    // the workspace's totals as the plan found them.
    [[nodiscard]] std::string text(const MetricTotals& now, const Settings& settings) const;

  private:
    Ranks before_;                                                                // of the deals the plan changes, as they are
    Ranks after_;                                                                 // and as they would be
    std::array<std::array<std::uint64_t, kStageCount>, kStageCount + 1> moved_{}; // [kStageCount]: from nothing
    std::uint64_t automations_ = 0;
};

// `planned` are the outcomes of these rows as rehearsed, in the same order. A row that would now do something else becomes Rejected with
// changed_since_plan and does nothing; so do rows that were planned upon it.
[[nodiscard]] Plan apply_planned(Ledger& ledger, RankTurn& ranks, IngestContext context, std::span<IncomingRow> rows,
                                 std::span<const RowOutcome> planned);

// As outcomes_of(), with what is planned for each row.
[[nodiscard]] std::vector<RowOutcome> planned_outcomes_of(const Plan& plan);

} // namespace tributary

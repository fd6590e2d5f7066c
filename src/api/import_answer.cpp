// What an import says of itself: its answer, the rows it shows, and how far it is. See import.hpp.
#include "api/import.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"

#include <algorithm>
#include <cmath>

namespace tributary {

void Import::keep_results(const Slice& slice) {
    for (const RowOutcome& outcome : slice.outcomes) {
        const bool telling = outcome.action == RowAction::Rejected || !outcome.problems.empty();
        const bool shown_in_all = results_rows_++ < kResultsShown;
        if (!shown_in_all && (!telling || problem_rows_count_ >= kProblemRowsShown)) continue;
        std::string text;
        append_outcome(text, outcome);
        if (shown_in_all) results_ += (results_.empty() ? "" : ",") + text;
        if (telling && problem_rows_count_ < kProblemRowsShown) {
            problem_rows_ += (problem_rows_.empty() ? "" : ",") + text;
            ++problem_rows_count_;
        }
    }
}

http::Response Import::answer(Turn& turn, const Unit& unit) const {
    const UnitCounts& counts = unit.counts;
    const bool all_rejected = counts.rejected > 0 && counts.rejected + counts.skipped == counts.read; // what is skipped was no deal
    std::string body = "{\"status\":";
    append_json_string(body, all_rejected ? "error" : counts.rejected > 0 || unit.state == UnitState::Cancelled ? "partial" : "success");
    if (all_rejected) {
        append_key(body, "error");
        append_json_string(body, "No row could be taken; every row says why.");
        append_key(body, "code");
        append_json_string(body, "all_rows_rejected");
    }
    if (unit.state == UnitState::Cancelled) body += ",\"cancelled\":true";
    append_key(body, "source");
    append_json_string(body, source_key(unit.source));
    append_key(body, "import_id");
    append_json_string(body, unit.id.text());
    append_counts(body, counts);
    if (!unit.same_as.is_nil()) {
        append_key(body, "same_as");
        append_json_string(body, unit.same_as.text());
    }
    if (unit.state == UnitState::Planned) {
        body += ",\"dry_run\":true,\"plan\":";
        body += unit.plan.empty() ? "null" : unit.plan;
        append_key(body, "options");
        body += unit.options.empty() ? "null" : unit.options;
    }
    append_key(body, "results");
    body += '[';
    body += counts.read <= kResultsShown ? results_ : problem_rows_;
    body += ']';
    append_key(body, "metrics");
    append_metrics(body, turn.ranks.ranks().totals(), turn.settings, std::nullopt, MetricsShape::OfWorkspace);
    if (all_rejected) {
        append_key(body, "request_id");
        append_json_string(body, call_->request.request_id);
        append_key(body, "details");
        body += "[]";
    }
    body += '}';
    return json_reply(all_rejected ? 422 : 200, std::move(body));
}

Unit Import::unit() const {
    const std::lock_guard lock(mutex_);
    return unit_;
}

ImportProgress Import::progress() const {
    using Phase = ImportProgress::Phase;
    ImportProgress progress;
    const std::lock_guard lock(mutex_);
    const bool whole = !unit_.sha256.empty();
    progress.rows = unit_.counts.read;
    progress.bytes = whole ? bytes_read_ : raw_bytes_;
    progress.bytes_total = whole ? std::optional(unit_.raw_bytes) : call_->request.content_length;
    progress.phase = progress.rows > 0 ? Phase::Running : !whole ? Phase::Receiving : progress.bytes == 0 ? Phase::Waiting : Phase::Running;
    if (!first_rows_) return progress;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - first_rows_->at).count();
    if (seconds <= 0) return progress;
    progress.rows_per_second = static_cast<double>(progress.rows - first_rows_->rows) / seconds;
    if (whole && progress.bytes > first_rows_->bytes) {
        const auto left = static_cast<double>(unit_.raw_bytes - std::min(unit_.raw_bytes, progress.bytes));
        progress.seconds_left = std::llround(left * seconds / static_cast<double>(progress.bytes - first_rows_->bytes));
    }
    return progress;
}

void Import::tell_watchers() const { call_->app.hub.note(call_->scope.tenant(), call_->scope.workspace()); }

} // namespace tributary

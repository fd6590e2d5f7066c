// Step 3 of a record into which the CRM has merged others: deals that bear their ids are deleted here too, each with a journal row of its
// own that says into which deal it went. They keep their ids and their history; an undo brings them back.
#include "deal/json.hpp"
#include "pipeline/pipeline.hpp"

namespace tributary {
namespace {

std::string with_merged_into(const std::string& metadata, const Id& survivor) {
    boost::json::object object;
    if (auto stored = parse_json(metadata.empty() ? "{}" : metadata); stored && stored->is_object())
        object = std::move(stored->as_object());
    object["merged_into"] = survivor.text();
    std::string out;
    append_json(out, object);
    return out;
}

} // namespace

void absorb(const Candidate& candidate, const IngestContext& context, Plan& plan, const RowResult& row) {
    for (const ExternalId& merged : candidate.merged_ids) {
        const auto found = plan.by_external.find(merged);
        if (found == plan.by_external.end() || found->second == row.deal) continue;
        Working& working = plan.deals[found->second];
        if (working.now.deleted_at != 0) continue;
        RowResult gone{.row = row.row, .line = row.line, .action = RowAction::Updated, .deal = found->second};
        RowChange change;
        change.before = working.now;
        working.now.deleted_at = candidate.read_at_ms != 0 ? candidate.read_at_ms : context.now_ms;
        working.now.source_metadata = with_merged_into(working.now.source_metadata, plan.deals[row.deal].now.id);
        working.changed = true;
        tell(plan, gone, change, 0);
    }
}

} // namespace tributary

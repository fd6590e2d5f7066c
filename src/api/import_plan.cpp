// How an import takes its rows: for good, as a plan, or as a plan that is applied. See import.hpp and pipeline/plan.hpp.
#include "api/import.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace tributary {

std::string asked_text(const Import::Asked& asked) {
    std::string out = "[";
    for (const auto& [name, value] : asked) {
        out += out.size() == 1 ? "[" : ",[";
        append_json_string(out, name);
        out += ',';
        append_json_string(out, value);
        out += ']';
    }
    return out + "]";
}

Import::Asked asked_of(const Unit& unit) {
    Import::Asked asked;
    const auto json = unit.asked.empty() ? Result<boost::json::value>(boost::json::array()) : parse_json(unit.asked);
    if (!json || !json->is_array()) return asked;
    for (const auto& pair : json->as_array()) {
        if (pair.is_array() && pair.as_array().size() == 2) asked.emplace_back(scalar_text(pair.as_array()[0]), scalar_text(pair.as_array()[1]));
    }
    return asked;
}

Result<ImportWishes> import_wishes(const Import::Asked& asked) {
    ImportWishes wishes;
    for (const auto& [name, value] : asked) {
        if (name != "dry_run" && name != "automations") continue;
        if (name == "automations") {
            wishes.automations = parse_automations(value);
            if (!wishes.automations) return std::unexpected(field_refusal(name, "invalid_option", "automations is live, held or off.", value));
            continue;
        }
        const auto said = yes_or_no(value);
        if (!said) return std::unexpected(field_refusal(name, "invalid_option", "dry_run is true or false.", value));
        wishes.dry_run = *said;
    }
    return wishes;
}

Import::Asked import_options(const Import::Asked& query) {
    Import::Asked asked;
    for (const auto& [name, value] : query) {
        if (name == "dry_run" || name == "automations") asked.emplace_back(name, value);
    }
    return asked;
}

void Import::take_wishes() {
    if (!asked_) return;
    const Asked asked = asked_();
    asked_ = nullptr;
    const ImportWishes wishes = import_wishes(asked).value(); // the door has refused what is neither yes nor no; else this throws
    automations_ = wishes.automations;
    const std::lock_guard lock(mutex_);
    wishes_known_ = true;
    if (wishes.dry_run && mode_ == Mode::Run) mode_ = Mode::Plan;
    if (unit_.asked.empty()) unit_.asked = asked_text(asked);
}

// When the first rows go: an import of many rows is looked at before it sets anything off.
void Import::choose_automations(bool few) {
    if (std::exchange(automations_chosen_, true)) return;
    const std::lock_guard lock(mutex_);
    unit_.automations = automations_.value_or(few ? AutomationPolicy::Live : AutomationPolicy::Held);
}

Plan Import::take_rows(Turn& turn, const Unit& unit, Slice& slice) {
    // A plan decides as of the time it is made, so that applying it decides the same; only the journal tells the time of the applying.
    IngestContext context{.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr, .automations = unit.automations};
    if (mode_ == Mode::Run) return ingest(turn.ledger, turn.ranks, context, slice.rows);
    context.now_ms = started_at_;
    context.written_ms = turn.now_ms;
    return mode_ == Mode::Plan ? plan_rows(turn, context, slice) : apply_rows(turn, context, slice);
}

Plan Import::plan_rows(Turn& turn, const IngestContext& context, Slice& slice) {
    if (!scratch_) {
        scratch_ = std::make_unique<OverlayScratch>(call_->app.spill_directory);
        summary_ = std::make_unique<PlanSummary>(turn.settings);
    }
    OverlayLedger overlay(turn.ledger, *scratch_);
    Plan plan = rehearse(overlay, context, slice.rows);
    summary_->add(plan);
    return plan;
}

Plan Import::apply_rows(Turn& turn, const IngestContext& context, Slice& slice) {
    std::vector<RowOutcome> planned(slice.rows.size());
    if (!slice.rows.empty()) {
        const auto stored = turn.ledger.list_outcomes({.unit = context.unit->id,
                                                       .action = {},
                                                       .planned = true,
                                                       .from_row = slice.rows.front().row,
                                                       .limit = static_cast<std::uint32_t>(slice.rows.size())});
        // A row without a plan keeps fingerprint 0, which no decision has: it will not be applied.
        for (std::size_t at = 0, next = 0; at < planned.size() && next < stored.size(); ++at) {
            if (stored[next].row == slice.rows[at].row) planned[at] = stored[next++];
        }
    }
    return apply_planned(turn.ledger, turn.ranks, context, slice.rows, planned);
}

} // namespace tributary

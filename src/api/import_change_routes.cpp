// What is done to an import after it came: a plan is applied, a running one is cancelled.
#include "api/import_claim.hpp"
#include "api/routes.hpp"
#include "deal/show.hpp"

namespace tributary {
namespace {

Refusal not_planned(const Unit& unit) {
    return {.reason = Reason::Conflict,
            .code = "not_planned",
            .message = "Only a plan can be applied, once; this import is " + std::string(unit_state_key(unit.state)) + ".",
            .details = {}};
}

// The plan, if it is still one; marked as running in the same turn, so that nobody else applies it too.
Result<Unit> claim_plan(Turn& turn, const Id& id) {
    auto unit = turn.ledger.read_unit(id);
    if (!unit || !unit->many) return std::unexpected(not_found("import"));
    if (unit->state != UnitState::Planned) return std::unexpected(not_planned(*unit));
    unit->state = UnitState::Running;
    unit->counts = {};
    unit->finished_at = 0;
    turn.ledger.put_unit(*unit);
    return std::move(*unit);
}

void apply(const CallPtr& call, http::Reply reply) {
    const auto id = parse_id(call->segments.front());
    if (!id) return reply(call->refuse(not_found("import")));
    run_claimed(
        call, std::move(reply), [id = *id](Turn& turn) { return claim_plan(turn, id); },
        [](const std::shared_ptr<Import>& import, bool answered) { import->apply_plan(answered); });
}

// What runs here ends between two slices; what is no longer running says so.
void cancel(const CallPtr& call, http::Reply reply) {
    read_call(call, std::move(reply), [](Call& asked, LedgerReader& ledger) {
        const auto id = parse_id(asked.segments.front());
        const auto unit = id ? ledger.read_unit(*id) : std::nullopt;
        if (!unit || !unit->many) return asked.refuse(not_found("import"));
        const auto import = asked.app.imports.find(asked.scope, *id);
        if (unit->state != UnitState::Running || !import) {
            return asked.refuse({.reason = Reason::Conflict,
                                 .code = "not_running",
                                 .message = "Only a running import can be cancelled; this one is " + std::string(unit_state_key(unit->state)) + ".",
                                 .details = {}});
        }
        import->cancel(asked.principal.account());
        return going_on(*unit);
    });
}

} // namespace

std::vector<Route> import_change_routes() {
    return {{"POST", "/api/sales/imports/{id}/apply", Right::Write, apply}, {"POST", "/api/sales/imports/{id}/cancel", Right::Write, cancel}};
}

} // namespace tributary

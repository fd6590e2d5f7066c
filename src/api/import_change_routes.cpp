// What is done to an import after it came: a plan is applied, a running one is cancelled.
#include "api/import_feed.hpp"
#include "api/routes.hpp"
#include "deal/show.hpp"

#include <optional>

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

// How a request to apply goes on after its turn.
struct Claim {
    std::optional<Unit> unit;               // to be applied
    http::Response answer;                  // otherwise
    bool at_end = true;                     // whether the answer waits for the end
};

Claim claim(Turn& turn, const Call& call, const Id& id) {
    Claim out;
    const auto key = idempotency_key(call.request);
    if (!key) return {.unit = {}, .answer = call.refuse(key.error())};
    if (const auto known = turn.ledger.read_unit(id); known && *key) {
        if (auto earlier = earlier_answer(call, turn.ledger, **key, known->sha256, turn.now_ms)) return {.unit = {}, .answer = std::move(*earlier)};
    }
    auto unit = claim_plan(turn, id);
    if (!unit) return {.unit = {}, .answer = call.refuse(unit.error())};
    out.at_end = answered_at_end(call, unit->raw_bytes);
    if (!out.at_end && *key) keep_answer(call, turn.ledger, **key, unit->sha256, going_on(*unit), turn.now_ms);
    out.unit = std::move(*unit);
    return out;
}

void start(const CallPtr& call, const Claim& claim, const http::Reply& reply) {
    call->source = claim.unit->source;
    const auto import = std::make_shared<Import>(call, *claim.unit, nullptr);
    import->apply_plan(!claim.at_end);
    call->app.imports.add(call->scope, claim.unit->id, import);
    if (!feed_as_job(call, *claim.unit, {.import = import, .heard = nullptr}, claim.at_end ? reply : nullptr)) {
        return import->fail(too_many_wait(), reply);
    }
    if (!claim.at_end) reply(going_on(*claim.unit));
}

void apply(const CallPtr& call, http::Reply reply) {
    const auto id = parse_id(call->segments.front());
    if (!id) return reply(call->refuse(not_found("import")));
    const auto claimed = std::make_shared<Claim>();
    const auto work = [call, claimed, id = *id](Turn& turn) {
        turn.told.clear();
        *claimed = claim(turn, *call, id);
    };
    const auto done = [call, claimed, reply](bool committed) {
        if (!committed) return reply(call->refuse(not_writable()));
        if (!claimed->unit) return reply(std::move(claimed->answer));
        start(call, *claimed, reply);
    };
    if (!call->app.writer.submit(call->scope, Writer::Lane::Single, work, done)) done(false);
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

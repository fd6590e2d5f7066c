// What is done to an import after it came: a plan is applied.
#include "api/import_feed.hpp"
#include "api/import_jobs.hpp"
#include "api/routes.hpp"
#include "deal/show.hpp"

namespace tributary {
namespace {

constexpr std::uint64_t kAnsweredAtOnceBytes = 16 * 1024 * 1024; // of raw input; a larger import goes on after its answer, which is 202

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

http::Response going_on(const Unit& unit) {
    std::string body = R"({"status":"success","import":)";
    append_unit(body, unit);
    body += '}';
    auto response = json_reply(202, std::move(body));
    response.headers.emplace_back("Location", "/api/sales/imports/" + unit.id.text());
    return response;
}

void start(const CallPtr& call, const Unit& unit, http::Reply reply) {
    const bool at_once = unit.raw_bytes <= kAnsweredAtOnceBytes;
    call->source = unit.source;
    const http::Reply answer = at_once ? reply : http::Reply([](http::Response&&) {});
    const bool taken = call->app.jobs.submit([call, unit, answer](const std::atomic<bool>& stopping) {
        feed_from_store(call, unit, [](Import& import) { import.apply_plan(); }, stopping, answer);
    });
    if (!taken) {
        return reply(call->refuse({.reason = Reason::Unavailable, .code = "busy", .message = "Too many imports wait; try again.", .details = {}, .retry_after_s = 5}));
    }
    if (!at_once) reply(going_on(unit));
}

void apply(const CallPtr& call, http::Reply reply) {
    const auto id = parse_id(call->segments.front());
    if (!id) return reply(call->refuse(not_found("import")));
    const auto unit = std::make_shared<Result<Unit>>(std::unexpected(not_found("import")));
    const auto work = [unit, id = *id](Turn& turn) {
        turn.told.clear();
        *unit = claim_plan(turn, id);
    };
    const auto done = [call, unit, reply](bool committed) {
        if (!committed) return reply(call->refuse({.reason = Reason::Unavailable, .code = "unavailable", .message = "The store is not writable; try again.", .details = {}, .retry_after_s = 1}));
        if (!*unit) return reply(call->refuse(unit->error()));
        start(call, **unit, reply);
    };
    if (!call->app.writer.submit(call->scope, Writer::Lane::Single, work, done)) done(false);
}

} // namespace

std::vector<Route> import_change_routes() {
    return {{"POST", "/api/sales/imports/{id}/apply", Right::Write, apply}};
}

} // namespace tributary

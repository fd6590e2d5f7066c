// POST /api/sales/imports/{id}/automations/release: what an import's rows have set off and was held fires now.
#include "api/import_feed.hpp"
#include "api/replies.hpp"
#include "api/routes.hpp"
#include "deal/show.hpp"

#include <future>

namespace tributary {
namespace {

constexpr std::uint32_t kRowsPerTurn = 2'000; // of the journal looked at in one turn of the writer

// One turn: fires what the next rows of the unit hold and moves the place, in one transaction; so nothing fires twice, also when the
// program stops between two turns and the release is asked for again.
struct Release {
    Id unit;
    std::string follower; // names the place in the journal
    bool finished = false;

    void turn(Turn& turn) {
        turn.told.clear();
        finished = false;
        auto known = turn.ledger.read_unit(unit);
        if (!known) return;
        const auto rows = turn.ledger.list_journal({.deal = {}, .unit = unit, .after = turn.ledger.cursor(follower), .descending = false, .limit = kRowsPerTurn});
        for (const JournalEntry& row : rows) {
            if ((row.due & kDueHeld) != 0) turn.told.push_back(fired(row.deal, row.seq, turn.now_ms));
        }
        known->automations_held -= std::min<std::uint64_t>(known->automations_held, turn.told.size());
        finished = rows.size() < kRowsPerTurn;
        if (finished) {
            known->automations = AutomationPolicy::Released;
            known->automations_held = 0;
        }
        if (!rows.empty()) turn.ledger.put_cursor(follower, rows.back().seq);
        if (!turn.told.empty()) turn.ledger.append_journal(turn.told);
        turn.ledger.put_unit(*known);
    }
};

http::Response released(const CallPtr& call, const Id& id) {
    std::optional<Unit> unit;
    call->app.store.read(call->scope, [&](LedgerReader& ledger) { unit = ledger.read_unit(id); });
    if (!unit) return call->refuse(not_found("import"));
    std::string body = R"({"status":"success","import":)";
    append_unit(body, *unit);
    body += '}';
    return json_reply(200, std::move(body));
}

void run(const CallPtr& call, const Id& id, const std::atomic<bool>& stopping, const http::Reply& reply) {
    const auto release = std::make_shared<Release>(Release{.unit = id, .follower = "release:" + id.text()});
    while (!stopping) {
        const auto done = std::make_shared<std::promise<bool>>();
        auto committed = done->get_future();
        const bool taken = call->app.writer.submit(call->scope, Writer::Lane::Bulk, [release](Turn& turn) { release->turn(turn); },
                                                   [done](bool ok) { done->set_value(ok); });
        if (!taken || !committed.get()) {
            return reply(call->refuse({.reason = Reason::Unavailable, .code = "unavailable", .message = "Not all could be released; ask again.", .details = {}, .retry_after_s = 1}));
        }
        if (release->finished) return reply(released(call, id));
    }
}

void release(const CallPtr& call, http::Reply reply) {
    const auto id = parse_id(call->segments.front());
    std::optional<Unit> unit;
    if (id) call->app.store.read(call->scope, [&](LedgerReader& ledger) { unit = ledger.read_unit(*id); });
    if (!unit || !unit->many) return reply(call->refuse(not_found("import")));
    if (unit->automations == AutomationPolicy::Released) return reply(released(call, *id));
    const bool ended = unit->state == UnitState::Done || unit->state == UnitState::Cancelled || unit->state == UnitState::Failed;
    if (unit->automations != AutomationPolicy::Held || !ended) {
        return reply(call->refuse({.reason = Reason::Conflict,
                                   .code = "nothing_held",
                                   .message = "Automations are released of an import that has ended and holds some; of this one they are " +
                                              std::string(automations_key(unit->automations)) + ", and it is " + std::string(unit_state_key(unit->state)) + ".",
                                   .details = {}}));
    }
    const auto job = [call, id = *id, reply](const std::atomic<bool>& stopping) { run(call, id, stopping, reply); };
    if (!call->app.jobs.submit(job)) reply(call->refuse(too_many_wait()));
}

} // namespace

std::vector<Route> import_release_routes() {
    return {{"POST", "/api/sales/imports/{id}/automations/release", Right::Write, release}};
}

} // namespace tributary

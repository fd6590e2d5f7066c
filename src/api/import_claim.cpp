// See import_claim.hpp.
#include "api/import_claim.hpp"

#include <optional>
#include <utility>

namespace tributary {
namespace {

// How a request goes on after its turn.
struct Claim {
    std::optional<Unit> unit; // to be run
    http::Response answer;    // otherwise
    bool at_end = true;       // whether the answer waits for the end
};

Claim claim_in_turn(Turn& turn, const Call& call, const ClaimUnit& claim) {
    turn.told.clear();
    const auto key = idempotency_key(call.request);
    if (!key) return {.unit = {}, .answer = call.refuse(key.error())};
    const std::string fingerprint = *key ? request_fingerprint(call.request) : std::string();
    if (*key) {
        if (auto earlier = earlier_answer(call, turn.ledger, **key, fingerprint, turn.now_ms)) return {.unit = {}, .answer = std::move(*earlier)};
    }
    auto unit = claim(turn);
    if (!unit) return {.unit = {}, .answer = call.refuse(unit.error())};
    Claim out{.unit = {}, .answer = {}, .at_end = answered_at_end(call, unit->raw_bytes)};
    if (!out.at_end && *key) keep_answer(call, turn.ledger, **key, fingerprint, going_on(*unit), turn.now_ms);
    out.unit = std::move(*unit);
    return out;
}

void start(const CallPtr& call, const Claim& claim, const ReadyImport& ready, const http::Reply& reply) {
    const Unit& unit = *claim.unit;
    call->source = unit.source;
    const auto import = std::make_shared<Import>(call, unit, nullptr);
    import->answers_by(request_fingerprint(call->request));
    ready(import, !claim.at_end);
    call->app.imports.add(call->scope, unit.id, import);
    if (!feed_as_job(call, unit, {.import = import, .heard = nullptr}, claim.at_end ? reply : nullptr)) return import->fail(too_many_wait(), reply);
    if (!claim.at_end) reply(going_on(unit));
}

} // namespace

void run_claimed(const CallPtr& call, http::Reply reply, ClaimUnit claim, ReadyImport ready) {
    const auto claimed = std::make_shared<Claim>();
    const auto work = [call, claimed, claim = std::move(claim)](Turn& turn) { *claimed = claim_in_turn(turn, *call, claim); };
    const auto done = [call, claimed, ready = std::move(ready), reply = std::move(reply)](bool committed) {
        if (!committed) return reply(call->refuse(not_writable()));
        if (!claimed->unit) return reply(std::move(claimed->answer));
        start(call, *claimed, ready, reply);
    };
    if (!call->app.writer.submit(call->scope, Writer::Lane::Single, work, done)) done(false);
}

} // namespace tributary

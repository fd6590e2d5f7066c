// See import.hpp.
#include "api/import.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace tributary {
namespace {

JournalEntry unit_entry(const Unit& unit, Happening happening, std::int64_t now_ms) {
    const UnitCounts& counts = unit.counts;
    return about_unit(unit, happening, now_ms,
                      fmt::format(R"(,"read":{},"created":{},"updated":{},"unchanged":{},"skipped":{},"rejected":{})", counts.read, counts.created,
                                  counts.updated, counts.unchanged, counts.skipped, counts.rejected));
}

std::uint64_t held_by(const Plan& plan) {
    return static_cast<std::uint64_t>(std::ranges::count_if(plan.journal, [](const JournalEntry& entry) { return (entry.due & kDueHeld) != 0; }));
}

std::int64_t us_since(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - then).count();
}

void add_counts(UnitCounts& sum, const UnitCounts& more) {
    sum.read += more.read;
    sum.created += more.created;
    sum.updated += more.updated;
    sum.unchanged += more.unchanged;
    sum.skipped += more.skipped;
    sum.rejected += more.rejected;
}

} // namespace

Unit new_unit(const Call& call, std::string_view door, bool many) {
    Unit unit;
    const std::int64_t now = call.app.clock.now_ms();
    unit.source = call.source;
    unit.door = door;
    unit.actor = call.principal.account();
    unit.many = many;
    unit.content_type = call.request.header("content-type");
    unit.started_at = now;
    return unit;
}

Import::Import(CallPtr call, Unit unit, std::function<void()> resume)
    : call_(std::move(call)), resume_(std::move(resume)), settings_(call_->app.ranks.of(call_->scope)->settings()), started_at_(unit.started_at),
      unit_(std::move(unit)) {}

InFlight::Hold InFlight::take(const std::string& key) {
    const std::lock_guard lock(mutex_);
    std::erase_if(held_, [](const auto& pair) { return pair.second.expired(); });
    auto& held = held_[key];
    if (!held.expired()) return nullptr;
    auto hold = std::make_shared<const std::string>(key);
    held = hold;
    return hold;
}

Result<void> Import::begin() {
    const auto key = idempotency_key(call_->request);
    if (!key) return std::unexpected(key.error());
    if (!*key) return {};
    hold_ = call_->app.in_flight.take(answer_scope(*call_) + "\n" + **key);
    const std::int64_t now = call_->app.clock.now_ms();
    call_->app.store.read(call_->scope, [&](LedgerReader& ledger) { earlier_ = ledger.find_answer(answer_scope(*call_), **key, now); });
    if (!hold_ && !earlier_) { // one that goes on by itself has its answer already
        return std::unexpected(Refusal{.reason = Reason::Conflict, .code = "idempotency_in_flight",
                                       .message = "A request with this Idempotency-Key is running.", .details = {}, .retry_after_s = 1});
    }
    return {};
}

bool Import::push(ReadRow&& row) {
    if (earlier_) return true;
    if (takes_no_more_) return false;
    if (rows_to_pass_ > 0) {
        --rows_to_pass_;
        any_row_ = true;
        return true;
    }
    IncomingRow incoming;
    incoming.row = row.row;
    incoming.line = row.line;
    const bool foreign = (!row.tenant_id.empty() && row.tenant_id != call_->scope.tenant_id()) ||
                         (!row.workspace_id.empty() && row.workspace_id != call_->scope.workspace_id());
    if (foreign) {
        const bool tenant = !row.tenant_id.empty() && row.tenant_id != call_->scope.tenant_id();
        Refusal refusal = field_refusal(tenant ? "tenant_id" : "workspace_id", tenant ? "tenant_mismatch" : "workspace_mismatch",
                                        "The input names a tenant or workspace that is not the credential's.");
        if (!any_row_) { // before anything was taken in: the arrival as a whole
            refusal.reason = Reason::Forbidden;
            refusal_ = std::move(refusal);
            return false;
        }
        incoming.candidate = std::unexpected(std::move(refusal));
    } else if (row.draft) incoming.candidate = normalise(*row.draft, *settings_, started_at_);
    else incoming.candidate = std::unexpected(std::move(row.draft.error()));
    // Of a plan that is applied any row may turn out to be refused.
    if (!incoming.candidate || mode_ == Mode::Apply) incoming.raw = row.raw.empty() ? std::string(row.record.substr(0, kRawRowBytesMax)) : std::move(row.raw);
    any_row_ = true;
    if (slice_.rows.empty()) slice_.rows.reserve(kRowsPerSlice);
    slice_.rows.push_back(std::move(incoming));
    if (slice_.rows.size() >= kRowsPerSlice) send_slice();
    return !takes_no_more_;
}

void Import::keep_raw(std::string bytes) {
    if (bytes.empty()) return;
    hash_.add(bytes);
    if (earlier_) return;
    raw_bytes_ += bytes.size();
    slice_bytes_ += bytes.size();
    slice_.raw.push_back({next_piece_++, std::move(bytes)});
    if (slice_bytes_ >= kBytesPerSlice || (stored_first_ && next_piece_ == 1)) send_slice();
}

bool Import::full() {
    const std::lock_guard lock(mutex_);
    waiting_ = in_flight_ >= kSlicesInFlight && !failed_;
    return waiting_;
}

void Import::send_slice(bool last) {
    if (slice_.rows.empty() && slice_.raw.empty()) return;
    if (!slice_.rows.empty()) {
        take_wishes();
        choose_automations(last && slice_.rows.size() <= kAutomationsLiveRows);
    }
    const auto slice = std::make_shared<Slice>(std::move(slice_));
    slice_ = {};
    slice_bytes_ = 0;
    {
        const std::lock_guard lock(mutex_);
        ++in_flight_;
    }
    const auto plan = std::make_shared<Plan>();
    const auto self = shared_from_this();
    const bool taken = call_->app.writer.submit(
        call_->scope, Writer::Lane::Bulk, [self, slice, plan](Turn& turn) { self->run_slice(turn, *slice, *plan); },
        [self, slice, plan, handed = std::chrono::steady_clock::now()](bool committed) {
            if (committed) self->slice_came_in(*plan, us_since(handed));
            self->slice_done(committed, *slice, *plan);
        });
    if (!taken) slice_done(false, *slice, *plan);
}

// Until the unit is stored, whichever turn stores it names it: an id of a turn that was lost is not used again.
void Import::name_unit(Turn& turn) {
    if (!announced_ && mode_ != Mode::Apply) unit_.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
}

void Import::run_slice(Turn& turn, Slice& slice, Plan& plan) {
    turn.told.clear();
    plan = {};
    Unit unit;
    bool planning = false;
    bool stored = false;
    {
        const std::lock_guard lock(mutex_);
        if (failed_) return; // an earlier slice is missing: the rest would hide the hole
        name_unit(turn);
        if (!slice.place.empty()) unit_.options = slice.place;
        unit = unit_;
        stored = announced_;
        planning = mode_ == Mode::Plan;
        slice.tells_start = wishes_known_ && !planning && !start_told_;
    }
    if (slice.tells_start) {
        turn.ledger.put_unit(unit);
        turn.told.push_back(unit_entry(unit, Happening::ImportStarted, turn.now_ms));
        turn.ledger.append_journal(turn.told);
    }
    if (!slice.rows.empty()) plan = take_rows(turn, unit, slice);
    if (!slice.raw.empty()) turn.ledger.add_raw(unit.id, slice.raw);
    slice.outcomes = planning ? planned_outcomes_of(plan) : outcomes_of(plan);
    add_counts(unit.counts, plan.counts);
    unit.automations_held += held_by(plan);
    if (planning) {
        if (stored && unit.counts.read == plan.counts.read) turn.ledger.drop_planned_outcomes(unit.id); // of an attempt that was cut off
        slice.writes_planned = planned_.size() >= kPlannedHeld;
        if (slice.writes_planned) turn.ledger.add_outcomes(unit.id, planned_, true);
        if (slice.writes_planned || !stored || !slice.raw.empty()) turn.ledger.put_unit(unit);
        return;
    }
    if (!slice.outcomes.empty()) turn.ledger.add_outcomes(unit.id, slice.outcomes);
    turn.ledger.put_unit(unit);
    turn.told.insert(turn.told.end(), plan.journal.begin(), plan.journal.end());
}

void Import::slice_came_in(const Plan& plan, std::int64_t duration_us) {
    call_->app.observer.slice_took(call_->source, duration_us);
    if (mode_ == Mode::Plan || plan.counts.read == 0) return;
    const auto last = std::find_if(plan.rows.rbegin(), plan.rows.rend(), [](const RowResult& row) { return row.refusal.has_value(); });
    call_->app.sources.came_in(call_->scope, call_->source, plan.counts, last == plan.rows.rend() ? nullptr : &*last->refusal, duration_us,
                               call_->app.clock.now_ms());
}

void Import::slice_done(bool committed, Slice& slice, const Plan& plan) {
    std::function<void()> resume;
    {
        const std::lock_guard lock(mutex_);
        --in_flight_;
        if (committed) {
            if (!announced_) call_->app.imports.add(call_->scope, unit_.id, shared_from_this());
            announced_ = true;
            start_told_ = start_told_ || slice.tells_start;
            add_counts(unit_.counts, plan.counts);
            unit_.automations_held += held_by(plan);
            if (!first_rows_ && plan.counts.read > 0) first_rows_ = FirstRows{std::chrono::steady_clock::now(), unit_.counts.read, bytes_read_};
            keep_results(slice);
            if (mode_ == Mode::Plan) {
                if (slice.writes_planned) planned_.clear();
                planned_.insert(planned_.end(), std::make_move_iterator(slice.outcomes.begin()), std::make_move_iterator(slice.outcomes.end()));
            } else {
                call_->app.observer.counted(call_->source, plan.counts);
            }
        } else {
            failed_ = true;
            takes_no_more_ = true;
        }
        if (waiting_) resume = resume_;
        waiting_ = false;
    }
    tell_watchers();
    if (resume) resume();
}

void Import::finish(Understood understood, http::Reply reply) {
    if (earlier_) {
        if (earlier_->fingerprint != sha()) {
            return reply(call_->refuse({.reason = Reason::Unprocessable, .code = "idempotency_key_reused",
                                        .message = "This Idempotency-Key was used for a different request.", .details = {}}));
        }
        http::Response response = json_reply(earlier_->status, earlier_->body);
        response.headers.emplace_back("Idempotent-Replayed", "true");
        return reply(std::move(response));
    }
    send_slice(true);
    take_wishes();
    if (mode_ != Mode::Apply) {
        const std::lock_guard lock(mutex_);
        unit_.options = std::move(understood.options);
        if (!understood.file_name.empty()) unit_.file_name = std::move(understood.file_name);
    }
    skipped_ = understood.skipped;
    if (cancelled()) return close_cancelled(std::move(reply));
    raw_is_whole();
    close(mode_ == Mode::Plan ? UnitState::Planned : UnitState::Done, {}, std::move(reply), std::nullopt);
}

void Import::fail(const Refusal& refusal, http::Reply reply) {
    if (!earlier_ && !refusal_) send_slice();
    bool stored = false;
    {
        const std::lock_guard lock(mutex_);
        stored = announced_ || in_flight_ > 0;
    }
    if (!any_row_) {
        call_->app.observer.refused(call_->source);
        call_->app.sources.refused(call_->scope, call_->source, refusal, call_->app.clock.now_ms());
    }
    if (stored) return close(UnitState::Failed, refusal.message, std::move(reply), refusal);
    if (reply) reply(call_->refuse(refusal)); // nothing was taken in: the refusal is the whole answer
}

void Import::abandon() {
    if (earlier_) return;
    send_slice();
    close(UnitState::Cancelled, "The connection ended before the whole input had come.", nullptr, std::nullopt);
}

void Import::close(UnitState state, std::string failure, http::Reply reply, std::optional<Refusal> refusal) {
    const auto self = shared_from_this();
    const auto response = std::make_shared<http::Response>();
    // Slices run in order, so this turn runs after all of them.
    const auto work = [self, state, failure = std::move(failure), refusal = std::move(refusal), response](Turn& turn) {
        self->close_unit(turn, state, failure, refusal, *response);
    };
    const auto done = [self, reply, response, state](bool committed) {
        self->ended(committed ? state : UnitState::Failed);
        if (!reply) return;
        if (committed) return reply(std::move(*response));
        reply(self->call_->refuse({.reason = Reason::Unavailable, .code = "unavailable", .message = "The import could not be closed; send it again.",
                                   .details = {}, .retry_after_s = 1}));
    };
    if (!call_->app.writer.submit(call_->scope, Writer::Lane::Bulk, work, done)) done(false);
}

void Import::ended(UnitState state) {
    {
        const std::lock_guard lock(mutex_);
        if (failed_) state = UnitState::Failed; // a slice of it is missing
        unit_.state = state;
    }
    tell_watchers();
    call_->app.observer.import_ended(call_->source, state, us_since(began_));
}

void Import::close_unit(Turn& turn, UnitState state, const std::string& failure, const std::optional<Refusal>& refusal, http::Response& response) {
    turn.told.clear();
    Unit unit;
    bool failed = false;
    {
        const std::lock_guard lock(mutex_);
        name_unit(turn);
        unit = unit_;
        failed = failed_;
    }
    unit.state = failed ? UnitState::Failed : state;
    unit.failure = failed ? "A part of the import could not be stored." : failure;
    if (unit.sha256.empty()) unit.raw_bytes = raw_bytes_; // not whole: as much as there is
    unit.counts.read += skipped_;
    unit.counts.skipped += skipped_;
    if (unit.same_as.is_nil() && unit.replay_of.is_nil() && !unit.sha256.empty()) unit.same_as = turn.ledger.find_same_file(unit.sha256);
    unit.finished_at = turn.now_ms;
    if (summary_) unit.plan = summary_->text(turn.ranks.ranks().totals(), turn.settings);
    if (!planned_.empty()) turn.ledger.add_outcomes(unit.id, planned_, true);
    turn.ledger.put_unit(unit);
    if (mode_ != Mode::Plan) {
        turn.told.push_back(unit_entry(unit, Happening::ImportFinished, turn.now_ms));
        turn.ledger.append_journal(turn.told);
    }
    if (failed) {
        response = call_->refuse({.reason = Reason::Unavailable, .code = "unavailable",
                                  .message = "The import could not be stored to its end; send it again, what is stored will be unchanged.",
                                  .details = {{"import_id", "unavailable", "The import so far.", unit.id.text()}}, .retry_after_s = 1});
        return;
    }
    response = refusal ? call_->refuse(*refusal) : answer(turn, unit);
    const auto key = idempotency_key(call_->request);
    const bool complete = unit.state == UnitState::Done || unit.state == UnitState::Planned;
    if (key && *key && complete && !answered_) {
        keep_answer(*call_, turn.ledger, **key, request_fingerprint_.empty() ? unit.sha256 : request_fingerprint_, response, turn.now_ms);
    }
}

} // namespace tributary

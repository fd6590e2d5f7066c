// See sync.hpp.
#include "crm/sync.hpp"

#include "crm/census.hpp"

#include <algorithm>
#include <future>
#include <memory>

namespace tributary {

CrmSync::CrmSync(Ports ports, CrmSyncOptions options, CrmSyncState state)
    : ports_(std::move(ports)), options_(options), state_(std::move(state)) {}

CrmSync::Next CrmSync::step() {
    const std::int64_t now = ports_.clock.now_ms();
    if (signed_out_) return {.at_ms = now + kPauseMsMax, .signed_out = true};
    if (now < not_before_) return {.at_ms = not_before_};
    // What people wait for goes first: events, then what no event has told, then what takes long.
    const bool worked = look(now) || read_wanted(now) || poll(now) || compare(now);
    if (signed_out_) return {.at_ms = now + kPauseMsMax, .signed_out = true};
    if (not_before_ > now) return {.at_ms = not_before_};
    return {.at_ms = worked ? now : due_next(now)};
}

std::int64_t CrmSync::due_next(std::int64_t now) {
    std::int64_t next = compared_at() + options_.compare_every_ms;
    next = std::min(next, state_.account_at + options_.account_every_ms);
    if (options_.polls) next = std::min(next, state_.polled_at + options_.poll_every_ms);
    return std::clamp(next, now, now + kRestMs);
}

// An account that was connected just now is compared a day later: until then its records are still on their way in.
std::int64_t CrmSync::compared_at() const { return std::max(state_.balance.at, state_.since_ms); }

// True, so that it can end a chain of what was tried.
bool CrmSync::failed(const CrmFailure& failure) {
    ports_.health(&failure);
    const std::int64_t now = ports_.clock.now_ms();
    signed_out_ = failure.kind == CrmFailure::Kind::SignedOut;
    const std::int64_t pause = std::min(kPauseMsMax, kFirstPauseMs << std::min(failures_, 16U));
    ++failures_;
    not_before_ = failure.kind == CrmFailure::Kind::Resting ? std::max(failure.retry_at_ms, now + kRestMs) : now + pause;
    return true;
}

void CrmSync::went_well() {
    failures_ = 0;
    not_before_ = 0;
    ports_.health(nullptr);
}

bool CrmSync::write(std::function<void(Turn&)> work) {
    std::promise<bool> committed;
    auto waits = committed.get_future();
    return ports_.writer.submit(ports_.origin.scope, Writer::Lane::Bulk, std::move(work), [&committed](bool done) {
        committed.set_value(done);
    }) && waits.get();
}

bool CrmSync::look(std::int64_t now) {
    if (!look_asked_.exchange(false) && now < state_.account_at + options_.account_every_ms) return false;
    const auto account = ports_.remote.account();
    if (!account) {
        // Without its stages a record is still read, by the CRM's usual ones: what can go on does.
        state_.account_at = now - options_.account_every_ms + kPauseMsMax;
        return failed(account.error());
    }
    went_well();
    ports_.account(*account);
    state_.account_at = now;
    ports_.keep(state_);
    return true;
}

bool CrmSync::read_wanted(std::int64_t now) {
    std::vector<Wanted> due;
    ports_.store.read(ports_.origin.scope, [&](LedgerReader& ledger) {
        due = ledger.list_wanted(ports_.origin.connection, now, static_cast<std::uint32_t>(CrmRemote::kRecordsPerRead));
    });
    if (due.empty()) return false;
    // A record that spoils the reading of its neighbours is read alone.
    const auto spoils = [](const Wanted& wanted) { return wanted.attempts >= kAttemptsAlone; };
    const auto alone = std::ranges::find_if(due, spoils);
    if (alone == due.begin())
        due = {due.front()};
    else if (alone != due.end())
        std::erase_if(due, spoils);
    return read_some(std::move(due));
}

bool CrmSync::read_some(std::vector<Wanted> wanted) {
    std::vector<std::string> ids;
    for (const Wanted& each : wanted) ids.push_back(each.record);
    const auto records = ports_.remote.read(ids);
    if (!records) {
        put_off(wanted, records.error());
        return true;
    }
    went_well();
    const bool storm = wanted.front().slow;
    const auto taken = ports_.intake.take(ports_.origin, *records, wanted, storm ? AutomationPolicy::Off : AutomationPolicy::Live);
    if (!taken.stored)
        (void)failed({.kind = CrmFailure::Kind::Passing, .retry_at_ms = 0, .code = "not_stored", .text = "The store is not writable."});
    return true;
}

void CrmSync::put_off(const std::vector<Wanted>& wanted, const CrmFailure& failure) {
    const std::int64_t now = ports_.clock.now_ms();
    // Only what may be the records' own fault counts against them.
    if (failure.kind == CrmFailure::Kind::Refused) {
        ports_.health(&failure);
        const bool given_up = wanted.size() == 1 && wanted.front().attempts + 1 >= kAttemptsMax;
        const std::int64_t due = now + std::min(kPauseMsMax, kFirstPauseMs << std::min(wanted.front().attempts, 16U));
        if (!write([&](Turn& turn) {
                turn.told.clear();
                if (given_up)
                    turn.ledger.fulfil(wanted);
                else
                    turn.ledger.postpone(wanted, due);
            }))
            (void)failed(failure);
        return;
    }
    (void)failed(failure);
}

bool CrmSync::poll(std::int64_t now) {
    if (!options_.polls && !poll_asked_) return false;
    if (!poll_asked_ && now < state_.polled_at + options_.poll_every_ms) return false;
    const auto page = ports_.remote.changed(state_.cursor, state_.since_ms);
    if (!page) return failed(page.error());
    went_well();
    for (std::size_t from = 0; from < page->records.size(); from += CrmIntake::kRecordsMax) {
        const auto some = std::span(page->records).subspan(from, std::min(CrmIntake::kRecordsMax, page->records.size() - from));
        if (!ports_.intake.take(ports_.origin, some, {}, AutomationPolicy::Live).stored)
            return failed(
                {.kind = CrmFailure::Kind::Passing, .retry_at_ms = 0, .code = "not_stored", .text = "The store is not writable."});
    }
    if (page->more && page->next == state_.cursor)
        return failed({.kind = CrmFailure::Kind::Passing,
                       .retry_at_ms = 0,
                       .code = "cursor_stands_still",
                       .text = "The CRM gives the same page again and again."});
    // Only what is durable is passed by.
    state_.cursor = page->next;
    if (!page->more) {
        state_.polled_at = now;
        poll_asked_ = false;
    }
    ports_.keep(state_);
    return true;
}

bool CrmSync::compare(std::int64_t now) {
    if (!compare_asked_.exchange(false) && now < compared_at() + options_.compare_every_ms) return false;
    CrmCensus census;
    std::string cursor;
    do {
        const auto page = ports_.remote.census(cursor);
        if (!page) {
            compare_asked_ = true;
            return failed(page.error());
        }
        went_well();
        if (!census.add(page->rows))
            return failed({.kind = CrmFailure::Kind::Refused,
                           .retry_at_ms = 0,
                           .code = "census_too_large",
                           .text = "The account holds more records than can be compared."});
        cursor = page->next;
    } while (!cursor.empty());
    ports_.store.read(ports_.origin.scope, [&](LedgerReader& ledger) { census.compare(ports_.origin, ledger); });
    CrmBalance balance = census.balance();
    balance.at = now;
    const auto differing = census.differing();
    for (std::size_t from = 0; from < differing.size(); from += kWantedAtOnce) {
        std::vector<Wanted> wanted;
        for (std::size_t at = from; at < std::min(differing.size(), from + kWantedAtOnce); ++at)
            wanted.push_back(
                {.connection = ports_.origin.connection, .record = differing[at], .slow = true, .due_at = now, .first_at = now});
        if (!write([wanted](Turn& turn) {
                turn.told.clear();
                turn.ledger.want(wanted);
            }))
            return failed(
                {.kind = CrmFailure::Kind::Passing, .retry_at_ms = 0, .code = "not_stored", .text = "The store is not writable."});
    }
    state_.balance = std::move(balance);
    ports_.keep(state_);
    return true;
}

} // namespace tributary

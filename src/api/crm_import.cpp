// See crm_import.hpp.
#include "api/crm_import.hpp"

#include "api/doors.hpp"
#include "api/gate.hpp"
#include "api/import_feed.hpp"
#include "crm/crm.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <set>

namespace tributary {
namespace {

constexpr std::int64_t kFirstPauseMs = 2'000;
constexpr std::int64_t kLookAroundMs = 200; // how soon a cancelled import is seen to be so during a pause

// Connections whose everything is being imported by this process.
class Importing {
  public:
    bool begin(const Id& connection) {
        const std::lock_guard lock(mutex_);
        return ids_.insert(connection).second;
    }
    void end(const Id& connection) {
        const std::lock_guard lock(mutex_);
        ids_.erase(connection);
    }

  private:
    std::mutex mutex_;
    std::set<Id> ids_;
};

Importing& importing() {
    static Importing all;
    return all;
}

struct FetchPlace {
    std::string cursor;
    std::uint64_t fetched = 0;
    std::uint64_t total = 0; // 0: not known
};

std::string place_text(const FetchPlace& place) {
    std::string out = "{\"cursor\":";
    append_json_string(out, place.cursor);
    append_key(out, "fetched");
    out += std::to_string(place.fetched);
    append_key(out, "total");
    return out + std::to_string(place.total) + "}";
}

FetchPlace place_of(const Unit& unit) {
    FetchPlace place;
    const auto parsed = parse_json(unit.options.empty() ? "{}" : unit.options);
    if (!parsed || !parsed->is_object()) return place;
    const auto& object = parsed->get_object();
    if (const auto* cursor = object.if_contains("cursor")) place.cursor = scalar_text(*cursor);
    if (const auto* fetched = object.if_contains("fetched"); fetched != nullptr && fetched->is_int64())
        place.fetched = static_cast<std::uint64_t>(fetched->get_int64());
    if (const auto* total = object.if_contains("total"); total != nullptr && total->is_int64())
        place.total = static_cast<std::uint64_t>(total->get_int64());
    return place;
}

std::optional<Id> connection_of(const Unit& unit) {
    for (const auto& [name, value] : asked_of(unit)) {
        if (name == kConnectionOption) return parse_id(value).transform([](const Id& id) { return id; });
    }
    return std::nullopt;
}

class CrmFetch : public std::enable_shared_from_this<CrmFetch> {
  public:
    CrmFetch(CallPtr call, Id connection, std::shared_ptr<Import> import, FetchPlace place)
        : call_(std::move(call)), connection_(connection), import_(std::move(import)), place_(std::move(place)) {}

    // On a fetching thread, until everything is stored, or the program ends.
    void run() {
        import_->resume_with([gate = gate_] { gate->open(); });
        const auto at_work = call_->app.crm.account(connection_);
        if (!at_work) return end_with("The account is no longer connected.");
        if (place_.total == 0) place_.total = at_work->remote().count().value_or(0);
        for (;;) {
            if (import_->cancelled()) return cancelled();
            auto page = at_work->remote().list(place_.cursor);
            if (!page) {
                if (!wait_after(page.error())) return;
                continue;
            }
            failures_ = 0;
            keep(*page);
            if (page->next.empty()) return run_it(at_work);
        }
    }

  private:
    void keep(const CrmPage& page) {
        std::string lines;
        for (const CrmRecord& record : page.records) lines += record.text + "\n";
        place_.cursor = page.next;
        place_.fetched += page.records.size();
        while (import_->full()) gate_->wait();
        import_->keep_fetched(std::move(lines), place_text(place_));
    }

    // False: it has ended, for now or for good.
    bool wait_after(const CrmFailure& failure) {
        if (failure.kind == CrmFailure::Kind::Stopped) {
            importing().end(connection_); // gone on with at the next start
            return false;
        }
        const bool hopeless = failure.kind == CrmFailure::Kind::SignedOut || failure.kind == CrmFailure::Kind::Refused;
        if (hopeless || ++failures_ > kCrmFetchAttemptsMax) {
            end_with("The CRM gave no more records (" + failure.text +
                     "). Import again when that is mended; what is here will be unchanged.");
            return false;
        }
        const std::int64_t now = call_->app.clock.now_ms();
        const std::int64_t pause = std::min(kCrmFetchPauseMsMax, kFirstPauseMs << std::min(failures_ - 1, 16U));
        const std::int64_t until =
            failure.kind == CrmFailure::Kind::Resting ? std::max(failure.retry_at_ms, now + kFirstPauseMs) : now + pause;
        while (call_->app.clock.now_ms() < until) {
            if (import_->cancelled() || call_->app.draining) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(kLookAroundMs));
        }
        if (!call_->app.draining) return true;
        importing().end(connection_);
        return false;
    }

    void end_with(std::string why) {
        importing().end(connection_);
        import_->fail({.reason = Reason::Unavailable, .code = "crm_unavailable", .message = std::move(why), .details = {}}, nullptr);
    }

    void cancelled() {
        importing().end(connection_);
        import_->finish({}, nullptr);
    }

    // All is stored but for the last slice.
    void run_it(const std::shared_ptr<CrmAccount>& at_work) {
        import_->received({}, going_on, [self = shared_from_this(), at_work](bool stored) {
            importing().end(self->connection_);
            if (!stored) return self->end_with("The records could not be stored.");
            const Unit unit = self->import_->unit();
            const auto wishes = import_wishes(asked_of(unit));
            const bool plans = wishes && wishes->dry_run;
            if (!feed_as_job(self->call_, unit, {.import = self->import_, .heard = nullptr},
                             [at_work, plans](const http::Response&) {
                    if (!plans) at_work->compare_now(); // what happened there meanwhile is seen to
                })) {
                self->import_->fail(too_many_wait(), nullptr);
            }
        });
    }

    CallPtr call_;
    const Id connection_;
    std::shared_ptr<Import> import_;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
    FetchPlace place_;
    std::uint32_t failures_ = 0;
};

// What stands for the caller: the import belongs to nobody's request once it goes on.
CallPtr call_of(App& app, const TenantScope& scope, const Unit& unit) {
    http::Request request;
    request.method = "POST";
    request.path = unit.door;
    request.request_id = "crm-import";
    return std::make_shared<Call>(Call{app, std::move(request), {}, scope, "crm-import", unit.source, {}});
}

std::string_view batch_door(Source source) { return source == Source::Salesforce ? "/salesforce/batch-sync" : "/hubspot/batch-sync"; }

// The unit as it begins, stored before anybody is told of it.
bool put_first(App& app, const TenantScope& scope, Unit& unit) {
    std::promise<bool> committed;
    auto waits = committed.get_future();
    const auto work = [&unit](Turn& turn) {
        turn.told.clear();
        unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
        turn.ledger.put_unit(unit);
    };
    return app.writer.submit(scope, Writer::Lane::Bulk, work, [&committed](bool done) { committed.set_value(done); }) && waits.get();
}

bool fetch(App& app, const TenantScope& scope, const Unit& unit, const Id& connection, const std::function<void(Import&)>& prepare) {
    const CallPtr call = call_of(app, scope, unit);
    const auto import = std::make_shared<Import>(call, unit, nullptr);
    import->is_stored_first();
    import->on_first_rows([asked = asked_of(unit)] { return asked; });
    import->go_on_receiving();
    return app.fetchers.submit([fetching = std::make_shared<CrmFetch>(call, connection, import, place_of(unit)), import, prepare] {
        prepare(*import);
        fetching->run();
    });
}

} // namespace

Result<Unit> start_crm_import(const CallPtr& call, const CrmConnection& row, const Import::Asked& asked) {
    if (!importing().begin(row.id))
        return refuse(Reason::Conflict, "account_importing", "Everything of this account is being imported already.");
    Unit unit = new_unit(*call, batch_door(row.system), true);
    unit.source = row.system;
    unit.content_type = "application/x-ndjson";
    unit.file_name = row.name;
    Import::Asked with_connection = asked;
    with_connection.emplace_back(kConnectionOption, row.id.text());
    unit.asked = asked_text(with_connection);
    const bool begun = put_first(call->app, call->scope, unit) && fetch(call->app, call->scope, unit, row.id, [](Import&) {});
    if (begun) return unit;
    importing().end(row.id);
    return std::unexpected(too_many_wait());
}

bool is_crm_import(const Unit& unit) { return unit.sha256.empty() && connection_of(unit).has_value(); }

bool go_on_with_crm_import(App& app, const TenantScope& scope, const Unit& unit) {
    const auto connection = connection_of(unit);
    if (!connection || !importing().begin(*connection)) return false;
    const auto hash_what_is_there = [&app, scope, id = unit.id](Import& import) {
        constexpr std::uint32_t kPiecesPerRead = 4;
        for (std::uint32_t ordinal = 0;;) {
            std::vector<RawPiece> pieces;
            app.store.read(scope, [&](LedgerReader& ledger) { pieces = ledger.read_raw(id, ordinal, kPiecesPerRead); });
            if (pieces.empty()) return;
            for (const RawPiece& piece : pieces) import.hash_stored(piece);
            ordinal = pieces.back().ordinal + 1;
        }
    };
    return fetch(app, scope, unit, *connection, hash_what_is_there);
}

} // namespace tributary

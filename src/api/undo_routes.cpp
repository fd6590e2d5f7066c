// POST /api/sales/imports/{id}/undo: takes back what a unit changed, or shows what that would do. See undo.hpp and pipeline/undo.hpp.
#include "api/deal_answer.hpp"
#include "api/routes.hpp"
#include "api/undo.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "pipeline/undo.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace tributary {
namespace {

constexpr int kSlicesAwaited = 4;              // of a longer undo the answer is 202, and it goes on by itself
constexpr int kPreviewSlicesAtOnce = 4;        // then other readers have their turn
constexpr std::size_t kResultsShown = 1'000;   // as of an import: above, only deals of which something was kept or blocked
constexpr std::uint32_t kOutcomesRead = 5'000; // the deals of kSlicesAwaited slices, with room

std::string key_of(const TenantScope& scope, const Id& undo) { return "undo\n" + std::to_string(scope.workspace()) + "\n" + undo.text(); }

bool is_telling(const RowOutcome& outcome) {
    return std::ranges::any_of(outcome.problems, [](const FieldProblem& problem) { return problem.code != "reverted"; });
}

// The rows an answer shows: all while they are few, else those that tell of something kept or blocked.
struct ShownRows {
    std::size_t count = 0;
    std::size_t telling_count = 0;
    std::string all, telling;

    void add(const RowOutcome& outcome) {
        const bool in_all = count++ < kResultsShown;
        const bool in_telling = is_telling(outcome) && telling_count < kResultsShown;
        if (!in_all && !in_telling) return;
        std::string text;
        append_outcome(text, outcome);
        if (in_all) all += (all.empty() ? "" : ",") + text;
        if (!in_telling) return;
        telling += (telling.empty() ? "" : ",") + text;
        ++telling_count;
    }
    [[nodiscard]] const std::string& shown() const { return count <= kResultsShown ? all : telling; }
};

http::Response undo_answer(int status, const Id& undo, std::string_view state, const UndoProgress& progress, const ShownRows& rows) {
    std::string body = R"({"status":"success","import_id":)";
    append_id(body, progress.undoes);
    append_key(body, "undo_id");
    append_id(body, undo);
    append_key(body, "dry_run");
    body += undo.is_nil() ? "true" : "false";
    append_key(body, "state");
    append_json_string(body, state);
    append_key(body, "counts");
    append_undo_counts(body, progress.counts);
    append_key(body, "results");
    body += '[';
    body += rows.shown();
    body += "]}";
    auto response = json_reply(status, std::move(body));
    if (!undo.is_nil()) response.headers.emplace_back("Location", "/api/sales/imports/" + undo.text());
    return response;
}

Refusal stopped() {
    return {.reason = Reason::Unavailable,
            .code = "unavailable",
            .message = "The undo stopped; call it again, it goes on where it was.",
            .details = {},
            .retry_after_s = 1};
}

// One undo on its way through the writer. Keeps itself alive by what it has submitted; its place is in the store, so wherever it
// ends too early it can be called again. While a slice of a large one is written, what the next will ask for is read.
class UndoJob : public std::enable_shared_from_this<UndoJob> {
  public:
    UndoJob(App& app, TenantScope scope, const Id& undo, InFlight::Hold hold)
        : app_(app), scope_(std::move(scope)), undo_(undo), hold_(std::move(hold)) {}

    // `later`: the answer when it takes long.
    void answer_to(CallPtr call, http::Reply reply, http::Response later) {
        call_ = std::move(call);
        reply_ = std::move(reply);
        later_ = std::move(later);
    }

    void next() {
        const auto self = shared_from_this();
        {
            const std::lock_guard lock(mutex_);
            if (reading_ahead_) { // and then goes on
                waiting_ = true;
                return;
            }
            now_ = std::exchange(ahead_, nullptr);
        }
        if (now_ && now_->next()) read_ahead(*now_->next());
        const auto work = [self, ahead = now_](Turn& turn) {
            turn.told.clear();
            self->next_ = undo_slice(turn, self->undo_, self->leads_ ? &*self->leads_ : nullptr, ahead.get(), &self->wake_);
        };
        if (!app_.writer.submit(scope_, Writer::Lane::Bulk, work, [self](bool committed) { self->slice_done(committed); })) give_up();
    }

  private:
    void slice_done(bool committed) {
        if (!committed) return give_up();
        if (++slices_ >= kSlicesAwaited && reply_ && next_ != UndoNext::Done) std::exchange(reply_, nullptr)(std::move(later_));
        switch (next_) {
        case UndoNext::Slice: return next();
        case UndoNext::FindLeads: return on_reader([](UndoJob& job) { job.find_leads(); });
        case UndoNext::Done: break;
        }
        hold_ = nullptr; // whoever hears the answer may call again
        if (reply_) on_reader([](UndoJob& job) { job.answer(); });
    }

    void on_reader(void (*work)(UndoJob&)) {
        const auto run = [self = shared_from_this(), work] {
            try {
                work(*self);
            } catch (const std::exception& error) {
                log_event("error", "undo_failed", error.what());
                self->give_up();
            }
        };
        if (!app_.readers.submit(run)) give_up();
    }

    void find_leads() {
        app_.store.read(scope_, [&](LedgerReader& ledger) {
            const auto unit = ledger.read_unit(undo_);
            const auto progress = unit ? undo_progress(*unit) : std::nullopt;
            if (!progress) return;
            undoes_ = progress->undoes;
            leads_ = find_free_leads(ledger, *progress);
            if (progress->step == UndoStep::Deals) ahead_ = std::make_shared<UndoAhead>(read_undo_ahead(ledger, undoes_, progress->before));
        });
        next();
    }

    // Only to save time: when it cannot be done, the slice reads by itself.
    void read_ahead(std::uint64_t before) {
        {
            const std::lock_guard lock(mutex_);
            reading_ahead_ = true;
        }
        const auto run = [self = shared_from_this(), before] {
            std::shared_ptr<UndoAhead> ahead;
            try {
                self->app_.store.read(self->scope_, [&](LedgerReader& ledger) {
                    ahead = std::make_shared<UndoAhead>(read_undo_ahead(ledger, self->undoes_, before));
                });
            } catch (const std::exception& error) {
                log_event("error", "undo_read_failed", error.what());
            }
            self->have_ahead(std::move(ahead));
        };
        if (!app_.readers.submit(run)) have_ahead(nullptr);
    }

    void have_ahead(std::shared_ptr<UndoAhead> ahead) {
        bool waiting = false;
        {
            const std::lock_guard lock(mutex_);
            ahead_ = std::move(ahead);
            reading_ahead_ = false;
            waiting = std::exchange(waiting_, false);
        }
        if (waiting) next();
    }

    void answer() {
        http::Response response;
        app_.store.read(scope_, [&](LedgerReader& ledger) {
            const auto unit = ledger.read_unit(undo_).value();
            ShownRows rows;
            for (const RowOutcome& outcome : ledger.list_outcomes({.unit = undo_, .action = {}, .from_row = 0, .limit = kOutcomesRead}))
                rows.add(outcome);
            response = undo_answer(200, undo_, "done", undo_progress(unit).value(), rows);
        });
        std::exchange(reply_, nullptr)(std::move(response));
    }

    void give_up() {
        hold_ = nullptr;
        if (reply_) std::exchange(reply_, nullptr)(call_->refuse(stopped()));
    }

    App& app_;
    TenantScope scope_;
    Id undo_;
    InFlight::Hold hold_; // while it runs nobody else goes on with it
    CallPtr call_;
    http::Reply reply_;
    http::Response later_;
    Id undoes_;                        // known when leads have been found
    std::optional<FreeLeads> leads_;
    std::shared_ptr<const UndoAhead> now_;
    UndoWake wake_;                    // the writer's
    UndoNext next_ = UndoNext::Done;
    std::mutex mutex_;                 // of what follows
    std::shared_ptr<UndoAhead> ahead_; // for the next slice
    bool reading_ahead_ = false;
    bool waiting_ = false;             // the next slice, for what is read
    int slices_ = 0;
};

// What the turn that begins an undo leaves for the job.
struct Begun {
    Id undo;
    InFlight::Hold hold;
};

Result<Unit> find_unit(const Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    auto unit = id ? ledger.read_unit(*id) : std::nullopt;
    if (!unit) return std::unexpected(not_found("import"));
    return std::move(*unit);
}

http::Response begin_in_turn(const Call& call, Turn& turn, Begun& begun) {
    turn.told.clear();
    begun = {};
    const auto unit = find_unit(call, turn.ledger);
    if (!unit) return call.refuse(unit.error());
    const Id stopped_undo = unit->state == UnitState::Undoing ? undone_by(*unit) : Id{};
    if (!stopped_undo.is_nil()) begun.hold = call.app.in_flight.take(key_of(call.scope, stopped_undo));
    UndoProgress progress{.undoes = unit->id};
    if (begun.hold) {
        begun.undo = stopped_undo;
    } else {
        if (auto may = may_undo(*unit); !may) return call.refuse(may.error());
        begun.undo = begin_undo(turn, *unit, call.principal.account()).id;
        begun.hold = call.app.in_flight.take(key_of(call.scope, begun.undo));
    }
    return undo_answer(202, begun.undo, "running", progress, {});
}

void undo(const CallPtr& call, http::Reply reply) {
    const auto begun = std::make_shared<Begun>();
    const auto answered = [call, reply = std::move(reply), begun](http::Response response) {
        if (response.status != 202 || begun->undo.is_nil()) return reply(std::move(response)); // refused, or told before
        const auto job = std::make_shared<UndoJob>(call->app, call->scope, begun->undo, std::move(begun->hold));
        job->answer_to(call, reply, std::move(response));
        job->next();
    };
    write_call(call, answered, [call, begun](Turn& turn) { return begin_in_turn(*call, turn, *begun); });
}

// A dry run, a few slices at a time on a reader.
struct Preview {
    CallPtr call;
    http::Reply reply;
    UndoPreview state;
    ShownRows rows;
    bool begun = false;
};

// The refusal, or nothing while it goes on.
std::optional<http::Response> preview_on(Preview& preview, LedgerReader& ledger) {
    if (!preview.begun) {
        const auto unit = find_unit(*preview.call, ledger);
        if (!unit) return preview.call->refuse(unit.error());
        if (auto may = may_undo(*unit); !may) return preview.call->refuse(may.error());
        preview.state.progress.undoes = unit->id;
        preview.begun = true;
    }
    const auto settings = preview.call->app.ranks.of(preview.call->scope)->settings();
    for (int slice = 0; slice < kPreviewSlicesAtOnce; ++slice) {
        for (const RowOutcome& outcome : preview_undo_slice(ledger, *settings, preview.call->app.clock.now_ms(), preview.state))
            preview.rows.add(outcome);
        if (preview.state.progress.step == UndoStep::Done) return undo_answer(200, {}, "planned", preview.state.progress, preview.rows);
    }
    return std::nullopt;
}

void go_on_with_preview(const std::shared_ptr<Preview>& preview) {
    const auto run = [preview] {
        std::optional<http::Response> response;
        try {
            preview->call->app.store.read(preview->call->scope, [&](LedgerReader& ledger) { response = preview_on(*preview, ledger); });
        } catch (const std::exception& error) {
            log_event("error", "read_failed", error.what());
            response = preview->call->refuse(stopped());
        }
        if (response) return preview->reply(std::move(*response));
        go_on_with_preview(preview);
    };
    if (!preview->call->app.readers.submit(run)) preview->reply(preview->call->refuse(stopped()));
}

void undo_or_preview(const CallPtr& call, http::Reply reply) {
    const std::string_view dry_run = call->request.param("dry_run");
    if (!dry_run.empty() && dry_run != "true" && dry_run != "false") {
        return reply(call->refuse(field_refusal("dry_run", "invalid_parameter", "It is true or false.", dry_run)));
    }
    if (dry_run != "true") return undo(call, std::move(reply));
    const auto preview = std::make_shared<Preview>();
    preview->call = call;
    preview->reply = std::move(reply);
    go_on_with_preview(preview);
}

} // namespace

void go_on_with_undo(App& app, const TenantScope& scope, const Id& undo) {
    auto hold = app.in_flight.take(key_of(scope, undo));
    if (hold) std::make_shared<UndoJob>(app, scope, undo, std::move(hold))->next();
}

std::vector<Route> undo_routes() { return {{"POST", "/api/sales/imports/{id}/undo", Right::Write, undo_or_preview}}; }

} // namespace tributary

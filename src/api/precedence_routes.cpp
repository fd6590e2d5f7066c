// POST /api/sales/settings/precedence/plan and …/apply: what would flip under another source precedence, and setting it, with or without
// flipping what is there. See flip.hpp and pipeline/flip.hpp; the precedence alone is also a member of the settings.
#include "api/flip.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "pipeline/flip.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <utility>

namespace tributary {
namespace {

constexpr int kSlicesAwaited = 16;      // of a longer flipping the answer is 202, and it goes on by itself
constexpr int kPreviewStepsAtOnce = 16; // then other readers have their turn

std::string key_of(const TenantScope& scope) { return "flip\n" + std::to_string(scope.workspace()); }

struct Asked {
    Precedence precedence;
    bool flip = false;
};

// {"source_precedence":[...],"flip":true}; `with_flip`: whether the second member is known here.
Result<Asked> read_asked(std::string_view body, bool with_flip) {
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(parsed.error());
    if (!parsed->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object with source_precedence.");
    const auto& object = parsed->get_object();
    for (const auto& member : object) {
        const std::string_view key = member.key();
        const bool known = key == "source_precedence" || key == "tenant_id" || key == "workspace_id" || (with_flip && key == "flip");
        if (!known) return std::unexpected(field_refusal(key, "unknown_setting", "There is no such setting here."));
    }
    const auto* tiers = object.if_contains("source_precedence");
    if (tiers == nullptr) return std::unexpected(field_refusal("source_precedence", "missing_field", "Say which precedence."));
    auto precedence = parse_precedence(*tiers);
    if (!precedence) return std::unexpected(std::move(precedence.error()));
    Asked asked{.precedence = *precedence};
    if (const auto* flip = object.if_contains("flip")) {
        if (!flip->is_bool()) return std::unexpected(field_refusal("flip", "wrong_type", "It is true or false."));
        asked.flip = flip->get_bool();
    }
    return asked;
}

void append_said(std::string& out, std::string_view key, const std::string& value, const Said& said) {
    append_key(out, key);
    out += "{\"value\":" + value;
    append_key(out, "source");
    if (said.source)
        append_json_string(out, source_key(*said.source));
    else
        out += "null";
    append_key(out, "at");
    if (said.at == 0) {
        out += "null";
    } else {
        out += '"';
        append_instant(out, said.at);
        out += '"';
    }
    append_key(out, "ingestion_id");
    if (said.unit.is_nil())
        out += "null";
    else
        append_id(out, said.unit);
    out += '}';
}

void append_flips(std::string& out, const FlippedDeal& deal) {
    for (const Flip& flip : deal.flips) {
        out += out.empty() ? "{\"deal_id\":" : ",{\"deal_id\":";
        append_id(out, deal.deal);
        append_key(out, "field");
        append_json_string(out, field_key(flip.field));
        append_said(out, "now", flip.now, flip.now_said);
        append_said(out, "then", flip.then, flip.then_said);
        out += '}';
    }
}

// A plan on its way, a few steps at a time on a reader. The first page counts all; a later one ends when it is full.
struct FlipPlan {
    CallPtr call;
    http::Reply reply;
    Precedence precedence;
    NumberedPage page;
    std::uint64_t place = 0;
    FlipCounts counts;
    std::uint32_t shown = 0; // deals
    std::uint64_t last_shown = 0;
    bool more = false;
    std::string flips;
};

// True when the plan is ready.
bool plan_on(FlipPlan& plan, LedgerReader& ledger) {
    for (int step = 0; step < kPreviewStepsAtOnce; ++step) {
        for (const auto& deal : preview_flips(ledger, plan.precedence, plan.call->app.clock.now_ms(), plan.place, plan.counts)) {
            if (plan.shown == plan.page.limit) {
                plan.more = true;
                continue;
            }
            append_flips(plan.flips, deal);
            plan.last_shown = deal.place;
            ++plan.shown;
        }
        if (plan.place == 0 || (plan.more && plan.page.from != 0)) return true;
    }
    return false;
}

http::Response plan_answer(const FlipPlan& plan) {
    std::string body = R"({"status":"success","source_precedence":)";
    append_precedence(body, plan.precedence);
    append_key(body, "counts");
    if (plan.page.from == 0)
        append_flip_counts(body, plan.counts);
    else
        body += "null";
    append_key(body, "flips");
    body += '[' + plan.flips + ']';
    append_next_cursor(body, plan.more ? std::to_string(plan.last_shown) : std::string());
    return json_reply(200, std::move(body));
}

Refusal stopped() {
    return {.reason = Reason::Unavailable, .code = "unavailable", .message = "This stopped; try again.", .details = {}, .retry_after_s = 1};
}

void go_on_with_plan(const std::shared_ptr<FlipPlan>& plan) {
    const auto run = [plan] {
        bool ready = false;
        try {
            plan->call->app.store.read(plan->call->scope, [&](LedgerReader& ledger) { ready = plan_on(*plan, ledger); });
        } catch (const std::exception& error) {
            log_event("error", "read_failed", error.what());
            return plan->reply(plan->call->refuse(stopped()));
        }
        if (ready) return plan->reply(plan_answer(*plan));
        go_on_with_plan(plan);
    };
    if (!plan->call->app.readers.submit(run)) plan->reply(plan->call->refuse(stopped()));
}

void plan_precedence(const CallPtr& call, http::Reply reply) {
    const auto asked = read_asked(call->request.body, false);
    if (!asked) return reply(call->refuse(asked.error()));
    const auto page = numbered_page_asked(call->request);
    if (!page) return reply(call->refuse(page.error()));
    const auto plan = std::make_shared<FlipPlan>();
    plan->call = call;
    plan->reply = std::move(reply);
    plan->precedence = asked->precedence;
    plan->page = *page;
    plan->place = page->from;
    go_on_with_plan(plan);
}

http::Response apply_answer(int status, std::string_view state, const Precedence& precedence, const Id& flip, const FlipCounts& counts) {
    std::string body = R"({"status":"success","source_precedence":)";
    append_precedence(body, precedence);
    append_key(body, "flip_id");
    if (flip.is_nil())
        body += "null";
    else
        append_id(body, flip);
    append_key(body, "state");
    append_json_string(body, state);
    append_key(body, "counts");
    append_flip_counts(body, counts);
    body += '}';
    auto response = json_reply(status, std::move(body));
    if (!flip.is_nil()) response.headers.emplace_back("Location", "/api/sales/imports/" + flip.text());
    return response;
}

// One flipping on its way through the writer. Keeps itself alive by what it has submitted; where it stands is in the store, and it goes
// on from there when the server starts again.
class FlipJob : public std::enable_shared_from_this<FlipJob> {
  public:
    FlipJob(App& app, TenantScope scope, const Id& flip, InFlight::Hold hold)
        : app_(app), scope_(std::move(scope)), flip_(flip), hold_(std::move(hold)) {}

    // `later`: the answer when it takes long.
    void answer_to(http::Reply reply, http::Response later) {
        reply_ = std::move(reply);
        later_ = std::move(later);
    }

    void next() {
        const auto self = shared_from_this();
        const auto work = [self](Turn& turn) {
            turn.told.clear();
            self->last_ = flip_slice(turn, self->flip_);
            if (self->last_) self->ended_ = turn.ledger.read_unit(self->flip_).value();
        };
        if (!app_.writer.submit(scope_, Writer::Lane::Bulk, work, [self](bool committed) { self->slice_done(committed); })) give_up();
    }

  private:
    void slice_done(bool committed) {
        if (!committed) return give_up();
        if (last_) {
            hold_ = nullptr; // whoever hears the answer may call again
            if (reply_) std::exchange(reply_, nullptr)(answer());
            return;
        }
        if (++slices_ >= kSlicesAwaited && reply_) std::exchange(reply_, nullptr)(std::move(later_));
        next();
    }

    [[nodiscard]] http::Response answer() const {
        const FlipProgress progress = flip_progress(ended_).value();
        return apply_answer(200, unit_state_key(ended_.state), progress.precedence, flip_, progress.counts);
    }

    // It is in the store that it runs: 202 is true, and the next start goes on with it.
    void give_up() {
        hold_ = nullptr;
        if (reply_) std::exchange(reply_, nullptr)(std::move(later_));
    }

    App& app_;
    TenantScope scope_;
    Id flip_;
    InFlight::Hold hold_; // while it runs no other begins
    http::Reply reply_;
    http::Response later_;
    Unit ended_;
    bool last_ = false;
    int slices_ = 0;
};

// What the turn that sets the precedence leaves for the job.
struct Begun {
    Id flip;
    InFlight::Hold hold;
};

http::Response apply_in_turn(const Call& call, const Asked& asked, Turn& turn, Begun& begun) {
    turn.told.clear();
    begun = {};
    if (asked.flip) {
        begun.hold = call.app.in_flight.take(key_of(call.scope));
        if (!begun.hold)
            return call.refuse({.reason = Reason::Conflict,
                                .code = "flip_running",
                                .message = "Values are being flipped already; wait until that has ended.",
                                .details = {}});
    }
    Settings settings = turn.ledger.settings();
    settings.precedence = asked.precedence;
    turn.ledger.put_settings(settings);
    if (!asked.flip) return apply_answer(200, "done", asked.precedence, {}, {});
    begun.flip = begin_flip(turn, asked.precedence, call.principal.account()).id;
    return apply_answer(202, "running", asked.precedence, begun.flip, {});
}

void apply_precedence(const CallPtr& call, http::Reply reply) {
    const auto asked = read_asked(call->request.body, true);
    if (!asked) return reply(call->refuse(asked.error()));
    const auto begun = std::make_shared<Begun>();
    const auto answered = [call, reply = std::move(reply), begun](http::Response response) {
        if (response.status != 202 || begun->flip.is_nil()) return reply(std::move(response)); // refused, without flips, or told before
        const auto job = std::make_shared<FlipJob>(call->app, call->scope, begun->flip, std::move(begun->hold));
        job->answer_to(reply, std::move(response));
        job->next();
    };
    write_call(
        call, answered, [call, asked = *asked, begun](Turn& turn) { return apply_in_turn(*call, asked, turn, *begun); },
        [call] { call->app.ranks.forget(call->scope); }); // the settings of the next turn come with them
}

} // namespace

void go_on_with_flip(App& app, const TenantScope& scope, const Id& flip) {
    auto hold = app.in_flight.take(key_of(scope));
    if (hold) std::make_shared<FlipJob>(app, scope, flip, std::move(hold))->next();
}

std::vector<Route> precedence_routes() {
    return {{"POST", "/api/sales/settings/precedence/plan", Right::Administer, plan_precedence},
            {"POST", "/api/sales/settings/precedence/apply", Right::Administer, apply_precedence}};
}

} // namespace tributary

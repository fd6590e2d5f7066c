// Changing deals: patch, delete, restore, log an activity.
#include "api/deal_answer.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

constexpr std::array kWritable = {Field::Name,        Field::Company,      Field::Value,        Field::Currency,    Field::Stage,
                                  Field::Probability, Field::ExpectedCloseDate, Field::ContactName, Field::ContactEmail, Field::ContactPhone,
                                  Field::Description, Field::Owner,        Field::LostReason};
constexpr std::array kClearable = {Field::Company,     Field::Value,       Field::ExpectedCloseDate, Field::ContactName, Field::ContactEmail,
                                   Field::ContactPhone, Field::Description, Field::Owner,            Field::LostReason};

struct Edit {
    Draft draft;
    GivenFields cleared;
};

// A JSON merge patch as a draft. Unknown and read-only members are refused by name: a silent typo would look like success.
Result<Edit> read_edit(std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(parsed.error());
    if (!parsed->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object of the fields to change.");
    Edit edit;
    edit.draft.source = Source::Manual;
    std::vector<FieldProblem> problems;
    for (const auto& member : parsed->as_object()) {
        const std::string_view key = member.key();
        if (key == "tenant_id" || key == "workspace_id") continue;
        const auto field = parse_field(key);
        if (!field || std::ranges::find(kWritable, *field) == kWritable.end()) {
            problems.push_back({std::string(key), "unknown_field", "This is not a field that can be changed.", {}});
        } else if (member.value().is_null()) {
            if (std::ranges::find(kClearable, *field) != kClearable.end()) edit.cleared.set(static_cast<std::size_t>(*field));
            else problems.push_back({std::string(key), "missing_field", "This field cannot be empty.", {}});
        } else if (!is_scalar(member.value())) {
            problems.push_back({std::string(key), "wrong_type", "This field takes a text or a number.", {}});
        } else {
            edit.draft[*field] = scalar_text(member.value());
        }
    }
    if (problems.empty()) return edit;
    return std::unexpected(Refusal{.reason = Reason::Invalid, .code = problems.front().code, .message = problems.front().message, .details = problems});
}

Refusal stale() {
    return {.reason = Reason::PreconditionFailed, .code = "precondition_failed", .message = "The deal has changed since that version.", .details = {}};
}

// The deal of {id} as the turn sees it; refuses when absent, deleted (unless wanted) or of another version than If-Match.
Result<Deal> deal_to_change(const Call& call, Ledger& ledger, bool deleted) {
    const auto id = parse_id(call.segments.front());
    if (!id) return std::unexpected(not_found("deal"));
    auto deal = ledger.read_deals(std::span(&*id, 1)).front();
    if (!deal || (deal->deleted_at != 0) != deleted) return std::unexpected(not_found("deal"));
    const std::string_view wanted = call.request.header("if-match");
    if (!wanted.empty() && wanted != "*" && wanted != etag_of(*deal)) return std::unexpected(stale());
    return std::move(*deal);
}

Unit editing_unit(const Call& call) {
    Unit unit; // never stored: a person's edit is its own journal row
    unit.source = Source::Manual;
    unit.actor = call.principal.account();
    return unit;
}

http::Response changed_answer(const Call& call, const Plan& plan) {
    const RowResult& row = plan.rows.front();
    if (row.refusal) return call.refuse(*row.refusal);
    const Working& working = plan.deals[row.deal];
    std::string body = R"({"status":"success","deal":)";
    append_deal(body, working.now, shown(call.scope));
    append_analysis(body, working.now, working.now.updated_at);
    append_key(body, "warnings");
    append_problems(body, row.warnings);
    body += '}';
    auto response = json_reply(200, std::move(body));
    response.headers.emplace_back("ETag", etag_of(working.now));
    return response;
}

http::Response patch_in_turn(const Call& call, Edit edit, Turn& turn) {
    turn.told.clear();
    const auto deal = deal_to_change(call, turn.ledger, false);
    if (!deal) return call.refuse(deal.error());
    // A patch need not name the deal, and an amount without a currency is in the deal's own.
    const bool named = edit.draft[Field::Name].has_value();
    if (!named) edit.draft[Field::Name] = deal->name;
    if (edit.draft[Field::Value] && !edit.draft[Field::Currency]) edit.draft[Field::Currency] = std::string(deal->currency.text());
    auto candidate = normalise(edit.draft, turn.settings, turn.now_ms);
    if (!candidate) return call.refuse(candidate.error());
    if (!named) candidate->given.reset(static_cast<std::size_t>(Field::Name)); // not the person's word
    candidate->cleared = edit.cleared;
    const Unit unit = editing_unit(call);
    auto plan = change(turn.ledger, turn.ranks, {.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr}, deal->id, std::move(*candidate));
    if (!plan) return call.refuse(not_found("deal"));
    turn.told = std::move(plan->journal);
    return changed_answer(call, *plan);
}

void patch_deal(const CallPtr& call, http::Reply reply) {
    auto edit = read_edit(call->request.body);
    if (!edit) return reply(call->refuse(edit.error()));
    write_call(call, std::move(reply), [call, edit = std::move(*edit)](Turn& turn) { return patch_in_turn(*call, edit, turn); });
}

// Deleting and restoring differ in one mark.
void set_deleted(const CallPtr& call, http::Reply reply, bool deleted) {
    write_call(call, std::move(reply), [call, deleted](Turn& turn) {
        turn.told.clear();
        const auto deal = deal_to_change(*call, turn.ledger, !deleted);
        if (!deal) return call->refuse(deal.error());
        Candidate candidate;
        candidate.source = Source::Manual;
        candidate.event_time_ms = turn.now_ms;
        candidate.deleted = deleted;
        const Unit unit = editing_unit(*call);
        auto plan = change(turn.ledger, turn.ranks, {.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr}, deal->id, candidate);
        if (!plan) return call->refuse(not_found("deal"));
        turn.told = plan->journal;
        return deal_shown(*call, plan->deals[plan->rows.front().deal].now);
    });
}

Result<Engagement> read_engagement(std::string_view body, std::int64_t now_ms) {
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(parsed.error());
    if (!parsed->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object.");
    const auto& object = parsed->as_object();
    const auto text = [&](std::string_view key) {
        const auto* value = object.if_contains(key);
        return value == nullptr ? std::string() : scalar_text(*value);
    };
    static constexpr std::array<std::string_view, 4> kTypes = {"call", "mail", "meeting", "note"};
    const std::string type = text("type");
    const auto known = std::ranges::find(kTypes, type);
    if (known == kTypes.end()) return std::unexpected(field_refusal("type", "unknown_value", "The type is call, mail, meeting or note.", type));
    if (!object.contains("note")) return std::unexpected(field_refusal("note", "missing_field", "Say what happened."));
    Engagement engagement{.type = *known, .note = text("note"), .at = now_ms};
    if (engagement.note.size() > field_bytes_max(Field::Description)) {
        return std::unexpected(field_refusal("note", "field_too_long", "The note is too long.", engagement.note));
    }
    if (const std::string at = text("at"); !at.empty()) {
        const auto instant = parse_instant(at);
        if (!instant) return std::unexpected(field_refusal("at", "invalid_date", "This is not a time.", at));
        engagement.at = std::min(*instant, now_ms);
    }
    return engagement;
}

void log_engagement(const CallPtr& call, http::Reply reply) {
    auto engagement = read_engagement(call->request.body, call->app.clock.now_ms());
    if (!engagement) return reply(call->refuse(engagement.error()));
    write_call(call, std::move(reply), [call, engagement = std::move(*engagement)](Turn& turn) {
        turn.told.clear();
        const auto deal = deal_to_change(*call, turn.ledger, false);
        if (!deal) return call->refuse(deal.error());
        const Unit unit = editing_unit(*call);
        auto plan = engage(turn.ledger, turn.ranks, {.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr}, deal->id, engagement);
        if (!plan) return call->refuse(not_found("deal"));
        std::string body = R"({"status":"success","activity":)";
        append_journal(body, plan->journal.front());
        append_key(body, "deal");
        append_deal(body, plan->deals.front().now, shown(call->scope));
        body += '}';
        turn.told = std::move(plan->journal);
        auto response = json_reply(201, std::move(body));
        response.headers.emplace_back("Location", "/api/sales/deals/" + deal->id.text() + "/activities");
        return response;
    });
}

} // namespace

std::vector<Route> deal_change_routes() {
    return {
        {"PATCH", "/api/sales/deals/{id}", Right::Write, patch_deal},
        {"DELETE", "/api/sales/deals/{id}", Right::Write, [](const CallPtr& call, http::Reply reply) { set_deleted(call, std::move(reply), true); }},
        {"POST", "/api/sales/deals/{id}/restore", Right::Write, [](const CallPtr& call, http::Reply reply) { set_deleted(call, std::move(reply), false); }},
        {"POST", "/api/sales/deals/{id}/activities", Right::Write, log_engagement},
    };
}

} // namespace tributary

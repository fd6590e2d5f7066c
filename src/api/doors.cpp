// See doors.hpp.
#include "api/doors.hpp"

#include "api/deal_answer.hpp"
#include "api/import.hpp"
#include "api/look_before.hpp"
#include "crm/crm.hpp"
#include "deal/json.hpp"
#include "sources/salesforce_soap.hpp"

#include <chrono>
#include <mutex>
#include <utility>

namespace tributary {

namespace {

// Whether the row's text is all that the body says.
bool is_whole(std::string_view row, std::string_view body) {
    const std::size_t from = body.find_first_not_of(" \t\r\n");
    const std::size_t to = body.find_last_not_of(" \t\r\n");
    return from != std::string_view::npos && body.substr(from, to - from + 1) == row;
}

// The answer of a SOAP sender: an Ack, or a fault that makes it try again.
http::Response soap_reply(int status, std::string body) {
    auto response = json_reply(status, std::move(body));
    response.content_type = "text/xml; charset=utf-8";
    return response;
}

http::Response refused(const Call& call, const Refusal& refusal, bool soap) {
    call.app.observer.refused(call.source);
    call.app.sources.refused(call.scope, call.source, refusal, call.app.clock.now_ms());
    return soap ? soap_reply(500, soap_fault(refusal.message)) : call.refuse(refusal);
}

std::int64_t us_since(std::chrono::steady_clock::time_point started) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
}

void came_in(const Call& call, const UnitCounts& counts, const Refusal* refusal, std::int64_t duration_us) {
    call.app.sources.came_in(call.scope, call.source, counts, refusal, duration_us, call.app.clock.now_ms());
}

std::string raw_to_keep(const Call& call, bool soap) { return soap ? without_session_id(call.request.body) : call.request.body; }

void put_single_unit(Turn& turn, const Call& call, Unit& unit, const std::string& raw) {
    unit.state = UnitState::Done;
    unit.raw_bytes = raw.size();
    unit.finished_at = turn.now_ms;
    Sha256 hash;
    hash.add(call.request.body);
    unit.sha256 = hash.hex();
    turn.ledger.put_unit(unit, raw);
}

// Thin events carry no deal: they are stored, and fetched when the workspace has a connection to their CRM.
void keep_events(const CallPtr& call, const Door& door, http::Reply reply, std::size_t events) {
    const auto unit = std::make_shared<Unit>(new_unit(*call, door.path, false));
    write_call(
        call, std::move(reply),
        [call, unit, events](Turn& turn) {
            turn.told.clear();
            unit->id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
            put_single_unit(turn, *call, *unit, call->request.body);
            JournalEntry entry;
            entry.at = turn.now_ms;
            entry.happening = Happening::Received;
            entry.source = unit->source;
            entry.unit = unit->id;
            entry.actor = unit->actor;
            entry.body = "{\"events\":" + std::to_string(events) + "}";
            turn.told.push_back(std::move(entry));
            turn.ledger.append_journal(turn.told);
            std::string body = "{\"status\":\"success\",\"source\":";
            append_json_string(body, source_key(unit->source));
            append_key(body, "ingestion_id");
            append_json_string(body, unit->id.text());
            append_key(body, "accepted");
            body += std::to_string(events);
            body += '}';
            return json_reply(202, std::move(body));
        },
        [call, events, started = std::chrono::steady_clock::now()] { came_in(*call, {.read = events}, nullptr, us_since(started)); });
}

// A publishable key stands in a public page: its answer must not tell what the workspace knows.
http::Response accepted(const Call& call, const Unit& unit) {
    std::string body = "{\"status\":\"success\",\"source\":";
    append_json_string(body, source_key(call.source));
    append_key(body, "ingestion_id");
    append_json_string(body, unit.id.text());
    body += ",\"accepted\":1}";
    return json_reply(202, std::move(body));
}

// One deal, or a whole SOAP message: all of it in one turn, answered with the deal or the Ack.
// `members`: what the door says beside the deal.
void keep_together(const CallPtr& call, const Door& door, http::Reply reply, std::vector<IncomingRow> rows, bool soap,
                   std::string members) {
    const auto unit = std::make_shared<Unit>(new_unit(*call, door.path, false));
    const auto kept = std::make_shared<std::vector<IncomingRow>>(std::move(rows)); // with no raw text, so nothing is moved out of it
    const auto counts = std::make_shared<UnitCounts>();
    const auto refusal = std::make_shared<std::optional<Refusal>>();
    const auto started = std::chrono::steady_clock::now();
    write_call(
        call, std::move(reply),
        [call, unit, kept, counts, refusal, soap, members = std::move(members)](Turn& turn) {
            turn.told.clear();
            unit->id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
            const IngestContext context{.unit = unit.get(), .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr};
            Plan plan = ingest(turn.ledger, turn.ranks, context, *kept);
            *counts = plan.counts;
            *refusal = plan.rows.empty() ? std::nullopt : plan.rows.back().refusal;
            if (!soap && plan.rows.front().refusal) return call->refuse(*plan.rows.front().refusal); // nothing was written
            unit->counts = plan.counts;
            put_single_unit(turn, *call, *unit, raw_to_keep(*call, soap));
            http::Response response;
            if (soap) {
                response = soap_reply(200, soap_ack(true));
            } else if (call->principal.key.role == Role::Form) {
                response = accepted(*call, *unit);
            } else {
                BesideDeal beside = beside_deal(turn, plan, 0);
                beside.members = members;
                response = deal_answer(*call, beside, *unit, plan, 0);
            }
            turn.told = std::move(plan.journal);
            return response;
        },
        [call, counts, refusal, started] {
            const std::int64_t took_us = us_since(started);
            call->app.observer.counted(call->source, *counts);
            call->app.observer.took(call->source, took_us);
            came_in(*call, *counts, *refusal ? &**refusal : nullptr, took_us);
        });
}

void keep_many(const CallPtr& call, const Door& door, http::Reply reply, std::vector<ReadRow> rows) {
    const auto import = std::make_shared<Import>(call, new_unit(*call, door.path, true), nullptr);
    if (auto ready = import->begin(); !ready) return reply(call->refuse(ready.error()));
    if (const auto wishes = import_wishes(call->request.query); !wishes) return reply(call->refuse(wishes.error()));
    import->on_first_rows([call] { return import_options(call->request.query); });
    import->keep_whole(call->request.body);
    for (ReadRow& row : rows) {
        if (!import->push(std::move(row))) break;
    }
    if (import->refusal()) return import->fail(*import->refusal(), std::move(reply));
    import->finish({}, std::move(reply));
}

// What a mail's reader found, and where; of other doors nothing.
void append_extracted(std::string& out, const std::vector<Extracted>& extracted) {
    if (extracted.empty()) return;
    append_key(out, "extracted");
    out += '[';
    for (const Extracted& each : extracted) {
        out += out.back() == '[' ? "{\"field\":" : ",{\"field\":";
        append_json_string(out, each.field);
        append_key(out, "value");
        append_json_string(out, each.value);
        append_key(out, "from");
        append_json_string(out, each.from);
        append_key(out, "excerpt");
        if (each.excerpt.empty()) {
            out += "null}";
        } else {
            append_json_string(out, each.excerpt);
            out += '}';
        }
    }
    out += ']';
}

// The first byte that says something; 0 when there is none. It tells an array from an object from XML.
char first_byte(std::string_view body) {
    const std::size_t at = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return at == std::string_view::npos ? '\0' : body[at];
}

} // namespace

Arrival arrival_of(const Call& call, const ReadingRules& rules) {
    return {.content_type = call.request.header("content-type"),
            .query = call.request.query,
            .referer = call.request.header("referer"),
            .user_agent = call.request.header("user-agent"),
            .received_at = call.app.clock.now_ms(),
            .rules = &rules};
}

void enter(const CallPtr& call, const Door& door, http::Reply reply) {
    const auto settings = call->app.ranks.of(call->scope)->settings();
    ReadingRules rules = reading_rules(*settings);
    const auto account = call->connection.is_nil() ? nullptr : call->app.crm.reading(call->connection);
    rules.crm = account.get();
    const char first = first_byte(call->request.body);
    const bool soap = door.kind == DoorKind::Events && first == '<';
    const bool many = door.kind == DoorKind::Many || (door.kind == DoorKind::Events && first == '[');
    const auto look = asks_to_look(*call, door, many);
    if (!look) return reply(refused(*call, look.error(), soap));
    auto read = door.read(arrival_of(*call, rules), call->request.body);
    if (!read) return reply(*look ? call->refuse(read.error()) : refused(*call, read.error(), soap));
    if (read->events_only) return keep_events(call, door, std::move(reply), read->events);
    // A lone object at a door for many that is no record of its own: the arrival, not a row, is what is wrong.
    if (door.kind == DoorKind::Many && first == '{' && read->rows.size() == 1 && !read->rows.front().draft &&
        is_whole(read->rows.front().raw, call->request.body)) {
        return reply(refused(*call, read->rows.front().draft.error(), false));
    }
    if (many) return keep_many(call, door, std::move(reply), std::move(read->rows));
    std::vector<IncomingRow> rows;
    std::string members;
    const std::int64_t now = call->app.clock.now_ms();
    for (ReadRow& row : read->rows) {
        IncomingRow incoming{.row = row.row, .line = row.line, .candidate = Candidate{}, .raw = {}};
        auto candidate = row.draft ? normalise(*row.draft, *settings, now) : std::unexpected(row.draft.error());
        if (!candidate) { // one deal or a whole message: nothing of it is taken
            if (!*look) {
                call->app.observer.counted(call->source, {.read = 1, .rejected = 1});
                call->app.sources.refused(call->scope, call->source, candidate.error(), now);
            }
            return reply(soap ? soap_reply(500, soap_fault(candidate.error().message)) : call->refuse(candidate.error()));
        }
        append_extracted(members, row.extracted);
        incoming.candidate = std::move(candidate);
        rows.push_back(std::move(incoming));
    }
    if (rows.empty() && !soap)
        return reply(refused(
            *call, {.reason = Reason::Invalid, .code = "empty_body", .message = "There is no deal in the body.", .details = {}}, false));
    if (*look) return look_before(call, door, std::move(rows.front()), std::move(members), std::move(reply));
    keep_together(call, door, std::move(reply), std::move(rows), soap, std::move(members));
}

} // namespace tributary

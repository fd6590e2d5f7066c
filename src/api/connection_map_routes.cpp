// /api/sales/connections/{id}/map: how a connection's fields and stages are mapped, in versions, and trying a map on a record.
#include "api/auth_answer.hpp"
#include "api/connection_answer.hpp"
#include "api/routes.hpp"
#include "crm/account_text.hpp"
#include "crm/connection_map.hpp"
#include "crm/crm.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

constexpr std::size_t kMapBodyBytesMax = 256 * 1024;
constexpr std::size_t kVersionsShown = 20;
constexpr std::size_t kRecordIdBytesMax = 200;

void append_version(std::string& out, const ConnectionMap& map) {
    out += "{\"version\":" + std::to_string(map.version);
    append_key(out, "made_by");
    append_json_string(out, map.made_by);
    append_key(out, "made_at");
    append_json_string(out, instant_text(map.made_at));
    out += '}';
}

http::Response map_reply(const Call& call, const Id& id) {
    const ConnectionMap now = call.app.store.connections().read_map(id, 0);
    std::string body = R"({"status":"success","version":)" + std::to_string(now.version);
    append_key(body, "map");
    body += now.version == 0 ? R"({"fields":[],"stages":[]})" : now.map;
    append_key(body, "versions");
    body += '[';
    std::size_t shown = 0;
    for (const ConnectionMap& each : call.app.store.connections().list_maps(id)) {
        if (shown++ == kVersionsShown) break;
        if (body.back() != '[') body += ',';
        append_version(body, each);
    }
    return json_reply(200, body + "]}");
}

http::Response read_map(Call& call, LedgerReader& /*ledger*/) {
    const auto row = named_connection(call);
    return row ? map_reply(call, row->id) : call.refuse(not_found("connection"));
}

// The checked text of a map in the body.
Result<std::string> map_of(const boost::json::object& body) {
    const auto* map = body.if_contains("map");
    if (map == nullptr || !map->is_object())
        return std::unexpected(field_refusal("map", "missing_field", "A map of fields and stages is needed."));
    return checked_map(map->get_object());
}

void put_map(const CallPtr& call, http::Reply reply) {
    const auto body = read_object(call->request, {"map"});
    auto map = body ? map_of(*body) : Result<std::string>(std::unexpected(body.error()));
    if (!map) return reply(call->refuse(map.error()));
    aside(call->app.callers, call->request.request_id, reply, [call, map = std::move(*map)] {
        const auto row = named_connection(*call);
        if (!row) return call->refuse(not_found("connection"));
        if (call->app.crm.put_map(*row, map, call->principal.account()) == 0)
            return call->refuse(
                refuse(Reason::Conflict, "too_many_maps", "This connection's map has been changed as often as it may.").error());
        return map_reply(*call, row->id);
    });
}

// One record as it is in the CRM now, read by the map.
http::Response try_map(const CallPtr& call, const std::string& map, const std::string& record) {
    const auto row = named_connection(*call);
    if (!row) return call->refuse(not_found("connection"));
    const auto at_work = call->app.crm.account(row->id);
    if (!at_work || !at_work->is_at_work()) return call->refuse(not_at_work());
    const CrmReading reading = crm_reading_of(row->account, row->reading, map, false);
    const auto found = at_work->sample(record, reading);
    if (!found) {
        return call->refuse({.reason = Reason::Unavailable,
                             .code = "crm_unavailable",
                             .message = "The CRM did not answer (" + found.error().text + "); try again.",
                             .details = {},
                             .retry_after_s = 10});
    }
    if (found->id.empty() || found->deleted) return call->refuse(not_found("record"));
    const auto settings = call->app.ranks.of(call->scope)->settings();
    const auto tried = tried_record(row->system, found->text, reading, *settings);
    if (!tried) return call->refuse(tried.error());
    std::string body = R"({"status":"success","record_id":)";
    append_json_string(body, found->id);
    append_key(body, "becomes");
    return json_reply(200, body + *tried + "}");
}

void try_it(const CallPtr& call, http::Reply reply) {
    const auto body = read_object(call->request, {"map", "record_id"});
    auto map = body ? map_of(*body) : Result<std::string>(std::unexpected(body.error()));
    if (!map) return reply(call->refuse(map.error()));
    const auto record = text_member(*body, "record_id", kRecordIdBytesMax, false);
    if (!record) return reply(call->refuse(record.error()));
    aside(call->app.callers, call->request.request_id, reply,
          [call, map = std::move(*map), record = *record] { return try_map(call, map, record); });
}

} // namespace

std::vector<Route> connection_map_routes() {
    return {
        {"GET", "/api/sales/connections/{id}/map", Right::Read, reading(read_map)},
        {"PUT", "/api/sales/connections/{id}/map", Right::Administer, put_map, kMapBodyBytesMax},
        {"POST", "/api/sales/connections/{id}/map/try", Right::Administer, try_it, kMapBodyBytesMax},
    };
}

} // namespace tributary

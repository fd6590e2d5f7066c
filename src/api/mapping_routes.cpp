// Saved mappings of files' columns: the list, one, saving and deleting one.
#include "api/mapping_shelf.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"
#include "sources/csv_mapping.hpp"
#include "sources/header_fingerprint.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

constexpr std::size_t kColumnsMax = 1'000; // as of a file
constexpr std::size_t kBodyBytesMax = 2 * kMappingBytesMax;

void append_mapping(std::string& out, const SavedMapping& saved) {
    out += "{\"name\":";
    append_json_string(out, saved.name);
    append_key(out, "header");
    out += saved.header;
    append_key(out, "header_fingerprint");
    if (saved.fingerprint.empty()) out += "null";
    else append_json_string(out, saved.fingerprint);
    append_key(out, "saved_by");
    append_json_string(out, saved.actor);
    append_key(out, "created_at");
    append_json_string(out, instant_text(saved.created_at));
    append_key(out, "updated_at");
    append_json_string(out, instant_text(saved.updated_at));
    if (!saved.mapping.empty()) {
        append_key(out, "mapping");
        out += saved.mapping;
    }
    out += '}';
}

http::Response mapping_answer(int status, const SavedMapping& saved) {
    std::string body = R"({"status":"success","mapping":)";
    append_mapping(body, saved);
    body += '}';
    return json_reply(status, std::move(body));
}

http::Response list_mappings(Call& /*call*/, LedgerReader& ledger) {
    std::string body = R"({"status":"success","mappings":[)";
    bool first = true;
    for (const SavedMapping& saved : ledger.list_mappings()) {
        if (!first) body += ',';
        first = false;
        append_mapping(body, saved);
    }
    body += ']';
    append_next_cursor(body, {});
    return json_reply(200, std::move(body));
}

http::Response read_mapping(Call& call, LedgerReader& ledger) {
    const auto saved = ledger.read_mapping(call.segments.front());
    return saved ? mapping_answer(200, *saved) : call.refuse(not_found("mapping"));
}

Result<std::vector<std::string>> header_of(const boost::json::object& body) {
    const auto* value = body.if_contains("header");
    std::vector<std::string> header;
    if (value == nullptr || value->is_null()) return header;
    const auto bad = [] { return std::unexpected(field_refusal("header", "wrong_type", "This is a list of at most 1,000 texts: the header of the files it is for.")); };
    if (!value->is_array() || value->as_array().size() > kColumnsMax) return bad();
    for (const auto& cell : value->as_array()) {
        if (!cell.is_string()) return bad();
        header.push_back(scalar_text(cell));
    }
    return header;
}

// {"mapping": CsvMapping, "header": [cells] or nothing}: a mapping must fit the header it is for.
Result<SavedMapping> mapping_of(const Call& call) {
    SavedMapping saved;
    saved.name = call.segments.front();
    if (!is_mapping_name(saved.name)) return std::unexpected(field_refusal("name", "invalid_parameter", "A mapping's name has 1 to 100 bytes, no slash, and is not none or auto.", saved.name));
    const auto body = parse_json(call.request.body);
    if (!body) return std::unexpected(body.error());
    const auto* mapping = body->is_object() ? body->as_object().if_contains("mapping") : nullptr;
    if (mapping == nullptr) return std::unexpected(field_refusal("mapping", "missing_field", "The body is {\"mapping\": {…}, \"header\": […]}."));
    append_json(saved.mapping, *mapping);
    const auto parsed = parse_csv_mapping(saved.mapping);
    if (!parsed) return std::unexpected(parsed.error());
    const auto header = header_of(body->as_object());
    if (!header) return std::unexpected(header.error());
    saved.header = "[";
    for (const std::string& cell : *header) {
        if (saved.header.size() > 1) saved.header += ',';
        append_json_string(saved.header, cell);
    }
    saved.header += ']';
    if (header->empty()) return saved;
    const std::vector<std::string_view> cells(header->begin(), header->end());
    if (const auto fits = map_columns(cells, *parsed); !fits) return std::unexpected(fits.error());
    saved.fingerprint = header_fingerprint(*header);
    return saved;
}

void put_mapping(const CallPtr& call, http::Reply reply) {
    auto saved = mapping_of(*call);
    if (!saved) return reply(call->refuse(saved.error()));
    write_call(call, std::move(reply), [call, saved = std::move(*saved)](Turn& turn) {
        turn.told.clear();
        if (auto room = room_for_mapping(turn.ledger, saved.name); !room) return call->refuse(room.error());
        const auto before = turn.ledger.read_mapping(saved.name);
        SavedMapping next = saved;
        next.actor = call->principal.account();
        next.created_at = before ? before->created_at : turn.now_ms;
        next.updated_at = turn.now_ms;
        turn.ledger.put_mapping(next);
        return mapping_answer(before ? 200 : 201, next);
    });
}

void drop_mapping(const CallPtr& call, http::Reply reply) {
    write_call(call, std::move(reply), [call](Turn& turn) {
        turn.told.clear();
        const auto saved = turn.ledger.read_mapping(call->segments.front());
        if (!saved || !turn.ledger.drop_mapping(saved->name)) return call->refuse(not_found("mapping"));
        return mapping_answer(200, *saved);
    });
}

} // namespace

std::vector<Route> mapping_routes() {
    return {
        {"GET", "/api/sales/mappings", Right::Read, reading(list_mappings)},
        {"GET", "/api/sales/mappings/{name}", Right::Read, reading(read_mapping)},
        {"PUT", "/api/sales/mappings/{name}", Right::Write, put_mapping, kBodyBytesMax},
        {"DELETE", "/api/sales/mappings/{name}", Right::Write, drop_mapping},
    };
}

} // namespace tributary

// The API: one deal (/api) or many (/bulk) from programs. Called only by all.cpp.
#include "deal/json.hpp"
#include "sources/field_names.hpp"
#include "sources/json_deal.hpp"
#include "sources/media_type.hpp"
#include "sources/ndjson.hpp"
#include "sources/utf8.hpp"

namespace tributary {
namespace {

constexpr std::size_t kBulkBytesMax = 16 * 1024 * 1024;

// What stands around the list: whose it says it is.
struct BulkBody {
    const boost::json::array* deals = nullptr;
    std::string tenant_id;
    std::string workspace_id;
};

Result<BulkBody> find_list(const boost::json::value& body) {
    if (body.is_array()) return BulkBody{.deals = &body.get_array()};
    BulkBody found;
    if (body.is_object()) {
        for (const auto& member : body.get_object()) {
            const std::string name = folded_name(member.key());
            const bool list = (name == "deals" || name == "records") && member.value().is_array();
            if (list && found.deals == nullptr) found.deals = &member.value().get_array();
            if (name == "tenantid") found.tenant_id = scalar_text(member.value());
            if (name == "workspaceid") found.workspace_id = scalar_text(member.value());
        }
    }
    if (found.deals == nullptr) {
        return refuse(Reason::Invalid, "not_a_list",
                      "The body is a list of deals, {\"deals\": [...]} or {\"records\": [...]}; one deal goes to /api.");
    }
    return found;
}

ReadRow read_element(const boost::json::value& element, const BulkBody& around) {
    ReadRow row = read_json_deal(element, Source::Api);
    if (row.tenant_id.empty()) row.tenant_id = around.tenant_id;
    if (row.workspace_id.empty()) row.workspace_id = around.workspace_id;
    if (!row.draft) {
        std::string raw;
        append_json(raw, element);
        row.raw = std::string(utf8_cut(raw, kRawRowBytesMax));
    }
    return row;
}

Result<ReadAll> read_bulk(const Arrival& arrival, std::string_view body) {
    if (!is_json_type(arrival.content_type)) {
        return refuse(Reason::UnsupportedType, "unsupported_content_type",
                      "This door takes JSON (application/json) or one deal a line (application/x-ndjson).");
    }
    const auto parsed = parse_json(body);
    if (!parsed) return std::unexpected(parsed.error());
    const auto list = find_list(*parsed);
    if (!list) return std::unexpected(list.error());
    ReadAll all;
    all.rows.reserve(list->deals->size());
    for (const auto& element : *list->deals) {
        all.rows.push_back(read_element(element, *list));
        all.rows.back().row = static_cast<std::uint32_t>(all.rows.size() - 1);
    }
    return all;
}

// Null for JSON bodies: those are read whole.
Result<std::unique_ptr<RowReader>> stream_bulk(const Arrival& arrival, RowSink sink) {
    if (!is_ndjson_type(arrival.content_type)) return nullptr;
    return read_ndjson(Source::Api, std::move(sink));
}

} // namespace

SourceSpec api_source() {
    Door one{.path = "/api", .kind = DoorKind::One};
    one.read = [](const Arrival& arrival, std::string_view body) { return read_one_json_deal(arrival, body, Source::Api); };
    Door bulk{.path = "/bulk", .kind = DoorKind::Many, .read = read_bulk, .stream = stream_bulk, .body_bytes_max = kBulkBytesMax};
    return {.source = Source::Api, .doors = {std::move(one), std::move(bulk)}};
}

} // namespace tributary

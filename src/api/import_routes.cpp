// What became of imports: the list, one, its rows, and its refused rows as a file to mend and send again.
#include "api/errors_csv.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

namespace tributary {
namespace {

http::Response list_imports(Call& call, LedgerReader& ledger) {
    UnitQuery query;
    if (const auto source = call.request.param("source"); !source.empty()) {
        query.source = parse_source(source);
        if (!query.source) return call.refuse(field_refusal("source", "invalid_parameter", "There is no such source.", source));
    }
    const auto limit = number_param(call.request, "limit", 50, 1, 500);
    if (!limit) return call.refuse(limit.error());
    query.limit = static_cast<std::uint32_t>(*limit);
    query.after = call.request.param("cursor");
    const UnitPage page = ledger.list_units(query);
    std::string body = R"({"status":"success","imports":[)";
    for (std::size_t at = 0; at < page.units.size(); ++at) {
        if (at != 0) body += ',';
        append_unit(body, page.units[at]);
    }
    body += "],\"next_cursor\":";
    if (page.next.empty()) body += "null";
    else append_json_string(body, page.next);
    body += '}';
    return json_reply(200, std::move(body));
}

Result<Unit> find_import(const Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    auto unit = id ? ledger.read_unit(*id) : std::nullopt;
    if (!unit || !unit->many) return std::unexpected(not_found("import"));
    return std::move(*unit);
}

http::Response read_import(Call& call, LedgerReader& ledger) {
    const auto unit = find_import(call, ledger);
    if (!unit) return call.refuse(unit.error());
    std::string body = R"({"status":"success","import":)";
    append_unit(body, *unit);
    body += '}';
    return json_reply(200, std::move(body));
}

std::optional<RowAction> parse_action(std::string_view text) {
    for (const RowAction action : {RowAction::Created, RowAction::Updated, RowAction::Unchanged, RowAction::Skipped, RowAction::Rejected}) {
        if (action_key(action) == text) return action;
    }
    return std::nullopt;
}

http::Response list_rows(Call& call, LedgerReader& ledger) {
    const auto unit = find_import(call, ledger);
    if (!unit) return call.refuse(unit.error());
    OutcomeQuery query{.unit = unit->id, .action = {}, .from_row = 0, .limit = 50};
    if (const auto action = call.request.param("action"); !action.empty()) {
        query.action = parse_action(action);
        if (!query.action) return call.refuse(field_refusal("action", "invalid_parameter", "There is no such action.", action));
    }
    const auto limit = number_param(call.request, "limit", 50, 1, 500);
    if (!limit) return call.refuse(limit.error());
    const auto from = number_param(call.request, call.request.param("cursor").empty() ? "from" : "cursor", 0, 0, UINT32_MAX);
    if (!from) return call.refuse(from.error());
    query.from_row = static_cast<std::uint32_t>(*from);
    query.limit = static_cast<std::uint32_t>(*limit) + 1;
    const auto rows = ledger.list_outcomes(query);
    std::string body = R"({"status":"success","rows":[)";
    for (std::size_t at = 0; at < rows.size() && at < *limit; ++at) {
        if (at != 0) body += ',';
        append_outcome(body, rows[at]);
    }
    body += "],\"next_cursor\":";
    if (rows.size() > *limit) append_json_string(body, std::to_string(rows[*limit].row));
    else body += "null";
    body += '}';
    return json_reply(200, std::move(body));
}

http::Response read_errors(Call& call, LedgerReader& ledger) {
    const auto unit = find_import(call, ledger);
    if (!unit) return call.refuse(unit.error());
    http::Response response;
    response.content_type = "text/csv; charset=utf-8";
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"errors-" + unit->id.text() + ".csv\"");
    response.body = errors_csv(*unit, ledger);
    return response;
}

Handler reading(http::Response (*work)(Call&, LedgerReader&)) {
    return [work](const CallPtr& call, http::Reply reply) { read_call(call, std::move(reply), work); };
}

} // namespace

std::vector<Route> import_routes() {
    return {
        {"GET", "/api/sales/imports", Right::Read, reading(list_imports)},
        {"GET", "/api/sales/imports/{id}", Right::Read, reading(read_import)},
        {"GET", "/api/sales/imports/{id}/rows", Right::Read, reading(list_rows)},
        {"GET", "/api/sales/imports/{id}/errors.csv", Right::Read, reading(read_errors)},
    };
}

} // namespace tributary

// What became of imports: the list, one, its rows, and its refused rows as a file to mend and send again.
#include "api/errors_csv.hpp"
#include "api/import.hpp"
#include "api/import_cells.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "api/unit_progress.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace tributary {
namespace {

http::Response list_imports(Call& call, LedgerReader& ledger) {
    UnitQuery query;
    if (const auto source = call.request.param("source"); !source.empty()) {
        query.source = parse_source(source);
        if (!query.source) return call.refuse(field_refusal("source", "invalid_parameter", "There is no such source.", source));
    }
    const auto asked = page_asked(call.request);
    if (!asked) return call.refuse(asked.error());
    query.limit = asked->limit;
    query.after = asked->cursor;
    const UnitPage page = ledger.list_units(query);
    std::string body = R"({"status":"success","imports":[)";
    for (std::size_t at = 0; at < page.units.size(); ++at) {
        if (at != 0) body += ',';
        append_unit(body, page.units[at]);
    }
    body += ']';
    append_next_cursor(body, page.next);
    return json_reply(200, std::move(body));
}

// An import of somebody else is, to who may read only its own, like one that does not exist.
Result<Unit> find_import(const Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    auto unit = id ? ledger.read_unit(*id) : std::nullopt;
    if (!unit || !unit->many) return std::unexpected(not_found("import"));
    const bool own = unit->actor == call.principal.account();
    if (!own && !may(call.principal.key.role, Right::Read)) return std::unexpected(not_found("import"));
    return std::move(*unit);
}

http::Response read_import(Call& call, LedgerReader& ledger) {
    const auto unit = find_import(call, ledger);
    if (!unit) return call.refuse(unit.error());
    std::string body = R"({"status":"success","import":)";
    append_unit(body, *unit);
    if (const auto run = unit->state == UnitState::Running ? call.app.imports.find(call.scope, unit->id) : nullptr) {
        append_key(body, "progress");
        append_progress(body, run->progress());
    } else if (const auto progress = unit_progress(ledger, *unit, call.app.clock.now_ms())) {
        append_key(body, "progress");
        append_progress(body, *progress);
    }
    body += '}';
    return json_reply(200, std::move(body));
}

std::optional<RowAction> parse_action(std::string_view text) {
    for (const RowAction action : {RowAction::Created, RowAction::Updated, RowAction::Unchanged, RowAction::Skipped, RowAction::Rejected}) {
        if (action_key(action) == text) return action;
    }
    return std::nullopt;
}

// One page of rows, each with its cells. A refused row brings its text along; the others are read in the file.
void append_rows_with_cells(std::string& body, Call& call, LedgerReader& ledger, const Unit& unit, std::span<const RowOutcome> rows) {
    const CellLayout layout = cell_layout(unit);
    const auto is_stored = [](const RowOutcome& row) { return row.raw.empty(); };
    const auto first = std::ranges::find_if(rows, is_stored);
    std::map<std::uint32_t, std::string> stored;
    if (!layout.header.empty() && first != rows.end()) {
        const auto settings = call.app.ranks.of(call.scope)->settings();
        stored = stored_rows(ledger, unit, *settings, {.first = first->row, .last = rows.back().row});
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (at != 0) body += ',';
        append_outcome(body, rows[at]);
        body.back() = ','; // its brace
        body += "\"cells\":";
        const auto found = stored.find(rows[at].row);
        if (layout.header.empty() || (is_stored(rows[at]) && found == stored.end())) {
            body += "null";
        } else {
            append_cells(body, is_stored(rows[at]) ? found->second : rows[at].raw, rows[at].row, layout);
        }
        body += '}';
    }
}

// Whether include=cells was asked for; refuses anything else to be included.
Result<bool> asks_for_cells(const http::Request& request) {
    const std::string_view include = request.param("include");
    if (!include.empty() && include != "cells") return std::unexpected(field_refusal("include", "invalid_parameter", "Only cells can be included.", include));
    return !include.empty();
}

http::Response list_rows(Call& call, LedgerReader& ledger) {
    const auto unit = find_import(call, ledger);
    if (!unit) return call.refuse(unit.error());
    OutcomeQuery query{.unit = unit->id, .action = {}, .from_row = 0, .limit = 50};
    if (const auto action = call.request.param("action"); !action.empty()) {
        query.action = parse_action(action);
        if (!query.action) return call.refuse(field_refusal("action", "invalid_parameter", "There is no such action.", action));
    }
    const auto asked = numbered_page_asked(call.request);
    if (!asked) return call.refuse(asked.error());
    if (asked->from > UINT32_MAX) return call.refuse(bad_cursor(call.request.param("cursor")));
    const auto from = number_param(call.request, "from", 0, 0, UINT32_MAX);
    if (!from) return call.refuse(from.error());
    query.from_row = static_cast<std::uint32_t>(asked->from != 0 ? asked->from : *from);
    query.limit = asked->limit + 1;
    query.planned = unit->state == UnitState::Planned || call.request.param("planned") == "true";
    const auto cells = asks_for_cells(call.request);
    if (!cells) return call.refuse(cells.error());
    const auto rows = ledger.list_outcomes(query);
    const std::span<const RowOutcome> page(rows.data(), std::min<std::size_t>(rows.size(), asked->limit));
    std::string body = R"({"status":"success","rows":[)";
    if (*cells) {
        append_rows_with_cells(body, call, ledger, *unit, page);
    } else {
        for (std::size_t at = 0; at < page.size(); ++at) {
            if (at != 0) body += ',';
            append_outcome(body, page[at]);
        }
    }
    body += ']';
    append_next_cursor(body, rows.size() > asked->limit ? std::to_string(rows[asked->limit].row) : std::string());
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

} // namespace

std::vector<Route> import_routes() {
    return {
        {"GET", "/api/sales/imports", Right::Read, reading(list_imports)},
        {"GET", "/api/sales/imports/{id}", Right::ReadOwnImports, reading(read_import)},
        {"GET", "/api/sales/imports/{id}/rows", Right::ReadOwnImports, reading(list_rows)},
        {"GET", "/api/sales/imports/{id}/errors.csv", Right::ReadOwnImports, reading(read_errors)},
    };
}

} // namespace tributary

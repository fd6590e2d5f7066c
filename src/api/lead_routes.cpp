// Reading leads.
#include "api/deal_answer.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/show.hpp"

#include <algorithm>

namespace tributary {
namespace {

http::Response list_leads(Call& call, LedgerReader& ledger) {
    LeadQuery query;
    query.email = call.request.param("email");
    std::ranges::transform(query.email, query.email.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    query.search = call.request.param("q");
    if (const auto status = call.request.param("status"); !status.empty()) {
        query.status = parse_lead_status(status);
        if (!query.status) return call.refuse(field_refusal("status", "invalid_parameter", "There is no such lead status.", status));
    }
    const auto asked = page_asked(call.request);
    if (!asked) return call.refuse(asked.error());
    query.limit = asked->limit;
    query.after = asked->cursor;
    const LeadPage page = ledger.list_leads(query);
    std::string body = R"({"status":"success","leads":[)";
    for (std::size_t at = 0; at < page.leads.size(); ++at) {
        if (at != 0) body += ',';
        append_lead(body, page.leads[at], shown(call.scope));
    }
    body += ']';
    append_next_cursor(body, page.next);
    return json_reply(200, std::move(body));
}

http::Response read_lead(Call& call, LedgerReader& ledger) {
    const auto id = parse_id(call.segments.front());
    const auto lead = id ? ledger.read_leads(std::span(&*id, 1)).front() : std::nullopt;
    if (!lead || lead->deleted_at != 0) return call.refuse(not_found("lead")); // an undo took it away
    std::string body = R"({"status":"success","lead":)";
    append_lead(body, *lead, shown(call.scope));
    body += '}';
    return json_reply(200, std::move(body));
}

} // namespace

std::vector<Route> lead_routes() {
    return {
        {"GET", "/api/sales/leads", Right::Read, reading(list_leads)},
        {"GET", "/api/sales/leads/{id}", Right::Read, reading(read_lead)},
    };
}

} // namespace tributary

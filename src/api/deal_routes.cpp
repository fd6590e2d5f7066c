// Reading deals: one, its activities, its insights. Lists of them: deal_list_routes.cpp.
#include "api/deal_answer.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <ranges>
#include <string_view>

namespace tributary {
namespace {

// The deal that {id} names, deleted ones only when included; absent, malformed and foreign ids are one.
Result<Deal> find_deal(const Call& call, LedgerReader& ledger, bool deleted_too) {
    const auto id = parse_id(call.segments.front());
    if (!id) return std::unexpected(not_found("deal"));
    auto deal = ledger.read_deals(std::span(&*id, 1)).front();
    if (!deal || (deal->deleted_at != 0 && !deleted_too)) return std::unexpected(not_found("deal"));
    return std::move(*deal);
}

bool includes(const http::Request& request, std::string_view wanted) {
    for (const auto word : std::views::split(std::string_view(request.param("include")), ',')) {
        if (std::string_view(word) == wanted) return true;
    }
    return false;
}

http::Response read_deal(Call& call, LedgerReader& ledger) {
    const auto deal = find_deal(call, ledger, includes(call.request, "deleted"));
    if (!deal) return call.refuse(deal.error());
    if (call.request.header("if-none-match") == etag_of(*deal)) {
        http::Response unchanged;
        unchanged.status = 304;
        unchanged.content_type.clear();
        unchanged.headers.emplace_back("ETag", etag_of(*deal));
        return unchanged;
    }
    http::Response answer = deal_shown(call, *deal);
    if (!includes(call.request, "analysis")) return answer;
    answer.body.pop_back();
    append_analysis(answer.body, *deal, deal->updated_at); // as of its last change, so that it tells of the score that is shown
    answer.body += '}';
    return answer;
}

// A page of journal rows about {id}, newest first, and the cursor of the next.
Result<std::vector<JournalEntry>> journal_page(const Call& call, LedgerReader& ledger, JournalQuery query, std::string& next) {
    const auto asked = numbered_page_asked(call.request);
    if (!asked) return std::unexpected(asked.error());
    query.limit = asked->limit + 1;
    query.after = asked->from;
    auto rows = ledger.list_journal(query);
    if (rows.size() > asked->limit) {
        rows.resize(asked->limit);
        next = std::to_string(rows.back().seq);
    }
    return rows;
}

http::Response activities_answer(const std::vector<JournalEntry>& rows, std::string_view next) {
    std::string body = R"({"status":"success","activities":[)";
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (at != 0) body += ',';
        append_journal(body, rows[at]);
    }
    body += ']';
    append_next_cursor(body, next);
    return json_reply(200, std::move(body));
}

http::Response read_activities(Call& call, LedgerReader& ledger) {
    const auto deal = find_deal(call, ledger, true);
    if (!deal) return call.refuse(deal.error());
    std::string next;
    const auto rows = journal_page(call, ledger, {.deal = deal->id, .unit = {}}, next);
    if (!rows) return call.refuse(rows.error());
    return activities_answer(*rows, next);
}

http::Response read_feed(Call& call, LedgerReader& ledger) {
    std::string next;
    const auto rows = journal_page(call, ledger, {}, next);
    if (!rows) return call.refuse(rows.error());
    return activities_answer(*rows, next);
}

http::Response read_insights(Call& call, LedgerReader& ledger) {
    const auto deal = find_deal(call, ledger, false);
    if (!deal) return call.refuse(deal.error());
    std::string body = R"({"status":"success","state":"ready","engine":"rules","insights":)";
    append_insights(body, *deal, call.app.clock.now_ms());
    body += '}';
    return json_reply(200, std::move(body));
}

} // namespace

http::Response deal_shown(const Call& call, const Deal& deal) {
    std::string body = R"({"status":"success","deal":)";
    append_deal(body, deal, shown(call.scope));
    body += '}';
    auto response = json_reply(200, std::move(body));
    response.headers.emplace_back("ETag", etag_of(deal));
    return response;
}

std::vector<Route> deal_routes() {
    return {
        {"GET", "/api/sales/deals/{id}", Right::Read, reading(read_deal)},
        {"GET", "/api/sales/deals/{id}/activities", Right::Read, reading(read_activities)},
        {"GET", "/api/sales/deals/{id}/insights", Right::Read, reading(read_insights)},
        {"GET", "/api/sales/activity", Right::Read, reading(read_feed)},
    };
}

} // namespace tributary

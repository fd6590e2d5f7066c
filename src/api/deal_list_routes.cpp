// Lists of deals: by pages that follow a cursor, and by windows into a view.
#include "api/deal_answer.hpp"
#include "api/deal_query.hpp"
#include "api/deal_views.hpp"
#include "api/deals_csv.hpp"
#include "api/paging.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr std::uint32_t kAnalysedMax = 100; // deals of a page that are analysed
constexpr std::size_t kShownDealBytes = 1'024;

bool wants_analysis(const http::Request& request) {
    std::string_view rest = request.param("include");
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(','));
        if (word == "analysis") return true;
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    }
    return false;
}

Result<void> check_analysed(const http::Request& request, std::uint32_t limit) {
    if (!wants_analysis(request) || limit <= kAnalysedMax) return {};
    return std::unexpected(
        field_refusal("include", "invalid_parameter",
                      "The analysis is given for at most " + std::to_string(kAnalysedMax) + " deals: ask for a smaller limit.",
                      request.param("include")));
}

// A deal of a list. Its analysis is as of its last change, so that it tells of the score that is shown.
void append_listed(std::string& out, const Call& call, const Deal& deal, bool analysed) {
    append_deal(out, deal, shown(call.scope));
    if (!analysed) return;
    out.pop_back();
    append_analysis(out, deal, deal.updated_at);
    append_key(out, "insights");
    append_insights(out, deal, call.app.clock.now_ms());
    out += '}';
}

http::Response list_page(Call& call, LedgerReader& ledger) {
    const auto query = deal_query(call.request, ledger.settings());
    if (!query) return call.refuse(query.error());
    if (const auto checked = check_analysed(call.request, query->limit); !checked) return call.refuse(checked.error());
    const bool analysed = wants_analysis(call.request);
    const DealPage page = ledger.list_deals(*query);
    std::string body = R"({"status":"success","deals":[)";
    body.reserve(page.deals.size() * kShownDealBytes + 128);
    for (std::size_t at = 0; at < page.deals.size(); ++at) {
        if (at != 0) body += ',';
        append_listed(body, call, page.deals[at], analysed);
    }
    body += ']';
    append_next_cursor(body, page.next);
    return json_reply(200, std::move(body));
}

struct Window {
    std::uint64_t offset = 0;
    std::uint32_t limit = 0;
};

Result<Window> window_asked(const http::Request& request) {
    if (!request.param("cursor").empty()) {
        return std::unexpected(
            field_refusal("cursor", "invalid_parameter", "A view is read by offset and limit.", request.param("cursor")));
    }
    const auto page = page_asked(request);
    if (!page) return std::unexpected(page.error());
    const auto offset = number_param(request, "offset", 0, 0, DealViews::kDealsMax);
    if (!offset) return std::unexpected(offset.error());
    if (const auto checked = check_analysed(request, page->limit); !checked) return std::unexpected(checked.error());
    return Window{.offset = *offset, .limit = page->limit};
}

// The deals of a window as they are now. One that has gone keeps its place: {"id","deleted":true}.
http::Response window_answer(const Call& call, LedgerReader& ledger, const DealView& view, const Window& window) {
    const std::size_t from = std::min<std::size_t>(window.offset, view.places.size());
    const auto places = std::span(view.places).subspan(from, std::min<std::size_t>(window.limit, view.places.size() - from));
    const auto deals = ledger.read_deals_at(places);
    const bool analysed = wants_analysis(call.request);
    std::string body = R"({"status":"success","deals":[)";
    body.reserve(deals.size() * kShownDealBytes + 256);
    for (const auto& deal : deals) {
        if (!deal) throw StoreError("a deal of a view is not there"); // rows are never taken away
        if (body.back() != '[') body += ',';
        if (deal->deleted_at == 0 || view.with_deleted)
            append_listed(body, call, *deal, analysed);
        else
            body += "{\"id\":\"" + deal->id.text() + "\",\"deleted\":true}";
    }
    body += "],\"next_cursor\":null,\"view\":{\"id\":\"" + view.id.text() + "\",\"total\":" + std::to_string(view.places.size()) +
            ",\"seq\":" + std::to_string(view.seq) + ",\"offset\":" + std::to_string(window.offset) + "}}";
    return json_reply(200, std::move(body));
}

Result<DealViewPtr> made_view(const Call& call, LedgerReader& ledger, const DealQuery& query) {
    const std::int64_t now_ms = call.app.clock.now_ms();
    const std::uint64_t seq = ledger.last_seq();
    std::string asked = view_key(query);
    if (auto same = call.app.views.find_same(call.scope.workspace(), asked, seq, now_ms)) return same;
    auto places = ledger.arrange_deals(query, DealViews::kDealsMax);
    if (!places) return std::unexpected(std::move(places.error()));
    auto view = std::make_shared<const DealView>(DealView{.id = new_id(now_ms),
                                                          .workspace = call.scope.workspace(),
                                                          .asked = std::move(asked),
                                                          .seq = seq,
                                                          .with_deleted = query.with_deleted,
                                                          .places = std::move(*places)});
    call.app.views.keep(view, now_ms);
    return view;
}

http::Response read_new_view(Call& call, LedgerReader& ledger) {
    const auto window = window_asked(call.request);
    if (!window) return call.refuse(window.error());
    const auto query = deal_query(call.request, ledger.settings());
    if (!query) return call.refuse(query.error());
    const auto view = made_view(call, ledger, *query);
    if (!view) return call.refuse(view.error());
    return window_answer(call, ledger, **view, *window);
}

http::Response read_view(Call& call, LedgerReader& ledger) {
    const auto window = window_asked(call.request);
    if (!window) return call.refuse(window.error());
    const auto id = parse_id(call.request.param("view"));
    const auto view = id ? call.app.views.find(call.scope.workspace(), *id, call.app.clock.now_ms()) : nullptr;
    if (!view) {
        return call.refuse(
            {.reason = Reason::Gone, .code = "view_gone", .message = "This view is no longer kept; ask for a new one.", .details = {}});
    }
    return window_answer(call, ledger, *view, *window);
}

Refusal too_many_downloads() {
    return {.reason = Reason::Unavailable,
            .code = "too_many_downloads",
            .message = "Too many lists are being downloaded; try again.",
            .details = {},
            .retry_after_s = 10};
}

void read_csv(const CallPtr& call, http::Reply reply) {
    auto columns = csv_columns_asked(call->request.param("columns"));
    if (!columns) return reply(call->refuse(columns.error()));
    long_read_call(call, std::move(reply), [call, columns = std::move(*columns)](Call& asked, LedgerReader& ledger) {
        const auto query = deal_query(asked.request, ledger.settings());
        if (!query) return asked.refuse(query.error());
        auto loan = asked.app.views.lend();
        if (!loan) return asked.refuse(too_many_downloads());
        auto view = made_view(asked, ledger, *query);
        if (!view) return asked.refuse(view.error());
        return deals_csv(call, std::move(*view), std::move(loan), columns);
    });
}

void list_deals(const CallPtr& call, http::Reply reply) {
    const std::string_view view = call->request.param("view");
    if (view == "new") return long_read_call(call, std::move(reply), read_new_view);
    read_call(call, std::move(reply), view.empty() ? list_page : read_view);
}

} // namespace

std::vector<Route> deal_list_routes() {
    return {
        {"GET", "/api/sales/deals", Right::Read, list_deals},
        {"GET", "/api/sales/deals.csv", Right::Read, read_csv},
    };
}

} // namespace tributary

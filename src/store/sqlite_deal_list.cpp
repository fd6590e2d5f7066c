// Lists of deals: orders, and pages that begin where the last one ended. sqlite_deal_view.cpp arranges a whole list at once.
#include "store/sqlite_deal_filters.hpp"
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"
#include "store/sqlite_text.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

// How an order is written: what follows the filters on a later page, and at the end. A deal without a closing date comes last
// in either direction, and so does one without a company or an owner.
struct Order {
    bool by_text = false;
    void (*add_after)(Shape&) = nullptr;
    void (*add_end)(Shape&) = nullptr;
};

#define TRIBUTARY_ORDER(text_sorted, up, down, descending)                                                                                 \
    ((descending) ? Order{text_sorted, [](Shape& s) { s.add(true, " AND (" down ", id) < (?, ?)"); },                                      \
                          [](Shape& s) { s.add(true, " ORDER BY " down " DESC, id DESC LIMIT ?"); }}                                       \
                  : Order{text_sorted, [](Shape& s) { s.add(true, " AND (" up ", id) > (?, ?)"); },                                        \
                          [](Shape& s) { s.add(true, " ORDER BY " up ", id LIMIT ?"); }})

constexpr std::int64_t kNoDateLast = 99'999'999; // days; beyond the year 9999

Order order_of(DealSort sort, bool descending) {
    switch (sort) {
    case DealSort::UpdatedAt: return TRIBUTARY_ORDER(false, "updated_at", "updated_at", descending);
    case DealSort::Value: return TRIBUTARY_ORDER(false, "value_minor", "value_minor", descending);
    case DealSort::Name: return TRIBUTARY_ORDER(true, "folded(name)", "folded(name)", descending);
    case DealSort::Company: return TRIBUTARY_ORDER(true, "folded(company, 1)", "folded(company)", descending);
    case DealSort::Owner: return TRIBUTARY_ORDER(true, "folded(owner, 1)", "folded(owner)", descending);
    case DealSort::Stage: return TRIBUTARY_ORDER(false, "stage", "stage", descending);
    case DealSort::Probability: return TRIBUTARY_ORDER(false, "probability", "probability", descending);
    case DealSort::Source: return TRIBUTARY_ORDER(false, "source", "source", descending);
    case DealSort::HealthScore: return TRIBUTARY_ORDER(false, "health_score", "health_score", descending);
    case DealSort::ExpectedCloseDate:
        return TRIBUTARY_ORDER(false, "ifnull(expected_close_date, 99999999)", "ifnull(expected_close_date, -99999999)", descending);
    case DealSort::CreatedAt: break;
    }
    // Row numbers are given in the order of arrival; a later page begins where the range of rows does.
    return descending ? Order{false, [](Shape&) {}, [](Shape& s) { s.add(true, " ORDER BY no DESC LIMIT ?"); }}
                      : Order{false, [](Shape&) {}, [](Shape& s) { s.add(true, " ORDER BY no LIMIT ?"); }};
}

std::int64_t sort_number(const Deal& deal, const DealQuery& query) {
    switch (query.sort) {
    case DealSort::UpdatedAt: return deal.updated_at;
    case DealSort::Value: return deal.value_minor;
    case DealSort::HealthScore: return deal.health_score;
    case DealSort::ExpectedCloseDate:
        if (deal.expected_close_date) return deal.expected_close_date->days;
        return query.descending ? -kNoDateLast : kNoDateLast;
    case DealSort::Stage: return static_cast<std::int64_t>(deal.stage);
    case DealSort::Probability: return deal.probability;
    case DealSort::Source: return static_cast<std::int64_t>(deal.source);
    case DealSort::Name:
    case DealSort::Company:
    case DealSort::Owner:
    case DealSort::CreatedAt: break;
    }
    return 0;
}

std::string sorted_text(const Deal& deal, DealSort sort) {
    switch (sort) {
    case DealSort::Name: return deal.name;
    case DealSort::Company: return deal.company;
    case DealSort::Owner: return deal.owner;
    default: return {};
    }
}

std::uint8_t order_byte(const DealQuery& query) {
    return static_cast<std::uint8_t>((static_cast<unsigned>(query.sort) << 1U) | (query.descending ? 1U : 0U));
}

// The workspace's rows; on a later page in the order of arrival, only those behind the last one shown.
RowRange rows_asked_for(const Session& session, const DealQuery& query, const Cursor& after) {
    RowRange rows{first_row_no(session.workspace), end_row_no(session.workspace)};
    if (query.after.empty() || query.sort != DealSort::CreatedAt) return rows;
    if (query.descending) {
        rows.end = session.row_no(after.id);
    } else {
        rows.from = session.row_no(after.id) + 1;
    }
    return rows;
}

} // namespace

DealPage list_deals(Session& session, const DealQuery& query) {
    const Order order = order_of(query.sort, query.descending);
    const Cursor after = read_cursor_text(query.after, CursorOf::Deals, order_byte(query));
    const std::uint32_t limit = std::clamp<std::uint32_t>(query.limit, 1, kListedMax);
    const DealFilters filters(session, query);
    Shape shape("SELECT " TRIBUTARY_DEAL_COLUMNS " FROM deals WHERE no >= ? AND no < ?");
    filters.add_to(shape);
    if (!query.after.empty()) order.add_after(shape);
    order.add_end(shape);

    DealPage page;
    {
        const std::string after_text = sort_text(after.text, !query.descending && query.sort != DealSort::Name);
        Statement list(session.db, session.db.prepared_shape(shape.text()));
        const RowRange rows = rows_asked_for(session, query, after);
        list.bind(rows.from).bind(rows.end);
        filters.bind_to(list);
        if (!query.after.empty() && query.sort != DealSort::CreatedAt) {
            if (order.by_text) list.bind(after_text);
            if (!order.by_text) list.bind(after.number);
            list.bind_bytes(after.id.bytes);
        }
        list.bind(std::int64_t{limit} + 1);
        while (list.row() && page.deals.size() <= limit) page.deals.push_back(deal_of(list));
    }
    if (page.deals.size() > limit) {
        page.deals.pop_back();
        const Deal& last = page.deals.back();
        page.next = cursor_text({CursorOf::Deals, order_byte(query), last.id, sort_number(last, query), sorted_text(last, query.sort)});
    }
    return page;
}

} // namespace tributary::sqlite

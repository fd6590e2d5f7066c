// Lists of deals: filters, six orders, pages that begin where the last one ended.
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kExternalFoundMax = 32; // deals that share one external id, each from another system

// How an order is written: what follows the filters on a later page, and at the end. A deal without a closing date comes last
// in either direction.
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
    case DealSort::Name: return TRIBUTARY_ORDER(true, "name COLLATE NOCASE", "name COLLATE NOCASE", descending);
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
    case DealSort::Name:
    case DealSort::CreatedAt: break;
    }
    return 0;
}

template <typename T>
std::int64_t mask_of(const std::vector<T>& members) {
    std::int64_t mask = 0;
    for (const T member : members) mask |= std::int64_t{1} << static_cast<unsigned>(member);
    return mask;
}

std::uint8_t order_byte(const DealQuery& query) {
    return static_cast<std::uint8_t>((static_cast<unsigned>(query.sort) << 1U) | (query.descending ? 1U : 0U));
}

// Filters and their values side by side, so that they cannot drift apart.
class Filters {
  public:
    Filters(Session& session, const DealQuery& query) : query_(query), words_(search_patterns(query.search)) {
        if (query.external) find_listed(session, *query.external);
    }

    void add_to(Shape& shape) const {
        shape.add(!query_.stages.empty(), " AND ((1 << stage) & ?) <> 0");
        shape.add(!query_.sources.empty(), " AND ((1 << source) & ?) <> 0");
        shape.add(!query_.risks.empty(), " AND ((1 << risk) & ?) <> 0");
        shape.add(!query_.owner.empty(), " AND owner = ?");
        shape.add(!query_.company.empty(), " AND company = ?");
        shape.add(!query_.contact_email.empty(), " AND contact_email = ?");
        for (std::size_t at = 0; at < words_.size(); ++at) shape.add(true, " AND (name LIKE ? ESCAPE '\\' OR company LIKE ? ESCAPE '\\')");
        shape.add(query_.value_min_minor.has_value(), " AND value_minor >= ?");
        shape.add(query_.value_max_minor.has_value(), " AND value_minor <= ?");
        shape.add(query_.is_active.has_value(), " AND (stage < 4 AND deleted_at = 0 AND is_spam = 0) = ?");
        shape.add(!query_.with_deleted, " AND deleted_at = 0");
        shape.add(!query_.with_spam, " AND is_spam = 0");
        if (!query_.external) return;
        shape.add(true, " AND no IN (NULL");
        for (std::size_t at = 0; at < listed_.size(); ++at) shape.add(true, ", ?");
        shape.add(true, ")");
    }

    void bind_to(Statement& list) const {
        if (!query_.stages.empty()) list.bind(mask_of(query_.stages));
        if (!query_.sources.empty()) list.bind(mask_of(query_.sources));
        if (!query_.risks.empty()) list.bind(mask_of(query_.risks));
        if (!query_.owner.empty()) list.bind(query_.owner);
        if (!query_.company.empty()) list.bind(query_.company);
        if (!query_.contact_email.empty()) list.bind(query_.contact_email);
        for (const auto& word : words_) list.bind(word).bind(word);
        if (query_.value_min_minor) list.bind(*query_.value_min_minor);
        if (query_.value_max_minor) list.bind(*query_.value_max_minor);
        if (query_.is_active) list.bind(std::int64_t{*query_.is_active});
        for (const std::int64_t no : listed_) list.bind(no);
    }

  private:
    void find_listed(Session& session, const ExternalId& external) {
        if (external.system.empty()) {
            for (const Id& id : find_external_any(session, external.id)) listed_.push_back(session.row_no(id));
        } else if (const auto id = find_external(session, std::span(&external, 1)).front()) {
            listed_.push_back(session.row_no(*id));
        }
        if (listed_.size() > kExternalFoundMax) listed_.resize(kExternalFoundMax);
    }

    const DealQuery& query_;
    std::vector<std::string> words_;
    std::vector<std::int64_t> listed_;
};

static_assert(static_cast<int>(Stage::ClosedWon) == 4 && static_cast<int>(Stage::ClosedLost) == 5, "is_active above counts on it");

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
    const Filters filters(session, query);
    Shape shape("SELECT " TRIBUTARY_DEAL_COLUMNS " FROM deals WHERE no >= ? AND no < ?");
    filters.add_to(shape);
    if (!query.after.empty()) order.add_after(shape);
    order.add_end(shape);

    DealPage page;
    {
        Statement list(session.db, session.db.prepared_shape(shape.text()));
        const RowRange rows = rows_asked_for(session, query, after);
        list.bind(rows.from).bind(rows.end);
        filters.bind_to(list);
        if (!query.after.empty() && query.sort != DealSort::CreatedAt) {
            if (order.by_text) list.bind(after.text);
            if (!order.by_text) list.bind(after.number);
            list.bind_bytes(after.id.bytes);
        }
        list.bind(std::int64_t{limit} + 1);
        while (list.row() && page.deals.size() <= limit) page.deals.push_back(deal_of(list));
    }
    if (page.deals.size() > limit) {
        page.deals.pop_back();
        const Deal& last = page.deals.back();
        page.next =
            cursor_text({CursorOf::Deals, order_byte(query), last.id, sort_number(last, query), order.by_text ? last.name : std::string{}});
    }
    return page;
}

} // namespace tributary::sqlite

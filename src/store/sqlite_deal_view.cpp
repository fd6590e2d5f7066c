// A whole list of deals at once: one pass over the workspace's rows that reads the start of each, then a sort in memory.
#include "deal/folded.hpp"
#include "store/sqlite_deal_filters.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"
#include "store/sqlite_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kPrefixBytes = 8;

// What is sorted: numbers as themselves, texts by eight bytes at a time.
struct Sorted {
    std::uint64_t key = 0;
    std::uint64_t text_at = 0; // in Texts
    DealPlace place = 0;
};

// The folded texts of a list one after the other, each with its length before it.
class Texts {
  public:
    [[nodiscard]] std::uint64_t add(std::string_view text, bool blank_last) {
        const std::size_t at = bytes_.size();
        bytes_.append(sizeof(std::uint32_t), '\0');
        if (blank_last && text.empty())
            bytes_ += kAfterEveryText;
        else
            append_folded(bytes_, text);
        const auto size = static_cast<std::uint32_t>(bytes_.size() - at - sizeof(std::uint32_t));
        std::memcpy(bytes_.data() + at, &size, sizeof size);
        return at;
    }
    // The eight bytes of a text from `depth` as a number that compares as they do; zeros stand for what is not there.
    [[nodiscard]] std::uint64_t key(std::uint64_t at, std::size_t depth) const {
        const std::size_t size = size_of(at);
        if (depth >= size) return 0;
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, bytes_.data() + at + sizeof(std::uint32_t) + depth, std::min(size - depth, kPrefixBytes));
        return __builtin_bswap64(bytes);
    }
    [[nodiscard]] std::size_t size_of(std::uint64_t at) const {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes_.data() + at, sizeof size);
        return size;
    }

  private:
    static_assert(std::endian::native == std::endian::little, "the first byte of a text is the highest of its key");
    std::string bytes_;
};

void sort_by_key(std::span<Sorted> rows) {
    std::ranges::sort(rows, [](const Sorted& left, const Sorted& right) {
        return left.key != right.key ? left.key < right.key : left.place < right.place;
    });
}

// Rows whose texts agree up to `depth`: by the next bytes, then those that still agree among themselves. A text is looked at once a step
// instead of at every comparison, which takes half the time where many begin alike. The steps are as many as the longest text has
// eight bytes; names of fields are bounded.
void sort_by_text(std::span<Sorted> rows, const Texts& texts, std::size_t depth) {
    for (Sorted& row : rows) row.key = texts.key(row.text_at, depth);
    sort_by_key(rows);
    const std::size_t deeper = depth + kPrefixBytes;
    for (std::size_t from = 0; from < rows.size();) {
        std::size_t to = from + 1;
        bool goes_on = texts.size_of(rows[from].text_at) > deeper;
        for (; to < rows.size() && rows[to].key == rows[from].key; ++to) goes_on = goes_on || texts.size_of(rows[to].text_at) > deeper;
        if (goes_on && to - from > 1) sort_by_text(rows.subspan(from, to - from), texts, deeper);
        from = to;
    }
}

bool is_text(DealSort sort) { return sort == DealSort::Name || sort == DealSort::Company || sort == DealSort::Owner; }

Shape selection(const DealQuery& query) {
    switch (query.sort) {
    case DealSort::UpdatedAt: return Shape("SELECT no, updated_at FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Value: return Shape("SELECT no, value_minor FROM deals WHERE no >= ? AND no < ?");
    case DealSort::HealthScore: return Shape("SELECT no, health_score FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Stage: return Shape("SELECT no, stage FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Probability: return Shape("SELECT no, probability FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Source: return Shape("SELECT no, source FROM deals WHERE no >= ? AND no < ?");
    case DealSort::ExpectedCloseDate:
        if (query.descending) return Shape("SELECT no, ifnull(expected_close_date, -99999999) FROM deals WHERE no >= ? AND no < ?");
        return Shape("SELECT no, ifnull(expected_close_date, 99999999) FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Name: return Shape("SELECT no, name FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Company: return Shape("SELECT no, company FROM deals WHERE no >= ? AND no < ?");
    case DealSort::Owner: return Shape("SELECT no, owner FROM deals WHERE no >= ? AND no < ?");
    case DealSort::CreatedAt: break;
    }
    return Shape("SELECT no FROM deals WHERE no >= ? AND no < ?");
}

// Order of signed numbers as order of unsigned ones.
std::uint64_t number_key(std::int64_t number) { return static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63U); }

} // namespace

Result<std::vector<DealPlace>> arrange_deals(Session& session, const DealQuery& query, std::size_t most) {
    const DealFilters filters(session, query);
    Shape shape = selection(query);
    filters.add_to(shape);
    shape.add(true, " ORDER BY no");
    Statement walk(session.db, session.db.prepared_shape(shape.text()));
    walk.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace));
    filters.bind_to(walk);

    const bool by_arrival = query.sort == DealSort::CreatedAt;
    const bool by_text = is_text(query.sort);
    const bool blank_last = !query.descending && query.sort != DealSort::Name;
    Texts texts;
    std::vector<Sorted> found;
    while (walk.row()) {
        if (found.size() >= most) {
            return refuse(Reason::Unprocessable, "view_too_large", fmt::format("A view holds at most {} deals: narrow the filters.", most));
        }
        Sorted& one = found.emplace_back();
        one.place = static_cast<DealPlace>(row_count_part(walk.number(0)));
        if (by_text)
            one.text_at = texts.add(walk.text(1), blank_last);
        else if (!by_arrival)
            one.key = number_key(walk.number(1));
    }
    // Descending is ascending read backwards: equal ones are then by place in the query's direction, as in pages.
    if (by_text)
        sort_by_text(found, texts, 0);
    else if (!by_arrival)
        sort_by_key(found);
    std::vector<DealPlace> places;
    places.reserve(found.size());
    for (const Sorted& one : found) places.push_back(one.place);
    if (query.descending) std::ranges::reverse(places);
    return places;
}

std::vector<std::optional<Deal>> read_deals_at(Session& session, std::span<const DealPlace> places) {
    std::vector<std::optional<Deal>> deals(places.size());
    std::vector<std::size_t> order(places.size()); // of the tree: neighbours share pages
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t at) { return places[at]; });
    Statement read(session.db, kReadDeal);
    for (const std::size_t at : order) {
        if (places[at] > static_cast<DealPlace>(kIdNumberMax)) continue;
        read.bind(first_row_no(session.workspace) + static_cast<std::int64_t>(places[at]));
        if (read.row()) deals[at] = deal_of(read);
        read.reset();
    }
    return deals;
}

} // namespace tributary::sqlite

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

// What is sorted: numbers as themselves, texts by their first bytes; where in `texts` the rest is found decides the ties.
struct Sorted {
    std::uint64_t key = 0;
    std::uint64_t text_at = 0;
    DealPlace place = 0;
};

// The folded texts of a list one after the other, each with its length before it.
class Texts {
  public:
    // Where it is; `key` becomes its first bytes, so that numbers compare as the texts do.
    std::uint64_t add(std::string_view text, bool blank_last, std::uint64_t& key) {
        const std::size_t at = bytes_.size();
        bytes_.append(sizeof(std::uint32_t), '\0');
        if (blank_last && text.empty())
            bytes_ += kAfterEveryText;
        else
            append_folded(bytes_, text);
        const auto size = static_cast<std::uint32_t>(bytes_.size() - at - sizeof(std::uint32_t));
        std::memcpy(bytes_.data() + at, &size, sizeof size);
        std::uint64_t first = 0;
        std::memcpy(&first, bytes_.data() + at + sizeof size, std::min<std::size_t>(size, kPrefixBytes));
        key = __builtin_bswap64(first);
        return at;
    }
    [[nodiscard]] std::string_view at(std::uint64_t place) const {
        std::uint32_t size = 0;
        std::memcpy(&size, bytes_.data() + place, sizeof size);
        return {bytes_.data() + place + sizeof size, size};
    }

  private:
    static_assert(std::endian::native == std::endian::little, "the first byte of a text is the highest of its key");
    std::string bytes_;
};

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
            one.text_at = texts.add(walk.text(1), blank_last, one.key);
        else if (!by_arrival)
            one.key = number_key(walk.number(1));
    }
    // Descending is ascending read backwards: equal ones are then by place in the query's direction, as in pages.
    if (!by_arrival) {
        std::ranges::sort(found, [&](const Sorted& left, const Sorted& right) {
            if (left.key != right.key) return left.key < right.key;
            if (by_text) {
                if (const int order = texts.at(left.text_at).compare(texts.at(right.text_at)); order != 0) return order < 0;
            }
            return left.place < right.place;
        });
    }
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

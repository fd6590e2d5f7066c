// Deals as rows: reading, inserting, updating, and the uniqueness of match key and twin.
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kFieldTimeBytes = 9;

bool is_nil(const MatchKey& key) { return key == MatchKey{}; }

// One byte of field, eight of milliseconds, little endian.
void pack_times(const FieldTimes& times, std::vector<std::uint8_t>& out) {
    out.clear();
    for (const auto& [field, ms] : times) {
        out.push_back(static_cast<std::uint8_t>(field));
        for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(ms) >> shift));
    }
}

FieldTimes unpack_times(std::span<const std::uint8_t> bytes) {
    FieldTimes times;
    for (; bytes.size() >= kFieldTimeBytes; bytes = bytes.subspan(kFieldTimeBytes)) {
        if (bytes[0] >= kFieldCount) continue;
        std::uint64_t ms = 0;
        for (unsigned at = 0; at < 8; ++at) ms |= static_cast<std::uint64_t>(bytes[at + 1]) << (8 * at);
        times.emplace_back(static_cast<Field>(bytes[0]), static_cast<std::int64_t>(ms));
    }
    return times;
}

// The columns that insert and update share, in the order of TRIBUTARY_DEAL_COLUMNS after the id.
void bind_deal(Statement& statement, const Deal& deal, std::span<const std::uint8_t> times) {
    statement.bind_bytes_or_null(deal.match_key.bytes).bind(std::int64_t{deal.twin}).bind(deal.deleted_at);
    statement.bind(std::int64_t{deal.is_spam}).bind(deal.value_minor).bind(deal.currency.text());
    statement.bind(static_cast<std::int64_t>(deal.stage)).bind(std::int64_t{deal.probability});
    statement.bind(static_cast<std::int64_t>(deal.source)).bind(std::int64_t{deal.health_score});
    statement.bind(static_cast<std::int64_t>(deal.risk)).bind(deal.updated_at);
    if (deal.expected_close_date) {
        statement.bind(std::int64_t{deal.expected_close_date->days});
    } else {
        statement.bind_null();
    }
    statement.bind(deal.name).bind(deal.company).bind(deal.owner).bind(deal.contact_email).bind(deal.contact_name);
    statement.bind(deal.contact_phone).bind(deal.description).bind(deal.lost_reason).bind_bytes_or_null(deal.lead_id.bytes);
    statement.bind(std::int64_t{deal.value_estimated}).bind(deal.stage_entered_at).bind(deal.closed_at).bind(deal.last_engaged_at);
    statement.bind(deal.created_at).bind(deal.base_time_ms).bind_bytes(times).bind(static_cast<std::int64_t>(deal.version));
    statement.bind(deal.source_metadata);
}

void read_currency(Currency& currency, std::string_view text) {
    if (text.size() == currency.code.size()) std::copy(text.begin(), text.end(), currency.code.begin());
}

// Throws Clash when another living deal has the key and twin.
void refuse_twin(Session& session, const Deal& deal, std::span<const KeyTable::Candidate> found, std::int64_t own_no) {
    if (deal.deleted_at != 0 || deal.is_spam) return;
    for (const auto& candidate : found) {
        const std::int64_t no = first_row_no(session.tenant) + candidate.count;
        if (no == own_no || candidate.tag != static_cast<std::uint8_t>(deal.twin)) continue;
        Statement prove(session.db, kProveNamed);
        prove.bind(no).bind(session.workspace).bind_bytes(deal.match_key.bytes);
        if (prove.row() && prove.number(1) == deal.twin) throw Clash("a deal with this match key and twin exists");
    }
}

// `before_looking` is called before rows are read: what waits to be written must be there.
template <typename Work>
void claim_name(Session& session, const Deal& deal, std::int64_t no, const Work& before_looking) {
    if (is_nil(deal.match_key)) return;
    const std::uint64_t hash = session.book.hash(session.workspace, deal.match_key.bytes);
    std::vector<KeyTable::Candidate> found;
    session.keys().find(KeyKind::Named, hash, found);
    if (!found.empty()) {
        before_looking();
        refuse_twin(session, deal, found, no);
    }
    add_key(session, KeyKind::Named, hash, row_count_part(no), static_cast<std::uint8_t>(deal.twin));
}

void remember_fresh(WriteTurn& turn, const Id& id, std::int64_t no) {
    if (turn.fresh.empty() || turn.fresh.back().first < id) turn.fresh.emplace_back(id, no);
}

} // namespace

Deal deal_of(const Statement& row) {
    Deal deal;
    deal.id = row.id(0);
    deal.match_key.bytes = row.id(1).bytes;
    deal.twin = static_cast<std::int32_t>(row.number(2));
    deal.deleted_at = row.number(3);
    deal.is_spam = row.number(4) != 0;
    deal.value_minor = row.number(5);
    read_currency(deal.currency, row.text(6));
    deal.stage = static_cast<Stage>(row.number(7));
    deal.probability = static_cast<std::int32_t>(row.number(8));
    deal.source = static_cast<Source>(row.number(9));
    deal.health_score = static_cast<std::int32_t>(row.number(10));
    deal.risk = static_cast<Risk>(row.number(11));
    deal.updated_at = row.number(12);
    if (!row.is_null(13)) deal.expected_close_date = Date{static_cast<std::int32_t>(row.number(13))};
    deal.name = row.text(14);
    deal.company = row.text(15);
    deal.owner = row.text(16);
    deal.contact_email = row.text(17);
    deal.contact_name = row.text(18);
    deal.contact_phone = row.text(19);
    deal.description = row.text(20);
    deal.lost_reason = row.text(21);
    deal.lead_id = row.id(22);
    deal.value_estimated = row.number(23) != 0;
    deal.stage_entered_at = row.number(24);
    deal.closed_at = row.number(25);
    deal.last_engaged_at = row.number(26);
    deal.created_at = row.number(27);
    deal.base_time_ms = row.number(28);
    deal.field_times = unpack_times(row.bytes(29));
    deal.version = static_cast<std::uint64_t>(row.number(30));
    deal.source_metadata = row.text(31);
    return deal;
}

std::vector<std::optional<Deal>> read_deals(Session& session, std::span<const Id> wanted) {
    std::vector<std::optional<Deal>> deals(wanted.size());
    // In the order of the tree: neighbours share pages.
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t at) { return wanted[at]; });
    Statement read(session.db, kReadDeal);
    for (const std::size_t at : order) {
        read.bind(session.workspace).bind_bytes(wanted[at].bytes);
        if (read.row()) deals[at] = deal_of(read);
        read.reset();
    }
    return deals;
}

void insert_deals(Session& session, std::span<const Deal* const> deals) {
    TenantCounts& counts = session.turn->counts[session.tenant];
    if (counts.deals < 0) counts.deals = last_count(session, kLastDealNo);
    const std::int64_t first_no = first_row_no(session.tenant) + counts.deals + 1;
    counts.deals += static_cast<std::int64_t>(deals.size());
    std::array<std::vector<std::uint8_t>, kGroupRows> times; // bound, not copied: one for each place of a group
    std::size_t written = 0;
    const auto write_to = [&](std::size_t end) {
        insert_rows(session.db, kInsertDeal, written, end, [&](Statement& insert, std::size_t at, std::size_t place) {
            const Deal& deal = *deals[at];
            pack_times(deal.field_times, times[place]);
            insert.bind(first_no + static_cast<std::int64_t>(at)).bind(session.workspace).bind_bytes(deal.id.bytes);
            bind_deal(insert, deal, times[place]);
        });
        written = end;
    };
    for (std::size_t at = 0; at < deals.size(); ++at) {
        const std::int64_t no = first_no + static_cast<std::int64_t>(at);
        claim_name(session, *deals[at], no, [&] { write_to(at); });
        remember_fresh(*session.turn, deals[at]->id, no);
    }
    write_to(deals.size());
}

void update_deals(Session& session, std::span<const Deal* const> deals) {
    Statement update(session.db, kUpdateDeal);
    std::vector<std::uint8_t> times;
    for (const Deal* deal : deals) {
        std::int64_t no = 0;
        {
            Statement find(session.db, kFindDealNo);
            find.bind(session.workspace).bind_bytes(deal->id.bytes);
            if (!find.row()) throw StoreError("a deal to be updated does not exist");
            no = find.number(0);
            const bool same_name = find.id(1).bytes == deal->match_key.bytes && find.number(2) == deal->twin;
            const bool was_alive = find.number(3) == 0 && find.number(4) == 0;
            find.reset();
            if (!same_name || !was_alive) claim_name(session, *deal, no, [] {});
        }
        pack_times(deal->field_times, times);
        bind_deal(update, *deal, times);
        update.bind(no);
        update.run();
    }
}

void for_each_rankable(Session& session, const std::function<void(const Deal&)>& each) {
    Statement walk(session.db, kWalkRankable);
    walk.bind(session.workspace);
    Deal deal;
    while (walk.row()) {
        deal.id = walk.id(0);
        deal.deleted_at = walk.number(1);
        deal.is_spam = walk.number(2) != 0;
        deal.value_minor = walk.number(3);
        read_currency(deal.currency, walk.text(4));
        deal.stage = static_cast<Stage>(walk.number(5));
        deal.probability = static_cast<std::int32_t>(walk.number(6));
        deal.source = static_cast<Source>(walk.number(7));
        deal.health_score = static_cast<std::int32_t>(walk.number(8));
        deal.risk = static_cast<Risk>(walk.number(9));
        each(deal);
    }
}

} // namespace tributary::sqlite

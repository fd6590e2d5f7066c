// Deals as rows: reading, inserting, updating.
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
constexpr std::size_t kFieldOriginBytes = 2;
constexpr std::int64_t kChangedSpan = 100'000; // deals looked at for one answer, about 30 ms
constexpr std::uint32_t kChangedMax = 1'000;
constexpr std::uint8_t kOriginMark = 0x80; // set in the byte of field

// A time: one byte of field, eight of milliseconds, little endian. An origin: one byte of field with the mark, one of source.
void pack_fields(const Deal& deal, std::vector<std::uint8_t>& out) {
    out.clear();
    for (const auto& [field, source] : deal.field_origins) {
        out.push_back(static_cast<std::uint8_t>(field) | kOriginMark);
        out.push_back(static_cast<std::uint8_t>(source));
    }
    for (const auto& [field, ms] : deal.field_times) {
        out.push_back(static_cast<std::uint8_t>(field));
        for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(ms) >> shift));
    }
}

void unpack_fields(std::span<const std::uint8_t> bytes, Deal& deal) {
    for (; bytes.size() >= kFieldOriginBytes && (bytes[0] & kOriginMark) != 0; bytes = bytes.subspan(kFieldOriginBytes)) {
        const std::uint8_t field = bytes[0] & static_cast<std::uint8_t>(~kOriginMark);
        if (field < kFieldCount && bytes[1] <= kSourceCount)
            deal.field_origins.emplace_back(static_cast<Field>(field), static_cast<Source>(bytes[1]));
    }
    for (; bytes.size() >= kFieldTimeBytes; bytes = bytes.subspan(kFieldTimeBytes)) {
        if (bytes[0] >= kFieldCount) continue;
        std::uint64_t ms = 0;
        for (unsigned at = 0; at < 8; ++at) ms |= static_cast<std::uint64_t>(bytes[at + 1]) << (8 * at);
        deal.field_times.emplace_back(static_cast<Field>(bytes[0]), static_cast<std::int64_t>(ms));
    }
}

struct Packs { // bound, not copied
    std::vector<std::uint8_t> fields;
    std::string external_ids;
    void fill(const Deal& deal) {
        pack_fields(deal, fields);
        external_ids = packed_external_ids(deal.external_ids);
    }
};

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// The columns that insert and update share, in the order of TRIBUTARY_DEAL_COLUMNS after the id.
void bind_deal(Statement& statement, const Deal& deal, const Packs& packs) {
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
    statement.bind_bytes(bytes_of(packs.external_ids))
        .bind(deal.name)
        .bind(deal.company)
        .bind(deal.owner)
        .bind(deal.contact_email)
        .bind(deal.contact_name);
    statement.bind(deal.contact_phone).bind(deal.description).bind(deal.lost_reason).bind_bytes_or_null(deal.lead_id.bytes);
    statement.bind(std::int64_t{deal.value_estimated}).bind(deal.stage_entered_at).bind(deal.closed_at).bind(deal.last_engaged_at);
    statement.bind(deal.created_at).bind(deal.base_time_ms).bind_bytes(packs.fields).bind(static_cast<std::int64_t>(deal.version));
    statement.bind(static_cast<std::int64_t>(deal.created_seq)).bind(deal.source_metadata);
}

void read_currency(Currency& currency, std::string_view text) {
    if (text.size() == currency.code.size()) std::copy(text.begin(), text.end(), currency.code.begin());
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
    deal.external_ids = unpacked_external_ids(row.bytes(14));
    deal.name = row.text(15);
    deal.company = row.text(16);
    deal.owner = row.text(17);
    deal.contact_email = row.text(18);
    deal.contact_name = row.text(19);
    deal.contact_phone = row.text(20);
    deal.description = row.text(21);
    deal.lost_reason = row.text(22);
    deal.lead_id = row.id(23);
    deal.value_estimated = row.number(24) != 0;
    deal.stage_entered_at = row.number(25);
    deal.closed_at = row.number(26);
    deal.last_engaged_at = row.number(27);
    deal.created_at = row.number(28);
    deal.base_time_ms = row.number(29);
    unpack_fields(row.bytes(30), deal);
    deal.version = static_cast<std::uint64_t>(row.number(31));
    deal.created_seq = static_cast<std::uint64_t>(row.number(32));
    deal.source_metadata = row.text(33);
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
        read.bind(session.row_no(wanted[at]));
        if (read.row() && read.id(0) == wanted[at]) deals[at] = deal_of(read);
        read.reset();
    }
    return deals;
}

void insert_deals(Session& session, std::span<const Deal* const> deals) {
    RowCounts& counts = session.turn->last.rows[session.workspace];
    for (const Deal* deal : deals) {
        move_name(session, deal->id, {}, name_of(*deal));
        move_external_ids(session, deal->id, {}, deal->external_ids);
        note_number(counts.deals, deal->id);
    }
    std::array<Packs, kGroupRows> packs; // one for each place of a group
    insert_rows(session.db, kInsertDeal, 0, deals.size(), [&](Statement& insert, std::size_t at, std::size_t place) {
        const Deal& deal = *deals[at];
        packs[place].fill(deal);
        insert.bind(session.row_no(deal.id)).bind_bytes(deal.id.bytes);
        bind_deal(insert, deal, packs[place]);
    });
}

void update_deals(Session& session, std::span<const Deal* const> deals) {
    // All leave their names before any takes one: what one row of a batch gives up another may have got.
    std::vector<std::vector<ExternalId>> called(deals.size());
    std::vector<NameOf> left(deals.size());
    for (std::size_t at = 0; at < deals.size(); ++at) {
        const Deal* deal = deals[at];
        NameOf& name = left[at];
        std::vector<ExternalId>& external_ids = called[at];
        {
            Statement find(session.db, kReadDealNames);
            find.bind(session.row_no(deal->id));
            if (!find.row() || find.id(0) != deal->id) throw StoreError("a deal to be updated does not exist");
            name.key.bytes = find.id(1).bytes;
            name.twin = static_cast<std::int32_t>(find.number(2));
            name.alive = !find.is_null(1) && find.number(3) == 0 && find.number(4) == 0;
            external_ids = unpacked_external_ids(find.bytes(5));
        }
        if (name == name_of(*deal)) continue;
        move_name(session, deal->id, name, {});
        name = {};
    }
    Statement update(session.db, kUpdateDeal);
    Packs packs;
    for (std::size_t at = 0; at < deals.size(); ++at) {
        const Deal* deal = deals[at];
        move_name(session, deal->id, left[at], name_of(*deal));
        move_external_ids(session, deal->id, called[at], deal->external_ids);
        packs.fill(*deal);
        bind_deal(update, *deal, packs);
        update.bind(session.row_no(deal->id));
        update.run();
    }
}

void for_each_rankable(Session& session, const std::function<void(const Deal&)>& each) {
    Statement walk(session.db, kWalkRankable);
    walk.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace));
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

void for_each_held_lead(Session& session, const std::function<void(const Id& deal, const Id& lead)>& each) {
    Statement walk(session.db, kWalkHeldLeads);
    walk.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace));
    while (walk.row()) each(walk.id(0), walk.id(1));
}

void for_each_named(Session& session, const std::function<bool(const LedgerReader::NamedDeal&)>& each) {
    Statement walk(session.db, kWalkDealTitles);
    walk.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace));
    while (walk.row()) {
        if (!each({.id = walk.id(0), .name = walk.text(1), .company = walk.text(2)})) return;
    }
}

void for_each_called(Session& session, std::string_view system, const std::function<void(const LedgerReader::CalledDeal&)>& each) {
    Statement walk(session.db, kWalkCalled);
    walk.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace));
    while (walk.row()) {
        LedgerReader::CalledDeal deal{.ids = {}, .value_minor = walk.number(1), .currency = {}, .deleted = walk.number(0) != 0};
        for (ExternalId& external : unpacked_external_ids(walk.bytes(3))) {
            if (external.system == system) deal.ids.push_back(std::move(external.id));
        }
        if (deal.ids.empty()) continue;
        read_currency(deal.currency, walk.text(2));
        each(deal);
    }
}

LedgerReader::ChangedDeals changed_deals(Session& session, std::uint64_t after, std::uint32_t limit) {
    LedgerReader::ChangedDeals found;
    const std::int64_t last = last_count(session, kLastDealNo, session.workspace);
    if (after >= static_cast<std::uint64_t>(last)) return found;
    const auto from = static_cast<std::int64_t>(after);
    const std::int64_t until = std::min(last, from + kChangedSpan);
    const std::uint32_t most = std::clamp<std::uint32_t>(limit, 1, kChangedMax);
    const std::int64_t first = first_row_no(session.workspace);
    Statement walk(session.db, kWalkChangedDeals);
    walk.bind(first + from).bind(first + until + 1).bind(std::int64_t{most});
    while (walk.row()) found.deals.push_back(walk.id(0));
    const std::int64_t reached = found.deals.size() == most ? id_number(found.deals.back()) : until;
    found.next = reached < last ? static_cast<std::uint64_t>(reached) : 0;
    return found;
}

} // namespace tributary::sqlite

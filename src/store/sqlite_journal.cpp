// The journal: numbered without gaps per tenant, read by deal, by unit, by activity, or from a number on.
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

// Columns in the order of TRIBUTARY_JOURNAL_COLUMNS from 0.
JournalEntry entry_of(const Statement& row) {
    JournalEntry entry;
    entry.seq = static_cast<std::uint64_t>(row_count_part(row.number(0)));
    entry.happening = static_cast<Happening>(row.number(2));
    entry.due = static_cast<std::uint8_t>(row.number(3));
    entry.deal = row.id(4);
    entry.unit = row.id(5);
    entry.row = static_cast<std::uint32_t>(row.number(6));
    entry.source = static_cast<Source>(row.number(7));
    entry.at = row.number(8);
    entry.actor = row.text(9);
    entry.body = row.text(10);
    return entry;
}

// A number a follower stands at may be anything; row numbers must stay the tenant's.
std::int64_t no_of(const Session& session, std::uint64_t seq) {
    constexpr std::uint64_t kSeqMax = (std::uint64_t{1} << kRowBits) - 1;
    return first_row_no(session.tenant) + static_cast<std::int64_t>(std::min(seq, kSeqMax));
}

// The unit's part of the journal, both ends included; nothing when it has no rows. Units of this very transaction are
// stretched first, so that what was appended a moment ago is found.
std::optional<RowRange> span_of(Session& session, const Id& unit) {
    if (session.turn != nullptr) stretch_units(session);
    Statement read(session.db, kReadUnitSpan);
    read.bind(session.workspace).bind_bytes(unit.bytes);
    if (!read.row() || read.number(0) == 0) return std::nullopt;
    return RowRange{first_row_no(session.tenant) + read.number(0), first_row_no(session.tenant) + read.number(1) + 1};
}

void note_span(WriteTurn& turn, const Session& session, const JournalEntry& entry) {
    if (!turn.spans.empty()) {
        UnitSpan& last = turn.spans.back();
        if (last.unit == entry.unit && last.workspace == session.workspace && last.tenant == session.tenant) {
            last.last = entry.seq;
            return;
        }
    }
    turn.spans.push_back({session.tenant, session.workspace, entry.unit, entry.seq, entry.seq});
}

std::uint64_t edge_seq(Session& session, const Sql& sql) { return static_cast<std::uint64_t>(last_count(session, sql)); }

} // namespace

std::vector<JournalEntry> list_journal(Session& session, const JournalQuery& query) {
    std::vector<JournalEntry> entries;
    RowRange rows = rows_of(session);
    if (query.unit) {
        const auto span = span_of(session, *query.unit);
        if (!span) return entries;
        rows = *span;
    }
    if (query.after != 0) {
        const std::int64_t after = no_of(session, query.after);
        if (query.descending) {
            rows.end = std::min(rows.end, after);
        } else {
            rows.from = std::max(rows.from, after + 1);
        }
    }
    Shape shape("SELECT " TRIBUTARY_JOURNAL_COLUMNS " FROM journal WHERE no >= ? AND no < ?");
    shape.add(!query.every_workspace, " AND workspace = ?");
    shape.add(query.deal.has_value(), " AND deal = ?");
    shape.add(query.unit.has_value(), " AND unit = ?");
    shape.add(query.activities_only, " AND happening IN (4, 5)");
    shape.add(query.descending, " ORDER BY no DESC LIMIT ?");
    shape.add(!query.descending, " ORDER BY no LIMIT ?");
    Statement list(session.db, session.db.prepared_shape(shape.text()));
    list.bind(rows.from).bind(rows.end);
    if (!query.every_workspace) list.bind(session.workspace);
    if (query.deal) list.bind_bytes(query.deal->bytes);
    if (query.unit) list.bind_bytes(query.unit->bytes);
    list.bind(std::int64_t{std::clamp<std::uint32_t>(query.limit, 1, kJournalListedMax)});
    while (list.row()) entries.push_back(entry_of(list));
    return entries;
}

static_assert(static_cast<int>(Happening::Activity) == 4 && static_cast<int>(Happening::Automation) == 5,
              "the text above and the index x_journal_activity count on it");

std::uint64_t last_seq(Session& session) {
    if (session.turn != nullptr) {
        const auto counts = session.turn->counts.find(session.tenant);
        if (counts != session.turn->counts.end() && counts->second.journal >= 0) return static_cast<std::uint64_t>(counts->second.journal);
    }
    return edge_seq(session, kLastJournalNo);
}

std::uint64_t first_seq(Session& session) { return edge_seq(session, kFirstJournalNo); }

std::vector<LedgerReader::DueRow> list_due(Session& session, std::uint8_t bit, std::uint64_t after, std::uint32_t limit) {
    std::vector<LedgerReader::DueRow> due;
    Statement list(session.db, kListDue);
    list.bind(no_of(session, after)).bind(end_row_no(session.tenant)).bind(std::int64_t{bit});
    list.bind(std::int64_t{std::min(limit, kJournalListedMax)});
    while (list.row()) due.push_back({list.number(1), entry_of(list)});
    return due;
}

void append_journal(Session& session, std::span<JournalEntry> entries) {
    TenantCounts& counts = session.turn->counts[session.tenant];
    if (counts.journal < 0) counts.journal = last_count(session, kLastJournalNo);
    for (JournalEntry& entry : entries) {
        entry.seq = static_cast<std::uint64_t>(++counts.journal);
        if (!entry.unit.is_nil()) note_span(*session.turn, session, entry);
    }
    insert_rows(session.db, kAppendJournal, 0, entries.size(), [&](Statement& append, std::size_t at, std::size_t /*place*/) {
        const JournalEntry& entry = entries[at];
        append.bind(no_of(session, entry.seq)).bind(session.workspace).bind(static_cast<std::int64_t>(entry.happening));
        append.bind(std::int64_t{entry.due}).bind_bytes_or_null(entry.deal.bytes).bind_bytes_or_null(entry.unit.bytes);
        append.bind(std::int64_t{entry.row}).bind(static_cast<std::int64_t>(entry.source)).bind(entry.at);
        append.bind(entry.actor).bind(entry.body);
    });
}

void stretch_units(Session& session) {
    Wall& wall = session.db.wall();
    const TenantNo tenant = wall.tenant;
    for (const UnitSpan& span : session.turn->spans) {
        wall.tenant = span.tenant;
        Statement stretch(session.db, kStretchUnit);
        stretch.bind(static_cast<std::int64_t>(span.first)).bind(static_cast<std::int64_t>(span.last)).bind(span.workspace);
        stretch.bind_bytes(span.unit.bytes);
        stretch.run();
    }
    wall.tenant = tenant;
    session.turn->spans.clear();
}

} // namespace tributary::sqlite

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
    read.bind(session.row_no(unit)).bind_bytes(unit.bytes);
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

std::uint64_t edge_seq(Session& session, const Sql& sql) { return static_cast<std::uint64_t>(last_count(session, sql, session.tenant)); }

// The row that made the deal, which the index of the journal by deal leaves out.
std::optional<JournalEntry> birth_of(Session& session, const Id& deal) {
    Statement find(session.db, kReadDealBirth);
    find.bind(session.row_no(deal));
    if (!find.row() || find.id(0) != deal || find.number(1) == 0) return std::nullopt;
    Statement read(session.db, kReadJournalRow);
    read.bind(first_row_no(session.tenant) + find.number(1));
    if (!read.row()) return std::nullopt;
    return entry_of(read);
}

// Puts the row that made the deal where it belongs: it is the deal's first.
void add_birth(Session& session, const JournalQuery& query, const RowRange& rows, std::vector<JournalEntry>& entries) {
    const auto birth = query.activities_only ? std::nullopt : birth_of(session, *query.deal);
    if (!birth || birth->happening != Happening::Created || (query.unit && birth->unit != *query.unit)) return;
    const std::int64_t no = first_row_no(session.tenant) + static_cast<std::int64_t>(birth->seq);
    if (no < rows.from || no >= rows.end) return;
    const std::size_t limit = std::clamp<std::uint32_t>(query.limit, 1, kJournalListedMax);
    entries.insert(query.descending ? entries.end() : entries.begin(), *birth);
    if (entries.size() > limit) entries.pop_back();
}

} // namespace

std::vector<JournalEntry> list_journal(Session& session, const JournalQuery& query) {
    std::vector<JournalEntry> entries;
    RowRange rows{first_row_no(session.tenant), end_row_no(session.tenant)};
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
    shape.add(query.deal.has_value(), " AND deal = ? AND happening <> 0");
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
    if (query.deal) add_birth(session, query, rows, entries);
    return entries;
}

static_assert(static_cast<int>(Happening::Created) == 0 && static_cast<int>(Happening::Activity) == 4 &&
                  static_cast<int>(Happening::Automation) == 5,
              "the text above and the indexes of x_journal count on it");

std::uint64_t last_seq(Session& session) {
    if (session.turn != nullptr) {
        const auto last = session.turn->last.journal.find(session.tenant);
        if (last != session.turn->last.journal.end()) return static_cast<std::uint64_t>(last->second);
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
    std::uint64_t seq = last_seq(session);
    for (JournalEntry& entry : entries) {
        entry.seq = ++seq;
        if (!entry.unit.is_nil()) note_span(*session.turn, session, entry);
    }
    session.turn->last.journal[session.tenant] = static_cast<std::int64_t>(seq);
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
    const auto [tenant, workspace] = std::pair(wall.tenant, wall.workspace);
    for (const UnitSpan& span : session.turn->spans) {
        wall.tenant = span.tenant;
        wall.workspace = span.workspace;
        Statement stretch(session.db, kStretchUnit);
        stretch.bind(static_cast<std::int64_t>(span.first)).bind(static_cast<std::int64_t>(span.last));
        stretch.bind(first_row_no(span.workspace) + id_number(span.unit)).bind_bytes(span.unit.bytes);
        stretch.run();
    }
    wall.tenant = tenant;
    wall.workspace = workspace;
    session.turn->spans.clear();
}

} // namespace tributary::sqlite

// Ingestion units and the raw bytes they keep.
#include "store/sqlite_pack.hpp"
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

constexpr std::uint32_t kPiecesListedMax = 10'000;

// Columns in the order of TRIBUTARY_UNIT_COLUMNS from 0.
Unit unit_of(const Statement& row) {
    const auto count = [&row](int column) { return static_cast<std::uint64_t>(row.number(column)); };
    Unit unit;
    unit.id = row.id(0);
    unit.source = static_cast<Source>(row.number(1));
    unit.state = static_cast<UnitState>(row.number(2));
    unit.many = row.number(3) != 0;
    unit.counts = {
        .read = count(4), .created = count(5), .updated = count(6), .unchanged = count(7), .skipped = count(8), .rejected = count(9)};
    unit.started_at = row.number(10);
    unit.finished_at = row.number(11);
    unit.raw_bytes = count(12);
    unit.door = row.text(13);
    unit.file_name = row.text(14);
    unit.actor = row.text(15);
    unit.content_type = row.text(16);
    unit.sha256 = row.text(17);
    unit.options = row.text(18);
    unit.asked = row.text(19);
    unit.plan = row.text(20);
    unit.failure = row.text(21);
    unit.automations = static_cast<AutomationPolicy>(row.number(22));
    unit.automations_held = count(23);
    unit.same_as = row.id(24);
    unit.replay_of = row.id(25);
    return unit;
}

// The journal numbers its rows have got in this transaction, which are then no longer waiting to be told to it.
UnitSpan take_span(Session& session, const Id& id) {
    auto& spans = session.turn->spans;
    const auto span = std::ranges::find(spans, id, &UnitSpan::unit);
    if (span == spans.end() || span->workspace != session.workspace) return {};
    const UnitSpan taken = *span;
    spans.erase(span);
    return taken;
}

} // namespace

std::optional<Unit> read_unit(Session& session, const Id& id) {
    Statement read(session.db, kReadUnit);
    read.bind(session.row_no(id));
    if (!read.row() || read.id(0) != id) return std::nullopt;
    return unit_of(read);
}

UnitPage list_units(Session& session, const UnitQuery& query) {
    const Cursor after = read_cursor_text(query.after, CursorOf::Units, 0);
    const std::uint32_t limit = std::clamp<std::uint32_t>(query.limit, 1, kListedMax);
    Statement list(session.db, kListUnits);
    list.bind(first_row_no(session.workspace)).bind(query.after.empty() ? end_row_no(session.workspace) : session.row_no(after.id));
    list.bind(query.source ? static_cast<std::int64_t>(*query.source) : -1).bind(std::int64_t{limit} + 1);
    list.bind(query.state ? static_cast<std::int64_t>(*query.state) : -1);
    UnitPage page;
    while (list.row()) {
        if (page.units.size() == limit) {
            page.next = cursor_text({CursorOf::Units, 0, page.units.back().id, 0, {}});
            break;
        }
        page.units.push_back(unit_of(list));
    }
    return page;
}

Id find_same_file(Session& session, std::string_view sha256) {
    static_assert(static_cast<int>(UnitState::Done) == 2); // kFindSameFile says so
    Statement find(session.db, kFindSameFile);
    find.bind(first_row_no(session.workspace)).bind(end_row_no(session.workspace)).bind(sha256);
    return find.row() ? find.id(0) : Id{};
}

void put_unit(Session& session, const Unit& unit, std::string_view raw) {
    const auto count = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    const UnitSpan span = take_span(session, unit.id);
    const Packed packed = pack(raw);
    note_number(session.turn->last.rows[session.workspace].units, unit.id);
    Statement put(session.db, kPutUnit);
    put.bind(session.row_no(unit.id)).bind_bytes(unit.id.bytes).bind(static_cast<std::int64_t>(unit.source));
    put.bind(static_cast<std::int64_t>(unit.state)).bind(std::int64_t{unit.many});
    put.bind(count(unit.counts.read)).bind(count(unit.counts.created)).bind(count(unit.counts.updated));
    put.bind(count(unit.counts.unchanged)).bind(count(unit.counts.skipped)).bind(count(unit.counts.rejected));
    put.bind(unit.started_at).bind(unit.finished_at).bind(count(unit.raw_bytes)).bind(unit.door).bind(unit.file_name);
    put.bind(unit.actor).bind(unit.content_type).bind(unit.sha256).bind(unit.options).bind(unit.asked).bind(unit.plan);
    put.bind(unit.failure).bind(static_cast<std::int64_t>(unit.automations)).bind(count(unit.automations_held));
    put.bind_bytes_or_null(unit.same_as.bytes).bind_bytes_or_null(unit.replay_of.bytes);
    put.bind(count(span.first)).bind(count(span.last)).bind(packed.size);
    if (raw.empty()) {
        put.bind_null();
    } else {
        put.bind_bytes({reinterpret_cast<const std::uint8_t*>(packed.bytes.data()), packed.bytes.size()});
    }
    put.run();
}

void add_raw(Session& session, const Id& unit, std::span<const RawPiece> pieces) {
    Statement add(session.db, kAddRaw);
    for (const RawPiece& piece : pieces) {
        const Packed packed = pack(piece.bytes);
        const auto* data = reinterpret_cast<const std::uint8_t*>(packed.bytes.data());
        add.bind(session.workspace).bind_bytes(unit.bytes).bind(std::int64_t{piece.ordinal}).bind(packed.size);
        add.bind_bytes({data, packed.bytes.size()});
        add.run();
    }
}

std::vector<RawPiece> read_raw(Session& session, const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit) {
    std::vector<RawPiece> pieces;
    if (from_ordinal == 0 && limit > 0) {
        Statement whole(session.db, kReadUnitRaw);
        whole.bind(session.row_no(unit)).bind_bytes(unit.bytes);
        if (whole.row()) return {RawPiece{0, unpack(whole.number(0), whole.bytes(1))}};
    }
    Statement read(session.db, kReadRaw);
    read.bind(session.workspace).bind_bytes(unit.bytes).bind(std::int64_t{from_ordinal});
    read.bind(std::int64_t{std::min(limit, kPiecesListedMax)});
    while (read.row()) pieces.push_back({static_cast<std::uint32_t>(read.number(0)), unpack(read.number(1), read.bytes(2))});
    return pieces;
}

} // namespace tributary::sqlite

// What became of a unit's rows, packed by the thousand: a row each would cost an import a fifth more.
//
// A chunk is, row after row: varint row number less the chunk's first, varint line, byte of action with bit 7 set when 16 bytes of
// deal id follow and bit 6 when it is planned, counted code, varint number of problems, each four counted texts, counted raw row; of a
// planned row 8 bytes of fingerprint and the counted change. Then zstd over all.
#include "store/sqlite_pack.hpp"
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>
#include <cstring>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kChunkRowsMax = 4'096;
constexpr std::size_t kChunkBytesMax = 1024 * 1024; // before packing; one row more may exceed it
constexpr std::uint8_t kHasDeal = 0x80;
constexpr std::uint8_t kIsPlanned = 0x40;
constexpr std::int64_t kEveryAction = 0x1F;

void append_outcome(std::string& out, const RowOutcome& outcome, std::uint32_t first_row) {
    append_varint(out, outcome.row - first_row);
    append_varint(out, outcome.line);
    const bool has_deal = !outcome.deal.is_nil();
    const bool is_planned = outcome.fingerprint != 0 || !outcome.change.empty();
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(outcome.action) | (has_deal ? kHasDeal : 0U) | (is_planned ? kIsPlanned : 0U)));
    if (has_deal) out.append(reinterpret_cast<const char*>(outcome.deal.bytes.data()), outcome.deal.bytes.size());
    append_counted(out, outcome.code);
    append_varint(out, outcome.problems.size());
    for (const FieldProblem& problem : outcome.problems) {
        append_counted(out, problem.field);
        append_counted(out, problem.code);
        append_counted(out, problem.message);
        append_counted(out, problem.value);
    }
    append_counted(out, outcome.raw);
    if (!is_planned) return;
    for (unsigned shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(outcome.fingerprint >> shift));
    append_counted(out, outcome.change);
}

RowOutcome read_outcome(PackReader& reader, std::uint32_t first_row) {
    RowOutcome outcome;
    outcome.row = first_row + static_cast<std::uint32_t>(reader.varint());
    outcome.line = reader.varint();
    const auto action = static_cast<std::uint8_t>(reader.take(1).front());
    outcome.action = static_cast<RowAction>(action & ~(kHasDeal | kIsPlanned));
    if ((action & kHasDeal) != 0)
        std::memcpy(outcome.deal.bytes.data(), reader.take(outcome.deal.bytes.size()).data(), outcome.deal.bytes.size());
    outcome.code = reader.counted();
    const std::uint64_t problems = reader.varint();
    for (std::uint64_t at = 0; at < problems; ++at) {
        FieldProblem problem;
        problem.field = reader.counted();
        problem.code = reader.counted();
        problem.message = reader.counted();
        problem.value = reader.counted();
        outcome.problems.push_back(std::move(problem));
    }
    outcome.raw = reader.counted();
    if ((action & kIsPlanned) == 0) return outcome;
    const std::string_view bytes = reader.take(sizeof outcome.fingerprint);
    for (unsigned at = 0; at < bytes.size(); ++at)
        outcome.fingerprint |= std::uint64_t{static_cast<std::uint8_t>(bytes[at])} << (8 * at);
    outcome.change = reader.counted();
    return outcome;
}

// Writes a chunk of the front of `outcomes` and returns how many rows it took.
std::size_t add_chunk(Session& session, const Id& unit, std::span<const RowOutcome> outcomes, bool planned) {
    const std::uint32_t first_row = outcomes.front().row;
    std::string bytes;
    std::int64_t actions = 0;
    std::size_t taken = 0;
    while (taken < outcomes.size() && taken < kChunkRowsMax && bytes.size() < kChunkBytesMax) {
        const RowOutcome& outcome = outcomes[taken++];
        if (outcome.row < first_row) throw StoreError("outcomes must come in the order of their rows");
        append_outcome(bytes, outcome, first_row);
        actions |= std::int64_t{1} << static_cast<unsigned>(outcome.action);
    }
    const Packed packed = pack(bytes, planned);
    Statement add(session.db, kAddOutcomes);
    add.bind(session.workspace).bind_bytes(unit.bytes).bind(std::int64_t{planned}).bind(std::int64_t{first_row}).bind(std::int64_t{outcomes[taken - 1].row});
    add.bind(actions).bind(packed.size).bind_bytes({reinterpret_cast<const std::uint8_t*>(packed.bytes.data()), packed.bytes.size()});
    add.run();
    return taken;
}

// The first chunk that can hold the row: the last one that starts at or before it.
std::int64_t chunk_start(Session& session, const OutcomeQuery& query) {
    Statement find(session.db, kFindOutcomeStart);
    find.bind(session.workspace).bind_bytes(query.unit.bytes).bind(std::int64_t{query.planned}).bind(std::int64_t{query.from_row});
    return find.row() ? find.number(0) : 0;
}

} // namespace

void add_outcomes(Session& session, const Id& unit, std::span<const RowOutcome> outcomes, bool planned) {
    while (!outcomes.empty()) outcomes = outcomes.subspan(add_chunk(session, unit, outcomes, planned));
}

void drop_planned_outcomes(Session& session, const Id& unit) {
    Statement drop(session.db, kDropPlannedOutcomes);
    drop.bind(session.workspace).bind_bytes(unit.bytes);
    drop.run();
}

std::vector<RowOutcome> list_outcomes(Session& session, const OutcomeQuery& query) {
    std::vector<RowOutcome> found;
    const std::size_t limit = std::clamp<std::uint32_t>(query.limit, 1, kJournalListedMax);
    const std::int64_t actions = query.action ? std::int64_t{1} << static_cast<unsigned>(*query.action) : kEveryAction;
    const std::int64_t start = chunk_start(session, query);
    Statement walk(session.db, kWalkOutcomes);
    walk.bind(session.workspace).bind_bytes(query.unit.bytes).bind(std::int64_t{query.planned}).bind(start).bind(std::int64_t{query.from_row}).bind(actions);
    while (found.size() < limit && walk.row()) {
        const std::string bytes = unpack(walk.number(1), walk.bytes(2));
        PackReader reader(bytes);
        while (!reader.at_end() && found.size() < limit) {
            RowOutcome outcome = read_outcome(reader, static_cast<std::uint32_t>(walk.number(0)));
            if (outcome.row >= query.from_row && (!query.action || outcome.action == *query.action)) found.push_back(std::move(outcome));
        }
    }
    return found;
}

} // namespace tributary::sqlite

// What one open transaction of one tenant and workspace needs, and the steps of the port written as plain functions over it.
// Private to the store's room; on the thread of the session's connection.
#pragma once
#include "store/sqlite_connection.hpp"
#include "store/sqlite_keys.hpp"
#include "store/store.hpp"

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tributary::sqlite {

// Last numbers given to rows; -1: not asked yet.
struct RowCounts {
    std::int64_t deals = -1;
    std::int64_t leads = -1;
    std::int64_t units = -1;
};
struct LastNumbers {
    std::unordered_map<WorkspaceNo, RowCounts> rows;
    std::unordered_map<TenantNo, std::int64_t> journal;
};

// An entry of the look-up in memory that this transaction has set, and how it was.
struct KeyChange {
    std::shared_ptr<WorkspaceKeys> keys;
    KeyKind kind = KeyKind::Named;
    Key key;
    Id id;
    std::uint32_t tag = 0;
    KeyState before = KeyState::Absent;
};

// The journal numbers a unit's rows got in this transaction.
struct UnitSpan {
    TenantNo tenant = 0;
    WorkspaceNo workspace = 0;
    Id unit;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

// The writing side of a transaction: what must be taken back when it does not commit.
struct WriteTurn {
    LastNumbers& last; // outlives transactions; cleared when one is lost
    std::vector<KeyChange> changed;
    std::vector<UnitSpan> spans;
    bool spoiled = false; // something threw: it can only be rolled back
};

// Parsed settings by workspace and version; any thread.
class SettingsBook;

struct Session {
    Connection& db;
    KeyBook& book;
    SettingsBook& settings_book;
    TenantNo tenant = 0;
    WorkspaceNo workspace = 0;
    WriteTurn* turn = nullptr;            // null: only reading
    std::shared_ptr<WorkspaceKeys> known; // fetched when first needed

    [[nodiscard]] WorkspaceKeys& keys() {
        if (!known) known = book.of(tenant, workspace);
        return *known;
    }
    // Rows of deals, leads and units lie by workspace, those of the journal by tenant.
    [[nodiscard]] std::int64_t row_no(const Id& id) const { return first_row_no(workspace) + id_number(id); }
};

// Row numbers from..end-1.
struct RowRange {
    std::int64_t from = 0;
    std::int64_t end = 0;
};

// The count part of the greatest row number of that owner, 0 when there is none. `sql` takes the two bounds of a range.
[[nodiscard]] std::int64_t last_count(Session& session, const Sql& sql, std::int64_t owner);
[[nodiscard]] Id next_id(Session& session, IdOf what, std::int64_t now_ms);
// A row with this id has been written: next_id must give a greater number.
void note_number(std::int64_t& last, const Id& id);
// Sets an entry, to be set back when the transaction is lost.
void set_key(Session& session, KeyKind kind, const Key& key, const Id& id, std::uint32_t tag, KeyState state);
// Fills a workspace's tables through a fresh snapshot on `connection`.
void fill_keys(Connection& connection, const KeyBook& book, TenantNo tenant, WorkspaceNo workspace, WorkspaceKeys& keys);

// ---- sqlite_deals.cpp
[[nodiscard]] Deal deal_of(const Statement& row); // columns in the order of TRIBUTARY_DEAL_COLUMNS from 0
[[nodiscard]] std::vector<std::optional<Deal>> read_deals(Session& session, std::span<const Id> wanted);
void insert_deals(Session& session, std::span<const Deal* const> deals);
void update_deals(Session& session, std::span<const Deal* const> deals);
void for_each_rankable(Session& session, const std::function<void(const Deal&)>& each);
void for_each_held_lead(Session& session, const std::function<void(const Id& deal, const Id& lead)>& each);
void for_each_named(Session& session, const std::function<bool(const LedgerReader::NamedDeal&)>& each);
void for_each_called(Session& session, std::string_view system, const std::function<void(const LedgerReader::CalledDeal&)>& each);
[[nodiscard]] LedgerReader::ChangedDeals changed_deals(Session& session, std::uint64_t after, std::uint32_t limit);

// ---- sqlite_names.cpp
[[nodiscard]] std::vector<std::optional<Id>> find_external(Session& session, std::span<const ExternalId> wanted);
[[nodiscard]] std::vector<Id> find_external_any(Session& session, std::string_view external_id); // whatever the system
[[nodiscard]] std::vector<std::vector<Id>> find_named(Session& session, std::span<const MatchKey> wanted);
// What a deal is found by. Each throws Clash when another deal has it.
struct NameOf { // a match key, and whether deals are matched by it
    MatchKey key;
    std::int32_t twin = 0;
    bool alive = false;
    friend bool operator==(const NameOf&, const NameOf&) = default;
};
[[nodiscard]] NameOf name_of(const Deal& deal);
void move_name(Session& session, const Id& deal, const NameOf& from, const NameOf& to);
void move_external_ids(Session& session, const Id& deal, std::span<const ExternalId> from, std::span<const ExternalId> to);
[[nodiscard]] std::string packed_external_ids(std::span<const ExternalId> external_ids);
[[nodiscard]] std::vector<ExternalId> unpacked_external_ids(std::span<const std::uint8_t> bytes);

// ---- sqlite_deal_list.cpp
[[nodiscard]] DealPage list_deals(Session& session, const DealQuery& query);

// ---- sqlite_deal_view.cpp
[[nodiscard]] Result<std::vector<DealPlace>> arrange_deals(Session& session, const DealQuery& query, std::size_t most);
[[nodiscard]] std::vector<std::optional<Deal>> read_deals_at(Session& session, std::span<const DealPlace> places);

// ---- sqlite_leads.cpp
[[nodiscard]] std::vector<std::optional<Lead>> find_leads(Session& session, std::span<const std::string> emails);
[[nodiscard]] std::vector<std::optional<Lead>> read_leads(Session& session, std::span<const Id> wanted);
[[nodiscard]] LeadPage list_leads(Session& session, const LeadQuery& query);
void insert_leads(Session& session, std::span<const Lead* const> leads);
void update_leads(Session& session, std::span<const Lead* const> leads);

// ---- sqlite_journal.cpp
[[nodiscard]] std::vector<JournalEntry> list_journal(Session& session, const JournalQuery& query);
[[nodiscard]] std::uint64_t last_seq(Session& session);
[[nodiscard]] std::uint64_t first_seq(Session& session);
[[nodiscard]] std::vector<LedgerReader::DueRow> list_due(Session& session, std::uint8_t bit, std::uint64_t after, std::uint32_t limit);
void append_journal(Session& session, std::span<JournalEntry> entries);
// Before the commit: units learn which journal rows are theirs.
void stretch_units(Session& session);

// ---- sqlite_units.cpp
[[nodiscard]] std::optional<Unit> read_unit(Session& session, const Id& id);
[[nodiscard]] UnitPage list_units(Session& session, const UnitQuery& query);
[[nodiscard]] Id find_same_file(Session& session, std::string_view sha256);
[[nodiscard]] std::vector<RawPiece> read_raw(Session& session, const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit);
void put_unit(Session& session, const Unit& unit, std::string_view raw);
void add_raw(Session& session, const Id& unit, std::span<const RawPiece> pieces);

// ---- sqlite_outcomes.cpp
[[nodiscard]] std::vector<RowOutcome> list_outcomes(Session& session, const OutcomeQuery& query);
void add_outcomes(Session& session, const Id& unit, std::span<const RowOutcome> outcomes, bool planned);
void drop_planned_outcomes(Session& session, const Id& unit);

// ---- sqlite_settings.cpp
[[nodiscard]] std::optional<StoredAnswer> find_answer(Session& session, std::string_view scope, std::string_view key, std::int64_t now_ms);
void put_answer(Session& session, const StoredAnswer& answer);
[[nodiscard]] Settings read_settings(Session& session);
void put_settings(Session& session, const Settings& settings);
[[nodiscard]] std::uint64_t read_cursor(Session& session, std::string_view follower);
void put_cursor(Session& session, std::string_view follower, std::uint64_t seq);

// ---- sqlite_figures.cpp
[[nodiscard]] DayHistory read_days(Session& session, std::int32_t day);
void put_day(Session& session, const DayFigures& figures);
[[nodiscard]] std::vector<SourceFigures> read_source_figures(Session& session);
void put_source_figures(Session& session, const SourceFigures& figures);

// ---- sqlite_mappings.cpp
[[nodiscard]] std::vector<SavedMapping> list_mappings(Session& session);
[[nodiscard]] std::optional<SavedMapping> read_mapping(Session& session, std::string_view name);
[[nodiscard]] std::optional<SavedMapping> find_mapping(Session& session, std::string_view fingerprint);
void put_mapping(Session& session, const SavedMapping& mapping);
[[nodiscard]] bool drop_mapping(Session& session, std::string_view name);

// ---- sqlite_wanted.cpp
[[nodiscard]] std::vector<Wanted> list_wanted(Session& session, const Id& connection, std::int64_t now_ms, std::uint32_t limit);
[[nodiscard]] WantedFigures wanted_figures(Session& session, const Id& connection);
void want(Session& session, std::span<const Wanted> records);
void fulfil(Session& session, std::span<const Wanted> records);
void postpone(Session& session, std::span<const Wanted> records, std::int64_t due_at);
void forget_wanted(Session& session, const Id& connection);

} // namespace tributary::sqlite

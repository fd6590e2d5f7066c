// PORT. What the rest of the program may ask of a database, in batches, without a word of any database in it.
// A Store opens transactions; a Ledger is what may be done inside one for one tenant and workspace; a Registry holds what
// stands above tenants (tenants, workspaces, keys). Every answer comes in the order of its question.
// Absent things are nullopt; a broken database throws StoreError. tests/store/contract_test.cpp is what any store must pass.
#pragma once
#include "deal/deal.hpp"
#include "deal/journal.hpp"
#include "deal/result.hpp"
#include "deal/saved_mapping.hpp"
#include "deal/settings.hpp"
#include "deal/unit.hpp"
#include "store/connections.hpp"
#include "store/people.hpp"
#include "store/scope.hpp"
#include "store/wanted.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

class StoreError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// What a list of deals asks for. Empty or nullopt filters do not filter.
enum class DealSort : std::uint8_t {
    CreatedAt, // the order of arrival
    UpdatedAt,
    Value,
    Name,
    HealthScore,
    ExpectedCloseDate, // a deal without one comes last either way
    Company,           // so does one without a company, or an owner
    Stage,             // in the order of enum Stage
    Probability,
    Owner,
    Source // in the order of enum Source
};
inline constexpr std::size_t kDealSortCount = 11;
struct DealQuery {
    std::vector<Stage> stages;
    std::vector<Source> sources;
    std::vector<Risk> risks;
    std::string owner;                  // exact
    std::string company;                // exact
    std::string contact_email;          // exact, lower case
    std::string search;                 // all its words in name, company, owner, contact name or address (deal/folded.hpp)
    std::optional<ExternalId> external; // system may be empty: any system
    std::optional<std::int64_t> value_min_minor, value_max_minor;
    std::optional<bool> is_active;
    bool with_deleted = false;
    bool with_spam = false;
    DealSort sort = DealSort::CreatedAt;
    bool descending = true;
    std::string after;        // where the last page ended: opaque to callers, made by the store; empty = first page
    std::uint32_t limit = 50; // at most 500
};
struct DealPage {
    std::vector<Deal> deals;
    std::string next; // empty: no more
};

// Where a deal stands among the deals of its workspace, for as long as the workspace lives: the number in its id.
using DealPlace = std::uint64_t;

struct LeadQuery {
    std::string email;
    std::optional<LeadStatus> status;
    std::string search;
    std::string after;
    std::uint32_t limit = 50;
};
struct LeadPage {
    std::vector<Lead> leads;
    std::string next;
};

struct JournalQuery {
    std::optional<Id> deal; // only this deal's rows
    std::optional<Id> unit;
    std::uint64_t after = 0; // rows with a greater seq (ascending) or smaller (descending); 0 = from the end asked for
    bool descending = true;
    bool activities_only = false; // only Activity and Automation rows
    bool every_workspace = false; // the tenant's whole journal; only for followers
    std::uint32_t limit = 50;
};

struct UnitQuery {
    std::optional<Source> source;
    std::string after;
    std::uint32_t limit = 50;
    std::optional<UnitState> state;
};
struct UnitPage {
    std::vector<Unit> units;
    std::string next;
};

struct OutcomeQuery {
    Id unit;
    std::optional<RowAction> action;
    bool planned = false;       // what was planned for them, not what became of them
    std::uint32_t from_row = 0; // rows at or after this one
    std::uint32_t limit = 500;
};

// A stored answer to a POST with an Idempotency-Key (RELIABILITY rules 9-11).
struct StoredAnswer {
    std::string scope;       // principal account and route
    std::string key;         // 1..255 printable ASCII
    std::string fingerprint; // of method, path, content type, body
    std::int32_t status = 200;
    std::string content_type;
    std::string location; // the answer's Location, or empty
    std::string body;
    std::int64_t expires_at = 0;
};

// The figures of a workspace as they were when a UTC day began; the text is the pipeline's (pipeline/day_figures.hpp).
struct DayFigures {
    std::int32_t day = 0; // since 1970
    std::string figures;
};
// A day on which nothing was written has no row: it began with the figures with which the next day that has one began.
struct DayHistory {
    std::optional<std::int32_t> first_day; // of the oldest row; nullopt: there is none
    std::optional<DayFigures> at;          // the first row of the day asked for or later; nullopt: nothing was written since it began
};

// How a source does in a workspace; the text is the reader's own.
struct SourceFigures {
    Source source = Source::Manual;
    std::string figures;
};

enum class IdOf : std::uint8_t { Deal, Lead, Unit };

// What may be read inside one transaction of one tenant and workspace.
class LedgerReader {
  public:
    virtual ~LedgerReader() = default;
    // An id for something about to be made. What a reader gives out is good for a plan only, never to be written.
    [[nodiscard]] virtual Id next_id(IdOf what, std::int64_t now_ms) = 0;
    [[nodiscard]] virtual std::vector<std::optional<Id>> find_external(std::span<const ExternalId> wanted) = 0;
    // Deals with that key, deleted and spam ones left out, by twin number.
    [[nodiscard]] virtual std::vector<std::vector<Id>> find_named(std::span<const MatchKey> wanted) = 0;
    [[nodiscard]] virtual std::vector<std::optional<Deal>> read_deals(std::span<const Id> wanted) = 0; // deleted ones too
    // Leads with that address, deleted ones left out. Two leads may share one when all but one are deleted.
    [[nodiscard]] virtual std::vector<std::optional<Lead>> find_leads(std::span<const std::string> emails) = 0;
    [[nodiscard]] virtual std::vector<std::optional<Lead>> read_leads(std::span<const Id> wanted) = 0; // deleted ones too
    [[nodiscard]] virtual DealPage list_deals(const DealQuery& query) = 0;
    // Every deal that the query names, in its order (equal ones by place, in the query's direction); `after` and `limit` do not matter.
    // One pass over the workspace's deals. Refuses with view_too_large when there are more than `most`.
    [[nodiscard]] virtual Result<std::vector<DealPlace>> arrange_deals(const DealQuery& query, std::size_t most) = 0;
    // The deals at these places as they are now, deleted ones too; nullopt where there is none.
    [[nodiscard]] virtual std::vector<std::optional<Deal>> read_deals_at(std::span<const DealPlace> places) = 0;
    [[nodiscard]] virtual LeadPage list_leads(const LeadQuery& query) = 0; // deleted ones left out
    [[nodiscard]] virtual std::vector<JournalEntry> list_journal(const JournalQuery& query) = 0;
    [[nodiscard]] virtual std::uint64_t last_seq() = 0;  // of the tenant; 0 when empty
    [[nodiscard]] virtual std::uint64_t first_seq() = 0; // oldest row kept; 0 when empty
    [[nodiscard]] virtual std::optional<Unit> read_unit(const Id& id) = 0;
    [[nodiscard]] virtual UnitPage list_units(const UnitQuery& query) = 0; // only units with `many`, newest first
    // The newest import of these bytes that is done (not undone); nil: none.
    [[nodiscard]] virtual Id find_same_file(std::string_view sha256) = 0;
    [[nodiscard]] virtual std::vector<RowOutcome> list_outcomes(const OutcomeQuery& query) = 0;
    [[nodiscard]] virtual std::vector<RawPiece> read_raw(const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit) = 0;
    [[nodiscard]] virtual std::optional<StoredAnswer> find_answer(std::string_view scope, std::string_view key, std::int64_t now_ms) = 0;
    [[nodiscard]] virtual Settings settings() = 0;
    // The workspace's saved mappings by name, each without its `mapping` (it may be long).
    [[nodiscard]] virtual std::vector<SavedMapping> list_mappings() = 0;
    [[nodiscard]] virtual std::optional<SavedMapping> read_mapping(std::string_view name) = 0;
    // The one saved last for headers with that fingerprint; nullopt for an empty one.
    [[nodiscard]] virtual std::optional<SavedMapping> find_mapping(std::string_view fingerprint) = 0;
    // Every deal of the workspace once, in the order of arrival, only the members ranks need: id, value, currency, stage, probability,
    // source, health_score, risk, deleted_at, is_spam.
    virtual void for_each_rankable(const std::function<void(const Deal&)>& each) = 0;
    // Every deal of the workspace that is not deleted and has a lead, once, with that lead. A pass over all deals.
    virtual void for_each_held_lead(const std::function<void(const Id& deal, const Id& lead)>& each) = 0;
    // Name and company of every deal that is neither deleted nor spam, newest first, until `each` says false. A pass over all deals: the
    // caller bounds it. The texts are good inside `each` only.
    struct NamedDeal {
        Id id;
        std::string_view name;
        std::string_view company; // empty: none
    };
    virtual void for_each_named(const std::function<bool(const NamedDeal&)>& each) = 0;
    // Every deal of the workspace that has an id in that system, deleted ones too. A pass over all deals.
    struct CalledDeal {
        std::vector<std::string> ids; // there: more than one when records were merged
        std::int64_t value_minor = 0;
        Currency currency;
        bool deleted = false;
    };
    virtual void for_each_called(std::string_view system, const std::function<void(const CalledDeal&)>& each) = 0;
    // Deals that were changed after they were made, deleted and spam ones left out: at most `limit` of them behind the place `after` in
    // the order of arrival (0: from the first), among a bounded number of deals. `next` is the place to go on from; 0: that was all.
    struct ChangedDeals {
        std::vector<Id> deals;
        std::uint64_t next = 0;
    };
    [[nodiscard]] virtual ChangedDeals changed_deals(std::uint64_t after, std::uint32_t limit) = 0;
    [[nodiscard]] virtual DayHistory day_history(std::int32_t day) = 0;
    [[nodiscard]] virtual std::vector<SourceFigures> source_figures() = 0;
    // Records of the connection that are due, those that are not slow first, oldest first; at most `limit`.
    [[nodiscard]] virtual std::vector<Wanted> list_wanted(const Id& connection, std::int64_t now_ms, std::uint32_t limit) = 0;
    [[nodiscard]] virtual WantedFigures wanted_figures(const Id& connection) = 0;
    // Where a follower of the journal stands (the last seq it has dealt with), 0 at first. Per tenant.
    [[nodiscard]] virtual std::uint64_t cursor(std::string_view follower) = 0;
    // Rows of the whole tenant after `after` whose `due` has the bit, oldest first, with the workspace they belong to.
    struct DueRow {
        WorkspaceNo workspace = 0;
        JournalEntry entry;
    };
    [[nodiscard]] virtual std::vector<DueRow> list_due(std::uint8_t bit, std::uint64_t after, std::uint32_t limit) = 0;
};

// What may be written. Uniqueness is the store's: a second deal with an external id, with a match key and twin, a second lead with an
// e-mail address throws Clash. Deals, leads and units bear ids that next_id() gave in the same batch or an earlier one.
// After a Clash, or anything else thrown, the batch can only be dropped: commit() then throws.
class Clash : public StoreError {
  public:
    using StoreError::StoreError;
};

// A page was asked for after a cursor that is damaged, or of another list or order. A caller's mistake, not the store's.
class BadCursor : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class Ledger : public LedgerReader {
  public:
    virtual void insert_deals(std::span<const Deal* const> deals) = 0;
    virtual void update_deals(std::span<const Deal* const> deals) = 0;
    virtual void insert_leads(std::span<const Lead* const> leads) = 0;
    virtual void update_leads(std::span<const Lead* const> leads) = 0;
    // Gives every entry its number, in order, and writes it.
    virtual void append_journal(std::span<JournalEntry> entries) = 0;
    // Inserts or replaces. `raw`: all that arrived, for a unit small enough to have come in one piece; add_raw is for the others.
    virtual void put_unit(const Unit& unit, std::string_view raw = {}) = 0;
    virtual void add_raw(const Id& unit, std::span<const RawPiece> pieces) = 0;
    // In row order, after those before. `planned`: kept apart from what becomes of the rows.
    virtual void add_outcomes(const Id& unit, std::span<const RowOutcome> outcomes, bool planned = false) = 0;
    // For a plan that is made anew.
    virtual void drop_planned_outcomes(const Id& unit) = 0;
    virtual void put_answer(const StoredAnswer& answer) = 0;
    virtual void put_settings(const Settings& settings) = 0;
    // Inserts, or replaces the one of that name, which keeps its created_at.
    virtual void put_mapping(const SavedMapping& mapping) = 0;
    [[nodiscard]] virtual bool drop_mapping(std::string_view name) = 0; // false: there is none
    virtual void put_day(const DayFigures& figures) = 0; // a day that has a row keeps it
    virtual void put_source_figures(const SourceFigures& figures) = 0; // inserts or replaces
    virtual void put_cursor(std::string_view follower, std::uint64_t seq) = 0;
    // Adds them. One that waits already keeps its due_at and first_at when they are earlier, is slow only if both are, and gets a new stamp.
    virtual void want(std::span<const Wanted> records) = 0;
    // They were read: gone, unless they were wanted again since (another stamp).
    virtual void fulfil(std::span<const Wanted> records) = 0;
    // Reading them failed: due again at `due_at`, one attempt more.
    virtual void postpone(std::span<const Wanted> records, std::int64_t due_at) = 0;
    virtual void forget_wanted(const Id& connection) = 0; // all of them
};

// A credential as stored. The secret itself is never stored: `secret_hash` is its BLAKE2b-256.
struct ApiKey {
    std::string key_id;      // public part, 16 characters
    std::string secret_hash; // 32 bytes
    TenantNo tenant = 0;
    std::string tenant_id;
    Role role = Role::Member;
    std::vector<std::string> workspaces; // ids it is limited to; empty: all of the tenant
    std::string label;
    std::vector<std::string> origins; // form keys: allowed Origin values; empty: any
    std::int32_t rate_per_minute = 0; // 0: the default of the role
    std::int64_t created_at = 0;
    std::int64_t revoked_at = 0; // 0: valid
};

struct WorkspaceRow {
    WorkspaceNo no = 0;
    TenantNo tenant = 0;
    std::string tenant_id;
    std::string workspace_id;
    bool is_default = false;
};

// What stands above tenants. Written by the command line and by administrators' routes.
class Registry {
  public:
    virtual ~Registry() = default;
    // Finds or makes; the first workspace of a tenant is its default.
    [[nodiscard]] virtual WorkspaceRow ensure_workspace(std::string_view tenant_id, std::string_view workspace_id, std::int64_t now_ms) = 0;
    [[nodiscard]] virtual std::vector<WorkspaceRow> list_workspaces() = 0;
    [[nodiscard]] virtual std::vector<WorkspaceRow> workspaces_of(TenantNo tenant) = 0; // default first
    virtual void put_key(const ApiKey& key) = 0;
    [[nodiscard]] virtual std::optional<ApiKey> find_key(std::string_view key_id) = 0; // revoked ones too
    [[nodiscard]] virtual std::vector<ApiKey> list_keys(std::string_view tenant_id) = 0;
    // False when there is no such key of that tenant.
    [[nodiscard]] virtual bool revoke_key(std::string_view tenant_id, std::string_view key_id, std::int64_t now_ms) = 0;
};

// One physical transaction in which the ledgers of several tenants can be opened one after the other: group commit.
class Batch {
  public:
    virtual ~Batch() = default;                                         // rolls back unless committed
    [[nodiscard]] virtual Ledger& ledger(const TenantScope& scope) = 0; // valid until the next call
    virtual void commit() = 0;                                          // returns when durable, else throws
};

class Store {
  public:
    virtual ~Store() = default;
    // One writer at a time; called from the writer's thread only.
    [[nodiscard]] virtual std::unique_ptr<Batch> begin() = 0;
    // A consistent read. Any thread; uses a pooled reader. The reference is valid inside the call only.
    virtual void read(const TenantScope& scope, const std::function<void(LedgerReader&)>& work) = 0;
    [[nodiscard]] virtual Registry& registry() = 0; // any thread
    [[nodiscard]] virtual People& people() = 0;     // any thread
    [[nodiscard]] virtual Connections& connections() = 0; // any thread
    // Housekeeping off the writer's path: checkpoints, expired answers. Called by one background thread about once a second.
    virtual void tidy(std::int64_t now_ms) = 0;
    // Throws StoreError with what is wrong; for `doctor` and readiness.
    virtual void check(bool thorough) = 0;
};

struct SqliteOptions {
    std::string directory; // made when absent, 0700
    std::uint32_t readers = 2;
    std::uint32_t writer_cache_kib = 16'384; // rows are appended, so a larger one gained nothing at a million deals
    std::uint32_t reader_cache_kib = 8'192;
    bool full_sync = true; // false only in the test that proves the fault harness sees lost writes
};
[[nodiscard]] std::unique_ptr<Store> open_sqlite(const SqliteOptions& options);

} // namespace tributary

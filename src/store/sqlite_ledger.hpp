// The port's two faces over one session: what readers may ask, and what the writer may also write. Private to the store's room.
#pragma once
#include "store/sqlite_session.hpp"

namespace tributary::sqlite {

// The reading half, the same under LedgerReader and Ledger.
template <typename Port>
class Reading : public Port {
  public:
    explicit Reading(Session session) : session_(std::move(session)) {}

    Id next_id(IdOf what, std::int64_t now_ms) override { return sqlite::next_id(session_, what, now_ms); }
    std::vector<std::optional<Id>> find_external(std::span<const ExternalId> wanted) override {
        return sqlite::find_external(session_, wanted);
    }
    std::vector<std::vector<Id>> find_named(std::span<const MatchKey> wanted) override { return sqlite::find_named(session_, wanted); }
    std::vector<std::optional<Deal>> read_deals(std::span<const Id> wanted) override { return sqlite::read_deals(session_, wanted); }
    std::vector<std::optional<Lead>> find_leads(std::span<const std::string> emails) override {
        return sqlite::find_leads(session_, emails);
    }
    std::vector<std::optional<Lead>> read_leads(std::span<const Id> wanted) override { return sqlite::read_leads(session_, wanted); }
    DealPage list_deals(const DealQuery& query) override { return sqlite::list_deals(session_, query); }
    Result<std::vector<DealPlace>> arrange_deals(const DealQuery& query, std::size_t most) override {
        return sqlite::arrange_deals(session_, query, most);
    }
    std::vector<std::optional<Deal>> read_deals_at(std::span<const DealPlace> places) override {
        return sqlite::read_deals_at(session_, places);
    }
    LeadPage list_leads(const LeadQuery& query) override { return sqlite::list_leads(session_, query); }
    std::vector<JournalEntry> list_journal(const JournalQuery& query) override { return sqlite::list_journal(session_, query); }
    std::uint64_t last_seq() override { return sqlite::last_seq(session_); }
    std::uint64_t first_seq() override { return sqlite::first_seq(session_); }
    std::optional<Unit> read_unit(const Id& id) override { return sqlite::read_unit(session_, id); }
    UnitPage list_units(const UnitQuery& query) override { return sqlite::list_units(session_, query); }
    Id find_same_file(std::string_view sha256) override { return sqlite::find_same_file(session_, sha256); }
    std::vector<RowOutcome> list_outcomes(const OutcomeQuery& query) override { return sqlite::list_outcomes(session_, query); }
    std::vector<RawPiece> read_raw(const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit) override {
        return sqlite::read_raw(session_, unit, from_ordinal, limit);
    }
    std::optional<StoredAnswer> find_answer(std::string_view scope, std::string_view key, std::int64_t now_ms) override {
        return sqlite::find_answer(session_, scope, key, now_ms);
    }
    Settings settings() override { return sqlite::read_settings(session_); }
    std::vector<SavedMapping> list_mappings() override { return sqlite::list_mappings(session_); }
    std::optional<SavedMapping> read_mapping(std::string_view name) override { return sqlite::read_mapping(session_, name); }
    std::optional<SavedMapping> find_mapping(std::string_view fingerprint) override { return sqlite::find_mapping(session_, fingerprint); }
    void for_each_rankable(const std::function<void(const Deal&)>& each) override { sqlite::for_each_rankable(session_, each); }
    void for_each_held_lead(const std::function<void(const Id& deal, const Id& lead)>& each) override {
        sqlite::for_each_held_lead(session_, each);
    }
    void for_each_named(const std::function<bool(const LedgerReader::NamedDeal&)>& each) override { sqlite::for_each_named(session_, each); }
    void for_each_called(std::string_view system, const std::function<void(const LedgerReader::CalledDeal&)>& each) override {
        sqlite::for_each_called(session_, system, each);
    }
    LedgerReader::ChangedDeals changed_deals(std::uint64_t after, std::uint32_t limit) override {
        return sqlite::changed_deals(session_, after, limit);
    }
    DayHistory day_history(std::int32_t day) override { return sqlite::read_days(session_, day); }
    std::vector<SourceFigures> source_figures() override { return sqlite::read_source_figures(session_); }
    std::vector<Wanted> list_wanted(const Id& connection, std::int64_t now_ms, std::uint32_t limit) override {
        return sqlite::list_wanted(session_, connection, now_ms, limit);
    }
    WantedFigures wanted_figures(const Id& connection) override { return sqlite::wanted_figures(session_, connection); }
    std::uint64_t cursor(std::string_view follower) override { return sqlite::read_cursor(session_, follower); }
    std::vector<LedgerReader::DueRow> list_due(std::uint8_t bit, std::uint64_t after, std::uint32_t limit) override {
        return sqlite::list_due(session_, bit, after, limit);
    }

  protected:
    Session session_;
};

using SqliteReader = Reading<LedgerReader>;

class SqliteLedger final : public Reading<Ledger> {
  public:
    using Reading::Reading;

    // Turns the one ledger of a batch to another tenant and workspace.
    void turn_to(const TenantScope& scope);
    [[nodiscard]] Session& session() { return session_; }

    void insert_deals(std::span<const Deal* const> deals) override;
    void update_deals(std::span<const Deal* const> deals) override;
    void insert_leads(std::span<const Lead* const> leads) override;
    void update_leads(std::span<const Lead* const> leads) override;
    void append_journal(std::span<JournalEntry> entries) override;
    void put_unit(const Unit& unit, std::string_view raw) override;
    void add_raw(const Id& unit, std::span<const RawPiece> pieces) override;
    void add_outcomes(const Id& unit, std::span<const RowOutcome> outcomes, bool planned) override;
    void drop_planned_outcomes(const Id& unit) override;
    void put_answer(const StoredAnswer& answer) override;
    void put_settings(const Settings& settings) override;
    void put_mapping(const SavedMapping& mapping) override;
    bool drop_mapping(std::string_view name) override;
    void put_day(const DayFigures& figures) override;
    void put_source_figures(const SourceFigures& figures) override;
    void put_cursor(std::string_view follower, std::uint64_t seq) override;
    void want(std::span<const Wanted> records) override;
    void fulfil(std::span<const Wanted> records) override;
    void postpone(std::span<const Wanted> records, std::int64_t due_at) override;
    void forget_wanted(const Id& connection) override;

  private:
    // What throws half way leaves half of itself written: the batch must then be dropped.
    template <typename Work>
    void write(const Work& work);
};

} // namespace tributary::sqlite

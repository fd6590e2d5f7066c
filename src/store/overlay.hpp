// A ledger over another one: what is asked is answered from below unless it was written here; what is written stays here
// (overlay_scratch.hpp) and never reaches what is below. For plans: the same steps run against it as against the real ledger.
// It holds what ingest() asks and writes; the rest of the port answers from below or throws logic_error. Writer's thread.
#pragma once
#include "store/overlay_scratch.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tributary {

// One batch. Made anew for every batch of a plan, because `below` is good for one transaction only.
class OverlayLedger final : public Ledger {
  public:
    OverlayLedger(LedgerReader& below, OverlayScratch& scratch) : below_(below), scratch_(scratch) {}

    Id next_id(IdOf what, std::int64_t now_ms) override;
    std::vector<std::optional<Id>> find_external(std::span<const ExternalId> wanted) override;
    std::vector<std::vector<Id>> find_named(std::span<const MatchKey> wanted) override;
    std::vector<std::optional<Deal>> read_deals(std::span<const Id> wanted) override;
    std::vector<std::optional<Lead>> find_leads(std::span<const std::string> emails) override;
    std::vector<std::optional<Lead>> read_leads(std::span<const Id> wanted) override;
    void insert_deals(std::span<const Deal* const> deals) override;
    void update_deals(std::span<const Deal* const> deals) override;
    void insert_leads(std::span<const Lead* const> leads) override;
    void update_leads(std::span<const Lead* const> leads) override;
    void append_journal(std::span<JournalEntry> entries) override; // numbers them; they are not kept
    std::uint64_t last_seq() override;

    DealPage list_deals(const DealQuery& query) override;
    Result<std::vector<DealPlace>> arrange_deals(const DealQuery& query, std::size_t most) override;
    std::vector<std::optional<Deal>> read_deals_at(std::span<const DealPlace> places) override;
    LeadPage list_leads(const LeadQuery& query) override;
    std::vector<JournalEntry> list_journal(const JournalQuery& query) override;
    std::uint64_t first_seq() override;
    std::optional<Unit> read_unit(const Id& id) override;
    UnitPage list_units(const UnitQuery& query) override;
    Id find_same_file(std::string_view sha256) override;
    std::vector<RowOutcome> list_outcomes(const OutcomeQuery& query) override;
    std::vector<RawPiece> read_raw(const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit) override;
    std::optional<StoredAnswer> find_answer(std::string_view scope, std::string_view key, std::int64_t now_ms) override;
    Settings settings() override;
    std::vector<SavedMapping> list_mappings() override;
    std::optional<SavedMapping> read_mapping(std::string_view name) override;
    std::optional<SavedMapping> find_mapping(std::string_view fingerprint) override;
    void for_each_rankable(const std::function<void(const Deal&)>& each) override;
    void for_each_held_lead(const std::function<void(const Id& deal, const Id& lead)>& each) override;
    void for_each_named(const std::function<bool(const NamedDeal&)>& each) override;
    ChangedDeals changed_deals(std::uint64_t after, std::uint32_t limit) override;
    DayHistory day_history(std::int32_t day) override;
    std::vector<SourceFigures> source_figures() override;
    void for_each_called(std::string_view system, const std::function<void(const CalledDeal&)>& each) override;
    std::vector<Wanted> list_wanted(const Id& connection, std::int64_t now_ms, std::uint32_t limit) override;
    WantedFigures wanted_figures(const Id& connection) override;
    std::uint64_t cursor(std::string_view follower) override;
    std::vector<DueRow> list_due(std::uint8_t bit, std::uint64_t after, std::uint32_t limit) override;
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
    void sort_by_twin(std::vector<Id>& ids);
    // Those of them that are not here; `places` says where they stand among all.
    template <typename Holds>
    [[nodiscard]] static std::vector<Id> not_here(std::span<const Id> wanted, const Holds& holds, std::vector<std::size_t>& places);

    LedgerReader& below_;
    OverlayScratch& scratch_;
};

} // namespace tributary

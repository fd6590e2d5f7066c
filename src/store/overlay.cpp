// See overlay.hpp.
#include "store/overlay.hpp"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace tributary {
namespace {

// Numbers of things made here: far above those of any real row, so that the two never meet in the scratch store.
constexpr std::int64_t kFirstNumber = kIdNumberMax / 2;

std::string made_directory(const std::string& directory) {
    std::string path = directory + "/plan-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw StoreError("no directory can be made for a plan");
    return path;
}

[[noreturn]] void never() { throw std::logic_error("a plan does not write this"); }

} // namespace

OverlayScratch::OverlayScratch(const std::string& directory)
    : directory_(made_directory(directory)), store_(open_sqlite({.directory = directory_, .readers = 1, .full_sync = false})) {}

OverlayScratch::~OverlayScratch() {
    store_.reset();
    std::error_code left_behind; // swept at the next start
    std::filesystem::remove_all(directory_, left_behind);
}

OverlayLedger::OverlayLedger(LedgerReader& below, OverlayScratch& scratch, const TenantScope& scope)
    : below_(below), scratch_(scratch), batch_(scratch.store_->begin()), here_(batch_->ledger(scope)) {}

void OverlayLedger::keep() { batch_->commit(); }

bool OverlayLedger::is_here(const Id& id, const std::unordered_set<Id>& changed) const {
    return id_number(id) > kFirstNumber || changed.contains(id);
}

Id OverlayLedger::next_id(IdOf /*what*/, std::int64_t now_ms) { return numbered_id(now_ms, kFirstNumber + ++scratch_.last_number_); }

std::vector<std::optional<Id>> OverlayLedger::find_external(std::span<const ExternalId> wanted) {
    auto found = here_.find_external(wanted);
    const auto below = below_.find_external(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (!found[at]) found[at] = below[at];
    }
    return found;
}

std::vector<std::vector<Id>> OverlayLedger::find_named(std::span<const MatchKey> wanted) {
    auto found = here_.find_named(wanted);
    auto below = below_.find_named(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        // What was changed here is known here by whatever it is called now.
        std::erase_if(below[at], [this](const Id& id) { return scratch_.deals_.contains(id); });
        if (below[at].empty()) continue; // what is here is in order
        found[at].insert(found[at].end(), below[at].begin(), below[at].end());
        sort_by_twin(found[at]);
    }
    return found;
}

void OverlayLedger::sort_by_twin(std::vector<Id>& ids) {
    if (ids.size() < 2) return;
    std::vector<std::pair<std::int32_t, Id>> twins;
    twins.reserve(ids.size());
    for (const auto& deal : read_deals(ids)) {
        if (deal) twins.emplace_back(deal->twin, deal->id);
    }
    std::ranges::sort(twins);
    ids.clear();
    for (const auto& [twin, id] : twins) ids.push_back(id);
}

std::vector<std::optional<Deal>> OverlayLedger::read_deals(std::span<const Id> wanted) {
    auto found = below_.read_deals(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (is_here(wanted[at], scratch_.deals_)) found[at] = std::move(here_.read_deals(wanted.subspan(at, 1)).front());
    }
    return found;
}

std::vector<std::optional<Lead>> OverlayLedger::find_leads(std::span<const std::string> emails) {
    auto found = here_.find_leads(emails);
    auto below = below_.find_leads(emails);
    for (std::size_t at = 0; at < emails.size(); ++at) {
        if (!found[at] && below[at] && !scratch_.leads_.contains(below[at]->id)) found[at] = std::move(below[at]);
    }
    return found;
}

std::vector<std::optional<Lead>> OverlayLedger::read_leads(std::span<const Id> wanted) {
    auto found = below_.read_leads(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (is_here(wanted[at], scratch_.leads_)) found[at] = std::move(here_.read_leads(wanted.subspan(at, 1)).front());
    }
    return found;
}

void OverlayLedger::insert_deals(std::span<const Deal* const> deals) { here_.insert_deals(deals); }

void OverlayLedger::update_deals(std::span<const Deal* const> deals) {
    // What is here leaves its names first; what comes from below may take them.
    std::vector<const Deal*> known;
    std::vector<const Deal*> fresh;
    for (const Deal* deal : deals) (is_here(deal->id, scratch_.deals_) ? known : fresh).push_back(deal);
    here_.update_deals(known);
    here_.insert_deals(fresh);
    for (const Deal* deal : fresh) scratch_.deals_.insert(deal->id);
}

void OverlayLedger::insert_leads(std::span<const Lead* const> leads) { here_.insert_leads(leads); }

void OverlayLedger::update_leads(std::span<const Lead* const> leads) {
    for (const Lead* lead : leads) {
        const std::span<const Lead* const> one(&lead, 1);
        if (is_here(lead->id, scratch_.leads_)) {
            here_.update_leads(one);
        } else {
            here_.insert_leads(one);
            scratch_.leads_.insert(lead->id);
        }
    }
}

void OverlayLedger::append_journal(std::span<JournalEntry> entries) {
    for (JournalEntry& entry : entries) {
        entry.seq = last_seq() + 1;
        ++scratch_.entries_;
    }
}

std::uint64_t OverlayLedger::last_seq() { return below_.last_seq() + scratch_.entries_; }

DealPage OverlayLedger::list_deals(const DealQuery& query) { return below_.list_deals(query); }
LeadPage OverlayLedger::list_leads(const LeadQuery& query) { return below_.list_leads(query); }
std::vector<JournalEntry> OverlayLedger::list_journal(const JournalQuery& query) { return below_.list_journal(query); }
std::uint64_t OverlayLedger::first_seq() { return below_.first_seq(); }
std::optional<Unit> OverlayLedger::read_unit(const Id& id) { return below_.read_unit(id); }
UnitPage OverlayLedger::list_units(const UnitQuery& query) { return below_.list_units(query); }
Id OverlayLedger::find_same_file(std::string_view sha256) { return below_.find_same_file(sha256); }
std::vector<RowOutcome> OverlayLedger::list_outcomes(const OutcomeQuery& query) { return below_.list_outcomes(query); }
std::vector<RawPiece> OverlayLedger::read_raw(const Id& unit, std::uint32_t from_ordinal, std::uint32_t limit) {
    return below_.read_raw(unit, from_ordinal, limit);
}
std::optional<StoredAnswer> OverlayLedger::find_answer(std::string_view scope, std::string_view key, std::int64_t now_ms) {
    return below_.find_answer(scope, key, now_ms);
}
Settings OverlayLedger::settings() { return below_.settings(); }
std::vector<SavedMapping> OverlayLedger::list_mappings() { return below_.list_mappings(); }
std::optional<SavedMapping> OverlayLedger::read_mapping(std::string_view name) { return below_.read_mapping(name); }
std::optional<SavedMapping> OverlayLedger::find_mapping(std::string_view fingerprint) { return below_.find_mapping(fingerprint); }
void OverlayLedger::for_each_rankable(const std::function<void(const Deal&)>& each) { below_.for_each_rankable(each); }
OverlayLedger::ChangedDeals OverlayLedger::changed_deals(std::uint64_t after, std::uint32_t limit) {
    return below_.changed_deals(after, limit);
}

void OverlayLedger::for_each_held_lead(const std::function<void(const Id& deal, const Id& lead)>& each) { below_.for_each_held_lead(each); }
std::uint64_t OverlayLedger::cursor(std::string_view follower) { return below_.cursor(follower); }
std::vector<LedgerReader::DueRow> OverlayLedger::list_due(std::uint8_t bit, std::uint64_t after, std::uint32_t limit) {
    return below_.list_due(bit, after, limit);
}

void OverlayLedger::put_unit(const Unit& /*unit*/, std::string_view /*raw*/) { never(); }
void OverlayLedger::add_raw(const Id& /*unit*/, std::span<const RawPiece> /*pieces*/) { never(); }
void OverlayLedger::add_outcomes(const Id& /*unit*/, std::span<const RowOutcome> /*outcomes*/, bool /*planned*/) { never(); }
void OverlayLedger::put_answer(const StoredAnswer& /*answer*/) { never(); }
void OverlayLedger::put_settings(const Settings& /*settings*/) { never(); }
void OverlayLedger::put_mapping(const SavedMapping& /*mapping*/) { never(); }
bool OverlayLedger::drop_mapping(std::string_view /*name*/) { never(); }
void OverlayLedger::put_cursor(std::string_view /*follower*/, std::uint64_t /*seq*/) { never(); }

} // namespace tributary

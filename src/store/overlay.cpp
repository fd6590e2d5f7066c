// See overlay.hpp.
#include "store/overlay.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tributary {
namespace {

[[noreturn]] void never() { throw std::logic_error("a plan does not write this"); }

} // namespace

template <typename Holds>
std::vector<Id> OverlayLedger::not_here(std::span<const Id> wanted, const Holds& holds, std::vector<std::size_t>& places) {
    std::vector<Id> absent;
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (holds(wanted[at])) continue;
        absent.push_back(wanted[at]);
        places.push_back(at);
    }
    return absent;
}

Id OverlayLedger::next_id(IdOf /*what*/, std::int64_t now_ms) { return scratch_.next_id(now_ms); }

std::vector<std::optional<Id>> OverlayLedger::find_external(std::span<const ExternalId> wanted) {
    auto found = below_.find_external(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (const auto here = scratch_.find_external(wanted[at])) found[at] = here;
    }
    return found;
}

std::vector<std::vector<Id>> OverlayLedger::find_named(std::span<const MatchKey> wanted) {
    auto found = below_.find_named(wanted);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        // What was changed here is known here by whatever it is called now.
        std::erase_if(found[at], [this](const Id& id) { return scratch_.holds_deal(id); });
        auto here = scratch_.find_named(wanted[at]);
        const bool both = !found[at].empty() && !here.empty(); // each by itself is in order
        found[at].insert(found[at].end(), here.begin(), here.end());
        if (both) sort_by_twin(found[at]);
    }
    return found;
}

void OverlayLedger::sort_by_twin(std::vector<Id>& ids) {
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
    std::vector<std::optional<Deal>> found(wanted.size());
    std::vector<std::size_t> places;
    const auto absent = not_here(wanted, [this](const Id& id) { return scratch_.holds_deal(id); }, places);
    auto below = below_.read_deals(absent);
    for (std::size_t at = 0; at < places.size(); ++at) found[places[at]] = std::move(below[at]);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (scratch_.holds_deal(wanted[at])) found[at] = scratch_.deal(wanted[at]);
    }
    return found;
}

std::vector<std::optional<Lead>> OverlayLedger::find_leads(std::span<const std::string> emails) {
    auto found = below_.find_leads(emails);
    for (std::size_t at = 0; at < emails.size(); ++at) {
        if (found[at] && scratch_.holds_lead(found[at]->id)) found[at].reset();
        if (const auto here = scratch_.find_lead(emails[at])) found[at] = scratch_.lead(*here);
    }
    return found;
}

std::vector<std::optional<Lead>> OverlayLedger::read_leads(std::span<const Id> wanted) {
    std::vector<std::optional<Lead>> found(wanted.size());
    std::vector<std::size_t> places;
    const auto absent = not_here(wanted, [this](const Id& id) { return scratch_.holds_lead(id); }, places);
    auto below = below_.read_leads(absent);
    for (std::size_t at = 0; at < places.size(); ++at) found[places[at]] = std::move(below[at]);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        if (scratch_.holds_lead(wanted[at])) found[at] = scratch_.lead(wanted[at]);
    }
    return found;
}

void OverlayLedger::insert_deals(std::span<const Deal* const> deals) {
    for (const Deal* deal : deals) scratch_.put(*deal);
}
void OverlayLedger::update_deals(std::span<const Deal* const> deals) { insert_deals(deals); }

void OverlayLedger::insert_leads(std::span<const Lead* const> leads) {
    for (const Lead* lead : leads) scratch_.put(*lead);
}
void OverlayLedger::update_leads(std::span<const Lead* const> leads) { insert_leads(leads); }

void OverlayLedger::append_journal(std::span<JournalEntry> entries) {
    std::uint64_t seq = last_seq();
    for (JournalEntry& entry : entries) entry.seq = ++seq;
    scratch_.add_entries(entries.size());
}

std::uint64_t OverlayLedger::last_seq() { return below_.last_seq() + scratch_.entries(); }

DealPage OverlayLedger::list_deals(const DealQuery& query) { return below_.list_deals(query); }
Result<std::vector<DealPlace>> OverlayLedger::arrange_deals(const DealQuery& query, std::size_t most) {
    return below_.arrange_deals(query, most);
}
std::vector<std::optional<Deal>> OverlayLedger::read_deals_at(std::span<const DealPlace> places) { return below_.read_deals_at(places); }
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
void OverlayLedger::for_each_named(const std::function<bool(const NamedDeal&)>& each) { below_.for_each_named(each); }
OverlayLedger::ChangedDeals OverlayLedger::changed_deals(std::uint64_t after, std::uint32_t limit) {
    return below_.changed_deals(after, limit);
}

void OverlayLedger::for_each_held_lead(const std::function<void(const Id& deal, const Id& lead)>& each) { below_.for_each_held_lead(each); }
DayHistory OverlayLedger::day_history(std::int32_t day) { return below_.day_history(day); }
std::vector<SourceFigures> OverlayLedger::source_figures() { return below_.source_figures(); }
void OverlayLedger::for_each_called(std::string_view /*system*/, const std::function<void(const CalledDeal&)>& /*each*/) { never(); }
std::vector<Wanted> OverlayLedger::list_wanted(const Id& connection, std::int64_t now_ms, std::uint32_t limit) {
    return below_.list_wanted(connection, now_ms, limit);
}
WantedFigures OverlayLedger::wanted_figures(const Id& connection) { return below_.wanted_figures(connection); }
std::uint64_t OverlayLedger::cursor(std::string_view follower) { return below_.cursor(follower); }
std::vector<LedgerReader::DueRow> OverlayLedger::list_due(std::uint8_t bit, std::uint64_t after, std::uint32_t limit) {
    return below_.list_due(bit, after, limit);
}

void OverlayLedger::put_unit(const Unit& /*unit*/, std::string_view /*raw*/) { never(); }
void OverlayLedger::add_raw(const Id& /*unit*/, std::span<const RawPiece> /*pieces*/) { never(); }
void OverlayLedger::add_outcomes(const Id& /*unit*/, std::span<const RowOutcome> /*outcomes*/, bool /*planned*/) { never(); }
void OverlayLedger::drop_planned_outcomes(const Id& /*unit*/) { never(); }
void OverlayLedger::put_answer(const StoredAnswer& /*answer*/) { never(); }
void OverlayLedger::put_settings(const Settings& /*settings*/) { never(); }
void OverlayLedger::put_mapping(const SavedMapping& /*mapping*/) { never(); }
bool OverlayLedger::drop_mapping(std::string_view /*name*/) { never(); }
void OverlayLedger::put_day(const DayFigures& /*figures*/) { never(); }
void OverlayLedger::put_source_figures(const SourceFigures& /*figures*/) { never(); }
void OverlayLedger::put_cursor(std::string_view /*follower*/, std::uint64_t /*seq*/) { never(); }
void OverlayLedger::want(std::span<const Wanted> /*records*/) { never(); }
void OverlayLedger::fulfil(std::span<const Wanted> /*records*/) { never(); }
void OverlayLedger::postpone(std::span<const Wanted> /*records*/, std::int64_t /*due_at*/) { never(); }
void OverlayLedger::forget_wanted(const Id& /*connection*/) { never(); }

} // namespace tributary

// See sqlite_ledger.hpp.
#include "store/sqlite_ledger.hpp"

namespace tributary::sqlite {

void SqliteLedger::turn_to(const TenantScope& scope) {
    if (scope.tenant() <= 0 || scope.tenant() > kOwnerNoMax || scope.workspace() <= 0 || scope.workspace() > kOwnerNoMax)
        throw StoreError("a scope without a tenant");
    if (session_.workspace != scope.workspace()) session_.known = nullptr;
    session_.tenant = scope.tenant();
    session_.workspace = scope.workspace();
    session_.db.wall().tenant = scope.tenant();
    session_.db.wall().workspace = scope.workspace();
}

template <typename Work>
void SqliteLedger::write(const Work& work) {
    try {
        work();
    } catch (...) {
        session_.turn->spoiled = true;
        throw;
    }
}

void SqliteLedger::insert_deals(std::span<const Deal* const> deals) {
    write([&] { sqlite::insert_deals(session_, deals); });
}

void SqliteLedger::update_deals(std::span<const Deal* const> deals) {
    write([&] { sqlite::update_deals(session_, deals); });
}

void SqliteLedger::insert_leads(std::span<const Lead* const> leads) {
    write([&] { sqlite::insert_leads(session_, leads); });
}

void SqliteLedger::update_leads(std::span<const Lead* const> leads) {
    write([&] { sqlite::update_leads(session_, leads); });
}

void SqliteLedger::append_journal(std::span<JournalEntry> entries) {
    write([&] { sqlite::append_journal(session_, entries); });
}

void SqliteLedger::put_unit(const Unit& unit, std::string_view raw) {
    write([&] { sqlite::put_unit(session_, unit, raw); });
}

void SqliteLedger::add_raw(const Id& unit, std::span<const RawPiece> pieces) {
    write([&] { sqlite::add_raw(session_, unit, pieces); });
}

void SqliteLedger::add_outcomes(const Id& unit, std::span<const RowOutcome> outcomes, bool planned) {
    write([&] { sqlite::add_outcomes(session_, unit, outcomes, planned); });
}

void SqliteLedger::drop_planned_outcomes(const Id& unit) {
    write([&] { sqlite::drop_planned_outcomes(session_, unit); });
}

void SqliteLedger::put_answer(const StoredAnswer& answer) {
    write([&] { sqlite::put_answer(session_, answer); });
}

void SqliteLedger::put_settings(const Settings& settings) {
    write([&] { sqlite::put_settings(session_, settings); });
}

void SqliteLedger::put_mapping(const SavedMapping& mapping) {
    write([&] { sqlite::put_mapping(session_, mapping); });
}

bool SqliteLedger::drop_mapping(std::string_view name) {
    bool dropped = false;
    write([&] { dropped = sqlite::drop_mapping(session_, name); });
    return dropped;
}

void SqliteLedger::put_day(const DayFigures& figures) {
    write([&] { sqlite::put_day(session_, figures); });
}

void SqliteLedger::put_source_figures(const SourceFigures& figures) {
    write([&] { sqlite::put_source_figures(session_, figures); });
}

void SqliteLedger::put_cursor(std::string_view follower, std::uint64_t seq) {
    write([&] { sqlite::put_cursor(session_, follower, seq); });
}

void SqliteLedger::want(std::span<const Wanted> records) {
    write([&] { sqlite::want(session_, records); });
}

void SqliteLedger::fulfil(std::span<const Wanted> records) {
    write([&] { sqlite::fulfil(session_, records); });
}

void SqliteLedger::postpone(std::span<const Wanted> records, std::int64_t due_at) {
    write([&] { sqlite::postpone(session_, records, due_at); });
}

void SqliteLedger::forget_wanted(const Id& connection) {
    write([&] { sqlite::forget_wanted(session_, connection); });
}

} // namespace tributary::sqlite

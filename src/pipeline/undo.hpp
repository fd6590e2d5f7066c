// Undo: takes back what a unit changed, read from the journal rows that name it. The rows are walked from the newest to the oldest in
// slices, each in one turn of the writer; everything goes through the ordinary journal under a unit of its own (door "/undo"), so
// history, feed, live socket and metrics tell of it, and an undo can be undone like anything else. docs/imports.md has the rules.
//
//   begin_undo --> undo_slice ... undo_slice   (deals; of a large unit find_free_leads goes first, so that leads go with their deals)
//              --> find_free_leads, undo_slice ... , as often as needed   (leads that did not)
//
// Where an undo stands is written with every slice in the options of its unit: undo_slice begins where the last committed one ended,
// whoever calls it, also after a crash. An undo makes nothing due: automations never fire from it.
#pragma once
#include "pipeline/pipeline.hpp"
#include "pipeline/writer.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::string_view kUndoDoor = "/undo";
inline constexpr std::uint32_t kUndoRowsPerSlice = 1'024; // of the undone unit's journal, looked at in one turn of the writer: about 10 ms
inline constexpr std::uint32_t kUndoLeadRowsPerSlice = 2'048; // the same, for leads
inline constexpr std::size_t kUndoLeadsPerRound = 262'144;    // leads made by the unit that one pass over all deals decides about
inline constexpr std::size_t kUndoLeadsAlong = 2'000'000;     // leads that may go with their deals; about 35 bytes each
inline constexpr std::uint64_t kUndoAlongFrom = 5'000;        // deals made by the unit: below, a pass over all deals costs more than it saves
inline constexpr std::uint32_t kUndoTouchesPerPage = 64;      // rows of one deal read at once

// Of deals, each in every count that is true of it: some field set back; deleted (it was made or restored by the unit); alive again
// (the unit deleted it); something left as it is because it was changed since; something that could not be set back.
struct UndoCounts {
    std::uint64_t reverted = 0, removed = 0, restored = 0, kept = 0, blocked = 0;
    std::uint64_t leads_removed = 0; // made by the unit and no deal is left of them
};

enum class UndoStep : std::uint8_t { Deals, Leads, Done };

struct UndoProgress {
    Id undoes;
    UnitState was = UnitState::Done; // of the undone unit, which it gets back when the undo is undone
    UndoStep step = UndoStep::Deals;
    std::uint64_t before = 0; // journal rows of the undone unit with smaller numbers are still to be looked at; 0: all
    UndoCounts counts;
    bool along = false;             // leads go with their deals
    std::uint64_t leads_before = 0; // the leads' step has to do with rows of smaller numbers only; 0: with none
};

// As kept in the options of the undo's unit; nullopt for a unit that is no undo.
[[nodiscard]] std::optional<UndoProgress> undo_progress(const Unit& undo);
void append_undo_counts(std::string& out, const UndoCounts& counts); // {"reverted":0,...}

// Refuses with Conflict: import_running, already_undone, undo_running (its details name the undo), nothing_to_undo (planned or failed
// before it had begun).
[[nodiscard]] Result<void> may_undo(const Unit& unit);
// The undo that is taking the unit back or has done so; nil when there is none.
[[nodiscard]] Id undone_by(const Unit& unit);

// Stores the undo's unit and marks the other as being undone. Call may_undo() in the same turn before. Leads go with their deals when
// the unit made so many deals.
[[nodiscard]] Unit begin_undo(Turn& turn, Unit unit, std::string actor, std::uint64_t along_from = kUndoAlongFrom);

// Leads that may go, as of one moment. In the step of the deals: of which one deal is left, so that they go when it does. In the step of
// the leads: made by the unit, and no deal is left of them.
struct FreeLeads {
    UndoStep step = UndoStep::Leads;
    boost::unordered_flat_set<Id, std::hash<Id>> leads;
    std::uint64_t down_to = 0;  // decided for the unit's journal rows from this number on
    std::uint64_t seen_seq = 0; // of the tenant's journal: what happened later is looked at in the writer's turn
};

// What a preview remembers, since nothing it decides is written: the leads its deals would have, nil for a deal that would be gone.
using LeadsAfter = boost::unordered_flat_map<Id, Id, std::hash<Id>>;

// For the step that the undo is in. A pass over all deals, in the step of the leads also over the unit's rows below `before`; on a
// reader's thread, never in the writer's turn.
[[nodiscard]] FreeLeads find_free_leads(LedgerReader& ledger, const UndoProgress& progress, const LeadsAfter* preview = nullptr);

// What the next slice of deals will ask for, read on a reader's thread while the one before it is written.
struct UndoAhead {
    std::uint64_t before = 0;   // as UndoProgress::before of that slice
    std::uint64_t seen_seq = 0; // of the tenant's journal: what is read is as of this number
    std::vector<JournalEntry> rows;
    boost::unordered_flat_map<Id, Deal, std::hash<Id>> deals;
    boost::unordered_flat_map<Id, Lead, std::hash<Id>> leads;
    // The next slice begins below its last row; nothing: this one is the last.
    [[nodiscard]] std::optional<std::uint64_t> next() const;
};
[[nodiscard]] UndoAhead read_undo_ahead(LedgerReader& ledger, const Id& undone, std::uint64_t before);

// What one slice leaves for the next: with it is known whether anything has happened since something was read ahead but that slice.
struct UndoWake {
    std::uint64_t from_seq = 0, to_seq = 0; // the tenant's journal before the slice and after it
    boost::unordered_flat_set<Id, std::hash<Id>> touched; // its deals and leads
};

enum class UndoNext : std::uint8_t { Slice, FindLeads, Done };

// One slice, in the writer's turn. FindLeads: call find_free_leads() for the stored progress and come with the answer.
// `ahead` is used as far as it is still true, going by what the slice before it has left in `wake`.
[[nodiscard]] UndoNext undo_slice(Turn& turn, const Id& undo, FreeLeads* leads, const UndoAhead* ahead = nullptr, UndoWake* wake = nullptr);

// What a slice is going to do, decided and not written.
struct UndoPlan {
    Plan plan;
    std::vector<RowOutcome> outcomes; // one for each deal; `code` is removed, restored, reverted, blocked, kept or unchanged
};
[[nodiscard]] UndoPlan plan_undo_slice(const IngestContext& context, UndoProgress& progress, std::uint32_t first_row, FreeLeads* leads,
                                       const UndoAhead* ahead = nullptr, const UndoWake* wake = nullptr);

// The same without writing: a slice at a time, on a reader.
struct UndoPreview {
    UndoProgress progress;
    LeadsAfter leads_after;
    FreeLeads unheld;
    bool leads_found = false;
    std::uint32_t next_row = 0;
};
[[nodiscard]] std::vector<RowOutcome> preview_undo_slice(LedgerReader& ledger, const Settings& settings, std::int64_t now_ms,
                                                         UndoPreview& preview);

} // namespace tributary

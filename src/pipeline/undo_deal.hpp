// How one deal, and one lead, goes back. Private to undo: undo.cpp walks the unit, undo_deal.cpp and undo_lead.cpp decide.
#pragma once
#include "pipeline/undo.hpp"

#include <boost/json/object.hpp>

#include <array>

namespace tributary {

// Of the undone unit's options: the undo's id.
inline constexpr std::string_view kUndoneBy = "undone_by";
[[nodiscard]] boost::json::object options_of(const Unit& unit);
void set_options(Unit& unit, boost::json::object options);
// Puts the members of one JSON object text into them; what others have noted there stays.
void note_in_options(Unit& unit, std::string_view members);
[[nodiscard]] std::string progress_text(const UndoProgress& progress);

// Somebody's change of a deal since the unit.
struct Touch {
    std::uint64_t seq = 0;
    std::int64_t at = 0;
    std::string actor;
    Happening happening = Happening::Updated;
};

// What was read ahead and is still true; nothing otherwise. (The unit's rows always are: what it did is done.)
struct Foresight {
    const UndoAhead* ahead = nullptr; // null: nothing may be believed
    const UndoWake* wake = nullptr;
    [[nodiscard]] const Deal* deal(const Id& id) const; // null: ask the ledger
    [[nodiscard]] const Lead* lead(const Id& id) const;
};
[[nodiscard]] Foresight foreseen(const UndoAhead* ahead, const UndoWake* wake, std::uint64_t last_seq);

// A slice on its way: the plan under construction, and what its deals have in common.
struct UndoWork {
    const IngestContext& context;
    const UndoProgress& progress;
    FreeLeads* leads = nullptr;  // in the step of the deals: those that go with their deal
    Foresight foresight;
    std::uint64_t first_seq = 0; // of the undone unit: nothing older matters
    Plan plan;
    boost::unordered_flat_map<Id, bool, std::hash<Id>> inert;             // units whose changes have been taken back, and undos
    boost::unordered_flat_map<Id, std::size_t, std::hash<Id>> lead_by_id; // into plan.leads
    std::vector<Lead> leads_before;                                       // beside plan.leads
};

// The deals that the rows change, in order.
[[nodiscard]] std::vector<Id> deals_of(const std::vector<JournalEntry>& rows);

// What became of a deal.
struct DealVerdict {
    bool removed = false, restored = false;
    std::vector<FieldProblem> notes; // by field; code reverted, kept or blocked
};

// Decides about the deal at `place` of the plan and changes it there; nothing when the unit's row `entry` is not its last of that deal.
[[nodiscard]] std::optional<DealVerdict> take_back_deal(UndoWork& work, std::size_t place, const JournalEntry& entry);

// A deal that is called otherwise than before, or is there again, finds its place among its namesakes. The deals of the plan may move.
void place_by_name(Plan& plan, LedgerReader& ledger, std::size_t place);

// The place in plan.leads, read when it is not there yet; nullopt when there is no such lead.
[[nodiscard]] std::optional<std::size_t> load_lead(UndoWork& work, const Id& lead);
// A deal that is there (again) has its lead: one that an undo had taken away comes back, told in the deal's own row, or whoever has its
// address by now takes its place. `row` and `change` are those of the deal's journal row.
void give_lead_back(UndoWork& work, std::size_t place, RowResult& row, RowChange& change);
// A deal that is gone takes the lead along that the unit's row `entry` made with it, when it was the only deal of it: told in the deal's
// own row too.
void let_lead_go(UndoWork& work, std::size_t place, const JournalEntry& entry, RowResult& row, RowChange& change);
// The unit's row says something of a lead that the deal's own row has not taken back; `settled`: the lead that it has, or nil.
[[nodiscard]] bool leaves_lead(const JournalEntry& entry, const Id& settled);
// Takes back what the unit's row changed of its lead, and answers the lead's place when something did.
[[nodiscard]] std::optional<std::size_t> take_back_lead(UndoWork& work, const JournalEntry& entry, const FreeLeads& unheld,
                                                        UndoCounts& counts);
// The ids of leads that journal rows since `seen_seq` give to deals are taken out of `unheld`.
void keep_newly_held(LedgerReader& ledger, std::uint64_t until, FreeLeads& unheld);

// Keys in which `before` and `after` differ go back in the stored object where they are still as in `after`. Objects as JSON texts;
// the answer is empty when nothing is left. `kept` is set when a key was not as in `after`.
[[nodiscard]] std::string object_set_back(const std::string& stored, const boost::json::value& before, const boost::json::value& after,
                                          bool& kept);

} // namespace tributary

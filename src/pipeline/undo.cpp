// The story of an undo. See undo.hpp.
#include "pipeline/undo.hpp"

#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "pipeline/undo_deal.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace tributary {
namespace {

namespace json = boost::json;

void tell_of_unit(Turn& turn, const Unit& undo, Happening happening, const UndoProgress& progress) {
    std::string members;
    append_key(members, "undoes");
    append_id(members, progress.undoes);
    append_key(members, "counts");
    append_undo_counts(members, progress.counts);
    std::vector<JournalEntry> rows{about_unit(undo, happening, turn.now_ms, members)};
    turn.ledger.append_journal(rows);
    turn.told.push_back(std::move(rows.front()));
}

// The undone unit is undone. When it was an undo itself, what that had undone is in force again; and so on down to an arrival.
void close_undone(Ledger& ledger, Id undone, Id by) {
    UnitState was = UnitState::Undone;
    for (bool out = true;; out = !out) {
        auto unit = ledger.read_unit(undone);
        if (!unit) return;
        unit->state = out ? UnitState::Undone : was;
        json::object options = options_of(*unit);
        if (out)
            options[kUndoneBy] = by.text();
        else if (const auto named = options.find(kUndoneBy); named != options.end())
            options.stable_erase(named);
        set_options(*unit, std::move(options));
        ledger.put_unit(*unit);
        const auto progress = undo_progress(*unit);
        if (!progress) return;
        by = undone;
        undone = progress->undoes;
        was = progress->was;
    }
}

void finish(Turn& turn, Unit& undo, const UndoProgress& progress) {
    undo.state = UnitState::Done;
    undo.finished_at = turn.now_ms;
    turn.ledger.put_unit(undo);
    close_undone(turn.ledger, progress.undoes, undo.id);
    tell_of_unit(turn, undo, Happening::ImportFinished, progress);
}

void rescore(Deal& deal, std::int64_t now_ms) {
    deal.health_score = health_score(deal, now_ms);
    deal.risk = risk_of(deal.health_score);
}

// Above every namesake that is there or was there before this slice: rows are written one after the other.
std::int32_t free_twin(const Plan& plan, std::size_t place) {
    const MatchKey& key = plan.deals[place].now.match_key;
    std::int32_t twin = 0;
    for (const std::size_t other : plan.by_key.at(key)) {
        if (other == place) continue;
        for (const Deal* deal : {&plan.deals[other].before, &plan.deals[other].now}) {
            if (deal->match_key == key && deal->deleted_at == 0 && !deal->is_spam) twin = std::max(twin, deal->twin + 1);
        }
    }
    return twin;
}

bool same_deal(const Deal& left, const Deal& right) {
    return std::ranges::all_of(
               kFields, [&](Field field) { return same_field(left, right, field) && !differs_in_origin_alone(left, right, field); }) &&
           left.external_ids == right.external_ids && left.lead_id == right.lead_id && left.source_metadata == right.source_metadata &&
           left.deleted_at == right.deleted_at;
}

std::string_view main_result(const DealVerdict& verdict, bool changed, bool blocked) {
    if (verdict.removed) return "removed";
    if (verdict.restored) return "restored";
    if (changed) return "reverted";
    if (blocked) return "blocked";
    return verdict.notes.empty() ? "unchanged" : "kept";
}

// A lead that is had again does not go with another deal.
void keep_lead_of(UndoWork& work, const Working& working) {
    const bool came = working.before.deleted_at != 0 || working.before.lead_id != working.now.lead_id;
    if (work.leads != nullptr && came && working.now.deleted_at == 0) work.leads->leads.erase(working.now.lead_id);
}

// Answers the lead that the deal's row has taken back or given back; nil: none.
Id settle(UndoWork& work, std::size_t place, const JournalEntry& entry, DealVerdict verdict, std::uint32_t row, UndoCounts& counts,
          std::vector<RowOutcome>& outcomes) {
    Id lead;
    const bool changed = !same_deal(work.plan.deals[place].before, work.plan.deals[place].now);
    if (changed) {
        place_by_name(work.plan, *work.context.ledger, place);
        Working& working = work.plan.deals[place];
        working.changed = true;
        working.now.updated_at = work.context.now_ms;
        rescore(working.now, work.context.now_ms);
        RowResult result{.row = row, .action = RowAction::Updated, .deal = place};
        RowChange change;
        change.before = working.before;
        if (verdict.removed) {
            let_lead_go(work, place, entry, result, change);
            counts.leads_removed += change.lead;
        } else {
            give_lead_back(work, place, result, change);
            keep_lead_of(work, work.plan.deals[place]);
        }
        if (change.lead) lead = change.lead_before->id;
        tell(work.plan, result, change, 0);
    }
    const auto any = [&](std::string_view code) {
        return std::ranges::any_of(verdict.notes, [&](const FieldProblem& problem) { return problem.code == code; });
    };
    const bool blocked = any("blocked");
    counts.removed += verdict.removed;
    counts.restored += verdict.restored;
    counts.reverted += any("reverted");
    counts.kept += any("kept");
    counts.blocked += blocked;
    RowOutcome outcome{.row = row, .action = changed ? RowAction::Updated : blocked ? RowAction::Skipped : RowAction::Unchanged};
    outcome.deal = work.plan.deals[place].now.id;
    outcome.code = main_result(verdict, changed, blocked);
    outcome.problems = std::move(verdict.notes);
    outcomes.push_back(std::move(outcome));
    return lead;
}

bool changes_deal(const JournalEntry& entry) {
    return entry.happening == Happening::Created || entry.happening == Happening::Updated || entry.happening == Happening::Deleted ||
           entry.happening == Happening::Restored;
}

// As read ahead, else from the ledger.
std::vector<std::optional<Deal>> read_deals(const UndoWork& work, const std::vector<Id>& ids) {
    if (work.foresight.ahead == nullptr) return work.context.ledger->read_deals(ids);
    std::vector<std::optional<Deal>> deals(ids.size());
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (const Deal* foreseen = work.foresight.deal(ids[at]))
            deals[at] = *foreseen;
        else
            deals[at] = std::move(work.context.ledger->read_deals(std::span(&ids[at], 1)).front());
    }
    return deals;
}

void load_deals(UndoWork& work, const std::vector<JournalEntry>& rows) {
    const std::vector<Id> ids = deals_of(rows);
    auto deals = read_deals(work, ids);
    work.plan.deals.reserve(ids.size());
    work.plan.journal.reserve(ids.size());
    for (std::size_t at = 0; at < ids.size(); ++at) {
        if (!deals[at]) continue;
        const std::size_t place = work.plan.deals.size();
        work.plan.by_id.emplace(ids[at], place);
        for (const auto& external : deals[at]->external_ids) work.plan.by_external.emplace(external, place);
        Working working{.existed = true, .changed = false, .before = *deals[at], .now = std::move(*deals[at])};
        work.plan.deals.push_back(std::move(working));
    }
}

void take_back_deals(UndoWork& work, const std::vector<JournalEntry>& rows, std::uint32_t row, UndoProgress& progress,
                     std::vector<RowOutcome>& outcomes) {
    load_deals(work, rows);
    boost::unordered_flat_set<std::size_t> met;
    for (const JournalEntry& entry : rows) {
        Id lead;
        const auto found = changes_deal(entry) ? work.plan.by_id.find(entry.deal) : work.plan.by_id.end();
        if (found != work.plan.by_id.end() && met.insert(found->second).second) {
            auto verdict = take_back_deal(work, found->second, entry);
            if (verdict) lead = settle(work, found->second, entry, std::move(*verdict), row++, progress.counts, outcomes);
        }
        if (progress.leads_before == 0 && leaves_lead(entry, lead)) progress.leads_before = entry.seq + 1;
    }
}

// Leads are told of after the rows are through: a lead that several rows changed has one row of its own.
void take_back_leads(UndoWork& work, const std::vector<JournalEntry>& rows, FreeLeads& unheld, UndoCounts& counts) {
    work.plan.leads.reserve(rows.size());
    work.plan.deals.reserve(rows.size());
    work.leads_before.reserve(rows.size());
    boost::unordered_flat_map<std::size_t, Id> changed; // places of leads, with the deal that a row of theirs named
    std::vector<std::size_t> order;
    for (const JournalEntry& entry : rows) {
        if (entry.seq < unheld.down_to) break;
        const auto lead = take_back_lead(work, entry, unheld, counts);
        if (lead && changed.emplace(*lead, entry.deal).second) order.push_back(*lead);
    }
    for (const std::size_t at : order) {
        Working deal;
        deal.existed = true;
        deal.now.id = changed.at(at);
        RowResult result{.action = RowAction::Unchanged, .deal = work.plan.deals.size(), .lead = at};
        work.plan.deals.push_back(std::move(deal));
        RowChange change;
        change.lead = true;
        change.lead_before = work.leads_before[at];
        tell(work.plan, result, change, 0);
    }
}

UndoWake wake_of(const Plan& plan, std::uint64_t from_seq, std::uint64_t to_seq) {
    UndoWake wake{.from_seq = from_seq, .to_seq = to_seq, .touched = {}};
    for (const Working& working : plan.deals) wake.touched.insert(working.now.id);
    for (const WorkingLead& working : plan.leads) wake.touched.insert(working.now.id);
    return wake;
}

// Journal rows first, then the deals and leads; as any arrival does it.
void write_plan(Turn& turn, const IngestContext& context, UndoPlan& decided) {
    for (const Working& working : decided.plan.deals) {
        if (working.changed) turn.ranks.replace(&working.before, &working.now);
    }
    record(turn.ledger, context, decided.plan);
    if (!decided.outcomes.empty()) turn.ledger.add_outcomes(context.unit->id, decided.outcomes);
    turn.told.insert(turn.told.end(), decided.plan.journal.begin(), decided.plan.journal.end());
}

} // namespace

std::vector<Id> deals_of(const std::vector<JournalEntry>& rows) {
    std::vector<Id> ids;
    for (const JournalEntry& entry : rows) {
        if (changes_deal(entry)) ids.push_back(entry.deal);
    }
    std::ranges::sort(ids);
    const auto rest = std::ranges::unique(ids);
    ids.erase(rest.begin(), rest.end());
    return ids;
}

void place_by_name(Plan& plan, LedgerReader& ledger, std::size_t place) {
    const Deal& before = plan.deals[place].before;
    Deal& now = plan.deals[place].now;
    if (now.is_spam) return;
    const bool renamed = now.name != before.name || now.company != before.company;
    if (renamed) now.match_key = match_key(normal_name(now.name), normal_company(now.company), now.source);
    const bool came = before.deleted_at != 0 && now.deleted_at == 0;
    if (now.match_key == MatchKey{} || (!came && now.match_key == before.match_key)) return;
    const MatchKey key = now.match_key;
    load_named(ledger, key, plan); // `before` and `now` may have moved from here on
    auto& places = plan.by_key[key];
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
    plan.deals[place].now.twin = free_twin(plan, place);
}

UndoPlan plan_undo_slice(const IngestContext& context, UndoProgress& progress, std::uint32_t first_row, FreeLeads* leads,
                         const UndoAhead* ahead, const UndoWake* wake) {
    UndoPlan decided;
    UndoWork work{.context = context, .progress = progress, .leads = nullptr, .foresight = foreseen(ahead, wake, context.ledger->last_seq())};
    LedgerReader& ledger = *context.ledger;
    const auto first = ledger.list_journal({.deal = {}, .unit = progress.undoes, .after = 0, .descending = false, .limit = 1});
    if (!first.empty()) work.first_seq = first.front().seq;
    const std::uint32_t limit = progress.step == UndoStep::Deals ? kUndoRowsPerSlice : kUndoLeadRowsPerSlice;
    std::vector<JournalEntry> asked;
    if (ahead == nullptr)
        asked = ledger.list_journal({.deal = {}, .unit = progress.undoes, .after = progress.before, .descending = true, .limit = limit});
    const std::vector<JournalEntry>& rows = ahead != nullptr ? ahead->rows : asked;
    const bool last = rows.size() < limit;
    if (leads != nullptr) keep_newly_held(ledger, ledger.last_seq(), *leads);
    if (progress.step == UndoStep::Deals) {
        work.leads = leads;
        take_back_deals(work, rows, first_row, progress, decided.outcomes);
        progress.before = last ? progress.leads_before : rows.back().seq;
        if (last) progress.step = progress.leads_before == 0 ? UndoStep::Done : UndoStep::Leads;
    } else {
        take_back_leads(work, rows, *leads, progress.counts);
        const bool cut = !rows.empty() && rows.back().seq < leads->down_to;
        progress.before = cut ? leads->down_to : rows.empty() ? 0 : rows.back().seq;
        if (last && !cut) progress.step = UndoStep::Done;
    }
    decided.plan = std::move(work.plan);
    return decided;
}

Unit begin_undo(Turn& turn, Unit unit, std::string actor, std::uint64_t along_from) {
    UndoProgress progress{.undoes = unit.id, .was = unit.state, .along = unit.counts.created >= along_from};
    Unit undo;
    undo.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
    undo.source = Source::System;
    undo.door = kUndoDoor;
    undo.actor = std::move(actor);
    undo.state = UnitState::Running;
    undo.many = true; // it is listed with the imports, and its rows are read and undone like theirs
    undo.options = progress_text(progress);
    undo.started_at = turn.now_ms;
    turn.ledger.put_unit(undo);
    json::object options = options_of(unit);
    options[kUndoneBy] = undo.id.text();
    set_options(unit, std::move(options));
    unit.state = UnitState::Undoing;
    turn.ledger.put_unit(unit);
    tell_of_unit(turn, undo, Happening::ImportStarted, progress);
    return undo;
}

UndoNext undo_slice(Turn& turn, const Id& undo_id, FreeLeads* leads, const UndoAhead* ahead, UndoWake* wake) {
    auto undo = turn.ledger.read_unit(undo_id);
    auto progress = undo ? undo_progress(*undo) : std::nullopt;
    if (!progress || undo->state != UnitState::Running) return UndoNext::Done;
    const UndoStep step = progress->step;
    const bool of_leads = step == UndoStep::Leads;
    const bool found = leads != nullptr && leads->step == step && !(of_leads && progress->before != 0 && progress->before <= leads->down_to);
    if (!found && (of_leads || progress->along)) return UndoNext::FindLeads;
    const IngestContext context{
        .unit = &*undo, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = &turn.ledger, .automations = AutomationPolicy::Off};
    const std::uint64_t from_seq = turn.ledger.last_seq();
    if (of_leads || (ahead != nullptr && ahead->before != progress->before)) ahead = nullptr;
    UndoPlan decided = plan_undo_slice(context, *progress, static_cast<std::uint32_t>(undo->counts.read), found ? leads : nullptr,
                                       ahead, wake);
    write_plan(turn, context, decided);
    if (wake != nullptr) *wake = wake_of(decided.plan, from_seq, turn.ledger.last_seq());
    // This slice's own rows are the newest; what they give to deals is out of the set already.
    if (found && !of_leads) leads->seen_seq = turn.ledger.last_seq();
    count_outcomes(undo->counts, decided.outcomes);
    note_in_options(*undo, progress_text(*progress));
    if (progress->step == UndoStep::Done) {
        finish(turn, *undo, *progress);
        return UndoNext::Done;
    }
    turn.ledger.put_unit(*undo);
    return progress->step == step ? UndoNext::Slice : UndoNext::FindLeads;
}

std::vector<RowOutcome> preview_undo_slice(LedgerReader& ledger, const Settings& settings, std::int64_t now_ms, UndoPreview& preview) {
    const Unit nobody;
    const IngestContext context{.unit = &nobody, .now_ms = now_ms, .settings = &settings, .ledger = &ledger, .automations = AutomationPolicy::Off};
    UndoProgress& progress = preview.progress;
    const bool needs_leads = !preview.leads_found || (progress.before != 0 && progress.before <= preview.unheld.down_to);
    if (progress.step == UndoStep::Leads && needs_leads) {
        preview.unheld = find_free_leads(ledger, progress, &preview.leads_after);
        preview.leads_found = true;
    }
    UndoPlan decided = plan_undo_slice(context, progress, preview.next_row, preview.leads_found ? &preview.unheld : nullptr);
    for (const Working& working : decided.plan.deals) {
        if (working.changed) preview.leads_after[working.now.id] = working.now.deleted_at == 0 ? working.now.lead_id : Id{};
    }
    preview.next_row += static_cast<std::uint32_t>(decided.outcomes.size());
    return std::move(decided.outcomes);
}

} // namespace tributary

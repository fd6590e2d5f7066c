// The walk over the deals of a workspace, looking or flipping. See flip.hpp.
#include "pipeline/flip.hpp"

#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "pipeline/flip_deal.hpp"
#include "pipeline/undo_deal.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <utility>

namespace tributary {
namespace {

namespace json = boost::json;

struct CountName {
    std::string_view key;
    std::uint64_t FlipCounts::* count;
};
constexpr std::array<CountName, 3> kCountNames = {
    {{"looked_at", &FlipCounts::looked_at}, {"deals", &FlipCounts::deals}, {"fields", &FlipCounts::fields}}};

std::uint64_t number_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

std::string progress_text(const FlipProgress& progress) {
    std::string out = "{\"source_precedence\":";
    append_precedence(out, progress.precedence);
    append_key(out, "place");
    out += std::to_string(progress.place);
    append_key(out, "counts");
    append_flip_counts(out, progress.counts);
    out += '}';
    return out;
}

void tell_of_unit(Turn& turn, const Unit& unit, Happening happening, const FlipProgress& progress) {
    std::string members;
    append_key(members, "source_precedence");
    append_precedence(members, progress.precedence);
    append_key(members, "counts");
    append_flip_counts(members, progress.counts);
    std::vector<JournalEntry> rows{about_unit(unit, happening, turn.now_ms, members)};
    turn.ledger.append_journal(rows);
    turn.told.push_back(std::move(rows.front()));
}

void end(Turn& turn, Unit& unit, UnitState state, const FlipProgress& progress) {
    unit.state = state;
    unit.finished_at = turn.now_ms;
    turn.ledger.put_unit(unit);
    tell_of_unit(turn, unit, Happening::ImportFinished, progress);
}

// The deals of a step, in the order of arrival. They are the first in the plan; namesakes come behind them.
Plan load_step(LedgerReader& ledger, const std::vector<Id>& ids) {
    Plan plan;
    for (auto& deal : ledger.read_deals(ids)) {
        if (!deal) continue;
        const std::size_t place = plan.deals.size();
        plan.by_id.emplace(deal->id, place);
        for (const auto& external : deal->external_ids) plan.by_external.emplace(external, place);
        plan.deals.push_back({.existed = true, .changed = false, .before = *deal, .now = std::move(*deal)});
    }
    return plan;
}

// A deal whose contact is another has the lead of that address, when there is one.
void follow_contact(LedgerReader& ledger, const Deal& before, Deal& now) {
    if (now.contact_email == before.contact_email || now.contact_email.empty()) return;
    const auto lead = ledger.find_leads(std::span(&now.contact_email, 1)).front();
    if (lead) now.lead_id = lead->id;
}

void flip(const IngestContext& context, Plan& plan, std::size_t place, DealFlips flips, std::uint32_t row) {
    {
        Working& working = plan.deals[place];
        working.changed = true;
        working.now = std::move(flips.then);
        follow_contact(*context.ledger, working.before, working.now);
        working.now.updated_at = context.now_ms;
    }
    place_by_name(plan, *context.ledger, place);
    Working& working = plan.deals[place];
    working.now.health_score = health_score(working.now, context.now_ms);
    working.now.risk = risk_of(working.now.health_score);
    RowResult result{.row = row, .action = RowAction::Updated, .deal = place};
    RowChange change;
    change.before = working.before;
    change.rules = std::move(flips.rules);
    tell(plan, result, change, 0); // no automation fires from it
    plan.rows.push_back(std::move(result));
    plan.counts.add(RowAction::Updated);
}

std::vector<RowOutcome> write_plan(Turn& turn, const IngestContext& context, Plan& plan) {
    measure_and_record(turn.ledger, turn.ranks, context, plan);
    auto outcomes = outcomes_of(plan);
    if (!outcomes.empty()) turn.ledger.add_outcomes(context.unit->id, outcomes);
    turn.told.insert(turn.told.end(), plan.journal.begin(), plan.journal.end());
    return outcomes;
}

} // namespace

void append_flip_counts(std::string& out, const FlipCounts& counts) {
    out += '{';
    for (const auto& [key, count] : kCountNames) {
        append_key(out, key);
        out += std::to_string(counts.*count);
    }
    out += '}';
}

std::vector<FlippedDeal> preview_flips(LedgerReader& ledger, const Precedence& precedence, std::int64_t now_ms, std::uint64_t& place,
                                       FlipCounts& counts) {
    const auto changed = ledger.changed_deals(place, kFlipDealsPerSlice);
    DealHistory history(ledger, precedence, now_ms);
    std::vector<FlippedDeal> flipped;
    for (const auto& deal : ledger.read_deals(changed.deals)) {
        if (!deal) continue;
        ++counts.looked_at;
        auto found = history.flips_of(*deal);
        if (found.flips.empty()) continue;
        ++counts.deals;
        counts.fields += found.flips.size();
        flipped.push_back({.deal = deal->id, .place = static_cast<std::uint64_t>(id_number(deal->id)), .flips = std::move(found.flips)});
    }
    place = changed.next;
    return flipped;
}

std::optional<FlipProgress> flip_progress(const Unit& unit) {
    if (unit.door != kFlipDoor) return std::nullopt;
    const json::object options = options_of(unit);
    const auto* tiers = options.if_contains("source_precedence");
    auto precedence = tiers == nullptr ? Result<Precedence>(std::unexpect) : parse_precedence(*tiers);
    if (!precedence) return std::nullopt;
    FlipProgress progress{.precedence = *precedence, .place = number_of(options, "place"), .counts = {}};
    if (const auto* counts = options.if_contains("counts"); counts != nullptr && counts->is_object()) {
        for (const auto& [key, count] : kCountNames) progress.counts.*count = number_of(counts->get_object(), key);
    }
    return progress;
}

Unit begin_flip(Turn& turn, const Precedence& precedence, std::string actor) {
    const FlipProgress progress{.precedence = precedence, .place = 0, .counts = {}};
    Unit unit;
    unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
    unit.source = Source::System;
    unit.door = kFlipDoor;
    unit.actor = std::move(actor);
    unit.state = UnitState::Running;
    unit.many = true; // it is listed with the imports, and its rows are read and undone like theirs
    unit.automations = AutomationPolicy::Off;
    unit.options = progress_text(progress);
    unit.started_at = turn.now_ms;
    turn.ledger.put_unit(unit);
    tell_of_unit(turn, unit, Happening::ImportStarted, progress);
    return unit;
}

bool flip_slice(Turn& turn, const Id& id) {
    auto unit = turn.ledger.read_unit(id);
    auto progress = unit ? flip_progress(*unit) : std::nullopt;
    if (!progress || unit->state != UnitState::Running) return true;
    if (turn.ledger.settings().precedence != progress->precedence) {
        end(turn, *unit, UnitState::Cancelled, *progress); // it has been changed since: what is flipped stays
        return true;
    }
    const IngestContext context{
        .unit = &*unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = &turn.ledger, .automations = AutomationPolicy::Off};
    const auto changed = turn.ledger.changed_deals(progress->place, kFlipDealsPerSlice);
    Plan plan = load_step(turn.ledger, changed.deals);
    DealHistory history(turn.ledger, progress->precedence, turn.now_ms);
    const std::size_t count = plan.deals.size();
    plan.deals.reserve(2 * count);
    for (std::size_t place = 0; place < count; ++place) {
        ++progress->counts.looked_at;
        auto flips = history.flips_of(plan.deals[place].now);
        if (flips.rules.empty()) continue; // it says what it would, and says it by the same sources
        progress->counts.deals += !flips.flips.empty();
        progress->counts.fields += flips.flips.size();
        flip(context, plan, place, std::move(flips), static_cast<std::uint32_t>(unit->counts.read + plan.counts.read));
    }
    count_outcomes(unit->counts, write_plan(turn, context, plan));
    progress->place = changed.next;
    note_in_options(*unit, progress_text(*progress));
    if (changed.next == 0) {
        end(turn, *unit, UnitState::Done, *progress);
        return true;
    }
    turn.ledger.put_unit(*unit);
    return false;
}

} // namespace tributary

// One deal on its way back: its journal rows are read from the newest to the oldest. What others did is noted, what the unit did is
// stepped back where the deal still says what the unit made it say.
#include "pipeline/undo_deal.hpp"

#include "deal/field_json.hpp"
#include "deal/field_origin.hpp"
#include "deal/json.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::size_t kShownBytes = 120; // of a value in a sentence

struct Back {
    Deal now;
    std::array<std::optional<Touch>, kFieldCount> touched; // by Field: the latest change since
    std::optional<Touch> touch;                            // of anything
    std::array<bool, kFieldCount> confirmed{};             // by Field: another source stands for it since, with the same value
    std::vector<FieldProblem> notes;
    bool created = false; // the unit made the deal
};

// A row's before, after, times and origins.
struct Step {
    const json::object* before = nullptr;
    const json::object* after = nullptr;
    const json::object* times = nullptr;
    const json::object* origins = nullptr;

    [[nodiscard]] const json::value* was(std::string_view key) const { return before == nullptr ? nullptr : before->if_contains(key); }
    [[nodiscard]] const json::value* made(std::string_view key) const { return after == nullptr ? nullptr : after->if_contains(key); }
    [[nodiscard]] bool has(Field field) const { return made(field_key(field)) != nullptr; }
};

const json::object* member(const json::value& body, std::string_view key) {
    const auto* object = body.if_object();
    const auto* inner = object == nullptr ? nullptr : object->if_contains(key);
    return inner == nullptr ? nullptr : inner->if_object();
}

Step step_of(const json::value& body) {
    return {member(body, "before"), member(body, "after"), member(body, "times"), member(body, "origins")};
}

bool changes_deal(const JournalEntry& entry) {
    return entry.happening == Happening::Created || entry.happening == Happening::Updated || entry.happening == Happening::Deleted ||
           entry.happening == Happening::Restored;
}

void note(Back& back, std::string_view field, std::string_view code, std::string message) {
    const bool noted = std::ranges::any_of(back.notes, [&](const FieldProblem& problem) { return problem.field == field; });
    if (!noted) back.notes.push_back({std::string(field), std::string(code), std::move(message), {}});
}

std::string touch_text(const Touch& touch) {
    return std::string(happening_key(touch.happening)) + " since by " + touch.actor + " at " + instant_text(touch.at) + " (journal row " +
           std::to_string(touch.seq) + ")";
}

void keep(Back& back, std::string_view field, const std::optional<Touch>& touch) {
    note(back, field, "kept", touch ? "Kept: " + touch_text(*touch) + "." : "Kept: it is no longer what the import made it.");
}

void keep(Back& back, Field field) {
    const auto& own = back.touched[static_cast<std::size_t>(field)];
    keep(back, field_key(field), own ? own : back.touch);
}

// The deal still says what the row made it say, and nobody with more say has said it since.
bool still_as_made(const Back& back, const Step& step, Field field) {
    if (back.confirmed[static_cast<std::size_t>(leading_field(field))]) return false;
    Deal made;
    made.currency = back.now.currency;
    if (const auto* currency = step.made(field_key(Field::Currency)); currency != nullptr && field == Field::Value) {
        (void)take_field_json(made, Field::Currency, *currency);
    }
    return take_field_json(made, field, *step.made(field_key(field))) && same_field(made, back.now, field);
}

void set_time_back(Back& back, const Step& step, Field field) {
    std::erase_if(back.now.field_times, [&](const auto& own) { return own.first == field; });
    const auto* ms = step.times == nullptr ? nullptr : step.times->if_contains(field_key(field));
    if (ms != nullptr && ms->is_int64()) back.now.field_times.emplace_back(field, ms->get_int64());
}

void set_origin_back(Back& back, const Step& step, Field field) {
    const Field leading = leading_field(field);
    std::erase_if(back.now.field_origins, [&](const auto& own) { return own.first == leading; });
    const auto* source = step.origins == nullptr ? nullptr : step.origins->if_contains(field_key(leading));
    const auto word = source == nullptr ? std::nullopt : text_of_json(*source);
    const auto known = word ? parse_source(*word) : std::nullopt;
    if (known) back.now.field_origins.emplace_back(leading, *known);
}

void set_back(Back& back, const Step& step, Field field) {
    const auto* was = step.was(field_key(field));
    if (was != nullptr && take_field_json(back.now, field, *was)) {
        set_origin_back(back, step, field);
        return set_time_back(back, step, field);
    }
    note(back, field_key(field), "blocked", "The value before cannot be set any more.");
}

void step_one(Back& back, const Step& step, Field field, bool stays) {
    if (!step.has(field)) return;
    if (stays || !still_as_made(back, step, field)) return keep(back, field);
    set_back(back, step, field);
}

// Amount, currency and whether it is an estimate are one: an amount that somebody has changed since was meant in today's currency.
void step_money(Back& back, const Step& step) {
    const bool has_value = step.has(Field::Value);
    const bool value_as_made = has_value && still_as_made(back, step, Field::Value);
    const bool stays = has_value ? !value_as_made : back.touched[static_cast<std::size_t>(Field::Value)].has_value();
    std::string amount;
    append_field_json(amount, back.now, Field::Value);
    const Currency currency = back.now.currency;
    step_one(back, step, Field::Currency, stays);
    if (has_value) {
        if (stays)
            keep(back, Field::Value);
        else
            set_back(back, step, Field::Value);
    } else if (back.now.currency != currency) { // the same number in the other currency, as when it came
        const auto number = parse_json(amount);
        if (number) (void)take_field_json(back.now, Field::Value, *number);
    }
    step_one(back, step, Field::ValueEstimated, stays);
}

// What hangs on the stage stays with it.
void step_stage(Back& back, const Step& step) {
    const bool has_stage = step.has(Field::Stage);
    const bool stays =
        has_stage ? !still_as_made(back, step, Field::Stage) : back.touched[static_cast<std::size_t>(Field::Stage)].has_value();
    if (has_stage && stays) keep(back, Field::Stage);
    step_one(back, step, Field::Probability, stays && is_closed(back.now.stage));
    if (has_stage && !stays) set_back(back, step, Field::Stage);
    step_one(back, step, Field::StageEnteredAt, stays);
    step_one(back, step, Field::ClosedAt, stays);
}

void step_plain_fields(Back& back, const Step& step) {
    static constexpr std::array kPlain = {Field::Name,         Field::Company,      Field::ExpectedCloseDate, Field::ContactName,
                                          Field::ContactEmail, Field::ContactPhone, Field::Description,       Field::Owner,
                                          Field::LostReason,   Field::CreatedAt};
    for (const Field field : kPlain) step_one(back, step, field, false);
}

bool is_free(UndoWork& work, const ExternalId& external, std::size_t place) {
    const auto known = work.plan.by_external.find(external);
    if (known != work.plan.by_external.end()) return known->second == place;
    const auto owner = work.context.ledger->find_external(std::span(&external, 1)).front();
    if (owner && *owner != work.plan.deals[place].now.id) return false;
    work.plan.by_external.emplace(external, place);
    return true;
}

// Ids that the row taught the deal are forgotten; ids that it took away (an undo did) come back when nobody else has them.
void step_external_ids(UndoWork& work, std::size_t place, Back& back, const Step& step) {
    const auto* made = step.made("external_ids");
    if (made == nullptr) return;
    const auto* was = step.was("external_ids");
    const auto after = external_ids_of_json(*made).value_or(std::vector<ExternalId>{});
    const auto before = was == nullptr ? std::vector<ExternalId>{} : external_ids_of_json(*was).value_or(std::vector<ExternalId>{});
    auto& own = back.now.external_ids;
    for (const ExternalId& learned : after) {
        if (std::ranges::find(before, learned) == before.end()) std::erase(own, learned);
    }
    for (const ExternalId& lost : before) {
        if (std::ranges::find(after, lost) != after.end() || std::ranges::find(own, lost) != own.end()) continue;
        if (is_free(work, lost, place))
            own.push_back(lost);
        else
            note(back, "external_ids", "blocked", "Another deal is called " + lost.system + ":" + lost.id + " by now.");
    }
}

void step_lead(Back& back, const Step& step) {
    const auto* made = step.made("lead_id");
    if (made == nullptr) return;
    const auto* was = step.was("lead_id");
    const auto after = text_of_json(*made).value_or(std::string());
    const std::string now = back.now.lead_id.is_nil() ? std::string() : back.now.lead_id.text();
    if (now != after) return keep(back, "lead_id", back.touch);
    const auto before = was == nullptr ? std::nullopt : text_of_json(*was);
    back.now.lead_id = before ? parse_id(*before).value_or(Id{}) : Id{};
}

void step_metadata(Back& back, const Step& step) {
    const auto* made = step.made("source_metadata");
    const auto* was = step.was("source_metadata");
    if (made == nullptr || was == nullptr) return;
    bool kept = false;
    back.now.source_metadata = object_set_back(back.now.source_metadata, *was, *made, kept);
    if (kept) keep(back, "source_metadata", back.touch);
}

void step_deletion(Back& back, const Step& step) {
    const auto* made = step.made("deleted_at");
    const auto* was = step.was("deleted_at");
    if (made == nullptr || was == nullptr) return;
    const auto before = instant_of_json(*was);
    const auto after = instant_of_json(*made);
    if (!before || !after) return;
    const bool deletes = *before != 0;
    if (back.now.deleted_at != *after || (deletes && back.touch)) return keep(back, "deleted_at", back.touch);
    back.now.deleted_at = *before;
}

bool is_inert(UndoWork& work, const Id& unit) {
    if (unit.is_nil()) return false;
    const auto known = work.inert.find(unit);
    if (known != work.inert.end()) return known->second;
    const auto read = work.context.ledger->read_unit(unit);
    return work.inert[unit] = read && (read->state == UnitState::Undone || read->door == kUndoDoor);
}

// Somebody else's row. What has been taken back since, and what took it back, touches nothing.
void note_touch(UndoWork& work, Back& back, const JournalEntry& entry) {
    if (!changes_deal(entry) && entry.happening != Happening::Activity) return;
    if (is_inert(work, entry.unit)) return;
    const Touch touch{entry.seq, entry.at, entry.actor, entry.happening};
    if (!back.touch) back.touch = touch;
    const auto body = parse_json(entry.body);
    if (!body) return;
    const Step step = step_of(*body);
    for (const Field field : kFields) {
        auto& own = back.touched[static_cast<std::size_t>(field)];
        if (!own && step.has(field)) own = touch;
        const auto* was = step.was(field_key(field));
        if (was != nullptr && step.has(field) && *was == *step.made(field_key(field)))
            back.confirmed[static_cast<std::size_t>(field)] = true;
    }
}

void step_back(UndoWork& work, std::size_t place, Back& back, const JournalEntry& entry) {
    if (entry.happening == Happening::Created) {
        back.created = true;
        return;
    }
    const auto body = parse_json(entry.body);
    if (!body) return;
    const Step step = step_of(*body);
    step_money(back, step);
    step_stage(back, step);
    step_plain_fields(back, step);
    step_external_ids(work, place, back, step);
    step_lead(back, step);
    step_metadata(back, step);
    step_deletion(back, step);
}

// Reads the deal's rows down to the unit's first; false when `entry` is not the unit's last of this deal, which was met before.
bool walk_back(UndoWork& work, std::size_t place, const JournalEntry& last, Back& back) {
    JournalQuery query{.deal = last.deal, .unit = {}, .after = 0, .descending = true, .limit = kUndoTouchesPerPage};
    bool met = false;
    for (;;) {
        const auto rows = work.context.ledger->list_journal(query);
        for (const JournalEntry& row : rows) {
            if (row.seq < work.first_seq) return met;
            if (row.unit == work.context.unit->id && !row.unit.is_nil()) continue; // this undo's own
            if (row.unit != work.progress.undoes) {
                note_touch(work, back, row);
            } else if (changes_deal(row)) {
                if (!met && row.seq != last.seq) return false;
                met = true;
                step_back(work, place, back, row);
            }
        }
        if (rows.size() < query.limit) return met;
        query.after = rows.back().seq;
    }
}

// The rules that hold for every deal: a closed one is won or lost for certain and says when, an open one has no end.
void settle_rules(Deal& deal, std::int64_t now_ms) {
    if (!is_closed(deal.stage)) {
        deal.closed_at = 0;
        return;
    }
    deal.probability = deal.stage == Stage::ClosedWon ? kProbabilityMax : 0;
    if (deal.closed_at == 0) deal.closed_at = now_ms;
}

void remove(Deal& deal, std::int64_t now_ms) {
    if (deal.deleted_at == 0) deal.deleted_at = now_ms;
    deal.external_ids.clear(); // what comes again with them is a new deal, as it was the first time
}

std::string shown(const Deal& deal, Field field) {
    std::string text;
    append_field_json(text, deal, field);
    if (text.size() <= kShownBytes) return text;
    std::size_t cut = kShownBytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    return text.substr(0, cut) + "…";
}

void note_reverted(Back& back, const Deal& before) {
    const auto reverted = [&](std::string_view field, const std::string& message) {
        std::erase_if(back.notes, [&](const FieldProblem& problem) { return problem.field == field && problem.code == "kept"; });
        note(back, field, "reverted", message);
    };
    for (const Field field : kFields) {
        if (same_field(before, back.now, field)) continue;
        reverted(field_key(field), "Set back from " + shown(before, field) + " to " + shown(back.now, field) + ".");
    }
    if (before.external_ids != back.now.external_ids) reverted("external_ids", "Set back to what it was called before.");
    if (before.lead_id != back.now.lead_id) reverted("lead_id", "Set back to the lead before.");
    if (before.source_metadata != back.now.source_metadata) reverted("source_metadata", "Set back to what was known before.");
}

} // namespace

std::optional<DealVerdict> take_back_deal(UndoWork& work, std::size_t place, const JournalEntry& entry) {
    const Deal& stored = work.plan.deals[place].now;
    Back back{.now = stored};
    // Made by this row, and nobody has changed it since: the version is the number of its last change.
    const bool untouched = entry.happening == Happening::Created && stored.version == entry.seq;
    if (untouched)
        back.created = true;
    else if (!walk_back(work, place, entry, back))
        return std::nullopt;

    DealVerdict verdict;
    if (back.created) {
        back.notes.clear();
        if (!untouched) back.now = stored; // it goes as it is, or stays as it is
        if (back.touch)
            keep(back, "deal", back.touch);
        else
            remove(back.now, work.context.now_ms);
    } else {
        if (back.now.stage != stored.stage) settle_rules(back.now, work.context.now_ms);
        note_reverted(back, stored);
    }
    verdict.removed = stored.deleted_at == 0 && back.now.deleted_at != 0;
    verdict.restored = stored.deleted_at != 0 && back.now.deleted_at == 0;
    verdict.notes = std::move(back.notes);
    work.plan.deals[place].now = std::move(back.now);
    return verdict;
}

std::string object_set_back(const std::string& stored, const json::value& before, const json::value& after, bool& kept) {
    auto now = stored.empty() ? Result<json::value>(json::object{}) : parse_json(stored);
    if (!now || !now->is_object() || !before.is_object() || !after.is_object()) {
        kept = true;
        return stored;
    }
    json::object& object = now->as_object();
    bool changed = false;
    const auto step = [&](std::string_view key) {
        const auto* was = before.get_object().if_contains(key);
        const auto* made = after.get_object().if_contains(key);
        if (was != nullptr && made != nullptr && *was == *made) return;
        const auto* own = object.if_contains(key);
        const bool as_made = made == nullptr ? own == nullptr : own != nullptr && *own == *made;
        if (!as_made) {
            kept = true;
            return;
        }
        changed = true;
        if (was != nullptr)
            object[key] = *was;
        else
            object.stable_erase(object.find(key));
    };
    for (const auto& pair : after.get_object()) step(pair.key());
    for (const auto& pair : before.get_object()) {
        if (!after.get_object().contains(pair.key())) step(pair.key());
    }
    if (!changed) return stored;
    if (object.empty()) return {};
    std::string out;
    append_json(out, *now);
    return out;
}

} // namespace tributary

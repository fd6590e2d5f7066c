// Step 3: makes the deal or brings it up to date, field by field (SPEC-NOTES 9, 16, 19), and keeps what it was before and which
// rules made its values for the journal row (tell.cpp).
#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/precede.hpp"
#include "pipeline/version.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tributary {
namespace {

constexpr std::int32_t kProbabilityDefault = 5'000; // specification: 50 percent

bool has(const Candidate& candidate, Field field) { return candidate.given.test(static_cast<std::size_t>(field)); }

// Probability follows the stage: won 100, lost 0; a deal that opens again starts from the default (SPEC-NOTES 9).
void settle_stage(Deal& deal, bool probability_given, bool was_closed, std::int64_t closed_at, std::int64_t now_ms) {
    if (is_closed(deal.stage)) {
        deal.probability = deal.stage == Stage::ClosedWon ? kProbabilityMax : 0;
        if (closed_at != 0) deal.closed_at = closed_at;
        if (deal.closed_at == 0) {
            constexpr std::int64_t kDayMs = 86'400'000;
            const bool past_date = deal.expected_close_date && std::int64_t{deal.expected_close_date->days} * kDayMs <= now_ms;
            deal.closed_at = past_date ? std::int64_t{deal.expected_close_date->days} * kDayMs : now_ms;
        }
        return;
    }
    deal.closed_at = 0;
    if (was_closed && !probability_given) deal.probability = kProbabilityDefault;
}

// The same number of major units in another currency's minor units: "120000" that came without its currency.
std::int64_t rescaled(std::int64_t minor, Currency from, Currency to) {
    for (int digits = from.minor_digits(); digits < to.minor_digits(); ++digits) minor *= 10;
    for (int digits = from.minor_digits(); digits > to.minor_digits(); --digits) minor /= 10;
    return minor;
}

void take_value(const Candidate& candidate, Deal& deal) {
    const bool said = has(candidate, Field::Currency);
    deal.value_minor = said ? candidate.values.value_minor : rescaled(candidate.values.value_minor, candidate.values.currency, deal.currency);
    deal.value_estimated = has(candidate, Field::ValueEstimated) && candidate.values.value_estimated;
}

// Copies one given field from the candidate; Currency goes before Value in Field order, so take_currency rescales first.
void take_field(const Candidate& candidate, Deal& deal, Field field) {
    const Deal& from = candidate.values;
    switch (field) {
    case Field::Name: deal.name = from.name; break;
    case Field::Company: deal.company = from.company; break;
    case Field::Value: take_value(candidate, deal); break;
    case Field::Currency:
        if (!has(candidate, Field::Value)) deal.value_minor = rescaled(deal.value_minor, deal.currency, from.currency);
        deal.currency = from.currency;
        break;
    case Field::Stage: deal.stage = from.stage; break;
    case Field::Probability: deal.probability = from.probability; break;
    case Field::ExpectedCloseDate: deal.expected_close_date = from.expected_close_date; break;
    case Field::ContactName: deal.contact_name = from.contact_name; break;
    case Field::ContactEmail: deal.contact_email = from.contact_email; break;
    case Field::ContactPhone: deal.contact_phone = from.contact_phone; break;
    case Field::Description: deal.description = from.description; break;
    case Field::Owner: deal.owner = from.owner; break;
    case Field::LostReason: deal.lost_reason = from.lost_reason; break;
    case Field::CreatedAt: deal.created_at = from.created_at; break;
    case Field::StageEnteredAt: deal.stage_entered_at = from.stage_entered_at; break;
    case Field::ClosedAt: deal.closed_at = from.closed_at; break;
    case Field::ValueEstimated: break; // goes with Value
    }
}

// Fields without an empty state (name, currency, stage, probability) cannot be cleared; the route refuses that.
void clear_field(Deal& deal, Field field, const Deal& nothing) {
    Candidate empty;
    empty.values = nothing;
    empty.values.currency = deal.currency;
    take_field(empty, deal, field);
}

// Currency before value: the amount is read in it.
constexpr std::array kTakeOrder = {Field::Name,        Field::Company,      Field::Currency,     Field::Value,       Field::Stage, Field::Probability,
                                   Field::ExpectedCloseDate, Field::ContactName, Field::ContactEmail, Field::ContactPhone, Field::Description,
                                   Field::Owner,       Field::LostReason,   Field::StageEnteredAt, Field::ClosedAt};

// Keys of `incoming` replace those of the same name in `stored`; the others stay. Both are JSON objects or empty.
std::string merged_metadata(const std::string& stored, const std::string& incoming) {
    if (incoming.empty() || incoming == "{}" || incoming == stored) return stored;
    if (stored.empty() || stored == "{}") return incoming;
    auto old_value = parse_json(stored);
    auto new_value = parse_json(incoming);
    if (!old_value || !new_value || !old_value->is_object() || !new_value->is_object()) return incoming;
    for (auto& pair : new_value->as_object()) old_value->as_object()[pair.key()] = std::move(pair.value());
    std::string out;
    append_json(out, *old_value);
    return out;
}

// Keys of `filling` that `stored` lacks join it.
std::string filled_metadata(const std::string& stored, const std::string& filling) {
    if (filling.empty()) return stored;
    return merged_metadata(merged_metadata(stored, filling), stored);
}

std::int32_t next_twin(const Plan& plan, const MatchKey& key) {
    std::int32_t next = 0;
    const auto named = plan.by_key.find(key);
    if (named == plan.by_key.end()) return next;
    for (const std::size_t place : named->second) {
        const Deal& deal = plan.deals[place].now;
        if (deal.match_key == key && deal.deleted_at == 0 && !deal.is_spam) next = std::max(next, deal.twin + 1);
    }
    return next;
}

void file_under_key(Plan& plan, std::size_t place) {
    const MatchKey& key = plan.deals[place].now.match_key;
    if (key == MatchKey{}) return;
    auto& places = plan.by_key[key];
    if (std::ranges::find(places, place) == places.end()) places.push_back(place);
}

void add_rule(std::string& rules, std::string_view field, std::string_view rule) {
    if (rules.empty()) rules = "{";
    append_key(rules, field);
    append_json_string(rules, rule);
}

// When it was deleted, on the clock that a later word of its being there will be compared by.
std::int64_t deleted_at(const Candidate& candidate, std::int64_t now_ms) {
    if (!candidate.deleted) return 0;
    if (candidate.read_at_ms != 0) return candidate.read_at_ms;
    return candidate.versioned ? candidate.event_time_ms : now_ms;
}

Working new_working(const Candidate& candidate, const IngestContext& context, std::string& rules) {
    Working working;
    working.changed = true;
    Deal& deal = working.now;
    deal = candidate.values;
    deal.id = context.ledger->next_id(IdOf::Deal, context.now_ms);
    deal.source = candidate.source;
    if (!has(candidate, Field::Name)) {
        deal.name = candidate.default_name; // not the sender's word: it is never matched by
        add_rule(rules, "name", "default_name");
    }
    if (!has(candidate, Field::Value) && candidate.default_value_minor) {
        deal.value_minor = *candidate.default_value_minor;
        deal.value_estimated = true;
        add_rule(rules, "value", candidate.default_value_rule);
    }
    if (!has(candidate, Field::Probability)) deal.probability = kProbabilityDefault;
    deal.created_at = has(candidate, Field::CreatedAt) ? deal.created_at : context.now_ms;
    if (!has(candidate, Field::StageEnteredAt)) deal.stage_entered_at = deal.created_at;
    deal.updated_at = context.now_ms;
    deal.base_time_ms = candidate.event_time_ms;
    // What is only a default yields to any event that says it.
    if (!has(candidate, Field::Stage)) deal.field_times.emplace_back(Field::Stage, 0);
    if (!has(candidate, Field::Probability)) deal.field_times.emplace_back(Field::Probability, 0);
    if (has(candidate, Field::Value) && deal.value_minor == 0) set_origin(deal, Field::Value, deal.source); // nought, and said
    deal.source_metadata = filled_metadata(candidate.metadata, candidate.metadata_fill_only);
    deal.deleted_at = deleted_at(candidate, context.now_ms);
    settle_stage(deal, has(candidate, Field::Probability), false, has(candidate, Field::ClosedAt) ? deal.closed_at : 0, context.now_ms);
    return working;
}

Result<RowAction> create(const Candidate& candidate, const Match& match, const IngestContext& context, Plan& plan, RowResult& row,
                         std::string& rules) {
    if (!has(candidate, Field::Name) && candidate.default_name.empty()) {
        return std::unexpected(field_refusal("name", "missing_field", "No deal has this external id yet, and a new deal needs a name."));
    }
    Working working = new_working(candidate, context, rules);
    working.now.twin = next_twin(plan, working.now.match_key);
    if (!candidate.spam_reason.empty()) {
        add_rule(rules, "is_spam", candidate.spam_reason);
    }
    if (!match.related.is_nil()) {
        add_rule(rules, "related_to", match.related.text());
    }
    for (const auto& external : candidate.external_ids) {
        if (!plan.by_external.contains(external) && std::ranges::find(working.now.external_ids, external) == working.now.external_ids.end()) {
            working.now.external_ids.push_back(external);
        }
    }
    const std::size_t place = plan.deals.size();
    plan.by_id.emplace(working.now.id, place);
    for (const auto& external : working.now.external_ids) plan.by_external.emplace(external, place);
    if (!rules.empty()) rules += '}';
    plan.deals.push_back(std::move(working));
    file_under_key(plan, place);
    row.deal = place;
    return RowAction::Created;
}

// The ids that the deal learns with this row go to `next`. One that belongs to another deal stays there and is warned about.
bool learn_identities(const Candidate& candidate, Plan& plan, std::size_t place, Deal& next, RowResult& row) {
    bool learned = false;
    for (const auto& external : candidate.external_ids) {
        const auto known = plan.by_external.find(external);
        if (known == plan.by_external.end()) {
            plan.by_external.emplace(external, place);
            next.external_ids.push_back(external);
            learned = true;
        } else if (known->second != place) {
            row.warnings.push_back({"external_id", "identity_conflict", "This external id belongs to another deal; it was left there.", external.id});
        }
    }
    return learned;
}

// The row's id says one deal, its name and company another.
void warn_of_namesake(const Deal& deal, RowResult& row) {
    row.warnings.push_back({"name", "name_of_another_deal",
                            "Another deal has this name and company. The external id decides: the deal it names was changed, the other was left.", deal.name});
}

bool fills_only(const Candidate& candidate, Field field) { return candidate.fill_only.test(static_cast<std::size_t>(field)); }

// A stage and a probability are always there; nobody has said them while their time is 0.
bool has_value(const Deal& deal, Field field) {
    if (field == Field::Stage || field == Field::Probability) return field_time(deal, field) != 0;
    if (field == Field::ClosedAt) return deal.closed_at != 0;
    return !is_unset(deal, field);
}

// Given fields that a known deal keeps as it has them. Amount and currency stay or go together, and a stage that stays keeps its dates.
GivenFields left_alone(const Candidate& candidate, const Deal& deal) {
    GivenFields left;
    if (candidate.fill_only.none()) return left;
    const auto leave = [&](Field field) { left.set(static_cast<std::size_t>(field)); };
    for (const Field field : kTakeOrder) {
        if (has(candidate, field) && fills_only(candidate, field) && has_value(deal, field)) leave(field);
    }
    const auto left_so = [&](Field field) { return left.test(static_cast<std::size_t>(field)); };
    const bool other_currency = has(candidate, Field::Currency) && candidate.values.currency != deal.currency;
    if (left_so(Field::Value)) leave(Field::Currency);
    if (has(candidate, Field::Value) && left_so(Field::Currency)) {
        if (!has_value(deal, Field::Value)) left.reset(static_cast<std::size_t>(Field::Currency));
        else if (other_currency) leave(Field::Value);
    }
    if (left_so(Field::Stage) && candidate.values.stage != deal.stage) {
        leave(Field::StageEnteredAt);
        leave(Field::ClosedAt);
    }
    return left;
}

// Fields that are given, newer than what is stored or said by a source with more say, and allowed to overwrite. An estimate never
// replaces a real value. Gives back which of them the row has decided, whether they differ or not.
GivenFields take_fields(const Candidate& candidate, Deal& deal, Precedent& precedent, RowResult& row) {
    const GivenFields left = left_alone(candidate, deal);
    static const Deal kNothing;
    const auto leave = [&](Field field, auto change) {
        Deal would_be = deal;
        change(would_be);
        warn_outranked(deal, would_be, field, row);
    };
    GivenFields taken;
    for (const Field field : kTakeOrder) {
        if (!has(candidate, field) || left.test(static_cast<std::size_t>(field))) continue;
        const Say say = precedent.weigh(candidate, deal, field);
        if (say != Say::More && candidate.event_time_ms < field_time(deal, field)) continue;
        if (field == Field::Value && candidate.values.value_estimated && !deal.value_estimated && deal.value_minor != 0) continue;
        if (say == Say::Less) {
            leave(field, [&](Deal& other) { take_field(candidate, other, field); });
            continue;
        }
        take_field(candidate, deal, field);
        taken.set(static_cast<std::size_t>(field));
    }
    for (const Field field : kTakeOrder) {
        if (!candidate.cleared.test(static_cast<std::size_t>(field))) continue;
        if (precedent.weigh(candidate, deal, field) == Say::Less)
            leave(field, [&](Deal& other) { clear_field(other, field, kNothing); });
        else
            clear_field(deal, field, kNothing);
    }
    return taken;
}

// Marks the deleted as deleted and the deleted-there-and-back as restored; says whether anything changed.
bool settle_deletion(const Candidate& candidate, Deal& deal, std::int64_t now_ms) {
    if (candidate.deleted == (deal.deleted_at != 0)) return false;
    // Whether a record that we read was there then, the time of reading tells best: bringing it back need not give it a new version.
    const std::int64_t at = candidate.read_at_ms != 0 ? candidate.read_at_ms : candidate.event_time_ms;
    const std::int64_t since = deal.deleted_at != 0 ? deal.deleted_at : deal.base_time_ms;
    if (at < since) return false;
    deal.deleted_at = deleted_at(candidate, now_ms);
    return true;
}

void stamp_changed_fields(const Deal& before, Deal& after, const Candidate& candidate) {
    for (const Field field : kFields) {
        if (same_field(before, after, field)) continue;
        set_field_time(after, field, candidate.event_time_ms);
        set_origin(after, field, candidate.source);
    }
}

// The higher source stands for these fields from now on, as if it had set them.
void tell_confirmed(const GivenFields& confirmed, const Candidate& candidate, Deal& deal, std::string& rules) {
    if (confirmed.none()) return;
    for (const Field field : kFields) {
        if (!confirmed.test(static_cast<std::size_t>(field))) continue;
        set_field_time(deal, field, candidate.event_time_ms);
        add_rule(rules, field_key(field), kConfirmedRule);
    }
    rules += '}';
}

} // namespace

Result<RowAction> upsert(const Candidate& candidate, const Match& match, const IngestContext& context, Plan& plan, RowResult& row,
                         RowChange& change) {
    const auto found = match.rule == MatchRule::None ? plan.by_id.end() : plan.by_id.find(match.deal);
    if (found == plan.by_id.end()) return create(candidate, match, context, plan, row, change.rules);
    const std::size_t place = found->second;
    row.deal = place;
    Deal next = plan.deals[place].now;
    const bool learned = learn_identities(candidate, plan, place, next, row);
    Precedent precedent{.precedence = context.settings->precedence};
    const GivenFields taken = take_fields(candidate, next, precedent, row);
    const bool probability_given =
        has(candidate, Field::Probability) && !precedent.outranked.test(static_cast<std::size_t>(Field::Probability));
    const Deal& stored = plan.deals[place].now;
    const bool moved = next.stage != stored.stage;
    if (moved && !has(candidate, Field::StageEnteredAt)) next.stage_entered_at = candidate.event_time_ms;
    if (moved || is_closed(next.stage)) {
        settle_stage(next, probability_given, is_closed(stored.stage), has(candidate, Field::ClosedAt) ? next.closed_at : 0,
                     context.now_ms);
    }
    if (candidate.event_time_ms >= stored.base_time_ms) next.source_metadata = merged_metadata(stored.source_metadata, candidate.metadata);
    next.source_metadata = filled_metadata(next.source_metadata, candidate.metadata_fill_only);
    const bool deletion = settle_deletion(candidate, next, context.now_ms);
    const bool same = std::ranges::all_of(kFields, [&](Field field) { return same_field(stored, next, field); }) &&
                      stored.source_metadata == next.source_metadata;
    if (!same) stamp_changed_fields(stored, next, candidate);
    const GivenFields confirmed = confirm_fields(precedent, candidate, stored, next);
    const bool newer = stand_as_of(candidate, taken, next);
    if (same && !deletion && !learned && confirmed.none()) {
        if (newer) confirm_quietly(plan.deals[place], next);
        return RowAction::Unchanged;
    }
    tell_confirmed(confirmed, candidate, next, change.rules);
    next.updated_at = context.now_ms;
    if (!next.is_spam && (next.name != stored.name || next.company != stored.company || deletion)) {
        next.match_key = match_key(normal_name(next.name), normal_company(next.company), next.source);
        if (next.match_key != stored.match_key || deletion) {
            load_named(*context.ledger, next.match_key, plan); // `stored` may have moved from here on
            next.twin = next_twin(plan, next.match_key);
            if (next.twin > 0 && match.rule == MatchRule::ExternalId) warn_of_namesake(next, row);
        }
    }
    change.before = std::exchange(plan.deals[place].now, std::move(next));
    plan.deals[place].changed = true;
    file_under_key(plan, place);
    return RowAction::Updated;
}

} // namespace tributary

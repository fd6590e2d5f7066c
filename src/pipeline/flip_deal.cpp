// See flip_deal.hpp.
#include "pipeline/flip_deal.hpp"

#include "deal/field_json.hpp"
#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "pipeline/precede.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kRowsPerRead = 200;
constexpr std::size_t kUnitsRemembered = 100'000;

constexpr std::size_t index(Field field) { return static_cast<std::size_t>(field); }

// What one row said of a leading field and of those it leads.
struct Word {
    Said said;
    std::uint64_t seq = 0;
    bool real = true; // an estimate or a default gives way to anything
    std::optional<std::int64_t> event_ms;
    std::vector<std::pair<Field, json::value>> values;
};

struct Fields {
    std::array<json::value, kFieldCount> running; // as the rows so far have left them
    std::array<std::optional<Word>, kFieldCount> best;
    std::array<Said, kFieldCount> last; // who changed it last, whoever that was
};

struct Row {
    const JournalEntry& entry;
    const json::object* after = nullptr;
    const json::object* times = nullptr;
    const json::object* rules = nullptr;
    bool inert = false;
};

const json::object* member(const json::value& body, std::string_view key) {
    const auto* object = body.if_object();
    const auto* inner = object == nullptr ? nullptr : object->if_contains(key);
    return inner == nullptr ? nullptr : inner->if_object();
}

bool is_leading(Field field) { return leading_field(field) == field; }

bool says(const Row& row, Field leading) {
    return std::ranges::any_of(kFields,
                               [&](Field field) { return leading_field(field) == leading && row.after->contains(field_key(field)); });
}

// The row tells when, at its source, the value before it had been said.
void date_word(Fields& fields, const Row& row, Field leading, const Deal& deal) {
    auto& best = fields.best[index(leading)];
    if (!best || best->event_ms || !row.after->contains(field_key(leading))) return;
    const auto* ms = row.times == nullptr ? nullptr : row.times->if_contains(field_key(leading));
    best->event_ms = ms != nullptr && ms->is_int64() ? ms->get_int64() : deal.base_time_ms;
    if (*best->event_ms == 0) best->real = false; // the default of a new deal
}

Word word_of(const Fields& fields, const Row& row, Field leading) {
    Word word{.said = {row.entry.source, row.entry.at, row.entry.unit}, .seq = row.entry.seq};
    const bool birth = row.entry.happening == Happening::Created;
    if (birth && row.rules != nullptr && row.rules->contains(field_key(leading))) word.real = false;
    if (birth && leading == Field::Value && fields.running[index(leading)] == json::value(0)) word.real = false; // nobody said so
    if (leading == Field::Value && fields.running[index(Field::ValueEstimated)] == json::value(true)) word.real = false;
    for (const Field field : kFields) {
        if (leading_field(field) == leading) word.values.emplace_back(field, fields.running[index(field)]);
    }
    return word;
}

bool gives_way(const std::optional<Word>& best, const Word& word, const Precedence& precedence) {
    if (!best || (word.real && !best->real)) return true;
    if (best->real && !word.real) return false;
    return !best->real || precedence.rank(word.said.source) >= precedence.rank(best->said.source);
}

bool is_closed_word(const json::value& stage) {
    const auto known = stage.is_string() ? parse_stage(stage.get_string()) : std::nullopt;
    return known && is_closed(*known);
}

void take_row(Fields& fields, const Row& row, const Precedence& precedence, const Deal& deal) {
    for (const Field field : kFields) {
        if (const auto* value = row.after->if_contains(field_key(field))) fields.running[index(field)] = *value;
    }
    const bool closed = is_closed_word(fields.running[index(Field::Stage)]);
    for (const Field field : kFields) {
        if (!is_leading(field) || field == Field::CreatedAt || !says(row, field)) continue;
        date_word(fields, row, field, deal);
        fields.last[index(field)] = {std::nullopt, row.entry.at, row.entry.unit};
        if (row.inert || (field == Field::Probability && closed)) continue; // won or lost, a deal's probability is nobody's word
        Word word = word_of(fields, row, field);
        if (gives_way(fields.best[index(field)], word, precedence)) fields.best[index(field)] = std::move(word);
    }
}

// The order matters: an amount is read in its currency.
void take_word(Deal& then, const Word& word) {
    for (const Field field : {Field::Currency, Field::Value}) {
        for (const auto& [said, value] : word.values) {
            if (said == field) (void)take_field_json(then, field, value);
            if (said == Field::ValueEstimated) then.value_estimated = value == json::value(true);
        }
    }
    for (const auto& [field, value] : word.values) {
        if (leading_field(field) != Field::Value) (void)take_field_json(then, field, value);
    }
}

void settle_stage(const Deal& now, Deal& then, const Word& word, std::int64_t now_ms) {
    if (then.stage_entered_at == 0) then.stage_entered_at = word.event_ms.value_or(now.stage_entered_at);
    if (is_closed(then.stage)) {
        if (then.closed_at == 0) then.closed_at = std::min(word.said.at, now_ms);
        return;
    }
    constexpr std::int32_t kProbabilityDefault = 5'000;
    then.closed_at = 0;
    if (is_closed(now.stage) && then.probability == now.probability) then.probability = kProbabilityDefault;
}

void set_time(Deal& deal, Field field, std::optional<std::int64_t> ms) {
    if (!ms) return; // it is the last word: its time stands with the deal
    std::erase_if(deal.field_times, [&](const auto& own) { return own.first == field; });
    if (*ms != deal.base_time_ms) deal.field_times.emplace_back(field, *ms);
}

bool differ(const Deal& left, const Deal& right, Field leading) {
    if (leading == Field::Stage) return left.stage != right.stage; // its dates follow it
    return std::ranges::any_of(kFields, [&](Field field) { return leading_field(field) == leading && !same_field(left, right, field); });
}

void add_rule(std::string& rules, Field field, std::string_view rule) {
    if (rules.empty()) rules = "{";
    append_key(rules, field_key(field));
    append_json_string(rules, rule);
}

// The deal with every word in its place. A leading field whose word is there already only gets its origin.
Deal with_words(const Deal& now, const Fields& fields, const Precedence& precedence, std::int64_t now_ms) {
    Deal then = now;
    for (const Field field : kFields) {
        const auto& word = fields.best[index(field)];
        if (!word) continue;
        Deal would_be = then;
        take_word(would_be, *word);
        const bool flips = differ(then, would_be, field);
        const auto origin = origin_of(now, field); // nobody's: a default that no row has dated
        const bool confirms = word->real && origin && precedence.rank(word->said.source) > precedence.rank(origin);
        if (!flips && !confirms) continue;
        if (flips) {
            then = std::move(would_be);
            set_time(then, field, word->event_ms);
        }
        set_origin(then, field, *word->said.source);
    }
    if (then.stage != now.stage) settle_stage(now, then, *fields.best[index(Field::Stage)], now_ms);
    if (is_closed(then.stage)) then.probability = then.stage == Stage::ClosedWon ? kProbabilityMax : 0;
    return then;
}

Said said_now(const Deal& now, const Fields& fields, Field leading) {
    Said said = fields.last[index(leading)];
    said.source = origin_of(now, leading);
    return said;
}

void list_flips(DealFlips& found, const Deal& now, const Fields& fields) {
    for (const Field field : kFields) {
        if (!same_field(now, found.then, field)) {
            add_rule(found.rules, field, kFlipRule);
            if (field == Field::StageEnteredAt || field == Field::ClosedAt) continue; // they follow the stage
            Flip flip{.field = field, .now = {}, .then = {}, .now_said = said_now(now, fields, leading_field(field)), .then_said = {}};
            const bool by_stage =
                field == Field::Probability && now.stage != found.then.stage && (is_closed(now.stage) || is_closed(found.then.stage));
            flip.then_said = fields.best[index(by_stage ? Field::Stage : leading_field(field))]->said;
            append_field_json(flip.now, now, field);
            append_field_json(flip.then, found.then, field);
            found.flips.push_back(std::move(flip));
        } else if (differs_in_origin_alone(now, found.then, field)) {
            add_rule(found.rules, field, kConfirmedRule);
        }
    }
    if (!found.rules.empty()) found.rules += '}';
}

} // namespace

bool DealHistory::is_inert(const JournalEntry& entry) {
    if (entry.source == Source::System) return true;
    if (entry.unit.is_nil()) return false;
    if (undone_.size() >= kUnitsRemembered) undone_.clear();
    const auto known = undone_.find(entry.unit);
    if (known != undone_.end()) return known->second;
    const auto unit = ledger_.read_unit(entry.unit);
    return undone_[entry.unit] = unit && (unit->state == UnitState::Undone || unit->state == UnitState::Undoing);
}

DealFlips DealHistory::flips_of(const Deal& now) {
    Fields fields;
    JournalQuery query{.deal = now.id, .unit = {}, .after = 0, .descending = false, .limit = kRowsPerRead};
    for (;;) {
        const auto rows = ledger_.list_journal(query);
        for (const JournalEntry& entry : rows) {
            const auto body = parse_json(entry.body);
            if (!body) continue;
            const Row row{.entry = entry,
                          .after = member(*body, "after"),
                          .times = member(*body, "times"),
                          .rules = member(*body, "rules"),
                          .inert = is_inert(entry)};
            if (row.after != nullptr) take_row(fields, row, precedence_, now);
        }
        if (rows.size() < query.limit) break;
        query.after = rows.back().seq;
    }
    DealFlips found{.then = with_words(now, fields, precedence_, now_ms_), .flips = {}, .rules = {}};
    list_flips(found, now, fields);
    return found;
}

} // namespace tributary

// Where an undo stands, as text in the options of its unit, and what the options of the undone unit say of it.
#include "deal/json.hpp"
#include "pipeline/undo_deal.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 3> kStepWords = {"deals", "leads", "done"};
constexpr std::array kStates = {UnitState::Planned, UnitState::Running, UnitState::Done, UnitState::Cancelled, UnitState::Failed};

struct CountName {
    std::string_view key;
    std::uint64_t UndoCounts::* count;
};
constexpr std::array<CountName, 6> kCountNames = {{{"reverted", &UndoCounts::reverted},
                                                   {"removed", &UndoCounts::removed},
                                                   {"restored", &UndoCounts::restored},
                                                   {"kept", &UndoCounts::kept},
                                                   {"blocked", &UndoCounts::blocked},
                                                   {"leads_removed", &UndoCounts::leads_removed}}};

std::uint64_t number_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

std::string_view word_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

} // namespace

json::object options_of(const Unit& unit) {
    auto options = unit.options.empty() ? Result<json::value>(json::object{}) : parse_json(unit.options);
    return options && options->is_object() ? std::move(options->get_object()) : json::object{};
}

void set_options(Unit& unit, json::object options) {
    unit.options.clear();
    if (!options.empty()) append_json(unit.options, json::value(std::move(options)));
}

void note_in_options(Unit& unit, std::string_view members) {
    json::object options = options_of(unit);
    auto noted = parse_json(members);
    for (auto& pair : noted->as_object()) options[pair.key()] = std::move(pair.value());
    set_options(unit, std::move(options));
}

std::string progress_text(const UndoProgress& progress) {
    std::string out = "{\"undoes\":";
    append_id(out, progress.undoes);
    append_key(out, "was");
    append_json_string(out, unit_state_key(progress.was));
    append_key(out, "step");
    append_json_string(out, kStepWords.at(static_cast<std::size_t>(progress.step)));
    append_key(out, "before");
    out += std::to_string(progress.before);
    append_key(out, "counts");
    append_undo_counts(out, progress.counts);
    append_key(out, "along");
    out += progress.along ? "true" : "false";
    append_key(out, "leads_before");
    out += std::to_string(progress.leads_before);
    out += '}';
    return out;
}

std::optional<UndoProgress> undo_progress(const Unit& undo) {
    if (undo.door != kUndoDoor) return std::nullopt;
    const json::object options = options_of(undo);
    const auto undoes = parse_id(word_of(options, "undoes"));
    if (!undoes) return std::nullopt;
    UndoProgress progress{.undoes = *undoes};
    for (const UnitState state : kStates) {
        if (unit_state_key(state) == word_of(options, "was")) progress.was = state;
    }
    const auto step = std::ranges::find(kStepWords, word_of(options, "step"));
    if (step != kStepWords.end()) progress.step = static_cast<UndoStep>(step - kStepWords.begin());
    progress.before = number_of(options, "before");
    progress.leads_before = number_of(options, "leads_before");
    const auto* along = options.if_contains("along");
    progress.along = along != nullptr && along->is_bool() && along->get_bool();
    if (const auto* counts = options.if_contains("counts"); counts != nullptr && counts->is_object()) {
        for (const auto& [key, count] : kCountNames) progress.counts.*count = number_of(counts->get_object(), key);
    }
    return progress;
}

void append_undo_counts(std::string& out, const UndoCounts& counts) {
    out += '{';
    for (const auto& [key, count] : kCountNames) {
        append_key(out, key);
        out += std::to_string(counts.*count);
    }
    out += '}';
}

Id undone_by(const Unit& unit) { return parse_id(word_of(options_of(unit), kUndoneBy)).value_or(Id{}); }

Result<void> may_undo(const Unit& unit) {
    const auto refused = [&](std::string_view code, std::string message) -> Result<void> {
        Refusal refusal{.reason = Reason::Conflict, .code = std::string(code), .message = std::move(message), .details = {}};
        const Id by = undone_by(unit);
        if (!by.is_nil()) refusal.details.push_back({"undo_id", std::string(code), "The undo.", by.text()});
        return std::unexpected(std::move(refusal));
    };
    switch (unit.state) {
    case UnitState::Planned: return refused("nothing_to_undo", "This has changed nothing yet.");
    case UnitState::Running: return refused("import_running", "This is still running; wait until it has ended, or cancel it.");
    case UnitState::Undoing: return refused("undo_running", "This is being undone.");
    case UnitState::Undone: return refused("already_undone", "This has been undone already; undo the undo to have it back.");
    case UnitState::Done:
    case UnitState::Cancelled:
    case UnitState::Failed: break;
    }
    return {};
}

} // namespace tributary

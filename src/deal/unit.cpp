// Counting what became of a unit's rows, and its words.
#include "deal/unit.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tributary {
namespace {

// Without blanks around it, in lower case.
std::string word_of(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t from = std::min(text.find_first_not_of(kBlanks), text.size());
    std::string word(text.substr(from, text.find_last_not_of(kBlanks) + 1 - from));
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return word;
}

} // namespace

std::string_view action_key(RowAction action) {
    static constexpr std::array<std::string_view, 5> kKeys{"created", "updated", "unchanged", "skipped", "rejected"};
    return kKeys.at(static_cast<std::size_t>(action));
}

std::string_view unit_state_key(UnitState state) {
    static constexpr std::array<std::string_view, 7> kKeys{"planned", "running", "done", "cancelled", "failed", "undoing", "undone"};
    return kKeys.at(static_cast<std::size_t>(state));
}

std::string_view automations_key(AutomationPolicy automations) {
    static constexpr std::array<std::string_view, 4> kKeys{"live", "held", "off", "released"};
    return kKeys.at(static_cast<std::size_t>(automations));
}

std::optional<bool> yes_or_no(std::string_view text) {
    const std::string word = word_of(text);
    if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "0" || word == "no" || word == "off") return false;
    return std::nullopt;
}

std::optional<AutomationPolicy> parse_automations(std::string_view text) {
    const std::string word = word_of(text);
    if (word == "live") return AutomationPolicy::Live;
    if (word == "held") return AutomationPolicy::Held;
    const auto said = yes_or_no(text);
    return said ? std::optional(*said ? AutomationPolicy::Live : AutomationPolicy::Off) : std::nullopt;
}

void UnitCounts::add(RowAction action) {
    ++read;
    switch (action) {
    case RowAction::Created: ++created; return;
    case RowAction::Updated: ++updated; return;
    case RowAction::Unchanged: ++unchanged; return;
    case RowAction::Skipped: ++skipped; return;
    case RowAction::Rejected: ++rejected; return;
    }
}

void count_outcomes(UnitCounts& counts, const std::vector<RowOutcome>& outcomes) {
    for (const RowOutcome& outcome : outcomes) counts.add(outcome.action);
}

} // namespace tributary

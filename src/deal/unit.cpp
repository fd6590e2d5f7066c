// Counting what became of a unit's rows, and its words.
#include "deal/unit.hpp"

#include <array>

namespace tributary {

std::string_view action_key(RowAction action) {
    static constexpr std::array<std::string_view, 5> kKeys{"created", "updated", "unchanged", "skipped", "rejected"};
    return kKeys.at(static_cast<std::size_t>(action));
}

std::string_view unit_state_key(UnitState state) {
    static constexpr std::array<std::string_view, 7> kKeys{"planned", "running", "done", "cancelled", "failed", "undoing", "undone"};
    return kKeys.at(static_cast<std::size_t>(state));
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

} // namespace tributary

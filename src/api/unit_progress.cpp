// See unit_progress.hpp.
#include "api/unit_progress.hpp"

#include "pipeline/flip.hpp"
#include "pipeline/undo.hpp"

#include <algorithm>

namespace tributary {

std::optional<ImportProgress> unit_progress(LedgerReader& ledger, const Unit& unit, std::int64_t now_ms) {
    if (unit.state != UnitState::Running) return std::nullopt;
    ImportProgress progress{.phase = ImportProgress::Phase::Running, .bytes_total = {}, .seconds_left = {}};
    if (const auto undo = undo_progress(unit)) {
        const auto undone = ledger.read_unit(undo->undoes);
        progress.rows = unit.counts.read;
        // A deal that several of its rows have changed counts once here and more often there: what is left may be less than it seems.
        if (undone) progress.rows_total = std::max(progress.rows, undone->counts.created + undone->counts.updated);
    } else if (const auto flip = flip_progress(unit)) {
        progress.rows = flip->counts.looked_at;
    } else {
        return std::nullopt;
    }
    const double seconds = static_cast<double>(std::max<std::int64_t>(now_ms - unit.started_at, 1)) / 1'000.0;
    progress.rows_per_second = static_cast<double>(progress.rows) / seconds;
    if (progress.rows_total && progress.rows > 0) {
        progress.seconds_left = static_cast<std::int64_t>(static_cast<double>(*progress.rows_total - progress.rows) / progress.rows_per_second);
    }
    return progress;
}

} // namespace tributary

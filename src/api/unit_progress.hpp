// How far a unit is that walks over deals rather than over an input: an undo, a flipping of fields.
#pragma once
#include "api/import_runs.hpp"
#include "deal/unit.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <optional>

namespace tributary {

// Measured from when the unit began; nullopt for any other unit, and for one that has ended.
[[nodiscard]] std::optional<ImportProgress> unit_progress(LedgerReader& ledger, const Unit& unit, std::int64_t now_ms);

} // namespace tributary

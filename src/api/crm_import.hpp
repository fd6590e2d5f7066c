// Everything of a connected account as one import: its records are fetched and stored as they come, then run from the store like a file.
// So it has a plan, a progress, errors and an undo like any import; where the fetching stands is stored with every piece, and it goes on
// there after a stop of the program.
#pragma once
#include "api/call.hpp"
#include "api/import.hpp"
#include "store/connections.hpp"

namespace tributary {

inline constexpr std::uint32_t kCrmFetchAttemptsMax = 30; // failures in a row, with pauses up to ten minutes: some four hours
inline constexpr std::int64_t kCrmFetchPauseMsMax = 600'000;

// Stores the unit and begins to fetch. Refuses with account_importing while one of this connection runs, or busy.
[[nodiscard]] Result<Unit> start_crm_import(const CallPtr& call, const CrmConnection& row, const Import::Asked& asked);

// A unit that was being fetched when the program stopped.
[[nodiscard]] bool is_crm_import(const Unit& unit);
// At start. False: it cannot.
[[nodiscard]] bool go_on_with_crm_import(App& app, const TenantScope& scope, const Unit& unit);

} // namespace tributary

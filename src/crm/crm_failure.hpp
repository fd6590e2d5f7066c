// What a failed call to a CRM means for what to do next. Pure.
#pragma once
#include "crm/remote.hpp"
#include "outside/call_failure.hpp"

namespace tributary {

[[nodiscard]] CrmFailure crm_failure(const outside::CallFailure& failure, std::int64_t now_ms);

} // namespace tributary

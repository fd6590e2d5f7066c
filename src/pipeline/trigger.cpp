// Step 9: what has to happen after the commit, as bits on the journal row. The row is the outbox: the automation follower
// (work/automations.cpp) finds it there, also after a crash.
#include "pipeline/pipeline.hpp"

namespace tributary {

// Once per crossing: a deal that was high already, or is closed, deleted or held as spam, triggers nothing.
// `before` is the risk before this row; a new deal crosses when it arrives high.
std::uint8_t trigger(std::optional<Risk> before, const Deal& now) {
    const bool crossed = now.risk == Risk::High && now.is_active() && before != Risk::High;
    return crossed ? kDueAutomation : std::uint8_t{0};
}

} // namespace tributary

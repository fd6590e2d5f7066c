// Step 9: what has to happen after the commit, as bits on the journal row. The row is the outbox: the automation follower
// (work/automations.cpp) finds it there, also after a crash.
#include "pipeline/pipeline.hpp"

namespace tributary {

// Once per crossing: a deal that was high already, or is closed, deleted or held as spam, triggers nothing.
// `before` is the risk before this row; a new deal crosses when it arrives high.
std::uint8_t trigger(std::optional<Risk> before, const Deal& now, AutomationPolicy automations) {
    const bool crossed = now.risk == Risk::High && now.is_active() && before != Risk::High;
    if (!crossed || automations == AutomationPolicy::Off) return 0;
    return automations == AutomationPolicy::Live ? kDueAutomation : kDueHeld;
}

JournalEntry fired(const Id& deal, std::uint64_t cause, std::int64_t now_ms) {
    JournalEntry entry;
    entry.at = now_ms;
    entry.happening = Happening::Automation;
    entry.source = Source::System;
    entry.deal = deal;
    entry.actor = "system";
    entry.body = R"({"type":"automation","name":"high_risk_alert","note":"The deal crossed into high risk.","cause":)" + std::to_string(cause) + "}";
    return entry;
}

} // namespace tributary

// Step 8: tells the watchers, after the commit and never before: a rolled-back deal leaves no ghost on a dashboard.
#include "pipeline/writer.hpp"

namespace tributary {

void announce(Hub& hub, const TenantScope& scope, const std::vector<JournalEntry>& rows) { hub.publish(scope.tenant(), scope.workspace(), rows); }

} // namespace tributary

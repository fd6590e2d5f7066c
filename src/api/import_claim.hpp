// A stored import that is to be run by a request: a plan that is applied, bytes that are replayed. The unit is claimed in one turn of the
// writer, so that nobody else runs it too, and is then run as a job. Idempotency-Key means here what it means everywhere.
#pragma once
#include "api/import_feed.hpp"

#include <functional>
#include <memory>

namespace tributary {

// In the writer's turn: the unit to be run, stored as running, or why there is none.
using ClaimUnit = std::function<Result<Unit>(Turn&)>;
// Readies the import before its rows are fed. `answered`: the request has its answer, that it goes on.
using ReadyImport = std::function<void(const std::shared_ptr<Import>&, bool answered)>;

// Answers with the end of the import, or 202 when that takes long (answered_at_end()). With an Idempotency-Key the first answer is given
// again to the same request; to another it is 422 idempotency_key_reused.
void run_claimed(const CallPtr& call, http::Reply reply, ClaimUnit claim, ReadyImport ready);

} // namespace tributary

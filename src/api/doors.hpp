// The ingestion doors: from a request to rows, and from rows to the writer. One route for every door of every source.
#pragma once
#include "api/call.hpp"
#include "sources/source.hpp"

#include <memory>

namespace tributary {

// What a reader may see of the request; the rules outlive it.
[[nodiscard]] Arrival arrival_of(const Call& call, const ReadingRules& rules);

// The whole body is there.
void enter(const CallPtr& call, const Door& door, http::Reply reply);
// The body will stream; nullptr when this arrival has to be read whole (then enter() follows), or a refusal.
[[nodiscard]] Result<std::shared_ptr<http::BodyTaker>> enter_streaming(const CallPtr& call, const Door& door, std::function<void()> resume);

} // namespace tributary

// Reading an import's stored bytes again, as its door read them when they came.
#pragma once
#include "api/import.hpp"

#include <atomic>

namespace tributary {

// Feeds the rows of the unit's raw bytes to the import and ends it; `reply` gets its answer. Runs on a job's thread until the end, or
// until `stopping`: the import then stays as it stands.
void feed_from_store(const CallPtr& call, const Unit& unit, const std::function<void(Import&)>& prepare, const std::atomic<bool>& stopping,
                     http::Reply reply);

} // namespace tributary

// A look before saving: what one deal would become, through the steps of a real arrival, and which deals might be meant instead.
// It runs over a ledger that can only be read, so nothing of it can be written.
#pragma once
#include "api/call.hpp"
#include "pipeline/pipeline.hpp"
#include "sources/source.hpp"

#include <chrono>
#include <string>

namespace tributary {

// A workspace's names are looked through for so long, newest first; what was not reached by then is not told of.
inline constexpr std::chrono::milliseconds kNearTimeMax{150};

// Whether the request asks for a look only (dry_run in the query). Refuses a value that is neither yes nor no, a publishable key (403:
// its page must not learn what the workspace knows), and a CRM's door, which keeps what it is sent. `many`: imports look by themselves.
[[nodiscard]] Result<bool> asks_to_look(const Call& call, const Door& door, bool many);

// Answers 200 with what the arrival would be answered (api/openapi.yaml, LookAnswer): ids are null that only saving gives.
// `members`: what the door says beside the deal (BesideDeal::members).
void look_before(const CallPtr& call, const Door& door, IncomingRow row, std::string members, http::Reply reply);

} // namespace tributary

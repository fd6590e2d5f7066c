// As of when each field of a deal stands. A field's time is that of the event that said it; what an event says that is older than that
// changes nothing (SPEC-NOTES 19). For upsert.cpp.
#pragma once
#include "pipeline/pipeline.hpp"

namespace tributary {

[[nodiscard]] std::int64_t field_time(const Deal& deal, Field field); // ms; 0: nobody has set it
void set_field_time(Deal& deal, Field field, std::int64_t at);

// A CRM's record in one version: the fields it has decided stand as of that version, also those that it left as they were. Without
// that, a value that changed and changed back would be overwritten by the version between, when that comes last. True: some time moved.
[[nodiscard]] bool stand_as_of(const Candidate& candidate, const GivenFields& taken, Deal& deal);

// Only times moved: the deal is written, and nothing is told of it.
void confirm_quietly(Working& working, const Deal& next);

} // namespace tributary

// The journal: every change is a row, numbered without gaps per tenant, made in the transaction of the change.
// One row serves as change row, activity and outbox entry at once (docs/decisions/0001-one-journal.md): the history of a
// deal, the activity feed, the live socket and the automations are all readings of it.
#pragma once
#include "deal/id.hpp"
#include "deal/names.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

enum class Happening : std::uint8_t {
    Created, Updated, Deleted, Restored, Activity, Automation, ImportStarted, ImportFinished, LeadCreated, LeadUpdated, Received,
};
[[nodiscard]] std::string_view happening_key(Happening happening); // "created", "import_finished"

// What is still to be done after the commit, as bits in JournalEntry::due.
inline constexpr std::uint8_t kDueAutomation = 1; // the deal crossed into high risk with this row
inline constexpr std::uint8_t kDueHeld = 2;       // the same, but it waits until somebody releases it (Unit::automations)

struct JournalEntry {
    std::uint64_t seq = 0;     // per tenant, 1, 2, 3...; given by the ledger
    std::int64_t at = 0;       // ms
    Happening happening = Happening::Created;
    Source source = Source::System;
    Id deal;                   // nil when it is not about a deal
    Id unit;                   // the arrival that caused it; nil when none
    std::uint32_t row = 0;     // row in that arrival, from 0
    std::uint8_t due = 0;
    std::string actor;         // "key:<key id>", "form:<key id>", "system"
    // One JSON object. Created: {"after":{field:value,...},"rules":{field:rule}}. Updated, deleted, restored:
    // {"before":{...},"after":{...},"times":{field:ms},"origins":{field:source},"rules":{field:rule}}; "times" and "origins" hold the event
    // times and the sources of their own that changed fields had before, and are absent when none had one. A field whose "before" and
    // "after" are the same got another origin (deal/field_origin.hpp): a source with more say has confirmed it. When the same row of an
    // arrival made or changed the deal's lead, also "lead":{"id":"...","before":{...},"after":{...}}, without "before" when it made it.
    // LeadCreated, LeadUpdated: only that "lead", and `deal` is the deal it came with, which stayed as it was. Activity:
    // {"type":"call","note":"..."}. Automation: {"name":"high_risk_alert","cause":seq,...}.
    std::string body;
};

} // namespace tributary

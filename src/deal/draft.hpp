// What a source reads out of one arrival: text as written, not yet converted or believed. The normalise step makes a Candidate of it.
#pragma once
#include "deal/date.hpp"
#include "deal/field.hpp"
#include "deal/names.hpp"
#include "deal/result.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// A deal's id in another system, e.g. {"hubspot:1234567", "144703760059"}, {"api", "ext-12345"}, {"csv", "1C1I7A6R"}.
// Unique per workspace and system. At most 200 bytes each.
struct ExternalId {
    std::string system;
    std::string id;
    friend auto operator<=>(const ExternalId&, const ExternalId&) = default;
};

// How strictly words and numbers are taken. JSON doors are strict (an unknown stage or "1,200" is an error the sender
// can mend); people's files and mails are read as people write.
enum class Reading : std::uint8_t { Strict, Written };

struct Draft {
    Source source = Source::Manual;
    Reading reading = Reading::Strict;
    std::array<std::optional<std::string>, kFieldCount> fields; // by Field; nullopt = not in the arrival at all
    std::bitset<kFieldCount> fill_only; // by Field: a deal that has a value keeps it
    std::vector<ExternalId> external_ids;
    std::vector<ExternalId> merged_ids; // CRM: records that were merged into this one there; deals that bear them are absorbed
    std::string metadata;           // one JSON object text ("{...}") for source_metadata, or empty
    std::string metadata_fill_only; // likewise, of keys that a deal keeps when it has them
    std::string lead_metadata;      // likewise for the lead (UTM, product interest, company size), or empty
    std::string message_text;       // free text to search for company or amount (e-mail), not stored from here
    std::string company_size;       // web form: "51-200"; picks the estimated value
    std::optional<std::int64_t> event_time_ms; // when it happened at the source; absent: when it was received
    std::optional<std::int64_t> default_value_minor; // used on create when no value came (e-mail 15,000; form by size), marked estimated
    std::string_view default_value_rule;             // e.g. "estimate.email_default", names why
    std::string default_name;       // used on create when no name came (a CRM message that carries only some fields)
    DateOrder date_order = DateOrder::Undecided;     // CSV: decided for the whole column
    char decimal_mark = 0;                           // CSV: '.' or ',', 0 = undecided
    bool deleted = false;           // CRM: the record is archived or deleted there
    // CRM: event_time_ms is the version of the whole record. What it says stands as of then, also where it changes nothing.
    bool versioned = false;
    std::int64_t read_at_ms = 0;    // when we read the record from the CRM, on our clock: whether it was there then; 0: it was sent
    bool spam = false;              // honeypot or filter hit: kept, quarantined, never counted
    std::string spam_reason;
    std::vector<FieldProblem> warnings; // what the reader noticed and let pass

    [[nodiscard]] std::optional<std::string>& operator[](Field field) { return fields[static_cast<std::size_t>(field)]; }
    [[nodiscard]] const std::optional<std::string>& operator[](Field field) const { return fields[static_cast<std::size_t>(field)]; }
    // Sets only when the field is still absent or blank: aliases are tried in order of preference.
    void offer(Field field, std::string_view text);
};

} // namespace tributary

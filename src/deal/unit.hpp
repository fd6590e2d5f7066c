// An ingestion unit: one POST, one file, one webhook batch. It keeps the bytes as received and counts what became of every row.
#pragma once
#include "deal/id.hpp"
#include "deal/names.hpp"
#include "deal/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

enum class RowAction : std::uint8_t { Created, Updated, Unchanged, Skipped, Rejected };
[[nodiscard]] std::string_view action_key(RowAction action);

struct UnitCounts {
    std::uint64_t read = 0, created = 0, updated = 0, unchanged = 0, skipped = 0, rejected = 0;
    void add(RowAction action);
    // The invariant every unit satisfies, also while it runs.
    [[nodiscard]] bool balanced() const { return read == created + updated + unchanged + skipped + rejected; }
};

enum class UnitState : std::uint8_t { Planned, Running, Done, Cancelled, Failed, Undoing, Undone };
[[nodiscard]] std::string_view unit_state_key(UnitState state);

// What becomes of the automations that a unit's rows set off.
enum class AutomationPolicy : std::uint8_t {
    Live,     // they fire
    Held,     // they wait until somebody releases them
    Off,      // there are none
    Released, // were held, and have fired
};
[[nodiscard]] std::string_view automations_key(AutomationPolicy automations);
// live, held or off, or a word for yes (live) or no (off), in any case; nullopt for anything else.
[[nodiscard]] std::optional<AutomationPolicy> parse_automations(std::string_view text);
// true, yes, on or 1, and false, no, off or 0, in any case; nullopt for anything else.
[[nodiscard]] std::optional<bool> yes_or_no(std::string_view text);

struct Unit {
    Id id;                      // the ingestion_id / import_id of the answers
    Source source = Source::Manual;
    std::string door;           // "/csv/upload"
    std::string file_name;      // as sent, for a file
    std::string actor;
    UnitState state = UnitState::Running;
    UnitCounts counts;
    bool many = false;          // true: an import, listed under /api/sales/imports; false: a single deal's arrival
    std::string content_type;
    std::string sha256;         // of the raw bytes, lower hex; empty while running
    std::uint64_t raw_bytes = 0;
    std::string options;        // JSON: mapping and dialect used, header; empty for none
    std::string asked;          // JSON array of [name, value]: the options as they were sent, to read the stored bytes in the same way
    std::string plan;           // JSON: what a planned unit is going to do in all (api/openapi.yaml, ImportPlan); empty for none
    std::string failure;        // why state is failed: a sentence
    std::int64_t started_at = 0;
    std::int64_t finished_at = 0;
    AutomationPolicy automations = AutomationPolicy::Live;
    std::uint64_t automations_held = 0; // wait to be released
    Id same_as;   // an earlier import of the very same bytes that was done; nil: none
    Id replay_of; // the import whose stored bytes it has run again; nil: it has its own
};

// Raw bytes as received, a numbered piece of a unit. Compressed by the store.
struct RawPiece {
    std::uint32_t ordinal = 0;
    std::string bytes;
};

// What became of one row of a unit.
struct RowOutcome {
    std::uint32_t row = 0;      // from 0, in input order
    std::uint64_t line = 0;     // first line of the row in the file, from 1; 0 when not a file
    RowAction action = RowAction::Created;
    Id deal;                    // nil when rejected or skipped
    std::string code;           // rejected: stable code; of an undo: what became of the deal; else empty
    std::vector<FieldProblem> problems; // rejected: why; else warnings
    std::string raw;            // rejected: the row as received (a JSON text, or a CSV record), at most 64 KiB
    // Of a planned row only:
    std::string change;         // the body its journal row would have (deal/journal.hpp); empty when nothing changes
    std::uint64_t fingerprint = 0; // of all it decides, to be compared when the plan is applied (pipeline/plan.hpp)
};

// Counts what became of each of them.
void count_outcomes(UnitCounts& counts, const std::vector<RowOutcome>& outcomes);

} // namespace tributary

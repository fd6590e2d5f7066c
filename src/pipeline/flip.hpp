// What would flip: which fields would have another value, had another source precedence been in force when they were written; and making
// it so, as one unit that can be undone. What a source sent and the journal does not tell of is not known here: rows that were outranked,
// and rows that only repeated what was known. docs/imports.md has the rules.
//
// The deals are walked in the order of arrival, a few at a time, so that memory is bounded whatever the workspace holds. Where the flipping
// stands is written with every slice in the options of its unit: flip_slice goes on there, whoever calls it, also after a crash.
#pragma once
#include "pipeline/pipeline.hpp"
#include "pipeline/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::string_view kFlipDoor = "/settings/precedence";
inline constexpr std::string_view kFlipRule = "precedence"; // of a flipped field, in the journal
inline constexpr std::uint32_t kFlipDealsPerSlice = 256;    // changed deals looked at in one turn of the writer: about 10 ms

// Who said a value, and when it came.
struct Said {
    std::optional<Source> source; // nullopt: nobody, it is a default or an estimate
    std::int64_t at = 0;
    Id unit; // nil: an edit
};

struct Flip {
    Field field = Field::Name;
    std::string now, then; // JSON texts
    Said now_said, then_said;
};

struct FlipCounts {
    std::uint64_t looked_at = 0; // deals that had been changed after they were made
    std::uint64_t deals = 0;     // of which some field would flip
    std::uint64_t fields = 0;
};
void append_flip_counts(std::string& out, const FlipCounts& counts); // {"looked_at":0,...}

// One step of the walk without writing. `place` is where it stands (0: at the start); afterwards where to go on, 0 when it is through.
struct FlippedDeal {
    Id deal;
    std::uint64_t place = 0; // to go on behind this deal
    std::vector<Flip> flips;
};
[[nodiscard]] std::vector<FlippedDeal> preview_flips(LedgerReader& ledger, const Precedence& precedence, std::int64_t now_ms,
                                                     std::uint64_t& place, FlipCounts& counts);

struct FlipProgress {
    Precedence precedence;
    std::uint64_t place = 0;
    FlipCounts counts;
};
// As kept in the options of the unit; nullopt for a unit that is none.
[[nodiscard]] std::optional<FlipProgress> flip_progress(const Unit& unit);

// Stores the unit. The precedence is the settings' already, or becomes it in the same turn.
[[nodiscard]] Unit begin_flip(Turn& turn, const Precedence& precedence, std::string actor);
// One slice, in the writer's turn; true when it was the last. When the settings say another precedence by now, it ends as cancelled.
[[nodiscard]] bool flip_slice(Turn& turn, const Id& unit);

} // namespace tributary

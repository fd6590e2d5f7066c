// Source precedence in the merging step: whether an arrival may overwrite a field that another source has set (deal/precedence.hpp).
// Part of upsert.cpp; the plan of a new precedence (flip.cpp) asks the same.
#pragma once
#include "pipeline/pipeline.hpp"

#include <string_view>

namespace tributary {

// How much the arriving source has to say about a field, against who set it last.
enum class Say : std::uint8_t { Less, Same, More };
[[nodiscard]] Say say_of(const Precedence& precedence, Source arriving, const Deal& stored, Field field);

// The rule under which the journal tells of a field whose value stays and is a higher source's word from now on.
inline constexpr std::string_view kConfirmedRule = "precedence.confirmed";

// A row's way through the fields of one deal.
struct Precedent {
    const Precedence& precedence;
    GivenFields raised = {}; // set, or said again, by a source with more say than the one before
    GivenFields outranked = {};

    // Notes the field in `raised` or `outranked`.
    [[nodiscard]] Say weigh(const Candidate& candidate, const Deal& stored, Field field);
};

// Tells the sender that a field stays as it is; `would_be` is the deal as the row would have made it. Nothing when that is the same.
void warn_outranked(const Deal& stored, const Deal& would_be, Field field, RowResult& row);

// The raised fields whose value was the same before: the new source stands for them from now on. To be called when changed fields bear
// their new origin.
[[nodiscard]] GivenFields confirm_fields(const Precedent& precedent, const Candidate& candidate, const Deal& before, Deal& after);

} // namespace tributary

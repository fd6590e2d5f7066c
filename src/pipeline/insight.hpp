// Insights by rule: the specification's three notes on a deal, from this deal's facts alone. Pure and cheap, so they are made
// when asked for and never go stale; a language model (a later engine) will store its own.
#pragma once
#include "deal/deal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

struct Insight {
    std::string_view kind;             // risk | opportunity | next_action | market
    std::string text;                  // one sentence, plain text
    std::vector<std::string> evidence; // "field: value"
};

// Always three: risk or opportunity, next action, market note.
[[nodiscard]] std::vector<Insight> insights_by_rule(const Deal& deal, std::int64_t now_ms);

} // namespace tributary

// What one deal would say, had a precedence been in force from its beginning: its journal is read from the oldest row to the newest, and
// of every field the word of the source with most say is remembered. Private to flip: flip.cpp walks the deals, this decides.
#pragma once
#include "pipeline/flip.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

namespace tributary {

struct DealFlips {
    Deal then;               // the deal as it would be
    std::vector<Flip> flips; // fields whose value is another
    std::string rules;       // {field: rule} for its journal row; empty: the deal is as it would be, origins included
};

class DealHistory {
  public:
    DealHistory(LedgerReader& ledger, const Precedence& precedence, std::int64_t now_ms)
        : ledger_(ledger), precedence_(precedence), now_ms_(now_ms) {}
    [[nodiscard]] DealFlips flips_of(const Deal& now);

  private:
    [[nodiscard]] bool is_inert(const JournalEntry& entry);

    LedgerReader& ledger_;
    const Precedence& precedence_;
    std::int64_t now_ms_;
    boost::unordered_flat_map<Id, bool, std::hash<Id>> undone_; // units met
};

} // namespace tributary

// Both sides of a connected account, counted and summed: which records are there and not here, here and no longer there, or differ in
// amount.
#pragma once
#include "crm/sync.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary {

class CrmCensus {
  public:
    static constexpr std::size_t kRecordsMax = 5'000'000; // some 150 bytes each
    static constexpr std::size_t kDifferingMax = 200'000; // read again after one comparison; the others after the next

    // False: more records than can be held.
    [[nodiscard]] bool add(const std::vector<CrmCensusRow>& rows);
    // A pass over the workspace's deals. Once.
    void compare(const CrmOrigin& origin, LedgerReader& ledger);
    [[nodiscard]] const CrmBalance& balance() const { return balance_; }
    [[nodiscard]] const std::vector<std::string>& differing() const { return differing_; } // ids there, to be read again

  private:
    struct Theirs {
        std::string amount;
        std::string currency;
        bool seen = false; // a deal here has its id
    };
    void differs(const std::string& id);
    void weigh(const std::string& id, Theirs& theirs, const LedgerReader::CalledDeal& ours);

    std::unordered_map<std::string, Theirs> theirs_;
    std::map<std::string, __int128> theirs_sum_, ours_sum_; // minor units by currency
    std::vector<std::string> differing_;
    CrmBalance balance_;
};

} // namespace tributary

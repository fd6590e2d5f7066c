// A record of a connected CRM that is to be read again, and how many of them wait. See Ledger::want().
#pragma once
#include "deal/id.hpp"

#include <cstdint>
#include <string>

namespace tributary {

struct Wanted {
    Id connection;
    std::string record;         // its id in the CRM, at most 200 bytes
    bool slow = false;          // part of a storm: it goes after the others
    std::int64_t due_at = 0;    // ms
    std::int64_t first_at = 0;  // ms, when it was first wanted since it was last read
    std::uint32_t attempts = 0; // readings that failed since
    std::uint64_t stamp = 0;    // the store's: grows with every want()
};

struct WantedFigures {
    std::uint64_t waiting = 0;
    std::int64_t oldest_at = 0; // ms; 0: none waits
};

} // namespace tributary

// The deals and leads of one plan: those it would make and those it would change, as they would be. Whole things lie in a file
// (spill_file.hpp), in memory is what they are found by: some 120 bytes of a new deal with its lead. One thread at a time.
#pragma once
#include "deal/deal.hpp"
#include "store/scratch_names.hpp"
#include "store/spill_file.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary {

class OverlayScratch {
  public:
    // Keeps its file in `directory`; nothing of it stays.
    explicit OverlayScratch(const std::string& directory) : file_(directory) {}

    // An id for a new thing, unlike every real one.
    [[nodiscard]] Id next_id(std::int64_t now_ms);
    [[nodiscard]] bool holds_deal(const Id& id) const { return place_of(id, deals_) != nullptr; }
    [[nodiscard]] bool holds_lead(const Id& id) const { return place_of(id, leads_) != nullptr; }
    // Of a thing that it holds; StoreError for another.
    [[nodiscard]] Deal deal(const Id& id) const;
    [[nodiscard]] Lead lead(const Id& id) const;
    // Holds the thing from now on, or holds it as it is now. Whether two may bear one name is not looked at.
    void put(const Deal& deal);
    void put(const Lead& lead);

    [[nodiscard]] std::optional<Id> find_external(const ExternalId& external) const;
    [[nodiscard]] std::vector<Id> find_named(const MatchKey& key) const; // by twin number
    [[nodiscard]] std::optional<Id> find_lead(const std::string& email) const;

    // Rows of the journal that the plan would write.
    [[nodiscard]] std::uint64_t entries() const { return entries_; }
    void add_entries(std::uint64_t more) { entries_ += more; }

  private:
    using Held = std::unordered_map<Id, std::uint32_t>; // things of below, by their number here
    [[nodiscard]] std::uint32_t number_of(const Id& id, Held& held);
    [[nodiscard]] const std::uint64_t* place_of(const Id& id, const Held& held) const;
    [[nodiscard]] std::string record_of(const Id& id, const Held& held) const;
    void keep(std::uint32_t thing);

    SpillFile file_;
    std::deque<std::uint64_t> places_; // of records, by number; kNowhere: a number that was given and not used
    Held deals_;
    Held leads_;
    ScratchNames externals_;
    ScratchNames named_;
    ScratchNames emails_;
    std::string packed_; // for the thing being put
    std::uint64_t entries_ = 0;
};

} // namespace tributary

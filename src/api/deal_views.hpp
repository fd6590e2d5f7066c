// Views: a list of deals arranged once, of which any window is then read at once (docs/decisions/0016-views-of-lists.md). Kept in memory,
// bounded: the least recently used one goes first, and one that nobody asks for goes after a while. Thread-safe.
#pragma once
#include "deal/id.hpp"
#include "store/store.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

struct DealView {
    Id id;
    WorkspaceNo workspace = 0;
    std::string asked;     // filters and order, as view_key() writes them
    std::uint64_t seq = 0; // of the tenant's journal, when it was arranged
    bool with_deleted = false;
    std::vector<DealPlace> places;
};
using DealViewPtr = std::shared_ptr<const DealView>;

// Filters and order of a query as one text; equal texts mean equal lists at the same moment.
[[nodiscard]] std::string view_key(const DealQuery& query);

class DealViews {
  public:
    static constexpr std::size_t kViewsMax = 64;
    static constexpr std::size_t kBytesMax = std::size_t{256} * 1024 * 1024;
    static constexpr std::size_t kDealsMax = kBytesMax / sizeof(DealPlace) / 2; // of one view: two of the largest fit
    static constexpr std::int64_t kUnusedMsMax = 15 * 60'000;
    static constexpr std::size_t kLentMax = 16;

    // The workspace's view of that id; nullptr: it has been dropped, or is another workspace's.
    [[nodiscard]] DealViewPtr find(WorkspaceNo workspace, const Id& id, std::int64_t now_ms);
    // One that was asked for in the same words at the same moment.
    [[nodiscard]] DealViewPtr find_same(WorkspaceNo workspace, std::string_view asked, std::uint64_t seq, std::int64_t now_ms);
    void keep(DealViewPtr view, std::int64_t now_ms);
    [[nodiscard]] std::size_t bytes() const;

    // For an answer that reads its view for as long as its reader takes: what has been dropped here then still takes memory, so their
    // number is bounded. Held until the answer has gone; nullptr: kLentMax are.
    using Loan = std::shared_ptr<const void>;
    [[nodiscard]] Loan lend();

  private:
    struct Kept {
        DealViewPtr view;
        std::int64_t used_at = 0;
    };
    void drop_unused(std::int64_t now_ms); // with the mutex held, as below
    DealViewPtr use(std::list<Kept>::iterator kept, std::int64_t now_ms);
    void drop_last();

    mutable std::mutex mutex_;
    std::list<Kept> kept_; // the last used first
    std::size_t bytes_ = 0;
    std::shared_ptr<std::atomic<std::size_t>> lent_ = std::make_shared<std::atomic<std::size_t>>(0); // outlives this in the last loans
};

} // namespace tributary

// The one writer: takes whatever is queued, runs it in one transaction, commits, and only then lets every waiting answer go
// (group commit: safety costs no throughput). Single deals go before slices of imports, so that a long import does not hold
// up a person. Thread-safe; work and done run on the writer's thread.
#pragma once
#include "deal/clock.hpp"
#include "live/hub.hpp"
#include "pipeline/ranks.hpp"
#include "store/store.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tributary {

// What work may use while it runs.
struct Turn {
    Ledger& ledger;
    RankTurn& ranks;
    const Settings& settings;
    std::int64_t now_ms;
    std::vector<JournalEntry>& told; // rows to announce after the commit, in order
};

// Step 8 of the pipeline, after the commit: the journal rows go to whoever is watching the workspace.
void announce(Hub& hub, const TenantScope& scope, const std::vector<JournalEntry>& rows);

class Writer {
  public:
    enum class Lane : std::uint8_t { Single, Bulk };
    // May run more than once: when a group fails, each of its works is run again alone. It must not keep what a failed run did.
    using Work = std::function<void(Turn&)>;
    // committed: the work is durable. Not committed: nothing of it happened (the database failed, or the work threw).
    using Done = std::function<void(bool committed)>;

    static constexpr std::size_t kSinglesPerCommit = 512;
    static constexpr std::size_t kSinglesQueuedMax = 10'000;
    static constexpr std::size_t kBulkQueuedMax = 256;

    // `after_commit` is told which tenants have rows with work due (deal/journal.hpp), for the followers.
    using AfterCommit = std::function<void(const TenantScope&)>;
    // Hears why a transaction failed (for the log; no tenant data in it).
    using OnFailure = std::function<void(std::string_view why)>;
    Writer(Store& store, RankBook& ranks, Hub& hub, const Clock& clock, AfterCommit after_commit, OnFailure on_failure);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // False: the queue is full or the writer is stopping; nothing will be called.
    [[nodiscard]] bool submit(const TenantScope& scope, Lane lane, Work work, Done done);
    // Finishes what is queued, then ends.
    void stop();

    [[nodiscard]] std::size_t queued() const;
    [[nodiscard]] std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

  private:
    struct Task {
        TenantScope scope;
        Work work;
        Done done;
        // Of the last run:
        std::shared_ptr<Ranks> ranks;
        std::vector<JournalEntry> told;
    };
    void run();
    [[nodiscard]] std::vector<Task> take();
    [[nodiscard]] bool commit_together(std::span<Task> tasks);
    void finish(std::span<Task> tasks);

    Store& store_;
    RankBook& ranks_;
    Hub& hub_;
    const Clock& clock_;
    AfterCommit after_commit_;
    OnFailure on_failure_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Task> singles_;
    std::deque<Task> bulk_;
    bool stopping_ = false;
    bool bulk_next_ = false; // singles and slices of imports take turns
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::thread thread_;
};

} // namespace tributary

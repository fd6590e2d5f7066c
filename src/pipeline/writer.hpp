// The one writer: takes whatever is queued, runs it in one transaction, commits, and only then lets every waiting answer go
// (group commit: safety costs no throughput). Single deals go before slices of imports, so that a long import does not hold
// up a person.
//
// Thread-safe. Work and done run on the writer's thread, one after the other; or, when for some time every single deal has found the
// writer idle and its commits quick, on the thread that submits, before submit() returns: handing a lonely deal to another thread and
// its answer back cost a fifth of what the deal cost. The first deal that meets another, or a slow disk, ends that.
#pragma once
#include "deal/clock.hpp"
#include "live/hub.hpp"
#include "pipeline/ranks.hpp"
#include "store/store.hpp"

#include <atomic>
#include <chrono>
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
    static constexpr std::uint32_t kLonelyFrom = 8; // deals in a row that found the writer idle
    static constexpr std::chrono::milliseconds kQuickCommit{5};

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
    void run_here(Task task);
    [[nodiscard]] bool may_run_here(Lane lane); // with the mutex held
    [[nodiscard]] std::vector<Task> take();
    void settle(std::span<Task> tasks);
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
    bool busy_ = false;        // the writer's thread, or the one that runs its own deal, is writing
    std::uint32_t lonely_ = 0; // single deals in a row that found nobody
    std::atomic<bool> quick_{false}; // the last commit was
    bool bulk_next_ = false; // singles and slices of imports take turns
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> failures_{0};
    std::thread thread_;
};

} // namespace tributary

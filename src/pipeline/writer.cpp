// The writer's loop. See writer.hpp.
#include "pipeline/writer.hpp"

#include <algorithm>
#include <span>

namespace tributary {

Writer::Writer(Store& store, RankBook& ranks, Hub& hub, const Clock& clock, AfterCommit after_commit, OnFailure on_failure)
    : store_(store), ranks_(ranks), hub_(hub), clock_(clock), after_commit_(std::move(after_commit)), on_failure_(std::move(on_failure)),
      thread_([this] { run(); }) {}

Writer::~Writer() { stop(); }

void Writer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool Writer::submit(const TenantScope& scope, Lane lane, Work work, Done done) {
    {
        const std::lock_guard lock(mutex_);
        auto& queue = lane == Lane::Single ? singles_ : bulk_;
        if (stopping_ || queue.size() >= (lane == Lane::Single ? kSinglesQueuedMax : kBulkQueuedMax)) return false;
        queue.push_back({scope, std::move(work), std::move(done), nullptr, {}});
    }
    wake_.notify_one();
    return true;
}

std::size_t Writer::queued() const {
    const std::lock_guard lock(mutex_);
    return singles_.size() + bulk_.size();
}

// All waiting singles (up to the limit), or one slice of an import, in turns: what a single may have to wait for is one slice,
// and a stream of singles does not starve an import.
std::vector<Writer::Task> Writer::take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !singles_.empty() || !bulk_.empty(); });
    std::vector<Task> tasks;
    const bool slice = !bulk_.empty() && (bulk_next_ || singles_.empty());
    bulk_next_ = !slice;
    if (slice) {
        tasks.push_back(std::move(bulk_.front()));
        bulk_.pop_front();
        return tasks;
    }
    while (!singles_.empty() && tasks.size() < kSinglesPerCommit) {
        tasks.push_back(std::move(singles_.front()));
        singles_.pop_front();
    }
    return tasks;
}

void Writer::run() {
    for (;;) {
        std::vector<Task> tasks = take();
        if (tasks.empty()) return; // stopping, and nothing is left
        if (commit_together(tasks)) {
            finish(tasks);
            continue;
        }
        // One of them may have spoiled the others: each gets a transaction of its own.
        for (Task& task : tasks) {
            const std::span<Task> alone(&task, 1);
            if (tasks.size() > 1 && commit_together(alone)) {
                finish(alone);
            } else {
                failures_.fetch_add(1, std::memory_order_relaxed);
                task.done(false);
            }
        }
    }
}

bool Writer::commit_together(std::span<Task> tasks) {
    std::vector<RankTurn> turns;
    turns.reserve(tasks.size());
    try {
        const auto batch = store_.begin();
        for (Task& task : tasks) {
            task.told.clear();
            task.ranks = ranks_.of(task.scope);
            turns.emplace_back(*task.ranks);
            Turn turn{batch->ledger(task.scope), turns.back(), *task.ranks->settings(), clock_.now_ms(), task.told};
            task.work(turn);
        }
        batch->commit();
    } catch (const std::exception& error) {
        // The store has rolled back; whoever waits is told by done(false).
        on_failure_(error.what());
        for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) turn->take_back();
        return false;
    }
    commits_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void Writer::finish(std::span<Task> tasks) {
    for (Task& task : tasks) {
        if (!task.told.empty()) {
            task.ranks->publish();
            announce(hub_, task.scope, task.told);
        }
        const bool due = std::ranges::any_of(task.told, [](const JournalEntry& entry) { return entry.due != 0; });
        task.done(true);
        if (due) after_commit_(task.scope);
    }
}

} // namespace tributary

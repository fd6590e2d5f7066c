// The writer's loop. See writer.hpp.
#include "pipeline/writer.hpp"

#include "pipeline/day_figures.hpp"

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
    Task task{scope, std::move(work), std::move(done), nullptr, {}};
    {
        const std::lock_guard lock(mutex_);
        auto& queue = lane == Lane::Single ? singles_ : bulk_;
        if (stopping_ || queue.size() >= (lane == Lane::Single ? kSinglesQueuedMax : kBulkQueuedMax)) return false;
        if (!may_run_here(lane)) {
            queue.push_back(std::move(task));
            wake_.notify_one();
            return true;
        }
        busy_ = true;
    }
    run_here(std::move(task));
    return true;
}

bool Writer::may_run_here(Lane lane) {
    const bool alone = lane == Lane::Single && singles_.empty() && bulk_.empty();
    if (!alone) lonely_ = 0;
    if (!alone || busy_) return false; // busy with the last one's answer, it may be: that says nothing
    lonely_ = std::min(lonely_ + 1, kLonelyFrom);
    return lonely_ >= kLonelyFrom && quick_.load(std::memory_order_relaxed);
}

void Writer::run_here(Task task) {
    settle(std::span<Task>(&task, 1));
    const std::lock_guard lock(mutex_);
    busy_ = false;
    if (stopping_ || !singles_.empty() || !bulk_.empty()) wake_.notify_one();
}

std::size_t Writer::queued() const {
    const std::lock_guard lock(mutex_);
    return singles_.size() + bulk_.size();
}

// All waiting singles (up to the limit), or one slice of an import, in turns: what a single may have to wait for is one slice,
// and a stream of singles does not starve an import.
std::vector<Writer::Task> Writer::take() {
    std::unique_lock lock(mutex_);
    busy_ = false;
    wake_.wait(lock, [this] { return !busy_ && (stopping_ || !singles_.empty() || !bulk_.empty()); });
    busy_ = true;
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
        settle(tasks);
    }
}

void Writer::settle(std::span<Task> tasks) {
    const auto started = std::chrono::steady_clock::now();
    if (commit_together(tasks)) {
        quick_.store(std::chrono::steady_clock::now() - started < kQuickCommit, std::memory_order_relaxed);
        return finish(tasks);
    }
    quick_.store(false, std::memory_order_relaxed);
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

bool Writer::commit_together(std::span<Task> tasks) {
    std::vector<RankTurn> turns;
    turns.reserve(tasks.size());
    const std::int64_t began_ms = clock_.now_ms(); // one day for the whole batch
    try {
        const auto batch = store_.begin();
        for (Task& task : tasks) {
            task.told.clear();
            task.ranks = ranks_.of(task.scope);
            turns.emplace_back(*task.ranks);
            Turn turn{batch->ledger(task.scope), turns.back(), *task.ranks->settings(), clock_.now_ms(), task.told};
            if (task.ranks->day_kept < day_of(began_ms)) keep_day(turn, day_of(began_ms));
            task.work(turn);
        }
        batch->commit();
    } catch (const std::exception& error) {
        // The store has rolled back; whoever waits is told by done(false).
        on_failure_(error.what());
        for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) turn->take_back();
        return false;
    }
    for (Task& task : tasks) task.ranks->day_kept = day_of(began_ms);
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

// Imports that run from what is stored: large ones, plans that are applied, and those that a stop has cut off. A few threads, a bounded queue.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tributary {

class ImportJobs {
  public:
    static constexpr std::size_t kThreads = 4;
    static constexpr std::size_t kQueuedMax = 100;
    ImportJobs();
    ~ImportJobs();
    ImportJobs(const ImportJobs&) = delete;
    ImportJobs& operator=(const ImportJobs&) = delete;
    // `stopping` becomes true when the program ends: the job then ends soon, leaving its import as it stands.
    using Job = std::function<void(const std::atomic<bool>& stopping)>;
    // False: too many wait already, or the program is ending; nothing will run.
    [[nodiscard]] bool submit(Job job);
    // Every thread has something to do, so a new job waits.
    [[nodiscard]] bool busy() const;
    void stop();

  private:
    void run();
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    std::size_t running_ = 0;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

} // namespace tributary

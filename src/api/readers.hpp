// A few threads for work that reads the store and may take milliseconds, so that no I/O thread waits. Bounded queue.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tributary {

class Readers {
  public:
    static constexpr std::size_t kQueuedMax = 4'096;
    explicit Readers(unsigned threads, std::size_t queued_max = kQueuedMax);
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;
    // False: the queue is full or the pool is stopping; nothing will run.
    [[nodiscard]] bool submit(std::function<void()> work);
    void stop(); // finishes what is queued

  private:
    void run();
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    const std::size_t queued_max_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace tributary

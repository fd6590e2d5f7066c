// The pause between a full import and its resume, for a thread that reads a file or a store instead of a socket.
#pragma once
#include <condition_variable>
#include <mutex>

namespace tributary {

// Any thread opens; one thread waits. Opened before the wait, the wait does not pause.
class Gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        wake_.notify_all();
    }
    void wait() { // and closes it behind
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return open_; });
        open_ = false;
    }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool open_ = false;
};

} // namespace tributary

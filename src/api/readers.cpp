// See readers.hpp.
#include "api/readers.hpp"

namespace tributary {

Readers::Readers(unsigned threads, std::size_t queued_max) : queued_max_(queued_max) {
    for (unsigned at = 0; at < threads; ++at) threads_.emplace_back([this] { run(); });
}

Readers::~Readers() { stop(); }

bool Readers::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queued_max_) return false;
        queue_.push_back(std::move(work));
    }
    wake_.notify_one();
    return true;
}

void Readers::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Readers::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

} // namespace tributary

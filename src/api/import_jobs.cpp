// See import_jobs.hpp.
#include "api/import_jobs.hpp"

namespace tributary {

ImportJobs::ImportJobs() {
    for (std::size_t at = 0; at < kThreads; ++at) threads_.emplace_back([this] { run(); });
}

ImportJobs::~ImportJobs() { stop(); }

bool ImportJobs::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= kQueuedMax) return false;
        queue_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

bool ImportJobs::busy() const {
    const std::lock_guard lock(mutex_);
    return running_ + queue_.size() >= kThreads;
}

void ImportJobs::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        queue_.clear();
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void ImportJobs::run() {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
            job = std::move(queue_.front());
            queue_.pop_front();
            ++running_;
        }
        job(stopping_);
        job = nullptr; // what it held ends before the thread counts as free
        const std::lock_guard lock(mutex_);
        --running_;
    }
}

} // namespace tributary

// Locks between processes that use the same data directory. Private to the store's room.
#pragma once
#include <chrono>
#include <string>

namespace tributary::sqlite {

// The lock file of a data directory, opened once per owner; locks end with it, also when the process is killed.
class ProcessLock {
  public:
    explicit ProcessLock(const std::string& directory);
    ~ProcessLock();
    ProcessLock(const ProcessLock&) = delete;
    ProcessLock& operator=(const ProcessLock&) = delete;

    // The one writer of tenants' rows. Throws StoreError when another process is it.
    void be_the_writer();

    // SQLite's write lock goes to whoever asks at the right moment, and a busy writer always does. So whoever writes seldom
    // says that it wishes to, and the writer lets it pass before its next transaction.
    void wish_to_write(); // waits for other wishers, at most 5 s
    void wish_granted();
    void let_others_pass(); // looks every ms; waits at most 200 ms, and then not again for 5 s: the wisher may be stopped

  private:
    bool lock(int place, short type, bool only_look);

    int file_ = -1;
    bool is_writer_ = false;
    std::chrono::steady_clock::time_point deaf_until_{};
    std::chrono::steady_clock::time_point looked_at_{};
};

} // namespace tributary::sqlite

// Who may write next, in the order of asking. SQLite's own lock is not fair: a busy writer would keep key changes and
// housekeeping out. Private to the store's room; any thread.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace tributary::sqlite {

class WriteTurns {
  public:
    // Waits for its turn. Throws StoreError after 5 s, as a busy database does.
    void take();
    void give_back();

  private:
    std::mutex mutex_;
    std::condition_variable moved_;
    std::deque<std::uint64_t> waiting_; // tickets, oldest first
    std::uint64_t last_ticket_ = 0;
    bool taken_ = false;
};

// Holds a turn while in scope.
class WriteHold {
  public:
    explicit WriteHold(WriteTurns& turns) : turns_(turns) { turns_.take(); }
    ~WriteHold() { turns_.give_back(); }
    WriteHold(const WriteHold&) = delete;
    WriteHold& operator=(const WriteHold&) = delete;

  private:
    WriteTurns& turns_;
};

} // namespace tributary::sqlite

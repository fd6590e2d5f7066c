// The connection behind what stands above tenants, shared by SqliteRegistry and SqlitePeople, and how lists lie in a column.
// Private to the store's room; any thread, any process.
#pragma once
#include "store/sqlite_connection.hpp"
#include "store/sqlite_lock.hpp"
#include "store/sqlite_turns.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::sqlite {

class RegistryFile {
  public:
    RegistryFile(const std::string& directory, const std::string& path, WriteTurns& turns, bool full_sync);

    // Runs `work` with the connection, which sees the last commit of any process.
    template <typename Work>
    auto read(const Work& work) {
        const std::lock_guard lock(mutex_);
        return work(db_);
    }
    // The same inside a transaction, which is durable when the call returns; what is thrown rolls it back.
    template <typename Work>
    void write(const Work& work) {
        const WriteHold hold(turns_);
        const std::lock_guard lock(mutex_);
        lock_.wish_to_write();
        try {
            db_.begin_write();
            lock_.wish_granted();
            work(db_);
            db_.run("COMMIT");
        } catch (...) {
            lock_.wish_granted();
            db_.roll_back();
            throw;
        }
    }

  private:
    WriteTurns& turns_;
    ProcessLock lock_;
    std::mutex mutex_; // of the connection; a turn to write is taken before it
    Connection db_;
};

// A list of texts as a JSON array, and back. Throws StoreError for a damaged one.
[[nodiscard]] std::string list_json(const std::vector<std::string>& list);
[[nodiscard]] std::vector<std::string> list_of(std::string_view json);

} // namespace tributary::sqlite

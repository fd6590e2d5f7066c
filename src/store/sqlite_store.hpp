// The embedded store's parts and who holds which. Private to the store's room.
#pragma once
#include "store/sqlite_check.hpp"
#include "store/sqlite_ledger.hpp"
#include "store/sqlite_lock.hpp"
#include "store/sqlite_connections.hpp"
#include "store/sqlite_people.hpp"
#include "store/sqlite_registry.hpp"
#include "store/sqlite_settings.hpp"
#include "store/sqlite_turns.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::sqlite {

// How far the write-ahead log may grow, in pages of 4 KiB.
struct LogLimits {
    int pages_copied = 20'000; // housekeeping copies it into the database above this, or when nobody writes
    int pages_max = 100'000;   // the writer copies it itself above this: nobody keeps house, or a load outruns it
    int pages_step = 20'000;   // and tries again after so many more, when readers held the end back
};

class SqliteStore final : public Store {
  public:
    explicit SqliteStore(const SqliteOptions& options, const LogLimits& limits = {});
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    std::unique_ptr<Batch> begin() override;
    void read(const TenantScope& scope, const std::function<void(LedgerReader&)>& work) override;
    Registry& registry() override { return *registry_; }
    People& people() override { return *people_; }
    Connections& connections() override { return *connections_; }
    void tidy(std::int64_t now_ms) override;
    void check(bool thorough) override;

  private:
    friend class SqliteBatch;

    // Writer's thread.
    Connection& writer();
    void lose_writer(std::string_view why); // after an error at commit: the next batch opens another connection
    void committed();

    std::unique_ptr<Connection> take_reader(); // null: the caller opens one
    void give_back(std::unique_ptr<Connection> reader);
    void fill(TenantNo tenant, WorkspaceNo workspace, WorkspaceKeys& keys);

    SqliteOptions options_;
    LogLimits limits_;
    std::string path_;
    ProcessLock lock_;
    WriteTurns turns_;

    std::mutex maintenance_mutex_;
    Connection maintenance_;
    AnswerSweep sweep_;
    std::uint64_t commits_seen_ = 0;   // at the last tidy
    std::uint64_t commits_copied_ = 0; // when the log was last copied

    KeyBook book_;
    SettingsBook settings_book_;
    std::unique_ptr<RegistryFile> registry_file_; // opened when the schema is there
    std::unique_ptr<SqliteRegistry> registry_;
    std::unique_ptr<SqlitePeople> people_;
    std::unique_ptr<SqliteConnections> connections_;

    std::unique_ptr<Connection> writer_;
    LastNumbers last_;
    int own_copy_at_ = 0;
    std::atomic<int> log_pages_{0};
    std::atomic<std::uint64_t> commits_{0};

    std::mutex readers_mutex_;
    std::condition_variable reader_free_;
    std::vector<std::unique_ptr<Connection>> readers_;
    std::uint32_t readers_out_ = 0;

    std::mutex failure_mutex_;
    std::string failure_; // why the last commit failed; empty: it did not
};

// One transaction of the writer, from BEGIN to its end.
class SqliteBatch final : public Batch {
  public:
    explicit SqliteBatch(SqliteStore& store);
    ~SqliteBatch() override;
    SqliteBatch(const SqliteBatch&) = delete;
    SqliteBatch& operator=(const SqliteBatch&) = delete;

    Ledger& ledger(const TenantScope& scope) override;
    void commit() override;

  private:
    void take_back() noexcept;

    SqliteStore& store_;
    std::optional<WriteHold> hold_; // until the transaction ends, which may be before the batch does
    Connection& db_;
    WriteTurn turn_;
    SqliteLedger ledger_;
    bool open_ = false;
};

} // namespace tributary::sqlite

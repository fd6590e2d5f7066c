// The embedded store: one writer, a pool of readers, a registry, a connection for housekeeping. See store.hpp.
#include "store/sqlite_store.hpp"

#include "store/sqlite_schema.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace tributary::sqlite {
namespace {

constexpr const char* kFileName = "tributary.db";
constexpr std::uint32_t kMaintenanceCacheKib = 2'048;
constexpr std::uint32_t kFillCacheKib = 512; // each page is read once

std::string made_directory(const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) throw StoreError("the data directory cannot be made: " + error.message());
    if (::chmod(directory.c_str(), S_IRWXU) != 0) throw StoreError("the data directory cannot be kept private");
    return directory;
}

} // namespace

SqliteStore::SqliteStore(const SqliteOptions& options, const LogLimits& limits)
    : options_(options), limits_(limits), path_(made_directory(options.directory) + "/" + kFileName), lock_(options.directory),
      maintenance_({.path = path_, .purpose = Purpose::Maintenance, .cache_kib = kMaintenanceCacheKib, .full_sync = options.full_sync}),
      book_([this](TenantNo tenant, WorkspaceNo workspace, WorkspaceKeys& keys) { fill(tenant, workspace, keys); }) {
    apply_schema(maintenance_);
    registry_file_ = std::make_unique<RegistryFile>(options.directory, path_, turns_, options.full_sync);
    registry_ = std::make_unique<SqliteRegistry>(*registry_file_);
    people_ = std::make_unique<SqlitePeople>(*registry_file_);
    connections_ = std::make_unique<SqliteConnections>(*registry_file_);
}

std::unique_ptr<Batch> SqliteStore::begin() {
    lock_.be_the_writer(); // keys are looked up in memory (sqlite_keys.hpp): a second writing process would not see the first one's
    lock_.let_others_pass();
    return std::make_unique<SqliteBatch>(*this);
}

Connection& SqliteStore::writer() {
    if (!writer_) {
        writer_ = std::make_unique<Connection>(ConnectionOptions{
            .path = path_, .purpose = Purpose::Writer, .cache_kib = options_.writer_cache_kib, .full_sync = options_.full_sync});
    }
    return *writer_;
}

void SqliteStore::lose_writer(std::string_view why) {
    writer_.reset();
    last_ = {};
    book_.forget();
    const std::lock_guard lock(failure_mutex_);
    failure_ = why;
}

void SqliteStore::committed() {
    const int pages = writer_->log_pages();
    log_pages_.store(pages, std::memory_order_relaxed);
    commits_.fetch_add(1, std::memory_order_relaxed);
    if (pages < limits_.pages_max) {
        own_copy_at_ = limits_.pages_max;
    } else if (pages >= own_copy_at_) {
        // When readers hold the end back the log goes on growing; another try comes some pages later, not at every commit.
        own_copy_at_ = pages + limits_.pages_step;
        checkpoint(*writer_);
    }
    const std::lock_guard lock(failure_mutex_);
    failure_.clear();
}

std::unique_ptr<Connection> SqliteStore::take_reader() {
    std::unique_lock lock(readers_mutex_);
    reader_free_.wait(lock, [this] { return !readers_.empty() || readers_out_ < std::max(options_.readers, 1U); });
    ++readers_out_;
    if (readers_.empty()) return nullptr;
    auto reader = std::move(readers_.back());
    readers_.pop_back();
    return reader;
}

void SqliteStore::give_back(std::unique_ptr<Connection> reader) {
    {
        const std::lock_guard lock(readers_mutex_);
        --readers_out_;
        if (reader) readers_.push_back(std::move(reader));
    }
    reader_free_.notify_one();
}

void SqliteStore::read(const TenantScope& scope, const std::function<void(LedgerReader&)>& work) {
    if (scope.tenant() <= 0 || scope.workspace() <= 0) throw StoreError("a scope without a tenant");
    std::unique_ptr<Connection> reader = take_reader();
    try {
        if (!reader) {
            reader = std::make_unique<Connection>(ConnectionOptions{
                .path = path_, .purpose = Purpose::Reader, .cache_kib = options_.reader_cache_kib, .full_sync = options_.full_sync});
        }
        reader->wall().tenant = scope.tenant();
        reader->wall().workspace = scope.workspace();
        reader->begin_read();
        SqliteReader ledger(Session{.db = *reader,
                                    .book = book_,
                                    .settings_book = settings_book_,
                                    .tenant = scope.tenant(),
                                    .workspace = scope.workspace(),
                                    .turn = nullptr,
                                    .known = nullptr});
        work(ledger);
        reader->run("COMMIT");
        reader->wall().tenant = 0;
    } catch (const StoreError&) {
        give_back(nullptr); // a connection that failed is not used again
        throw;
    } catch (...) {
        if (reader) {
            reader->roll_back();
            reader->wall().tenant = 0;
        }
        give_back(std::move(reader));
        throw;
    }
    give_back(std::move(reader));
}

void SqliteStore::fill(TenantNo tenant, WorkspaceNo workspace, WorkspaceKeys& keys) {
    Connection connection({.path = path_, .purpose = Purpose::Reader, .cache_kib = kFillCacheKib, .full_sync = options_.full_sync});
    fill_keys(connection, book_, tenant, workspace, keys);
}

void SqliteStore::tidy(std::int64_t now_ms) {
    const std::lock_guard lock(maintenance_mutex_);
    const std::uint64_t commits = commits_.load(std::memory_order_relaxed);
    const int pages = log_pages_.load(std::memory_order_relaxed);
    const bool quiet = commits == commits_seen_;
    commits_seen_ = commits;
    if (commits != commits_copied_ && (quiet || pages >= limits_.pages_copied)) {
        if (quiet) {
            checkpoint(maintenance_);
        } else {
            checkpoint_beside_writer(maintenance_, turns_);
        }
        commits_copied_ = commits;
    }
    sweep_.step(maintenance_, turns_, now_ms);
}

void SqliteStore::check(bool thorough) {
    std::string failure;
    {
        const std::lock_guard lock(failure_mutex_);
        failure = failure_;
    }
    const std::lock_guard lock(maintenance_mutex_);
    if (schema_version(maintenance_) != static_cast<std::int64_t>(schema_texts().size()))
        throw StoreError("the schema has another version");
    if (thorough) check_everything(maintenance_);
    if (failure.empty()) return;
    probe_write(maintenance_, turns_, 0);
    const std::lock_guard failure_lock(failure_mutex_);
    failure_.clear();
}

} // namespace tributary::sqlite

namespace tributary {

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options) { return std::make_unique<sqlite::SqliteStore>(options); }

} // namespace tributary

// Opening a connection, preparing statements once, binding and stepping. See sqlite_connection.hpp.
#include "store/sqlite_connection.hpp"

#include "store/sqlite_text.hpp"

#include "store/sqlite_log_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace tributary::sqlite {
namespace {

constexpr int kBusyMs = 5'000;                  // how long another process may hold the write lock
constexpr int kLogBytesKept = 256 * 1024 * 1024; // cut back to this when it starts over; above what an import leaves, as a cut stalls the writer
constexpr std::string_view kSpaces = " \n\t";

// Memory statistics take a lock at every allocation. Must come before the library's first use in the process.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

int note_log_pages(void* pages, sqlite3* /*handle*/, const char* /*database*/, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

bool breaks_uniqueness(int code) {
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID;
}

} // namespace

Connection::Connection(const ConnectionOptions& options) : wall_(std::make_unique<Wall>()) {
    configure_library();
    handle_ = open(options);
    try {
        sqlite3_extended_result_codes(handle_, 1);
        sqlite3_busy_timeout(handle_, kBusyMs);
        sqlite3_wal_hook(handle_, note_log_pages, &log_pages_); // also turns the automatic checkpoint off
        name_tenant(handle_, *wall_);
        name_text_functions(handle_);
        run(fmt::format("PRAGMA cache_size=-{}", options.cache_kib).c_str());
        run("PRAGMA temp_store=MEMORY");
        run("PRAGMA trusted_schema=OFF");
        run("PRAGMA journal_mode=WAL");
        run(fmt::format("PRAGMA journal_size_limit={}", kLogBytesKept).c_str());
        run(options.full_sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
        run("PRAGMA foreign_keys=ON");
        if (options.purpose == Purpose::Reader) run("PRAGMA query_only=ON");
        if (options.purpose != Purpose::Maintenance) {
            raise_wall(handle_, *wall_, options.purpose == Purpose::Writer);
            walled_ = true;
        }
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

sqlite3* Connection::open(const ConnectionOptions& options) {
    sqlite3* handle = nullptr;
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const char* files = options.full_sync ? gathering_files() : nullptr;
    const int code = sqlite3_open_v2(options.path.c_str(), &handle, kFlags, files);
    if (code != SQLITE_OK) {
        const std::string why = handle == nullptr ? "no memory" : sqlite3_errmsg(handle);
        sqlite3_close_v2(handle);
        throw StoreError("the database cannot be opened: " + why);
    }
    return handle;
}

Connection::~Connection() {
    for (auto& [key, entry] : prepared_) sqlite3_finalize(entry.statement);
    for (auto& [key, entry] : shapes_) sqlite3_finalize(entry.statement);
    sqlite3_close_v2(handle_);
}

void Connection::fail(int code, std::string_view doing) const {
    const std::string why = fmt::format("{}: {} ({})", doing, sqlite3_errmsg(handle_), code);
    if (breaks_uniqueness(code)) throw Clash(why);
    throw StoreError(why);
}

void Connection::run(const char* text) {
    if (walled_) {
        Statement(*this, Sql{Use::Turn, text}).run();
        return;
    }
    const int code = sqlite3_exec(handle_, text, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, text);
}

void Connection::begin_read() {
    static constexpr Sql kTouch{Use::Read, "SELECT seq FROM cursors WHERE follower = ''"};
    run("BEGIN");
    (void)Statement(*this, kTouch).row();
}

void Connection::roll_back() noexcept {
    if (!in_transaction()) return;
    try {
        run("ROLLBACK");
    } catch (const std::exception&) {
        // The library has rolled back by itself, or the connection will be closed by whoever saw the error.
        return;
    }
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

sqlite3_stmt* Connection::prepare(Use use, std::string_view text) {
    if (walled_ && !may_be(use, text)) throw StoreError("a statement is not what it is prepared for");
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    arm(use);
    const int code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK) fail(code, text.substr(0, 80));
    const std::string_view left = rest == nullptr ? std::string_view{} : text.substr(static_cast<std::size_t>(rest - text.data()));
    if (statement == nullptr || left.find_first_not_of(kSpaces) != std::string_view::npos) {
        sqlite3_finalize(statement);
        throw StoreError("not one statement");
    }
    if (use == Use::Write && sqlite3_column_count(statement) != 0) { // RETURNING would read past the wall
        sqlite3_finalize(statement);
        throw StoreError("a writing statement answers rows");
    }
    return statement;
}

Prepared& Connection::prepared(const Sql& sql) {
    const auto found = prepared_.find(sql.text);
    if (found != prepared_.end()) return found->second;
    sqlite3_stmt* statement = prepare(sql.use, sql.text);
    return prepared_.emplace(sql.text, Prepared{statement, sqlite3_bind_parameter_count(statement), sql.use, false}).first->second;
}

Prepared& Connection::prepared_shape(const std::string& text) {
    const auto found = shapes_.find(text);
    if (found != shapes_.end()) return found->second;
    if (shapes_.size() >= kShapesMax) {
        std::erase_if(shapes_, [](auto& entry) {
            if (entry.second.in_use) return false;
            sqlite3_finalize(entry.second.statement);
            return true;
        });
    }
    sqlite3_stmt* statement = prepare(Use::Read, text);
    return shapes_.emplace(text, Prepared{statement, sqlite3_bind_parameter_count(statement), Use::Read, false}).first->second;
}

Statement::Statement(Connection& connection, Prepared& prepared) : connection_(connection), prepared_(prepared) {
    if (prepared_.in_use) throw StoreError("a statement is used inside itself");
    prepared_.in_use = true;
}

Statement::~Statement() {
    sqlite3_reset(prepared_.statement);
    prepared_.in_use = false;
}

// The checks of bind's answers are left to step: a parameter that was not taken shows there as a wrong count or a NULL refused.
Statement& Statement::bind(std::int64_t value) {
    sqlite3_bind_int64(prepared_.statement, next_++, value);
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    // An empty view may point nowhere, and a null pointer would bind NULL.
    sqlite3_bind_text(prepared_.statement, next_++, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_bytes(std::span<const std::uint8_t> bytes) {
    const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    sqlite3_bind_blob(prepared_.statement, next_++, data, static_cast<int>(bytes.size()), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_bytes_or_null(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }) ? bind_null() : bind_bytes(bytes);
}

Statement& Statement::bind_null() {
    sqlite3_bind_null(prepared_.statement, next_++);
    return *this;
}

bool Statement::row() {
    if (next_ - 1 != prepared_.parameters) throw StoreError("a statement was bound with too few or too many values");
    connection_.arm(prepared_.use);
    const int code = sqlite3_step(prepared_.statement);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) {
        const int extended = sqlite3_extended_errcode(connection_.handle());
        connection_.fail(extended, "a statement failed");
    }
    reset();
    return false;
}

void Statement::run() {
    if (row()) throw StoreError("a statement that should answer nothing answered a row");
    if (connection_.wall().broken) throw StoreError("a statement touched a row of another tenant");
}

void Statement::reset() {
    sqlite3_reset(prepared_.statement);
    next_ = 1;
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(prepared_.statement, column); }

std::string_view Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared_.statement, column));
    return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(prepared_.statement, column))};
}

std::span<const std::uint8_t> Statement::bytes(int column) const {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared_.statement, column));
    return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(prepared_.statement, column))};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(prepared_.statement, column) == SQLITE_NULL; }

Id Statement::id(int column) const {
    Id id;
    const auto from = bytes(column);
    if (from.size() == id.bytes.size()) std::memcpy(id.bytes.data(), from.data(), from.size());
    return id;
}

std::int64_t ask_number(Connection& connection, const Sql& sql, std::int64_t absent) {
    Statement ask(connection, sql);
    return ask.row() && !ask.is_null(0) ? ask.number(0) : absent;
}

} // namespace tributary::sqlite

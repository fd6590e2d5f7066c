// One connection to the embedded database and the statements prepared on it. Private to the store's room.
// A connection belongs to one thread at a time. Errors throw StoreError; a broken uniqueness throws Clash.
#pragma once
#include "store/sqlite_wall.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace tributary::sqlite {

// A statement's text and what it may touch. The texts are constants in sqlite_queries.hpp; the pointer is the cache's key.
struct Sql {
    Use use = Use::Read;
    const char* text = nullptr;
};

enum class Purpose : std::uint8_t {
    Writer,      // tenants' rows behind the wall, read and written
    Reader,      // tenants' rows behind the wall, only read
    Registry,    // what stands above tenants
    Maintenance, // no wall: schema, checkpoints, checks, expiry
};

struct ConnectionOptions {
    std::string path;
    Purpose purpose = Purpose::Reader;
    std::uint32_t cache_kib = 2'048;
    bool full_sync = true;
};

struct Prepared {
    sqlite3_stmt* statement = nullptr;
    int parameters = 0;
    Use use = Use::Read;
    bool in_use = false;
};

class Connection {
  public:
    explicit Connection(const ConnectionOptions& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Plain statements without parameters or answers. Only BEGIN, COMMIT and ROLLBACK pass the wall.
    void run(const char* text);
    // The moment that is seen is fixed before the call returns, not at the first question: what is looked up in memory
    // beforehand would otherwise be older than what is read after it.
    void begin_read();
    void begin_write() { run("BEGIN IMMEDIATE"); }
    // Ends an open transaction without keeping it; never throws.
    void roll_back() noexcept;
    [[nodiscard]] bool in_transaction() const;

    [[nodiscard]] Prepared& prepared(const Sql& sql);
    // For texts put together from constant fragments: at most kShapesMax are kept.
    [[nodiscard]] Prepared& prepared_shape(const std::string& text);

    [[nodiscard]] Wall& wall() { return *wall_; }
    [[nodiscard]] sqlite3* handle() { return handle_; }
    // Pages in the write-ahead log after this connection's last commit.
    [[nodiscard]] int log_pages() const { return log_pages_; }
    void forget_log_pages() { log_pages_ = 0; }
    // The wall must know what runs, also later: the library may prepare a statement anew by itself.
    void arm(Use use) {
        if (walled_) wall_->use = use;
    }

    [[noreturn]] void fail(int code, std::string_view doing) const;

  private:
    sqlite3* open(const ConnectionOptions& options);
    sqlite3_stmt* prepare(Use use, std::string_view text);

    static constexpr std::size_t kShapesMax = 64;

    std::unique_ptr<Wall> wall_;
    sqlite3* handle_ = nullptr;
    bool walled_ = false;
    int log_pages_ = 0;
    std::unordered_map<const void*, Prepared> prepared_;
    std::unordered_map<std::string, Prepared> shapes_;
};

// One use of a prepared statement: bind in order, step, read columns; reset when the scope ends.
// Bound texts and bytes are not copied: they must outlive the step.
class Statement {
  public:
    Statement(Connection& connection, const Sql& sql) : Statement(connection, connection.prepared(sql)) {}
    Statement(Connection& connection, Prepared& prepared);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::int64_t value);
    Statement& bind(std::string_view text);
    Statement& bind_bytes(std::span<const std::uint8_t> bytes);
    Statement& bind_bytes_or_null(std::span<const std::uint8_t> bytes); // all zero: NULL
    Statement& bind_null();

    // The next row, or false. After false the statement can be bound again.
    [[nodiscard]] bool row();
    // Runs a statement that answers nothing, and makes it ready to be bound again.
    void run();
    // Ends a walk before its last row.
    void reset();

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string_view text(int column) const; // valid until the next step
    [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    // Exactly 16 bytes, or NULL for nil.
    [[nodiscard]] Id id(int column) const;

  private:
    Connection& connection_;
    Prepared& prepared_;
    int next_ = 1;
};

// Asks for the whole of a small table in one go: no parameters, first column of the first row, or `absent`.
[[nodiscard]] std::int64_t ask_number(Connection& connection, const Sql& sql, std::int64_t absent = 0);

} // namespace tributary::sqlite

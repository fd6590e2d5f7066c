// Look-up of match keys, e-mail addresses and external ids in memory, beside the database. Private to the store's room.
//
// Why not indexes: their keys come in random order, so every new deal dirties a page of each, which was the greater part of its
// cost and grew with the store (docs/decisions/0005-keys-in-memory.md has the figures).
//
// Contract: a table here answers *candidates*, row numbers that may carry the key; a candidate counts only when its row, read
// through the wall in the asker's own transaction, proves it. So a stale or foreign entry can cost a look, never a wrong answer.
// What must hold is the converse, that no live row is missing: entries are added before their row is written, are taken back only
// when the transaction rolls back, and a tenant's tables are filled from a snapshot no older than the last commit.
// There is one writing process (sqlite.cpp holds a lock), so nobody else adds rows.
#pragma once
#include "deal/deal.hpp"
#include "store/scope.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::sqlite {

// Open addressing in slots of 12 bytes; a slot's place grows with its hash, so that growing reads and writes in order.
class KeyTable {
  public:
    // False when the very same entry was there. `count` is 1..2^40-1, the count part of a row number.
    bool add(std::uint64_t hash, std::int64_t count, std::uint8_t tag);
    void remove(std::uint64_t hash, std::int64_t count, std::uint8_t tag);
    void reserve(std::size_t entries);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

    struct Candidate {
        std::int64_t count = 0;
        std::uint8_t tag = 0;
    };
    void find(std::uint64_t hash, std::vector<Candidate>& found) const; // appends

  private:
    struct Slot {
        std::uint32_t hash_low = 0; // decides the place
        std::uint32_t count_low = 0;
        std::uint16_t hash_high = 0;
        std::uint8_t count_high = 0;
        std::uint8_t tag = 0;
        [[nodiscard]] bool empty() const { return count_low == 0 && count_high == 0; }
        friend bool operator==(const Slot&, const Slot&) = default;
    };
    static Slot slot_of(std::uint64_t hash, std::int64_t count, std::uint8_t tag);
    [[nodiscard]] std::size_t home(std::uint32_t hash_low) const {
        return static_cast<std::size_t>((static_cast<std::uint64_t>(hash_low) * slots_.size()) >> 32U);
    }
    [[nodiscard]] std::size_t next(std::size_t place) const { return place + 1 == slots_.size() ? 0 : place + 1; }
    void grow(std::size_t slots);

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
};

enum class KeyKind : std::uint8_t { Named, Email, External };
inline constexpr std::size_t kKeyKinds = 3;

// One tenant's tables. Any thread may find; only the writer's thread and the filling add.
class TenantKeys {
  public:
    void find(KeyKind kind, std::uint64_t hash, std::vector<KeyTable::Candidate>& found) const;
    bool add(KeyKind kind, std::uint64_t hash, std::int64_t count, std::uint8_t tag);
    void remove(KeyKind kind, std::uint64_t hash, std::int64_t count, std::uint8_t tag);
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    friend class KeyBook;
    mutable std::shared_mutex mutex_;
    std::once_flag filled_;
    std::array<KeyTable, kKeyKinds> tables_;
};

// The tables of all tenants, filled when a tenant is first asked for.
class KeyBook {
  public:
    // `fill` reads the tenant's rows from a snapshot taken inside the call and adds them.
    using Fill = std::function<void(TenantNo, TenantKeys&)>;
    explicit KeyBook(Fill fill);

    // Any thread; waits while another one fills the same tenant's tables.
    [[nodiscard]] std::shared_ptr<TenantKeys> of(TenantNo tenant);
    // After a commit whose end is unknown: everything is read anew.
    void forget();

    // Keyed with a secret of the process, so that nobody outside can make keys that collide.
    [[nodiscard]] std::uint64_t hash(WorkspaceNo workspace, std::span<const std::uint8_t> key) const;
    [[nodiscard]] std::uint64_t hash(WorkspaceNo workspace, std::string_view key) const;

  private:
    Fill fill_;
    std::array<std::uint8_t, 16> secret_{};
    std::mutex mutex_;
    std::unordered_map<TenantNo, std::shared_ptr<TenantKeys>> tenants_;
};

} // namespace tributary::sqlite

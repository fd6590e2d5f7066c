// Look-up of match keys, e-mail addresses and external ids in memory, beside the database. Private to the store's room.
//
// Why not indexes: their keys come in random order, so every new deal dirties a page of each, which was the greater part of its
// cost and grew with the store (docs/decisions/0005-keys-in-memory.md has the figures).
//
// Contract. Entries are exact for the writer: a Live entry is what the rows say, its own uncommitted ones included, because every
// entry is set when its row is written and set back when the transaction rolls back; so the writer asks no row. Keys are 96 bits of a
// hash keyed with a secret of the process, so two keys are never taken for one.
// A reader may stand at another moment than the writer: to it an entry, Live or Left, is a candidate that its row must prove. What has
// left its key stays here as Left for that reason; no row of any moment since the filling is missing.
// There is one writing process (sqlite.cpp holds a lock), so nobody else adds rows.
#pragma once
#include "deal/deal.hpp"
#include "store/scope.hpp"

#include <array>
#include <cstddef>
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

struct Key {
    std::uint64_t hash = 0;  // decides the place
    std::uint32_t check = 0; // the rest
};

enum class KeyState : std::uint8_t {
    Absent,
    Left, // the row does not bear the key any more, or is deleted
    Live,
};

// Which row bears a key. `tag` tells rows under one key apart: a deal's twin number, or the system of an external id. 31 bits.
struct Bearer {
    Id id;
    std::uint32_t tag = 0;
    KeyState state = KeyState::Absent; // Left or Live, when found
};

// Open addressing in slots of 32 bytes, in parts of 2 MiB. A part that is full is split in two by the next bit of the hash, so no
// growth holds up the writer for more than a millisecond or two, and a full part is one huge page, which halves the time of a look.
// A hash fills all parts alike; so that they do not all split in the same moment, each is called full at a measure of its own.
class KeyTable {
  public:
    KeyTable();
    // Makes the entry (key, id, tag) be as told and answers how it was.
    KeyState set(const Key& key, const Id& id, std::uint32_t tag, KeyState state);
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t memory_bytes() const;

    template <typename Visit>
    void each(const Key& key, const Visit& visit) const { // visit(const Bearer&)
        const Part& part = part_of(key);
        for (std::size_t place = part.home(key.hash); !part.slots[place].empty(); place = part.next(place)) {
            const Slot& slot = part.slots[place];
            if (slot.hash == key.hash && slot.check == key.check) visit(Bearer{slot.id, slot.tag & kTagMask, slot.state()});
        }
    }
    // Asks the memory for what each(key) is going to look at.
    void fetch_ahead(const Key& key) const {
        const Part& part = part_of(key);
        const std::size_t home = part.home(key.hash);
        __builtin_prefetch(&part.slots[home]);
        __builtin_prefetch(&part.slots[(home + kSlotsPerLine) & part.mask]); // where every third walk ends
    }

  private:
    static constexpr std::uint32_t kTagMask = 0x7FFF'FFFF;
    static constexpr unsigned kDepthMax = 20; // a million parts

    struct alignas(32) Slot {
        std::uint64_t hash = 0; // its upper bits choose the part, its lower ones the place
        std::uint32_t check = 0;
        std::uint32_t tag = 0; // bit 31: Left
        Id id;
        [[nodiscard]] bool empty() const { return id.is_nil(); }
        [[nodiscard]] KeyState state() const { return (tag & ~kTagMask) != 0 ? KeyState::Left : KeyState::Live; }
    };
    static_assert(sizeof(Slot) == 32);
    static constexpr std::size_t kSlotsPerLine = 2; // of the processor's cache

    struct FreeSlots {
        void operator()(Slot* slots) const;
    };
    struct Part {
        Part(std::size_t count, unsigned depth, std::uint64_t prefix);
        std::unique_ptr<Slot[], FreeSlots> slots;
        std::size_t mask; // places less one; there are 2^n
        std::size_t size = 0;
        std::size_t full_at;  // entries it never has more of
        unsigned depth;       // upper bits of the hash that all its entries share
        std::uint64_t prefix; // these bits
        [[nodiscard]] std::size_t home(std::uint64_t hash) const { return static_cast<std::size_t>(hash) & mask; }
        [[nodiscard]] std::size_t next(std::size_t place) const { return (place + 1) & mask; }
        [[nodiscard]] bool full() const { return size >= full_at; }
        [[nodiscard]] bool in_upper_half(const Slot& slot) const { return ((slot.hash >> (63U - depth)) & 1U) != 0; }
        [[nodiscard]] bool halves_have_room() const;
        void put(const Slot& slot); // that is not in it
        void close_gap(std::size_t gap);
    };
    [[nodiscard]] std::size_t place_of(const Key& key) const {
        return depth_ == 0 ? 0 : static_cast<std::size_t>(key.hash >> (64U - depth_));
    }
    [[nodiscard]] const Part& part_of(const Key& key) const { return *parts_[place_of(key)]; }
    template <typename Visit>
    void each_part(const Visit& visit) const {
        for (std::size_t at = 0; at < parts_.size(); ++at) {
            if (at == 0 || parts_[at] != parts_[at - 1]) visit(*parts_[at]);
        }
    }
    void make_room(const Key& key);
    void grow(const std::shared_ptr<Part>& part);
    void split(const std::shared_ptr<Part>& part);

    std::vector<std::shared_ptr<Part>> parts_; // 2^depth_; neighbours may share one
    unsigned depth_ = 0;
};

enum class KeyKind : std::uint8_t { Named, Email, External };
inline constexpr std::size_t kKeyKinds = 3;

// One workspace's tables. Any thread may look; only the writer's thread and the filling set.
class WorkspaceKeys {
  public:
    KeyState set(KeyKind kind, const Key& key, const Id& id, std::uint32_t tag, KeyState state);
    template <typename Visit>
    void each(KeyKind kind, const Key& key, const Visit& visit) const { // visit(const Bearer&), under a lock: it must not wait
        const std::shared_lock lock(mutex_);
        tables_[static_cast<std::size_t>(kind)].each(key, visit);
    }
    // Writer's thread only.
    void fetch_ahead(KeyKind kind, const Key& key) const { tables_[static_cast<std::size_t>(kind)].fetch_ahead(key); }
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    friend class KeyBook;
    mutable std::shared_mutex mutex_;
    std::once_flag filled_;
    std::array<KeyTable, kKeyKinds> tables_;
};

// The tables of all workspaces, filled when a workspace is first asked for.
class KeyBook {
  public:
    // `fill` reads the workspace's rows from a snapshot taken inside the call and sets their keys.
    using Fill = std::function<void(TenantNo, WorkspaceNo, WorkspaceKeys&)>;
    explicit KeyBook(Fill fill);

    // Any thread; waits while another one fills the same workspace's tables.
    [[nodiscard]] std::shared_ptr<WorkspaceKeys> of(TenantNo tenant, WorkspaceNo workspace);
    // After a commit whose end is unknown: everything is read anew.
    void forget();

    // Keyed with a secret of the process, so that nobody outside can make keys that collide.
    [[nodiscard]] Key key(std::span<const std::uint8_t> bytes) const;
    [[nodiscard]] Key key(std::string_view text) const;
    // The system of an external id as a tag.
    [[nodiscard]] std::uint32_t system_tag(std::string_view system) const;

  private:
    Fill fill_;
    std::array<std::uint8_t, 16> secret_{};
    std::mutex mutex_;
    std::unordered_map<WorkspaceNo, std::shared_ptr<WorkspaceKeys>> workspaces_;
};

} // namespace tributary::sqlite

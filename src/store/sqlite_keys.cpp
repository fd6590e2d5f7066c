// See sqlite_keys.hpp.
#include "store/sqlite_keys.hpp"

#include "store/store.hpp"

#include <sodium.h>

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kSlotsFirst = 16;
constexpr std::size_t kSlotsMax = 65'536; // 2 MiB
constexpr std::size_t kHugePage = 2 * 1024 * 1024;

// A part is full when between 13 and 24 of 32 places are taken: the measures lie a factor of nearly two apart, which is how far a
// table grows from one round of splits to the next.
constexpr std::size_t kShares = 32;
constexpr std::size_t kSharesLeast = 13;
constexpr std::size_t kSharesMost = 24;

// Multiplying by the golden ratio's fraction (Knuth, TAOCP 3, 6.4) spreads neighbouring prefixes over the measures.
std::size_t measure(std::size_t count, unsigned depth, std::uint64_t prefix) {
    if (count != kSlotsMax) return count * kSharesMost / kShares;
    const std::uint64_t spread = (((std::uint64_t{1} << depth) + prefix) * 0x9E37'79B9'7F4A'7C15U) >> 32U;
    return count * kSharesLeast / kShares + ((count * (kSharesMost - kSharesLeast) / kShares * spread) >> 32U);
}

} // namespace

void KeyTable::FreeSlots::operator()(Slot* slots) const { std::free(slots); } // they have nothing to destroy

KeyTable::Part::Part(std::size_t count, unsigned bits, std::uint64_t shared)
    : mask(count - 1), full_at(measure(count, bits, shared)), depth(bits), prefix(shared) {
    const std::size_t bytes = count * sizeof(Slot);
    void* memory = std::aligned_alloc(bytes == kHugePage ? kHugePage : alignof(Slot), bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (bytes == kHugePage) (void)::madvise(memory, bytes, MADV_HUGEPAGE); // a wish; without it, it is slower
    slots.reset(static_cast<Slot*>(memory));
    std::uninitialized_value_construct_n(slots.get(), count);
}

void KeyTable::Part::put(const Slot& slot) {
    std::size_t place = home(slot.hash);
    while (!slots[place].empty()) place = next(place);
    slots[place] = slot;
    ++size;
}

// Moves back what may move back, so that a walk still ends at the first empty slot.
void KeyTable::Part::close_gap(std::size_t gap) {
    --size;
    for (std::size_t place = next(gap); !slots[place].empty(); place = next(place)) {
        const std::size_t from_home = (place - home(slots[place].hash)) & mask;
        const std::size_t from_gap = (place - gap) & mask;
        if (from_home < from_gap) continue;
        slots[gap] = slots[place];
        gap = place;
    }
    slots[gap] = Slot{};
}

// Many rows under one key stay together whatever the bit.
bool KeyTable::Part::halves_have_room() const {
    if (depth == kDepthMax) return false;
    std::size_t upper = 0;
    for (std::size_t place = 0; place <= mask; ++place) upper += !slots[place].empty() && in_upper_half(slots[place]) ? 1U : 0U;
    return size - upper < measure(mask + 1, depth + 1, prefix * 2) && upper < measure(mask + 1, depth + 1, prefix * 2 + 1);
}

KeyTable::KeyTable() { parts_.push_back(std::make_shared<Part>(kSlotsFirst, 0U, 0U)); }

KeyState KeyTable::set(const Key& key, const Id& id, std::uint32_t tag, KeyState state) {
    const std::uint32_t kept_tag = (tag & kTagMask) | (state == KeyState::Left ? ~kTagMask : 0U);
    Part& part = *parts_[place_of(key)];
    for (std::size_t place = part.home(key.hash); !part.slots[place].empty(); place = part.next(place)) {
        Slot& slot = part.slots[place];
        if (slot.hash != key.hash || slot.check != key.check || slot.id != id || (slot.tag & kTagMask) != (tag & kTagMask)) continue;
        const KeyState before = slot.state();
        if (state == KeyState::Absent) {
            part.close_gap(place);
        } else {
            slot.tag = kept_tag;
        }
        return before;
    }
    if (state == KeyState::Absent) return KeyState::Absent;
    make_room(key);
    parts_[place_of(key)]->put({.hash = key.hash, .check = key.check, .tag = kept_tag, .id = id});
    return KeyState::Absent;
}

void KeyTable::make_room(const Key& key) {
    while (parts_[place_of(key)]->full()) {
        const std::shared_ptr<Part> part = parts_[place_of(key)];
        if (part->mask + 1 >= kSlotsMax && part->halves_have_room()) {
            split(part);
        } else {
            grow(part);
        }
    }
}

void KeyTable::grow(const std::shared_ptr<Part>& part) {
    const auto larger = std::make_shared<Part>((part->mask + 1) * 2, part->depth, part->prefix);
    for (std::size_t place = 0; place <= part->mask; ++place) {
        if (!part->slots[place].empty()) larger->put(part->slots[place]);
    }
    std::ranges::replace(parts_, part, larger);
}

// The two halves are of full size at once: each will fill.
void KeyTable::split(const std::shared_ptr<Part>& part) {
    if (part->depth == depth_) {
        std::vector<std::shared_ptr<Part>> twice;
        for (const auto& each : parts_) twice.insert(twice.end(), 2, each);
        parts_ = std::move(twice);
        ++depth_;
    }
    const auto lower = std::make_shared<Part>(part->mask + 1, part->depth + 1, part->prefix * 2);
    const auto upper = std::make_shared<Part>(part->mask + 1, part->depth + 1, part->prefix * 2 + 1);
    for (std::size_t place = 0; place <= part->mask; ++place) {
        const Slot& slot = part->slots[place];
        if (!slot.empty()) (part->in_upper_half(slot) ? upper : lower)->put(slot);
    }
    for (std::size_t place = 0; place < parts_.size(); ++place) {
        if (parts_[place] == part) parts_[place] = (place >> (depth_ - lower->depth)) & 1U ? upper : lower;
    }
}

std::size_t KeyTable::size() const {
    std::size_t sum = 0;
    each_part([&](const Part& part) { sum += part.size; });
    return sum;
}

std::size_t KeyTable::memory_bytes() const {
    std::size_t sum = 0;
    each_part([&](const Part& part) { sum += (part.mask + 1) * sizeof(Slot); });
    return sum;
}

KeyState WorkspaceKeys::set(KeyKind kind, const Key& key, const Id& id, std::uint32_t tag, KeyState state) {
    const std::unique_lock lock(mutex_);
    return tables_[static_cast<std::size_t>(kind)].set(key, id, tag, state);
}

std::size_t WorkspaceKeys::memory_bytes() const {
    const std::shared_lock lock(mutex_);
    std::size_t bytes = 0;
    for (const KeyTable& table : tables_) bytes += table.memory_bytes();
    return bytes;
}

KeyBook::KeyBook(Fill fill) : fill_(std::move(fill)) {
    if (sodium_init() < 0) throw StoreError("the random source does not work");
    randombytes_buf(secret_.data(), secret_.size());
}

std::shared_ptr<WorkspaceKeys> KeyBook::of(TenantNo tenant, WorkspaceNo workspace) {
    std::shared_ptr<WorkspaceKeys> keys;
    {
        const std::lock_guard lock(mutex_);
        auto& place = workspaces_[workspace];
        if (!place) place = std::make_shared<WorkspaceKeys>();
        keys = place;
    }
    std::call_once(keys->filled_, [&] { fill_(tenant, workspace, *keys); });
    return keys;
}

void KeyBook::forget() {
    const std::lock_guard lock(mutex_);
    workspaces_.clear();
}

Key KeyBook::key(std::span<const std::uint8_t> bytes) const {
    static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16 && crypto_shorthash_siphashx24_BYTES == 16);
    std::array<std::uint8_t, 16> out{};
    crypto_shorthash_siphashx24(out.data(), bytes.data(), bytes.size(), secret_.data());
    Key key;
    std::memcpy(&key.hash, out.data(), sizeof key.hash);
    std::memcpy(&key.check, out.data() + sizeof key.hash, sizeof key.check);
    return key;
}

Key KeyBook::key(std::string_view text) const { return key(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); }

std::uint32_t KeyBook::system_tag(std::string_view system) const { return key(system).check & 0x7FFF'FFFFU; }

} // namespace tributary::sqlite

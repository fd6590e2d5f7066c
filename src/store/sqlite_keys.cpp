// See sqlite_keys.hpp.
#include "store/sqlite_keys.hpp"

#include "store/store.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kSlotsFirst = 16;
// Full at four fifths, then half as large again: between 40 and 60 bytes an entry.
constexpr std::size_t full_at(std::size_t slots) { return slots / 5 * 4; }

} // namespace

KeyState KeyTable::set(const Key& key, const Id& id, std::uint32_t tag, KeyState state) {
    Part& part = parts_[key.hash >> (64U - kPartBits)];
    if (part.size + 1 > full_at(part.slots.size())) part.grow(std::max(kSlotsFirst, part.slots.size() + part.slots.size() / 2));
    const std::uint32_t kept_tag = (tag & kTagMask) | (state == KeyState::Left ? ~kTagMask : 0U);
    std::size_t place = part.home(key.hash);
    for (; !part.slots[place].empty(); place = part.next(place)) {
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
    part.slots[place] = {.hash = key.hash, .check = key.check, .tag = kept_tag, .id = id};
    ++part.size;
    return KeyState::Absent;
}

// Moves back what may move back, so that a walk still ends at the first empty slot.
void KeyTable::Part::close_gap(std::size_t gap) {
    --size;
    for (std::size_t place = next(gap); !slots[place].empty(); place = next(place)) {
        const std::size_t from_home = (place + slots.size() - home(slots[place].hash)) % slots.size();
        const std::size_t from_gap = (place + slots.size() - gap) % slots.size();
        if (from_home < from_gap) continue;
        slots[gap] = slots[place];
        gap = place;
    }
    slots[gap] = Slot{};
}

void KeyTable::Part::grow(std::size_t count) {
    std::vector<Slot> before(count);
    before.swap(slots);
    for (const Slot& slot : before) {
        if (slot.empty()) continue;
        std::size_t place = home(slot.hash);
        while (!slots[place].empty()) place = next(place);
        slots[place] = slot;
    }
}

std::size_t KeyTable::size() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) sum += part.size;
    return sum;
}

std::size_t KeyTable::memory_bytes() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) sum += part.slots.capacity() * sizeof(Slot);
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

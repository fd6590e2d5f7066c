// See sqlite_keys.hpp.
#include "store/sqlite_keys.hpp"

#include "store/store.hpp"

#include <sodium.h>

#include <algorithm>

namespace tributary::sqlite {
namespace {

constexpr std::size_t kSlotsFirst = 16;
// Full at four fifths, then half as large again: between 15 and 23 bytes an entry.
constexpr std::size_t full_at(std::size_t slots) { return slots / 5 * 4; }

} // namespace

KeyTable::Slot KeyTable::slot_of(std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    const auto bits = static_cast<std::uint64_t>(count);
    return {.hash_low = static_cast<std::uint32_t>(hash),
            .count_low = static_cast<std::uint32_t>(bits),
            .hash_high = static_cast<std::uint16_t>(hash >> 32U),
            .count_high = static_cast<std::uint8_t>(bits >> 32U),
            .tag = tag};
}

bool KeyTable::add(std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    if (size_ + 1 > full_at(slots_.size())) grow(std::max(kSlotsFirst, slots_.size() + slots_.size() / 2));
    const Slot slot = slot_of(hash, count, tag);
    std::size_t place = home(slot.hash_low);
    for (; !slots_[place].empty(); place = next(place)) {
        if (slots_[place] == slot) return false;
    }
    slots_[place] = slot;
    ++size_;
    return true;
}

// Closes the gap by moving back what may move back, so that a walk still ends at the first empty slot.
void KeyTable::remove(std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    if (slots_.empty()) return;
    const Slot slot = slot_of(hash, count, tag);
    std::size_t gap = home(slot.hash_low);
    for (; !(slots_[gap] == slot); gap = next(gap)) {
        if (slots_[gap].empty()) return;
    }
    --size_;
    for (std::size_t place = next(gap); !slots_[place].empty(); place = next(place)) {
        const std::size_t from_home = (place + slots_.size() - home(slots_[place].hash_low)) % slots_.size();
        const std::size_t from_gap = (place + slots_.size() - gap) % slots_.size();
        if (from_home < from_gap) continue;
        slots_[gap] = slots_[place];
        gap = place;
    }
    slots_[gap] = Slot{};
}

void KeyTable::reserve(std::size_t entries) {
    const std::size_t slots = entries / 4 * 5 + kSlotsFirst;
    if (slots > slots_.size()) grow(slots);
}

void KeyTable::grow(std::size_t slots) {
    std::vector<Slot> before(slots);
    before.swap(slots_);
    for (const Slot& slot : before) {
        if (slot.empty()) continue;
        std::size_t place = home(slot.hash_low);
        while (!slots_[place].empty()) place = next(place);
        slots_[place] = slot;
    }
}

void KeyTable::find(std::uint64_t hash, std::vector<Candidate>& found) const {
    if (slots_.empty()) return;
    const auto low = static_cast<std::uint32_t>(hash);
    const auto high = static_cast<std::uint16_t>(hash >> 32U);
    for (std::size_t place = home(low); !slots_[place].empty(); place = next(place)) {
        const Slot& slot = slots_[place];
        if (slot.hash_low != low || slot.hash_high != high) continue;
        const std::uint64_t count = (static_cast<std::uint64_t>(slot.count_high) << 32U) | slot.count_low;
        found.push_back({static_cast<std::int64_t>(count), slot.tag});
    }
}

void TenantKeys::find(KeyKind kind, std::uint64_t hash, std::vector<KeyTable::Candidate>& found) const {
    const std::shared_lock lock(mutex_);
    tables_[static_cast<std::size_t>(kind)].find(hash, found);
}

bool TenantKeys::add(KeyKind kind, std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    const std::unique_lock lock(mutex_);
    return tables_[static_cast<std::size_t>(kind)].add(hash, count, tag);
}

void TenantKeys::remove(KeyKind kind, std::uint64_t hash, std::int64_t count, std::uint8_t tag) {
    const std::unique_lock lock(mutex_);
    tables_[static_cast<std::size_t>(kind)].remove(hash, count, tag);
}

std::size_t TenantKeys::memory_bytes() const {
    const std::shared_lock lock(mutex_);
    std::size_t bytes = 0;
    for (const KeyTable& table : tables_) bytes += table.memory_bytes();
    return bytes;
}

KeyBook::KeyBook(Fill fill) : fill_(std::move(fill)) {
    if (sodium_init() < 0) throw StoreError("the random source does not work");
    randombytes_buf(secret_.data(), secret_.size());
}

std::shared_ptr<TenantKeys> KeyBook::of(TenantNo tenant) {
    std::shared_ptr<TenantKeys> keys;
    {
        const std::lock_guard lock(mutex_);
        auto& place = tenants_[tenant];
        if (!place) place = std::make_shared<TenantKeys>();
        keys = place;
    }
    std::call_once(keys->filled_, [&] { fill_(tenant, *keys); });
    return keys;
}

void KeyBook::forget() {
    const std::lock_guard lock(mutex_);
    tenants_.clear();
}

std::uint64_t KeyBook::hash(WorkspaceNo workspace, std::span<const std::uint8_t> key) const {
    static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
    std::array<std::uint8_t, 8> out{};
    crypto_shorthash(out.data(), key.data(), key.size(), secret_.data());
    std::uint64_t bits = 0;
    for (const std::uint8_t byte : out) bits = (bits << 8U) | byte;
    bits += static_cast<std::uint64_t>(workspace) * 0x9E3779B97F4A7C15ULL;
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    return bits ^ (bits >> 31U);
}

std::uint64_t KeyBook::hash(WorkspaceNo workspace, std::string_view key) const {
    return hash(workspace, std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()));
}

} // namespace tributary::sqlite

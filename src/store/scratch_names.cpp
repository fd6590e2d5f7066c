// See scratch_names.hpp.
#include "store/scratch_names.hpp"

#include "store/store.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace tributary {

ScratchNames::ScratchNames() {
    static_assert(crypto_shorthash_KEYBYTES == sizeof secret_ && crypto_shorthash_BYTES == sizeof(Hash));
    if (sodium_init() < 0) throw StoreError("the random source does not work");
    randombytes_buf(secret_.data(), secret_.size());
}

ScratchNames::Hash ScratchNames::hash(std::span<const std::uint8_t> name) const {
    std::array<std::uint8_t, crypto_shorthash_BYTES> out{};
    crypto_shorthash(out.data(), name.data(), name.size(), secret_.data());
    Hash hash;
    std::memcpy(&hash.place, out.data(), sizeof hash.place);
    std::memcpy(&hash.check, out.data() + sizeof hash.place, sizeof hash.check);
    return hash;
}

std::uint32_t ScratchNames::newest(const Hash& hash) const {
    const auto found = newest_.find(hash.place);
    return found == newest_.end() ? kNone : found->second;
}

void ScratchNames::add(std::span<const std::uint8_t> name, std::uint32_t thing, std::int32_t rank) {
    if (entries_.size() >= kNone) throw StoreError("a plan has too many names");
    const Hash hash = this->hash(name);
    const auto entry = static_cast<std::uint32_t>(entries_.size());
    const auto [found, fresh] = newest_.try_emplace(hash.place, entry);
    entries_.push_back({.thing = thing, .check = hash.check, .older = fresh ? kNone : found->second, .rank = rank});
    found->second = entry;
}

void ScratchNames::remove(std::span<const std::uint8_t> name, std::uint32_t thing) {
    const Hash hash = this->hash(name);
    for (std::uint32_t at = newest(hash); at != kNone; at = entries_[at].older) {
        if (entries_[at].thing == thing && entries_[at].check == hash.check) entries_[at].thing = kNone;
    }
}

std::vector<std::uint32_t> ScratchNames::bearers(std::span<const std::uint8_t> name) const {
    const Hash hash = this->hash(name);
    std::vector<std::uint32_t> entries;
    for (std::uint32_t at = newest(hash); at != kNone; at = entries_[at].older) {
        if (entries_[at].thing != kNone && entries_[at].check == hash.check) entries.push_back(at);
    }
    std::ranges::sort(entries, {}, [this](std::uint32_t at) { return std::pair(entries_[at].rank, at); });
    for (std::uint32_t& at : entries) at = entries_[at].thing;
    return entries;
}

} // namespace tributary

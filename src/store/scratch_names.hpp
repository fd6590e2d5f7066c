// Which things bear a name, for the things of one plan: some 35 bytes a name. A name is told by 64 bits of a hash keyed with a secret
// of its own, so two names are not taken for one: a million names meet by chance once in 40 million plans, and applying the plan would
// then refuse the row. One thread at a time.
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

namespace tributary {

class ScratchNames {
  public:
    ScratchNames();
    // `rank` says where it stands among others of that name.
    void add(std::span<const std::uint8_t> name, std::uint32_t thing, std::int32_t rank = 0);
    void add(std::string_view name, std::uint32_t thing) { add(bytes_of(name), thing); }
    void remove(std::span<const std::uint8_t> name, std::uint32_t thing);
    void remove(std::string_view name, std::uint32_t thing) { remove(bytes_of(name), thing); }
    // The bearers by rank, of one rank the oldest first.
    [[nodiscard]] std::vector<std::uint32_t> bearers(std::span<const std::uint8_t> name) const;
    [[nodiscard]] std::vector<std::uint32_t> bearers(std::string_view name) const { return bearers(bytes_of(name)); }

  private:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Hash {
        std::uint32_t place = 0; // in the map
        std::uint32_t check = 0;
    };
    struct Entry {
        std::uint32_t thing = kNone; // kNone: removed
        std::uint32_t check = 0;
        std::uint32_t older = kNone; // of the same place
        std::int32_t rank = 0;
    };
    [[nodiscard]] static std::span<const std::uint8_t> bytes_of(std::string_view text) {
        return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    }
    [[nodiscard]] Hash hash(std::span<const std::uint8_t> name) const;
    [[nodiscard]] std::uint32_t newest(const Hash& hash) const;

    std::array<std::uint8_t, 16> secret_{};
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> newest_; // entry by place
    std::deque<Entry> entries_;
};

} // namespace tributary

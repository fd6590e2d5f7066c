#include "outside/public_address.hpp"

#include <algorithm>
#include <array>

namespace tributary::outside {
namespace {

struct Network {
    std::array<std::uint8_t, 16> bytes{};
    int bits = 0;
};

bool lies_in(std::span<const std::uint8_t> address, const Network& network) {
    for (int bit = 0; bit < network.bits; bit += 8) {
        const std::size_t at = static_cast<std::size_t>(bit) / 8;
        const int left = std::min(8, network.bits - bit);
        const auto mask = static_cast<std::uint8_t>(0xFF00U >> static_cast<unsigned>(left));
        if ((address[at] & mask) != (network.bytes.at(at) & mask)) return false;
    }
    return true;
}

// IANA's special-purpose registries: this network, private, shared (CGNAT), loopback, link-local, protocol assignments,
// documentation, 6to4 relays, benchmarking, multicast and reserved.
constexpr std::array<Network, 15> kNotPublic4{{{{0}, 8},
                                               {{10}, 8},
                                               {{100, 64}, 10},
                                               {{127}, 8},
                                               {{169, 254}, 16},
                                               {{172, 16}, 12},
                                               {{192, 0, 0}, 24},
                                               {{192, 0, 2}, 24},
                                               {{192, 88, 99}, 24},
                                               {{192, 168}, 16},
                                               {{198, 18}, 15},
                                               {{198, 51, 100}, 24},
                                               {{203, 0, 113}, 24},
                                               {{224}, 4},
                                               {{240}, 4}}};

// Inside 2000::/3, the only block given out: protocol assignments with Teredo and ORCHID, documentation, 6to4, documentation.
constexpr Network kGlobal6{{0x20}, 3};
constexpr std::array<Network, 4> kNotPublic6{
    {{{0x20, 0x01, 0x00, 0x00}, 23}, {{0x20, 0x01, 0x0d, 0xb8}, 32}, {{0x20, 0x02}, 16}, {{0x3f, 0xff, 0x00}, 20}}};

} // namespace

bool is_public_address(std::span<const std::uint8_t> address) {
    const auto holds = [&](const Network& network) { return lies_in(address, network); };
    if (address.size() == 4) return std::ranges::none_of(kNotPublic4, holds);
    if (address.size() == 16) return holds(kGlobal6) && std::ranges::none_of(kNotPublic6, holds);
    return false;
}

bool is_loopback_address(std::span<const std::uint8_t> address) {
    if (address.size() == 4) return address[0] == 127;
    if (address.size() != 16) return false;
    return std::ranges::all_of(address.first(15), [](std::uint8_t byte) { return byte == 0; }) && address[15] == 1;
}

} // namespace tributary::outside

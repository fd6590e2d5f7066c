// Whether an address belongs to the public internet: what a tenant's words may make us connect to, and what they may not
// (RELIABILITY, outgoing calls). Checked on the address connected to, so no name and no spelling gets round it.
#pragma once
#include <cstdint>
#include <span>

namespace tributary::outside {

// 4 or 16 bytes in network order; any other length is not public. IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) never is.
[[nodiscard]] bool is_public_address(std::span<const std::uint8_t> address);
[[nodiscard]] bool is_loopback_address(std::span<const std::uint8_t> address); // 127.0.0.0/8, ::1

} // namespace tributary::outside

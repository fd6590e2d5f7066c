// How much packed bytes may unpack to, so that a small file cannot become an endless one. Used where gzip and zip are read.
#pragma once
#include "deal/result.hpp"

#include <cstdint>

namespace tributary {

inline constexpr std::uint64_t kUnpackedFreeBytes = 16 * 1024 * 1024; // below it no ratio is asked
inline constexpr std::uint64_t kUnpackedRatioMax = 100;
inline constexpr std::uint64_t kUnpackedBytesMax = std::uint64_t{4} * 1024 * 1024 * 1024;

// Refuses with unpacks_too_large (413).
[[nodiscard]] inline Result<void> check_unpacked(std::uint64_t packed, std::uint64_t unpacked) {
    if (unpacked > kUnpackedBytesMax) return refuse(Reason::TooLarge, "unpacks_too_large", "The file unpacks to more than 4 GiB.");
    if (unpacked > kUnpackedFreeBytes && unpacked / kUnpackedRatioMax > packed)
        return refuse(Reason::TooLarge, "unpacks_too_large", "The file unpacks to more than a hundred times its size; send it unpacked.");
    return {};
}

} // namespace tributary

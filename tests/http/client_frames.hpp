// Frames as a WebSocket client sends them, for tests: masked, and breakable in every way.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::http {

struct FrameShape {
    unsigned opcode = 1;
    bool final = true;
    unsigned reserved = 0; // the three RSV bits
    bool masked = true;
    unsigned length_bytes = 0; // 0: the shortest; 2 or 8: written so, shortest or not
};

inline std::string client_frame(std::string_view payload, const FrameShape& shape = {}) {
    constexpr std::array<char, 4> kMask{'\x37', '\xfa', '\x21', '\x3d'};
    std::string frame;
    frame.push_back(static_cast<char>((shape.final ? 0x80U : 0U) | shape.reserved << 4U | shape.opcode));
    const unsigned mask_bit = shape.masked ? 0x80U : 0U;
    const unsigned shortest = payload.size() < 126 ? 0 : payload.size() <= 0xffff ? 2 : 8;
    const unsigned length_bytes = shape.length_bytes == 0 ? shortest : shape.length_bytes;
    const std::size_t small = length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126 : 127;
    frame.push_back(static_cast<char>(mask_bit | small));
    for (unsigned i = length_bytes; i-- > 0;) frame.push_back(static_cast<char>(payload.size() >> (8 * i) & 0xffU));
    if (shape.masked) frame.append(kMask.data(), kMask.size());
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame.push_back(shape.masked ? static_cast<char>(payload[i] ^ kMask[i & 3U]) : payload[i]);
    return frame;
}

inline std::string client_close(std::uint16_t code, std::string_view reason = {}) {
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    return client_frame(payload.append(reason), {.opcode = 8});
}

} // namespace tributary::http

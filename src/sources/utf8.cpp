#include "sources/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace tributary {
namespace {

std::size_t skip_ascii(std::string_view text, std::size_t at) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
    while (at + 16 <= text.size()) {
        std::uint64_t words[2];
        std::memcpy(words, text.data() + at, 16);
        if (((words[0] | words[1]) & kHighBits) != 0) break;
        at += 16;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
    return at;
}

// The bytes of the character at `at`; 0 when it is none. The table is RFC 3629 section 4.
std::size_t character_bytes(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

} // namespace

std::size_t utf8_prefix(std::string_view text) {
    std::size_t at = skip_ascii(text, 0);
    while (at < text.size()) {
        const std::size_t length = character_bytes(text, at);
        if (length == 0) return at;
        at += length;
        if (length == 1) at = skip_ascii(text, at);
    }
    return at;
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

std::string_view utf8_cut(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0U) == 0x80U) --bytes_max;
    return text.substr(0, bytes_max);
}

std::string utf8_shown(std::string_view text, std::size_t bytes_max) {
    text = utf8_cut(text, bytes_max);
    std::string out;
    while (!text.empty()) {
        const std::size_t sound = utf8_prefix(text);
        out.append(text, 0, sound);
        text.remove_prefix(sound);
        if (text.empty()) break;
        out.append("\xEF\xBF\xBD");
        text.remove_prefix(1);
    }
    return out;
}

} // namespace tributary

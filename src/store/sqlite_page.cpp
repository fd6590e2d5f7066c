// See sqlite_page.hpp.
#include "store/sqlite_page.hpp"

#include "store/store.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace tributary::sqlite {
namespace {

// A cursor's bytes: list, order, 16 of id, 8 of number, then the text.
constexpr std::size_t kHeadBytes = 2 + 16 + 8;
constexpr std::size_t kCursorBytesMax = 8'192;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

} // namespace

std::string cursor_text(const Cursor& cursor) {
    std::string bytes;
    bytes.push_back(static_cast<char>(cursor.of));
    bytes.push_back(static_cast<char>(cursor.order));
    bytes.append(reinterpret_cast<const char*>(cursor.id.bytes.data()), cursor.id.bytes.size());
    for (unsigned shift = 0; shift < 64; shift += 8) {
        bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(static_cast<std::uint64_t>(cursor.number) >> shift)));
    }
    bytes.append(cursor.text);
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kVariant);
    text.pop_back(); // the closing zero
    return text;
}

Cursor read_cursor_text(std::string_view text, CursorOf of, std::uint8_t order) {
    Cursor cursor{.of = of, .order = order, .id = {}, .number = 0, .text = {}};
    if (text.empty()) return cursor;
    if (text.size() > kCursorBytesMax) throw BadCursor("the cursor is too long");
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int code = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                                       &size, &end, kVariant);
    if (code != 0 || end != text.data() + text.size() || size < kHeadBytes) throw BadCursor("the cursor is damaged");
    bytes.resize(size);
    if (bytes[0] != static_cast<char>(of) || bytes[1] != static_cast<char>(order)) throw BadCursor("the cursor belongs to another list");
    std::memcpy(cursor.id.bytes.data(), bytes.data() + 2, cursor.id.bytes.size());
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < 8; ++at) number |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[18 + at])) << (8 * at);
    cursor.number = static_cast<std::int64_t>(number);
    cursor.text = bytes.substr(kHeadBytes);
    return cursor;
}

std::vector<std::string> search_patterns(std::string_view search) {
    constexpr std::string_view kBlank = " \t\r\n";
    std::vector<std::string> patterns;
    while (patterns.size() < kSearchWordsMax) {
        const std::size_t start = search.find_first_not_of(kBlank);
        if (start == std::string_view::npos) break;
        search.remove_prefix(start);
        const std::string_view word = search.substr(0, std::min(search.find_first_of(kBlank), search.size()));
        search.remove_prefix(word.size());
        std::string pattern = "%";
        for (const char letter : word.substr(0, kSearchWordBytesMax)) {
            if (letter == '%' || letter == '_' || letter == '\\') pattern.push_back('\\');
            pattern.push_back(letter);
        }
        patterns.push_back(pattern + "%");
    }
    return patterns;
}

} // namespace tributary::sqlite

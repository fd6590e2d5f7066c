#include "sources/header_fingerprint.hpp"

#include "sources/csv_mapping.hpp"
#include "sources/field_names.hpp"

#include <sodium.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tributary {
namespace {

// Letters and digits without case; a header of signs alone ("#", "%") is those signs.
std::string normal_cell(std::string_view cell) {
    std::string lower;
    icu::UnicodeString::fromUTF8(icu::StringPiece(cell.data(), static_cast<std::int32_t>(cell.size()))).foldCase().toUTF8String(lower);
    std::string folded = folded_name(lower);
    if (!folded.empty()) return folded;
    std::erase_if(lower, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return lower;
}

} // namespace

std::string header_fingerprint(std::span<const std::string> header) {
    const std::vector<std::string_view> views(header.begin(), header.end());
    const bool errors_file = is_errors_header(views);
    std::vector<std::string> cells;
    for (const std::string& cell : header) {
        if (errors_file && is_errors_column(cell)) continue;
        std::string normal = normal_cell(cell);
        if (!normal.empty()) cells.push_back(std::move(normal));
    }
    if (cells.empty()) return {};
    std::ranges::sort(cells);
    std::array<unsigned char, 32> hash{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    for (const std::string& cell : cells) // each with the NUL behind it, which no cell holds
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(cell.c_str()), cell.size() + 1);
    crypto_generichash_final(&state, hash.data(), hash.size());
    std::string hex;
    for (const unsigned char byte : hash) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

} // namespace tributary

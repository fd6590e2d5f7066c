// A mapping of a file's columns that a workspace keeps, to be used again for files with the same header.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

struct SavedMapping {
    std::string name;        // unique in the workspace; see is_mapping_name
    std::string fingerprint; // of the header, whatever the order of its cells (sources/header_fingerprint.hpp); empty: chosen by name only
    std::string header;      // JSON array: the header's cells as they were written
    std::string mapping;     // JSON: what the upload's option `mapping` takes
    std::string actor;       // who saved it last
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};

inline constexpr std::size_t kMappingsMax = 200; // of one workspace
inline constexpr std::size_t kMappingNameBytesMax = 100;

// 1 to 100 bytes, no control characters, no slash (it stands in a path), no blank at either end, and not "none" or "auto", which mean
// no mapping and whichever fits.
[[nodiscard]] inline bool is_mapping_name(std::string_view name) {
    if (name.empty() || name.size() > kMappingNameBytesMax || name == "none" || name == "auto") return false;
    if (name.front() == ' ' || name.back() == ' ') return false;
    for (const char c : name) {
        if (static_cast<unsigned char>(c) < ' ' || c == '/' || c == '\x7F') return false;
    }
    return true;
}

} // namespace tributary

// How the tests of this room knock at a door: whole bodies and streamed ones, in chunks of any size.
#pragma once
#include "sources/source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::testing {

inline const std::filesystem::path kShared = std::filesystem::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared";
inline const std::filesystem::path kFixtures = std::filesystem::path(TRIBUTARY_SOURCE_DIR) / "tests" / "fixtures";
inline constexpr std::int64_t kNow = 1'790'000'000'000;

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Knock {
    std::string content_type;
    Pairs query;
    std::string referer;
    ReadingRules rules;

    [[nodiscard]] Arrival arrival() const {
        return {
            .content_type = content_type, .query = query, .referer = referer, .user_agent = "test", .received_at = kNow, .rules = &rules};
    }
};

// Everything a streamed reading came to.
struct Streamed {
    std::vector<ReadRow> rows;
    Result<void> outcome;
    std::string raw;
    std::string understood;
    std::string file_name;
};

inline Result<void> drain(RowReader& reader, std::string& raw) {
    raw += reader.take_raw();
    for (;;) {
        auto again = reader.more();
        if (!again) return std::unexpected(again.error());
        if (!*again) return {};
    }
}

inline Result<void> feed(RowReader& reader, std::string_view body, std::size_t chunk, std::string& raw) {
    while (!body.empty()) {
        const std::string piece(body.substr(0, chunk)); // a copy: a reader that keeps a view of its chunk is caught
        body.remove_prefix(piece.size());
        if (auto written = reader.write(piece); !written) return written;
        if (auto drained = drain(reader, raw); !drained) return drained;
    }
    if (auto finished = reader.finish(); !finished) return finished;
    return drain(reader, raw);
}

inline Streamed stream(const Door& door, const Knock& knock, std::string_view body, std::size_t chunk = 64 * 1024) {
    Streamed streamed;
    auto reader = door.stream(knock.arrival(), [&](ReadRow&& row) {
        streamed.rows.push_back(std::move(row));
        return true;
    });
    if (!reader) {
        streamed.outcome = std::unexpected(reader.error());
        return streamed;
    }
    streamed.outcome = feed(**reader, body, chunk, streamed.raw);
    streamed.understood = (*reader)->understood();
    streamed.file_name = (*reader)->file_name();
    return streamed;
}

inline std::string code_of(const Streamed& streamed) { return streamed.outcome ? "" : streamed.outcome.error().code; }
inline std::string code_of(const ReadRow& row) { return row.draft ? "" : row.draft.error().code; }
inline std::string text_of(const Draft& draft, Field field) { return draft[field].value_or("<absent>"); }

inline std::string form_part(std::string_view head, std::string_view data) {
    return "--frontier\r\nContent-Disposition: form-data; " + std::string(head) + "\r\n\r\n" + std::string(data) + "\r\n";
}
inline std::string form_field(std::string_view name, std::string_view value) {
    return form_part("name=\"" + std::string(name) + "\"", value);
}
inline std::string form_file(std::string_view data) {
    return form_part("name=\"file\"; filename=\"deals.csv\"\r\nContent-Type: text/csv", data);
}
inline constexpr std::string_view kFormEnd = "--frontier--\r\n";
inline constexpr std::string_view kFormType = "multipart/form-data; boundary=frontier";

} // namespace tributary::testing

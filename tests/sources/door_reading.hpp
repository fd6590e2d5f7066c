// What the tests of the e-mail and CRM readers share: files, doors, and short ways to look at a reading.
#pragma once
#include "deal/json.hpp"
#include "sources/source.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace door_reading {

using namespace tributary;

inline constexpr std::int64_t kNoon = 1'795'435'200'000; // 2026-11-23T12:00:00Z

inline const std::filesystem::path kShared = std::filesystem::path(TRIBUTARY_SOURCE_DIR) / ".." / "shared";
inline const std::filesystem::path kFixtures = std::filesystem::path(TRIBUTARY_SOURCE_DIR) / "tests" / "fixtures";

inline std::optional<std::string> file_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

inline std::string fixture(std::string_view name) {
    auto text = file_text(kFixtures / name);
    EXPECT_TRUE(text) << "missing fixture " << name;
    return text.value_or("");
}

inline const Door& door(const SourceSpec& spec, std::string_view path) {
    for (const Door& each : spec.doors) {
        if (each.path == path) return each;
    }
    throw std::runtime_error("no such door");
}

inline Arrival arrival(std::string_view content_type = "application/json", const ReadingRules* rules = nullptr) {
    return Arrival{.content_type = content_type, .received_at = kNoon, .rules = rules};
}

inline std::string field(const Draft& draft, Field which) { return draft[which].value_or("(absent)"); }

inline boost::json::object metadata(const Draft& draft) {
    const auto parsed = parse_json(draft.metadata);
    EXPECT_TRUE(parsed) << draft.metadata;
    return parsed ? parsed->as_object() : boost::json::object{};
}

inline std::string metadata_text(const Draft& draft, std::string_view key) {
    const auto all = metadata(draft);
    const auto* value = all.if_contains({key.data(), key.size()});
    return value == nullptr ? "(absent)" : scalar_text(*value);
}

// The one draft of a reading that must have exactly one good row.
inline Draft only_draft(const Result<ReadAll>& read) {
    EXPECT_TRUE(read) << (read ? "" : read.error().code);
    if (!read || read->rows.size() != 1 || !read->rows[0].draft) {
        ADD_FAILURE() << "not one good row: "
                      << (read && !read->rows.empty() && !read->rows[0].draft ? read->rows[0].draft.error().code : "");
        return {};
    }
    return *read->rows[0].draft;
}

inline std::string code_of(const Result<ReadAll>& read) { return read ? "ok" : read.error().code; }
inline std::string row_code(const ReadRow& row) { return row.draft ? "ok" : row.draft.error().code; }

} // namespace door_reading

// A sample that lies beside the project, not in it; without it the test says so and is skipped.
#define SHARED_TEXT(variable, name)                                                                                                        \
    const auto variable##_read = door_reading::file_text(door_reading::kShared / (name));                                                            \
    if (!variable##_read) GTEST_SKIP() << "no shared sample " << (name);                                                                   \
    const std::string& variable = *variable##_read

// How the tests of files knock at the CSV door.
#pragma once
#include "sources/csv_upload.hpp"
#include "sources/reading.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace tributary::testing {

inline const Door& door() {
    static const SourceSpec source = csv_source();
    return source.doors.front();
}

inline Streamed upload(std::string_view file, Pairs query = {}, std::size_t chunk = 64 * 1024) {
    return stream(door(), {.content_type = "text/csv", .query = std::move(query)}, file, chunk);
}

inline Streamed upload_form(std::string_view body, std::size_t chunk = 64 * 1024) {
    return stream(door(), {.content_type = std::string(kFormType)}, body, chunk);
}

inline Draft only(const Streamed& streamed) {
    EXPECT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    EXPECT_EQ(streamed.rows.size(), 1U);
    return *streamed.rows.at(0).draft;
}

} // namespace tributary::testing

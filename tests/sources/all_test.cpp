// The list of sources against the specification's table of endpoints.
#include "sources/source.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tributary {
namespace {

TEST(AllSources, EveryDoorOfTheSpecificationIsThereOnce) {
    std::map<std::string_view, DoorKind> doors;
    std::set<Source> sources;
    for (const SourceSpec& spec : all_sources()) {
        EXPECT_TRUE(sources.insert(spec.source).second);
        for (const Door& door : spec.doors) {
            EXPECT_TRUE(doors.emplace(door.path, door.kind).second) << door.path;
            EXPECT_TRUE(door.read || door.stream) << door.path;
        }
    }
    EXPECT_EQ(sources.size(), kSourceCount);
    std::set<std::string_view> paths;
    for (const auto& [path, kind] : doors) paths.insert(path);
    EXPECT_EQ(paths, (std::set<std::string_view>{"/manual", "/web-form", "/csv/upload", "/email", "/api", "/bulk", "/hubspot/sync",
                                                 "/hubspot/batch-sync", "/salesforce/sync", "/salesforce/batch-sync"}));
    for (const std::string_view one : {"/manual", "/web-form", "/api"}) EXPECT_EQ(doors.at(one), DoorKind::One) << one;
    for (const std::string_view many : {"/csv/upload", "/bulk"}) EXPECT_EQ(doors.at(many), DoorKind::Many) << many;
}

} // namespace
} // namespace tributary

// Who may include whom: rooms use only the rooms below them, and outside technology stays behind its room's front page.
#include "tree.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

namespace style {
namespace {

using Arrows = std::map<std::string, std::set<std::string>, std::less<>>;

// Every room and what it may include beside itself. ARCHITECTURE.md shows the same list.
const Arrows& arrows() {
    static const Arrows all{
        {"deal", {}},
        {"sources", {"deal"}},
        {"store", {"deal"}},
        {"live", {"deal"}},
        {"pipeline", {"deal", "store", "live"}},
        {"work", {"deal", "store", "pipeline"}},
        {"outside", {"deal"}},
        {"crm", {"deal", "sources", "store", "live", "pipeline", "outside"}},
        {"http", {"deal"}},
        {"api", {"deal", "sources", "store", "live", "pipeline", "work", "crm", "http"}},
        {"cli", {"deal", "sources", "store", "live", "pipeline", "work", "outside", "crm", "http", "api"}},
    };
    return all;
}

// Headers that only their own room includes, and that may therefore name the technology behind it.
const std::set<std::string, std::less<>>& private_headers() {
    static const std::set<std::string, std::less<>> all{"src/http/shard.hpp"};
    return all;
}

struct Include {
    std::size_t line = 0;
    std::string what; // between the quotes or angle brackets
};

std::vector<Include> includes_of(const SourceFile& file) {
    static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"])", std::regex::multiline);
    std::vector<Include> found;
    for (auto at = std::sregex_iterator(file.text.begin(), file.text.end(), kInclude); at != std::sregex_iterator(); ++at)
        found.push_back({line_of(file.text, static_cast<std::size_t>(at->position(1))), (*at)[1].str()});
    return found;
}

Offences check_arrows(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files) {
        const std::string_view room = room_of(file.path);
        if (room.empty() || !is_cpp(file.path)) continue;
        const auto allowed = arrows().find(room);
        if (allowed == arrows().end()) {
            offences.push_back({file.path, 0, "the room '" + std::string(room) + "' is not in the list of tests/style/arrows_test.cpp"});
            continue;
        }
        for (const Include& include : includes_of(file)) {
            const std::string other = include.what.substr(0, include.what.find('/'));
            if (other == room || !arrows().contains(other) || allowed->second.contains(other)) continue;
            offences.push_back({file.path, include.line, std::string(room) + " may not include " + include.what});
        }
    }
    return offences;
}

bool names_asio(std::string_view include) { return include.starts_with("boost/asio") || include.starts_with("boost/beast"); }

bool names_outside_technology(std::string_view include) {
    return names_asio(include) || include == "sqlite3.h" || include.starts_with("libpq") || include.starts_with("postgresql/") ||
           include.starts_with("openssl/") || include.starts_with("curl/");
}

// A file that includes Beast compiles in seconds and half a gigabyte, so there are few, all in one room.
Offences check_asio(const std::vector<SourceFile>& files) {
    constexpr std::size_t kAsioFilesMax = 5;
    Offences offences;
    Offences including;
    for (const SourceFile& file : files) {
        if (!file.path.starts_with("src/") || !is_cpp(file.path)) continue;
        for (const Include& include : includes_of(file)) {
            if (!names_asio(include.what)) continue;
            if (room_of(file.path) != "http") offences.push_back({file.path, include.line, "only src/http may include " + include.what});
            if (including.empty() || including.back().path != file.path)
                including.push_back({file.path, include.line, "includes Asio or Beast"});
        }
    }
    if (including.size() > kAsioFilesMax) offences.insert(offences.end(), including.begin(), including.end());
    return offences;
}

Offences check_headers(const std::vector<SourceFile>& files, const std::set<std::string, std::less<>>& privates) {
    Offences offences;
    for (const SourceFile& file : files) {
        if (!file.path.starts_with("src/") || !is_cpp(file.path)) continue;
        for (const Include& include : includes_of(file)) {
            const std::string included = "src/" + include.what;
            if (is_header(file.path) && !privates.contains(file.path) && names_outside_technology(include.what))
                offences.push_back({file.path, include.line, "a header that others may include must not include " + include.what});
            if (privates.contains(included) && room_of(included) != room_of(file.path))
                offences.push_back({file.path, include.line, include.what + " is private to its room"});
        }
    }
    return offences;
}

TEST(Arrows, ARoomIncludesOnlyTheRoomsBelowIt) {
    const Offences offences = check_arrows(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Arrows, AtMostFiveFilesIncludeAsioAndAllOfThemAreInHttp) {
    const Offences offences = check_asio(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Arrows, HeadersDoNotShowWhichDatabaseOrNetworkStandsBehindThem) {
    const Offences offences = check_headers(tree(), private_headers());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Arrows, TheListOfPrivateHeadersNamesOnlyHeadersThatExist) {
    for (const std::string& header : private_headers())
        EXPECT_TRUE(std::ranges::any_of(tree(), [&](const SourceFile& file) { return file.path == header; })) << header;
}

TEST(ArrowsSelfTest, AnArrowUpwardsIsSeen) {
    EXPECT_EQ(check_arrows({{"src/deal/a.cpp", "#include \"store/store.hpp\"\n"}}).size(), 1U);
    EXPECT_EQ(check_arrows({{"src/store/a.cpp", "\n  # include \"pipeline/ingest.hpp\"\n"}}).at(0).line, 2U);
    EXPECT_EQ(check_arrows({{"src/cellar/a.cpp", ""}}).size(), 1U);
    EXPECT_TRUE(check_arrows({{"src/api/a.cpp", "#include \"store/store.hpp\"\n#include <string>\n"}}).empty());
}

TEST(ArrowsSelfTest, AsioOutsideItsRoomOrInASixthFileIsSeen) {
    EXPECT_EQ(check_asio({{"src/api/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n"}}).size(), 1U);
    std::vector<SourceFile> files;
    for (int at = 0; at < 5; ++at) files.push_back({"src/http/" + std::to_string(at) + ".cpp", "#include <boost/beast/http.hpp>\n"});
    EXPECT_TRUE(check_asio(files).empty());
    files.push_back({"src/http/5.cpp", "#include <boost/asio.hpp>\n"});
    EXPECT_EQ(check_asio(files).size(), 6U);
}

TEST(ArrowsSelfTest, ADatabaseInAHeaderIsSeen) {
    const std::vector<SourceFile> files{{"src/store/statement.hpp", "#include <sqlite3.h>\n"},
                                        {"src/pipeline/a.cpp", "#include \"store/statement.hpp\"\n"}};
    EXPECT_EQ(check_headers(files, {}).size(), 1U);
    const Offences offences = check_headers(files, {"src/store/statement.hpp"});
    ASSERT_EQ(offences.size(), 1U);
    EXPECT_EQ(offences.at(0).path, "src/pipeline/a.cpp");
}

} // namespace
} // namespace style

// Adding a source is a promise of the specification: each has its file, its test, its page and, once there is a web app, its tab.
// And the tenant's scope has one door, whose callers are named here.
#include "code.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace style {
namespace {

using Paths = std::set<std::string, std::less<>>;

Paths paths_of(const std::vector<SourceFile>& files) {
    Paths paths;
    for (const SourceFile& file : files) paths.insert(file.path);
    return paths;
}

// The enumerators of `enum class Source` as file names (WebForm -> web_form); System is not a source.
std::vector<std::string> sources_in(std::string_view text) {
    const std::string code = code_only(text);
    std::smatch list;
    if (!std::regex_search(code, list, std::regex(R"(enum class Source\b[^{]*\{([^}]*)\})"))) return {};
    const std::string names = list[1].str();
    std::vector<std::string> sources;
    static const std::regex kName(R"([A-Za-z]\w*)");
    for (auto at = std::sregex_iterator(names.begin(), names.end(), kName); at != std::sregex_iterator(); ++at) {
        std::string snake;
        for (const char c : at->str()) {
            if (std::isupper(static_cast<unsigned char>(c)) != 0 && !snake.empty()) snake += '_';
            snake += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        if (snake != "system") sources.push_back(snake);
    }
    return sources;
}

// web_form -> WebForm.
std::string pascal(std::string_view snake) {
    std::string name;
    bool upper = true;
    for (const char c : snake) {
        if (c != '_') name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = c == '_';
    }
    return name;
}

Offences check_sources(const std::vector<std::string>& sources, const Paths& paths) {
    Offences offences;
    const auto has_below = [&](const std::string& folder) {
        const auto at = paths.lower_bound(folder);
        return at != paths.end() && at->starts_with(folder);
    };
    const bool has_web = has_below("web/src/components/sources/");
    for (const std::string& source : sources) {
        std::vector<std::string> wanted{"src/sources/" + source + ".cpp", "tests/sources/" + source + "_test.cpp",
                                        "docs/sources/" + source + ".md"};
        if (has_web) wanted.push_back("web/src/components/sources/" + pascal(source) + ".tsx");
        for (const std::string& path : wanted)
            if (!paths.contains(path)) offences.push_back({path, 0, "the source " + source + " lacks this file"});
    }
    return offences;
}

bool may_make_scopes(std::string_view path) {
    return path == "src/main.cpp" || path.starts_with("src/store/") || path.starts_with("src/cli/") ||
           path.starts_with("src/api/credentials") ||
           path == "src/crm/account.cpp" /* an account is bound to its workspace */ ||
           path == "src/work/automations.cpp" /* follows a whole tenant through its workspaces */ || path.starts_with("tests/") ||
           path.starts_with("bench/") || file_stem(path).find("recovery") != std::string_view::npos;
}

Offences check_scope_makers(const std::vector<SourceFile>& files) {
    constexpr std::string_view kMaker = "ScopeMaker";
    Offences offences;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path) || may_make_scopes(file.path)) continue;
        const std::string code = code_only(file.text);
        for (std::size_t at = code.find(kMaker); at != std::string::npos; at = code.find(kMaker, at + 1))
            offences.push_back({file.path, line_of(code, at), "only authentication, the command line and recovery may name a tenant"});
    }
    return offences;
}

// The first line of a file says what it is; a source whose header of the same name says it begins with that header.
Offences check_first_lines(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files) {
        const std::string own_header = std::string(file_stem(file.path)) + ".hpp\"";
        const std::string first = file.text.substr(0, file.text.find('\n'));
        const bool says = first.starts_with("// ") || (first.starts_with("#include \"") && first.ends_with("/" + own_header));
        if (is_cpp(file.path) && !says) offences.push_back({file.path, 1, "the first line does not say what this file is"});
    }
    return offences;
}

TEST(Sources, EachHasItsFileItsTestItsPageAndItsTab) {
    const auto names = std::ranges::find(tree(), "src/deal/names.hpp", &SourceFile::path);
    ASSERT_NE(names, tree().end());
    const std::vector<std::string> sources = sources_in(names->text);
    EXPECT_EQ(sources.size(), 7U);
    const Offences offences = check_sources(sources, paths_of(tree()));
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Scopes, OnlyTheNamedPlacesMayNameATenant) {
    const Offences offences = check_scope_makers(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(FirstLines, EveryFileSaysWhatItIs) {
    const Offences offences = check_first_lines(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(SourcesSelfTest, AMissingPieceIsSeen) {
    EXPECT_EQ(sources_in("enum class Source : int { Manual, WebForm, System }; // Fax"), (std::vector<std::string>{"manual", "web_form"}));
    const Paths paths{"src/sources/fax.cpp", "tests/sources/fax_test.cpp", "docs/sources/fax.md"};
    EXPECT_TRUE(check_sources({"fax"}, paths).empty());
    EXPECT_EQ(check_sources({"web_form"}, paths).size(), 3U);
    Paths with_web = paths;
    with_web.insert("web/src/components/sources/all.ts");
    ASSERT_EQ(check_sources({"fax"}, with_web).size(), 1U);
    with_web.insert("web/src/components/sources/Fax.tsx");
    EXPECT_TRUE(check_sources({"fax"}, with_web).empty());
}

TEST(SourcesSelfTest, AScopeMadeElsewhereIsSeen) {
    EXPECT_EQ(check_scope_makers({{"src/pipeline/a.cpp", "\nauto s = ScopeMaker::make(1, 1);\n"}}).size(), 1U);
    EXPECT_TRUE(check_scope_makers({{"src/api/credentials.cpp", "ScopeMaker::make(1, 1);"}, {"src/api/a.cpp", "// ScopeMaker\n"}}).empty());
    EXPECT_EQ(check_first_lines({{"src/a.cpp", "#include <string>\n"}, {"src/x/b.cpp", "#include \"x/a.hpp\"\n"}}).size(), 2U);
    EXPECT_TRUE(check_first_lines({{"src/x/a.cpp", "#include \"x/a.hpp\"\n"}, {"src/b.hpp", "// What b is.\n"}}).empty());
}

} // namespace
} // namespace style

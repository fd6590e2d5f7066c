// Names that say nothing, and marks that say "later". A drawer collects whatever has no better place.
#include "code.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace style {
namespace {

bool is_drawer(std::string_view word) {
    static const std::set<std::string, std::less<>> kDrawers{"util",    "utils",  "utility", "utilities", "helper",
                                                             "helpers", "common", "manager", "managers",  "misc",
                                                             "base",    "impl",   "service", "services"};
    std::string lower(word);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return kDrawers.contains(lower);
}

// "DealStoreImpl", "deal_store_impl" and "deal-store-impl" -> deal, store, impl.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char c = name[at];
        const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
        const bool after_lower = at > 0 && std::islower(static_cast<unsigned char>(name[at - 1])) != 0;
        if ((upper && after_lower) || !is_word(c) || c == '_') words.emplace_back();
        if (is_word(c) && c != '_') words.back() += c;
    }
    return words;
}

bool names_a_drawer(std::string_view name) {
    return std::ranges::any_of(words_of(name), [](const std::string& word) { return is_drawer(word); });
}

Offences check_drawers(const std::vector<SourceFile>& files) {
    static const std::regex kType(
        R"(\b(?:class|struct|enum class|enum|union|using|namespace|interface)\s+(?:\[\[\w+\]\]\s*)?([A-Za-z_]\w*))");
    Offences offences;
    for (const SourceFile& file : files) {
        const bool code = is_cpp(file.path) || ends_with_any(file.path, {".ts", ".tsx", ".py", ".mjs"});
        if (!code) continue;
        if (names_a_drawer(file_stem(file.path))) offences.push_back({file.path, 0, "the file's name is a drawer's"});
        const std::string text = code_only(file.text);
        for (auto at = std::sregex_iterator(text.begin(), text.end(), kType); at != std::sregex_iterator(); ++at)
            if (names_a_drawer((*at)[1].str()))
                offences.push_back({file.path, line_of(text, static_cast<std::size_t>(at->position(1))),
                                    "the type's name is a drawer's: " + (*at)[1].str()});
    }
    return offences;
}

// A mark needs what it is about and a sentence of why: NOLINT(check-name): because of this and that.
Offences check_marks(const std::vector<SourceFile>& files) {
    static const std::regex kMark("(TO"
                                  "DO|FIX"
                                  "ME|NO"
                                  "LINT(?:NEXTLINE|BEGIN|END)?)\\b");
    static const std::regex kReason(R"(^\([^)]+\): *\S+ \S+ \S+)");
    Offences offences;
    for (const SourceFile& file : files) {
        if (file.path.ends_with(".md")) continue;
        for (auto at = std::sregex_iterator(file.text.begin(), file.text.end(), kMark); at != std::sregex_iterator(); ++at) {
            const std::size_t end = static_cast<std::size_t>(at->position() + at->length());
            const std::string after = file.text.substr(end, 120);
            if (std::regex_search(after, kReason)) continue;
            offences.push_back({file.path, line_of(file.text, end), at->str() + " without \"(about): reason\""});
        }
    }
    return offences;
}

// Words that have no place in the project: where one person's machine keeps its files, and what was used to write it.
// They are written in halves so that this file does not hold them.
const std::regex& forbidden() {
    static const std::regex kForbidden("(?:^|[^\\w./-])/(?:wo"
                                       "rk|ro"
                                       "ot|fa"
                                       "rm|ho"
                                       "me)/[\\w.-]"
                                       "|cla"
                                       "ude|copi"
                                       "lot|sub"
                                       "agent|chat"
                                       "gpt|a\\.?i\\.? assis"
                                       "tant"
                                       "|\\.lib"
                                       "rary/",
                                       std::regex::icase);
    return kForbidden;
}

Offences check_words(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files)
        for (auto at = std::sregex_iterator(file.text.begin(), file.text.end(), forbidden()); at != std::sregex_iterator(); ++at)
            offences.push_back(
                {file.path, line_of(file.text, static_cast<std::size_t>(at->position())), "does not belong here: " + at->str()});
    return offences;
}

TEST(Names, NoFileOrTypeIsADrawer) {
    const Offences offences = check_drawers(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Names, AMarkForLaterHasItsReason) {
    const Offences offences = check_marks(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Names, NoWordOfTheForbiddenListIsInTheTree) {
    const Offences offences = check_words(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(NamesSelfTest, ADrawerIsSeen) {
    EXPECT_EQ(check_drawers({{"src/deal/string_util.cpp", ""}}).size(), 1U);
    EXPECT_EQ(check_drawers({{"web/src/dealHelpers.ts", ""}}).size(), 1U);
    EXPECT_EQ(check_drawers({{"src/deal/a.hpp", "\nclass DealManager final {};\nstruct StoreImpl;\n"}}).size(), 2U);
    EXPECT_TRUE(check_drawers({{"src/store/database.cpp", "struct Database {}; // no Manager in here\n"}}).empty());
}

TEST(NamesSelfTest, AMarkWithoutReasonIsSeen) {
    const std::string mark = "NO"
                             "LINT";
    EXPECT_EQ(check_marks({{"a.cpp", "int a; // " + mark + "\n"}}).size(), 1U);
    EXPECT_EQ(check_marks({{"a.cpp", "// TO"
                                     "DO: later\n"}})
                  .size(),
              1U);
    EXPECT_TRUE(check_marks({{"a.cpp", "// " + mark + "(performance-x): the copy is needed because it crosses threads\n"}}).empty());
}

TEST(NamesSelfTest, AMachinesPathIsSeenAndARoomIsNot) {
    const std::string path = "/wo"
                             "rk/main";
    EXPECT_EQ(check_words({{"README.md", "cd " + path + "\n"}}).size(), 1U);
    EXPECT_EQ(check_words({{"README.md", path + "\n"}}).size(), 1U);
    EXPECT_TRUE(check_words({{"README.md", "see src/wo"
                                           "rk/queue.cpp and ../wo"
                                           "rk/x\n"}})
                    .empty());
}

} // namespace
} // namespace style

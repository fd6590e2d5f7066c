// Coroutine forms that a common compiler (g++ 12.2) compiles silently and wrongly. They are kept out of the tree although
// the project builds with clang, so that a package built elsewhere is not a trap. One co_await a statement, arguments named.
#include "code.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace style {
namespace {

constexpr std::string_view kAwait = "co_await";

// From the first co_await of a statement to the statement's end: its ';', or the ')' of the condition around it.
std::string awaited(std::string_view code, std::size_t at) {
    int depth = 0;
    const std::size_t from = at;
    for (; at < code.size(); ++at) {
        const char c = code[at];
        if (c == '(' || c == '{' || c == '[') ++depth;
        if (c == ')' || c == '}' || c == ']') --depth;
        if (depth < 0 || (depth == 0 && c == ';')) break;
    }
    return std::string(code.substr(from, at - from));
}

// From the last ';', '{' or '}' to the co_await: what the statement begins with. `opener` is that character.
std::string before(std::string_view code, std::size_t at, std::size_t& opener) {
    opener = code.substr(0, at).find_last_of(";{}");
    const std::size_t from = opener == std::string_view::npos ? 0 : opener + 1;
    return std::string(code.substr(from, at - from));
}

// True when the '{' at `at` opens a braced value and not a block: a name or an '=' stands before it.
bool opens_a_value(std::string_view code, std::size_t at) {
    static const std::regex kBlock(R"((\)|\belse|\bdo|\btry|\bconst|\bnoexcept|\boverride|\bmutable|>|\bcase [^:]*:|[;{}:])$)");
    const std::string_view left = code.substr(0, at);
    const std::size_t last = left.find_last_not_of(" \t\n");
    if (last == std::string_view::npos) return false;
    const std::string word(left.substr(last > 40 ? last - 40 : 0, last + 1 - (last > 40 ? last - 40 : 0)));
    return !std::regex_search(word, kBlock);
}

std::string what_is_wrong(std::string_view code, std::size_t at) {
    static const std::regex kCondition(R"((^|\W)(if|switch)\s*(constexpr\s*)?\([^;]*$)");
    const std::string rest = awaited(code, at);
    std::size_t opener = 0;
    const std::string start = before(code, at, opener);
    if (start.find(kAwait) != std::string::npos || rest.find(kAwait, 1) != std::string::npos)
        return "more than one co_await in a statement";
    if (std::regex_search(start, kCondition)) return "co_await in the condition of an if or switch";
    if (start.find('?') != std::string::npos || rest.find('?') != std::string::npos) return "co_await beside a ternary";
    if (rest.find('{') != std::string::npos) return "a braced value or a lambda in an awaited expression: name it first";
    if (rest.find('[') != std::string::npos) return "a bracket (a lambda?) in an awaited expression: name it first";
    if (opener != std::string::npos && code[opener] == '{' && opens_a_value(code, opener)) return "a braced value built from a co_await";
    return {};
}

Offences check_coroutines(const std::vector<SourceFile>& files) {
    static const std::regex kReturn(R"(\bco_return\s*\{)");
    Offences offences;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path)) continue;
        const std::string code = without_preprocessor(code_only(file.text));
        for (std::size_t at = code.find(kAwait); at != std::string::npos; at = code.find(kAwait, at + 1)) {
            const std::string wrong = what_is_wrong(code, at);
            if (!wrong.empty()) offences.push_back({file.path, line_of(code, at), wrong});
        }
        for (auto at = std::sregex_iterator(code.begin(), code.end(), kReturn); at != std::sregex_iterator(); ++at)
            offences.push_back(
                {file.path, line_of(code, static_cast<std::size_t>(at->position())), "co_return of a braced list: name it first"});
    }
    return offences;
}

// Coroutines move bytes at the network's edge; everything else is plain functions.
Offences check_rooms(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files) {
        const std::string_view room = room_of(file.path);
        if (!file.path.starts_with("src/") || !is_cpp(file.path) || room == "http" || room == "outside") continue;
        const std::string code = code_only(file.text);
        const std::size_t at = code.find(kAwait);
        if (at != std::string::npos) offences.push_back({file.path, line_of(code, at), "a coroutine outside the network's edge"});
    }
    return offences;
}

TEST(Coroutines, NoFormThatIsKnownToBeMiscompiledIsUsed) {
    const Offences offences = check_coroutines(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Coroutines, OnlyTheNetworksEdgeAwaits) {
    const Offences offences = check_rooms(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

bool is_seen(const std::string& statement) { return !check_coroutines({{"a.cpp", "void f() {\n" + statement + "\n}\n"}}).empty(); }

TEST(CoroutinesSelfTest, EveryBadFormIsSeen) {
    EXPECT_TRUE(is_seen("if (co_await yes()) g();"));
    EXPECT_TRUE(is_seen("if (x && co_await yes()) g();"));
    EXPECT_TRUE(is_seen("switch (co_await n()) { case 1: break; }"));
    EXPECT_TRUE(is_seen("auto x = b ? co_await f() : y;"));
    EXPECT_TRUE(is_seen("co_await f(b ? T() : U());"));
    EXPECT_TRUE(is_seen("co_await f(Agg{T(), 1});"));
    EXPECT_TRUE(is_seen("co_await f({a, b});"));
    EXPECT_TRUE(is_seen("Agg a{co_await f(), 1};"));
    EXPECT_TRUE(is_seen("co_await [t]() -> awaitable<> { co_return; }();"));
    EXPECT_TRUE(is_seen("auto x = co_await f(co_await g());"));
    EXPECT_TRUE(is_seen("co_return {a, b};"));
}

TEST(CoroutinesSelfTest, PlainFormsPass) {
    EXPECT_FALSE(is_seen("const auto n = co_await read(socket, buffer);\nif (n == 0) co_return;"));
    EXPECT_FALSE(is_seen("while (co_await next()) { g(); }"));
    EXPECT_FALSE(is_seen("for (;;) { co_await write(socket, text); }"));
    EXPECT_FALSE(is_seen("if (late) {\n  co_await close(socket);\n} else {\n  co_await send(socket, answer);\n}"));
    EXPECT_FALSE(is_seen("// if (co_await yes())\nlog(\"co_await f({a})\");"));
    EXPECT_EQ(check_rooms({{"src/pipeline/a.cpp", "co_await f();"}}).size(), 1U);
    EXPECT_TRUE(check_rooms({{"src/http/a.cpp", "co_await f();"}}).empty());
}

} // namespace
} // namespace style

// Long files and long functions hide what they do. The limits are STYLE's: 400 lines a file, 60 lines a function.
#include "code.hpp"
#include "tree.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace style {
namespace {

constexpr std::size_t kFileLinesMax = 400;
constexpr std::string_view kMadeByTheBuild = "/api/schema.d.ts"; // of api/openapi.yaml, by packaging/web; in no commit
constexpr std::size_t kFunctionLinesMax = 60;

struct Function {
    std::string head; // what stands before its brace, on one line
    std::size_t first_line = 0;
    std::size_t last_line = 0;
};

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\n");
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(" \t\n") - from + 1));
}

// What a brace opens, told by the text before it.
enum class Opens { Scope, Function, Other };
Opens what_opens(const std::string& head) {
    static const std::regex kScope(
        R"(^((public|private|protected)\s*:\s*|template\s*<[^{]*>\s*|export\s|inline\s)*(namespace|class|struct|enum|union|extern)\b)");
    static const std::regex kInitialiser(R"((=|\breturn|,|\(|\[[^\]]*\][^;]*)$|=\s*[\w:<>, *&]+$|=\s*\[)");
    if (std::regex_search(head, kScope)) return Opens::Scope;
    if (head.find('(') == std::string::npos || std::regex_search(head, kInitialiser)) return Opens::Other;
    return Opens::Function;
}

// The functions of a C++ file, good enough for code that clang-format has laid out: the outermost braces that are neither
// a namespace, a type nor an initialiser.
std::vector<Function> functions_of(const SourceFile& file) {
    const std::string code = without_preprocessor(code_only(file.text));
    std::vector<Function> found;
    std::vector<Opens> open;
    std::size_t head_from = 0;
    const auto inside_scopes_only = [&] { return std::ranges::all_of(open, [](Opens opens) { return opens == Opens::Scope; }); };
    for (std::size_t at = 0; at < code.size(); ++at) {
        const char c = code[at];
        if (c == '{') {
            const std::string head = trimmed(std::string_view(code).substr(head_from, at - head_from));
            const Opens opens = inside_scopes_only() ? what_opens(head) : Opens::Other;
            if (opens == Opens::Function) found.push_back({head, line_of(code, code.find_first_not_of(" \t\n", head_from)), 0});
            open.push_back(opens);
        } else if (c == '}' && !open.empty()) {
            if (open.back() == Opens::Function) found.back().last_line = line_of(code, at);
            open.pop_back();
        }
        if (c == '{' || c == '}' || c == ';') head_from = at + 1;
    }
    return found;
}

Offences check_functions(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files) {
        if (!is_cpp(file.path)) continue;
        for (const Function& function : functions_of(file)) {
            const std::size_t lines = function.last_line + 1 - function.first_line;
            if (function.last_line == 0 || lines <= kFunctionLinesMax) continue;
            const std::string head = std::regex_replace(function.head, std::regex(R"(\s+)"), " ").substr(0, 80);
            offences.push_back({file.path, function.first_line, std::to_string(lines) + " lines: " + head});
        }
    }
    return offences;
}

Offences check_files(const std::vector<SourceFile>& files) {
    Offences offences;
    for (const SourceFile& file : files) {
        const bool code = ends_with_any(file.path, {".cpp", ".hpp", ".ts", ".tsx", ".mjs", ".js", ".py", ".sh", ".css"}) ||
                          file_name(file.path).find('.') == std::string_view::npos;
        const auto lines = static_cast<std::size_t>(std::ranges::count(file.text, '\n'));
        if (code && lines > kFileLinesMax && !file.path.ends_with(kMadeByTheBuild)) offences.push_back({file.path, 0, std::to_string(lines) + " lines"});
    }
    return offences;
}

TEST(Length, NoFileIsLongerThanFourHundredLines) {
    const Offences offences = check_files(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

TEST(Length, NoFunctionIsLongerThanSixtyLines) {
    const Offences offences = check_functions(tree());
    EXPECT_TRUE(offences.empty()) << report(offences);
}

std::string lines(std::size_t count, const std::string& line) {
    std::string text;
    for (std::size_t at = 0; at < count; ++at) text += line + "\n";
    return text;
}

TEST(LengthSelfTest, AFileOfFourHundredAndOneLinesIsSeen) {
    EXPECT_TRUE(check_files({{"src/a.cpp", lines(400, "int x;")}}).empty());
    EXPECT_EQ(check_files({{"web/src/a.tsx", lines(401, "x;")}}).size(), 1U);
    EXPECT_TRUE(check_files({{"api/openapi.yaml", lines(4000, "x: 1")}}).empty());
}

TEST(LengthSelfTest, AFunctionOfSixtyOneLinesIsSeenWhereverItStands) {
    const std::string shortest = "int f() {\n" + lines(58, "    g(\"{\");") + "}\n";
    const std::string longer = "int f(int a,\n      char b) const\n{\n" + lines(58, "    if (a) { g('}'); }") + "}\n";
    EXPECT_TRUE(check_functions({{"a.cpp", shortest}}).empty());
    const Offences offences = check_functions({{"a.cpp", "namespace n {\nstruct S {\n    int a = 0;\n" + longer + "};\n}\n"}});
    ASSERT_EQ(offences.size(), 1U);
    EXPECT_EQ(offences.at(0).line, 4U);
    EXPECT_EQ(check_functions({{"a.cpp", "S::S(int a) : a_{a}, b_(R\"({{{)\") {\n" + lines(60, "    g(1'000);") + "}\n"}}).size(), 1U);
    EXPECT_EQ(check_functions({{"a.cpp", "struct alignas(64) S {\n  private:\n    struct T {\n" + longer + "};\n};\n"}}).size(), 1U);
    EXPECT_EQ(check_functions({{"a.cpp", "TEST(A, B) {\n" + lines(60, "    g(); // }") + "}\n"}}).size(), 1U);
}

TEST(LengthSelfTest, ATableIsNoFunction) {
    EXPECT_TRUE(check_functions({{"a.cpp", "const std::array<S, 70> kTable = {\n" + lines(70, "    S{f(1), \"x\"},") + "};\n"}}).empty());
    EXPECT_TRUE(
        check_functions({{"a.cpp", "constexpr auto kTable = std::to_array<S>({\n" + lines(70, "    {1, \"x\"},") + "});\n"}}).empty());
}

} // namespace
} // namespace style

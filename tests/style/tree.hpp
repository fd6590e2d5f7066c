// The project's own files as the style checks read them. Used by tests/style only.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace style {

struct SourceFile {
    std::string path; // from the project's root, with forward slashes
    std::string text;
};

// One broken rule, shown as "path:line: what".
struct Offence {
    std::string path;
    std::size_t line = 0; // from 1; 0 when it is about the whole file
    std::string what;
};
using Offences = std::vector<Offence>;

[[nodiscard]] inline std::string report(const Offences& offences) {
    std::string out;
    for (const Offence& offence : offences) out += "\n  " + offence.path + ":" + std::to_string(offence.line) + ": " + offence.what;
    return out;
}

[[nodiscard]] inline std::size_t line_of(std::string_view text, std::size_t at) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// "src/deal/money.hpp" -> "money.hpp" -> "money"; the stem ends at the first dot.
[[nodiscard]] inline std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }
[[nodiscard]] inline std::string_view file_stem(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.substr(0, name.find('.'));
}

// "src/deal/money.hpp" -> "deal"; empty for files that stand in src/ itself or elsewhere.
[[nodiscard]] inline std::string_view room_of(std::string_view path) {
    if (!path.starts_with("src/")) return {};
    const std::string_view below = path.substr(4);
    const std::size_t slash = below.find('/');
    return slash == std::string_view::npos ? std::string_view{} : below.substr(0, slash);
}

[[nodiscard]] inline bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> endings) {
    return std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
}

[[nodiscard]] inline bool is_cpp(std::string_view path) { return ends_with_any(path, {".cpp", ".hpp"}); }
[[nodiscard]] inline bool is_header(std::string_view path) { return path.ends_with(".hpp"); }

// Folders that are not written by hand, or are not ours to change: build outputs, packages, recorded payloads.
[[nodiscard]] inline bool is_left_out(std::string_view folder_name) {
    for (const std::string_view left_out : {"build", "data", "node_modules", ".git", "fixtures", "dist", ".cache"})
        if (folder_name == left_out) return true;
    return folder_name.starts_with("__");
}

// Every text file of the project, sorted by path.
[[nodiscard]] inline std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    std::vector<SourceFile> files;
    for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
        const std::string name = at->path().filename().string();
        if (at->is_directory() && is_left_out(name)) at.disable_recursion_pending();
        if (!at->is_regular_file() || name == ".git" || name == "package-lock.json" || name == "LICENSE") continue;
        std::ifstream in(at->path(), std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        if (text.find('\0') != std::string::npos) continue; // not text
        files.push_back({fs::relative(at->path(), root).generic_string(), std::move(text)});
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

// The tree, read once.
[[nodiscard]] inline const std::vector<SourceFile>& tree() {
    static const std::vector<SourceFile> files = read_tree(TRIBUTARY_SOURCE_DIR);
    return files;
}

} // namespace style

// Reads "--name value" pairs of the benchmark programs. Used by bench/ only.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace tributary::bench {

[[noreturn]] inline void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

class Arguments {
  public:
    Arguments(int count, char** values) {
        for (int at = 1; at < count; at += 2) {
            const std::string_view name = values[at];
            if (!name.starts_with("--") || at + 1 == count) fail("expected --name value, got " + std::string(name));
            values_.insert_or_assign(std::string(name.substr(2)), values[at + 1]);
        }
    }

    [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise = {}) const {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : found->second;
    }
    [[nodiscard]] long number(const std::string& name, long otherwise) const {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : std::strtol(found->second.c_str(), nullptr, 10);
    }

  private:
    std::map<std::string, std::string> values_;
};

} // namespace tributary::bench

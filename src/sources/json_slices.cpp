// Cuts JSON into slices; see json_slices.hpp.
#include "sources/json_slices.hpp"

#include <string>

namespace tributary {
namespace {

constexpr std::string_view kJsonBlanks = " \t\r\n";

class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    void skip_blanks() {
        const std::size_t next = text_.find_first_not_of(kJsonBlanks, at_);
        at_ = next == std::string_view::npos ? text_.size() : next;
    }
    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
    [[nodiscard]] std::size_t at() const { return at_; }

    bool take(char wanted) {
        skip_blanks();
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    // The next value as written; empty when there is none or it never ends.
    std::string_view take_value() {
        skip_blanks();
        const std::size_t start = at_;
        if (peek() == '"') return skip_string() ? text_.substr(start, at_ - start) : std::string_view{};
        if (peek() == '{' || peek() == '[') return skip_nest() ? text_.substr(start, at_ - start) : std::string_view{};
        const std::size_t end = text_.find_first_of(",:]} \t\r\n", at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
        return text_.substr(start, at_ - start);
    }

  private:
    bool skip_string() {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '"')
                return ++at_, true;
        }
        at_ = text_.size();
        return false;
    }

    // Counts brackets of both kinds together: a wrong pair makes a slice that the parser then refuses.
    bool skip_nest() {
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const std::size_t next = text_.find_first_of("\"{}[]", at_);
            if (next == std::string_view::npos) break;
            at_ = next;
            if (text_[at_] == '"') {
                if (!skip_string()) return false;
                continue;
            }
            const bool opens = text_[at_] == '{' || text_[at_] == '[';
            ++at_;
            depth = opens ? depth + 1 : depth - 1;
            if (depth == 0) return true;
        }
        at_ = text_.size();
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::unexpected<Refusal> broken(const Cursor& cursor) {
    return refuse(Reason::Invalid, "invalid_json", "The body is not valid JSON near byte " + std::to_string(cursor.at()) + ".");
}

std::unexpected<Refusal> too_many(std::size_t count_max) {
    return refuse(Reason::TooLarge, "too_many_rows",
                  "The body holds more than " + std::to_string(count_max) + " records; send it in parts.");
}

} // namespace

Result<std::vector<std::string_view>> json_elements(std::string_view text, std::size_t count_max) {
    Cursor cursor(text);
    std::vector<std::string_view> elements;
    if (!cursor.take('[')) return broken(cursor);
    if (!cursor.take(']')) {
        for (;;) {
            const std::string_view value = cursor.take_value();
            if (value.empty()) return broken(cursor);
            if (elements.size() == count_max) return too_many(count_max);
            elements.push_back(value);
            if (cursor.take(']')) break;
            if (!cursor.take(',')) return broken(cursor);
        }
    }
    cursor.skip_blanks();
    if (!cursor.at_end()) return broken(cursor);
    return elements;
}

Result<std::vector<JsonMember>> json_members(std::string_view text, std::size_t count_max) {
    Cursor cursor(text);
    std::vector<JsonMember> members;
    if (!cursor.take('{')) return broken(cursor);
    if (!cursor.take('}')) {
        for (;;) {
            const std::string_view key = cursor.take_value();
            if (!key.starts_with('"') || !cursor.take(':')) return broken(cursor);
            const std::string_view value = cursor.take_value();
            if (value.empty()) return broken(cursor);
            if (members.size() == count_max) return too_many(count_max);
            members.push_back({key, value});
            if (cursor.take('}')) break;
            if (!cursor.take(',')) return broken(cursor);
        }
    }
    cursor.skip_blanks();
    if (!cursor.at_end()) return broken(cursor);
    return members;
}

} // namespace tributary

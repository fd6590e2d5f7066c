// Strict JSON reading over the grammar of Boost.JSON. Its own parser lets infinities and duplicate keys pass and reads
// 17-digit numbers one step off; this one does not. Any thread may call.
#include "deal/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace tributary {
namespace {

namespace json = boost::json;
using Code = json::error_code;
using Text = json::string_view;

// Up to this size the parser's memory is kept from one text to the next; larger texts take their own and give it back.
constexpr std::size_t kKeptParserBytesMax = std::size_t{64} * 1024;

// Told by the grammar what it meets; builds the value.
class Builder {
  public:
    static constexpr std::size_t max_object_size = kJsonMembersMax;
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = kJsonStringBytesMax;
    static constexpr std::size_t max_string_size = kJsonStringBytesMax;

    void begin(bool find_duplicate) {
        stack_.reset({});
        number_.clear();
        members_ = 0;
        find_duplicate_ = find_duplicate;
        objects_.clear();
        key_.clear();
        duplicate_.reset();
    }
    json::value take() { return stack_.release(); }
    void forget() { stack_.reset({}); }
    [[nodiscard]] std::size_t members() const { return members_; }
    [[nodiscard]] const std::optional<std::string>& duplicate() const { return duplicate_; }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) {
        if (find_duplicate_) objects_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t size, Code&) {
        members_ += size;
        if (find_duplicate_) objects_.pop_back();
        stack_.push_object(size);
        return true;
    }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t size, Code&) {
        stack_.push_array(size);
        return true;
    }
    bool on_key_part(Text part, std::size_t, Code&) {
        if (find_duplicate_) key_.append(part.data(), part.size());
        stack_.push_chars(part);
        return true;
    }
    bool on_key(Text part, std::size_t, Code& failed) {
        stack_.push_key(part);
        return !find_duplicate_ || key_is_new(part, failed);
    }
    bool on_string_part(Text part, std::size_t, Code&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(Text part, std::size_t, Code&) {
        stack_.push_string(part);
        return true;
    }
    bool on_number_part(Text part, Code&) {
        number_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t number, Text, Code&) {
        number_.clear();
        stack_.push_int64(number);
        return true;
    }
    bool on_uint64(std::uint64_t number, Text, Code&) {
        number_.clear();
        stack_.push_uint64(number);
        return true;
    }
    bool on_double(double approximate, Text part, Code& failed) {
        number_.append(part.data(), part.size());
        double number = 0;
        const auto read = std::from_chars(number_.data(), number_.data() + number_.size(), number);
        // Too small for a double is zero; too large is refused.
        if (read.ec == std::errc::result_out_of_range) number = std::abs(approximate) < 1.0 ? std::copysign(0.0, approximate) : INFINITY;
        number_.clear();
        if (!std::isfinite(number)) {
            failed = json::error::exponent_overflow;
            return false;
        }
        stack_.push_double(number);
        return true;
    }
    bool on_bool(bool truth, Code&) {
        stack_.push_bool(truth);
        return true;
    }
    bool on_null(Code&) {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(Text, Code&) { return true; }
    bool on_comment(Text, Code&) { return true; }

  private:
    bool key_is_new(Text part, Code& failed) {
        key_.append(part.data(), part.size());
        const bool is_new = objects_.back().insert(key_).second;
        if (!is_new && !duplicate_) duplicate_ = key_;
        key_.clear();
        if (!is_new) failed = json::error::input_error; // read by nobody: duplicate() tells
        return is_new;
    }

    json::value_stack stack_;
    std::string number_;
    std::size_t members_ = 0;
    bool find_duplicate_ = false;
    std::vector<std::unordered_set<std::string>> objects_;
    std::string key_;
    std::optional<std::string> duplicate_;
};

json::parse_options strict_options() {
    json::parse_options options;
    options.max_depth = kJsonDepthMax;
    return options;
}

using Parser = json::basic_parser<Builder>;

// " (line 3, column 14)", the column in characters.
std::string place(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const std::size_t newline = before.rfind('\n');
    std::size_t line = 1;
    for (const char letter : before) line += letter == '\n' ? 1 : 0;
    std::size_t column = 1;
    for (const char letter : before.substr(newline == std::string_view::npos ? 0 : newline + 1)) {
        column += (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U ? 0 : 1;
    }
    return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

std::unexpected<Refusal> refuse_json(std::string_view code, std::string_view sentence, std::string_view text, std::size_t at) {
    return refuse(Reason::Invalid, code, std::string(sentence) + place(text, at) + ".");
}

std::unexpected<Refusal> refuse_text(Code failed, std::string_view text, std::size_t at) {
    if (failed == json::error::too_deep) return refuse_json("too_deep", "The JSON is nested too deeply", text, at);
    if (failed == json::error::exponent_overflow)
        return refuse_json("number_out_of_range", "The JSON has a number that is too large", text, at);
    if (failed == json::error::string_too_large || failed == json::error::key_too_large) {
        return refuse_json("string_too_long", "The JSON has a string that is too long", text, at);
    }
    if (failed == json::error::object_too_large)
        return refuse_json("too_many_members", "The JSON has an object with too many members", text, at);
    if (failed == json::error::incomplete) return refuse_json("invalid_json", "The JSON ends too early", text, at);
    if (failed == json::error::extra_data) return refuse_json("invalid_json", "There is more after the end of the JSON", text, at);
    return refuse_json("invalid_json", "The text is not valid JSON", text, at);
}

// Runs the grammar over the whole text. On failure `at` is where it stopped.
Code run_parser(Parser& parser, std::string_view text, bool find_duplicate, std::size_t& at) {
    Code failed;
    parser.reset();
    parser.handler().begin(find_duplicate);
    at = parser.write_some(false, text.data(), text.size(), failed);
    if (!failed && at < text.size()) failed = json::error::extra_data;
    if (failed) parser.handler().forget();
    return failed;
}

std::size_t count_members(const json::value& value) {
    std::size_t count = 0;
    if (const auto* object = value.if_object()) {
        count = object->size();
        for (const auto& member : *object) {
            if (member.value().is_structured()) count += count_members(member.value());
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& each : *array) {
            if (each.is_structured()) count += count_members(each);
        }
    }
    return count;
}

struct Reading {
    ParsedJson parsed;
    std::size_t duplicate_at = 0;
};

// Looking for duplicates as keys come in would cost every good text; fewer members than keys shows them for next to
// nothing, and only then a second reading finds which.
Result<Reading> read_json(Parser& parser, std::string_view text) {
    Reading reading;
    std::size_t at = 0;
    if (const Code failed = run_parser(parser, text, false, at)) return refuse_text(failed, text, at);
    reading.parsed.value = parser.handler().take();
    if (count_members(reading.parsed.value) == parser.handler().members()) return reading;
    static_cast<void>(run_parser(parser, text, true, reading.duplicate_at)); // it stops at the duplicate, which is the point
    reading.parsed.has_duplicate = true;
    reading.parsed.duplicate_key = parser.handler().duplicate().value_or("");
    return reading;
}

Result<Reading> read_json(std::string_view text) {
    if (text.size() > kKeptParserBytesMax) {
        Parser parser(strict_options());
        return read_json(parser, text);
    }
    thread_local Parser parser(strict_options());
    return read_json(parser, text);
}

} // namespace

Result<json::value> parse_json(std::string_view text) {
    auto reading = read_json(text);
    if (!reading) return std::unexpected(std::move(reading.error()));
    if (reading->parsed.has_duplicate) {
        constexpr std::size_t kShownBytes = 100;
        const std::string shown = reading->parsed.duplicate_key.substr(0, kShownBytes);
        auto refusal = field_refusal(shown, "duplicate_key", "", shown);
        refusal.message = "The JSON has the same key twice in one object" + place(text, reading->duplicate_at) + ".";
        refusal.details.front().message = refusal.message;
        return std::unexpected(std::move(refusal));
    }
    return std::move(reading->parsed.value);
}

Result<ParsedJson> parse_json_noting_duplicates(std::string_view text) {
    auto reading = read_json(text);
    if (!reading) return std::unexpected(std::move(reading.error()));
    return std::move(reading->parsed);
}

} // namespace tributary

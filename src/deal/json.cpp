// Writing JSON as appended text. Reading: json_reading.cpp.
#include "deal/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace tributary {
namespace {

constexpr double kPlainNotationBelow = 1e15;
constexpr std::size_t kPlainDoubleBytes = 400; // the smallest double in plain notation has 344 characters

// Bytes that may not stand in a string as they are. 0xE2 begins U+2028 and U+2029, which JavaScript takes for line ends.
constexpr auto kNeedsLook = [] {
    std::array<bool, 256> needs{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) needs[byte] = true;
    needs['"'] = needs['\\'] = needs[0xE2] = true;
    return needs;
}();

// Whether none of eight bytes needs a look. May say no for bytes after one that does, never yes wrongly.
bool eight_are_clean(const char* bytes) {
    constexpr std::uint64_t kEach = 0x0101010101010101ULL;
    constexpr std::uint64_t kTops = 0x80 * kEach;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    const auto equals = [word](std::uint64_t byte) {
        const std::uint64_t difference = word ^ (byte * kEach);
        return (difference - kEach) & ~difference;
    };
    const std::uint64_t control = (word - 0x20 * kEach) & ~word;
    return ((control | equals('"') | equals('\\') | equals(0xE2)) & kTops) == 0;
}

// The first byte from `at` on that needs a look.
std::size_t skip_clean(std::string_view text, std::size_t at) {
    while (at + 8 <= text.size() && eight_are_clean(text.data() + at)) at += 8;
    while (at < text.size() && !kNeedsLook[static_cast<unsigned char>(text[at])]) ++at;
    return at;
}

void append_escape(std::string& out, unsigned char byte) {
    switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    out += "\\u00";
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
}

template <typename Integer>
void append_integer(std::string& out, Integer number) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    out.append(buffer, end.ptr);
}

std::string plain_double(double value) {
    char buffer[kPlainDoubleBytes];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
    return {buffer, end.ptr};
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t clean_from = 0;
    for (std::size_t at = skip_clean(text, 0); at < text.size(); at = skip_clean(text, at)) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::string_view three = text.substr(at, 3);
        const bool separates_lines = three == "\u2028" || three == "\u2029";
        if (byte == 0xE2 && !separates_lines) {
            ++at;
            continue;
        }
        out.append(text, clean_from, at - clean_from);
        if (separates_lines)
            out += three == "\u2028" ? "\\u2028" : "\\u2029";
        else
            append_escape(out, byte);
        at += separates_lines ? 3 : 1;
        clean_from = at;
    }
    out.append(text, clean_from);
    out += '"';
}

void append_json_number(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null"; // JSON has no infinities; reading lets none in
        return;
    }
    if (value == 0 && std::signbit(value)) {
        out += "-0.0"; // without its fraction it would read back as the integer 0
        return;
    }
    char buffer[kPlainDoubleBytes];
    const auto end = std::abs(value) < kPlainNotationBelow
                         ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
                         : std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    out.append(buffer, end.ptr);
}

void append_json(std::string& out, const boost::json::value& value) {
    switch (value.kind()) {
    case boost::json::kind::null: out += "null"; return;
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: append_integer(out, value.get_int64()); return;
    case boost::json::kind::uint64: append_integer(out, value.get_uint64()); return;
    case boost::json::kind::double_: append_json_number(out, value.get_double()); return;
    case boost::json::kind::string: append_json_string(out, {value.get_string().data(), value.get_string().size()}); return;
    case boost::json::kind::array: {
        out += '[';
        bool first = true;
        for (const auto& each : value.get_array()) {
            if (!std::exchange(first, false)) out += ',';
            append_json(out, each);
        }
        out += ']';
        return;
    }
    case boost::json::kind::object: {
        out += '{';
        for (const auto& member : value.get_object()) {
            append_key(out, {member.key().data(), member.key().size()});
            append_json(out, member.value());
        }
        out += '}';
        return;
    }
    }
}

bool is_scalar(const boost::json::value& value) { return !value.is_null() && !value.is_structured(); }

std::string scalar_text(const boost::json::value& value) {
    switch (value.kind()) {
    case boost::json::kind::bool_: return value.get_bool() ? "true" : "false";
    case boost::json::kind::int64: return std::to_string(value.get_int64());
    case boost::json::kind::uint64: return std::to_string(value.get_uint64());
    case boost::json::kind::double_: return plain_double(value.get_double());
    case boost::json::kind::string: return {value.get_string().data(), value.get_string().size()};
    default: return {};
    }
}

void append_key(std::string& out, std::string_view key) {
    if (out.empty() || out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
}

} // namespace tributary

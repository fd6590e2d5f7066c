// JSON in one place. Reading is strict (RFC 8259, UTF-8, no duplicate keys, no infinities, bounded depth);
// writing is appended text, numbers exact.
#pragma once
#include "deal/result.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kJsonStringBytesMax =
    std::size_t{1024} * 1024;                          // of one string or key: whole mails and files travel as strings
inline constexpr std::size_t kJsonMembersMax = 10'000; // of one object

// Refuses with code invalid_json (with line and column), duplicate_key, too_deep, number_out_of_range, string_too_long, too_many_members.
// Duplicate keys are refused at any depth. Numbers are 64-bit integers where they fit, else the nearest double; amounts of
// up to 15 significant digits come back exactly from scalar_text.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text);

// The grammar alone: duplicate keys are let pass, the last one wins, and the first that was met is named.
struct ParsedJson {
    boost::json::value value;
    std::string duplicate_key; // set only when has_duplicate
    bool has_duplicate = false;
};
[[nodiscard]] Result<ParsedJson> parse_json_noting_duplicates(std::string_view text);

// The scalar as the sender wrote it, for fields that take numbers and numbers-as-strings alike: strings as they are,
// numbers in plain notation that reads back to the same double, true/false; nullopt-like empty for null, arrays, objects.
[[nodiscard]] bool is_scalar(const boost::json::value& value);
[[nodiscard]] std::string scalar_text(const boost::json::value& value);

void append_json_string(std::string& out, std::string_view text); // with quotes; text must be UTF-8
void append_json(std::string& out, const boost::json::value& value);
void append_json_number(std::string& out, double value); // shortest exact, never an exponent form below 1e15

// Comma handling for hand-written objects: append_key(out, "name") puts ,"name": or "name": after a '{'.
void append_key(std::string& out, std::string_view key);

} // namespace tributary

// The fields of a deal that arrivals may set, in one table: their keys in JSON and CSV, and their limits.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tributary {

enum class Field : std::uint8_t {
    Name, Company, Value, Currency, Stage, Probability, ExpectedCloseDate, ContactName, ContactEmail, ContactPhone,
    Description, Owner, LostReason, CreatedAt, StageEnteredAt, ClosedAt, ValueEstimated,
};
inline constexpr std::size_t kFieldCount = 17;

[[nodiscard]] std::string_view field_key(Field field);                  // "expected_close_date"
[[nodiscard]] std::optional<Field> parse_field(std::string_view key);   // the key exactly
[[nodiscard]] std::size_t field_bytes_max(Field field);                 // the longest text it may hold, bytes of UTF-8

inline constexpr std::array<Field, kFieldCount> kFields = [] {
    std::array<Field, kFieldCount> all{};
    for (std::size_t at = 0; at < kFieldCount; ++at) all[at] = static_cast<Field>(at);
    return all;
}();

} // namespace tributary

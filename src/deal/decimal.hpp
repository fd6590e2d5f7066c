// Exact decimal text to a scaled integer, for money, rates and percentages. Nothing here passes through a float.
#pragma once
#include <cstdint>
#include <expected>
#include <string_view>

namespace tributary {

enum class DecimalFault { NotANumber, Negative, OutOfRange };

// "12.345" with digits 2 is 1235: rounded half away from zero. Optional sign, digits, optional fraction, optional exponent;
// blanks around it are let pass. Negatives are refused (minus zero is zero), and results above `max` are OutOfRange.
[[nodiscard]] std::expected<std::int64_t, DecimalFault> parse_decimal(std::string_view text, int digits, std::int64_t max);

} // namespace tributary

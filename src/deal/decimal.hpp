// Exact decimal text to a scaled integer, for money, rates and percentages. Nothing here passes through a float.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

enum class DecimalFault { NotANumber, Negative, OutOfRange };

// "12.345" with digits 2 is 1235: rounded half away from zero. Optional sign, digits, optional fraction, optional exponent;
// blanks around it are let pass. Negatives are refused (minus zero is zero), and results above `max` are OutOfRange.
[[nodiscard]] std::expected<std::int64_t, DecimalFault> parse_decimal(std::string_view text, int digits, std::int64_t max);

// The number times 10^shift, exactly, in its one shortest form: "0060.50" is "60.5", "1.2e3" is "1200", "-0" is "0"; with shift 2
// "0.6" is "60". nullopt when the text is no decimal, or its exponent lies outside -40..40.
[[nodiscard]] std::optional<std::string> shortest_decimal(std::string_view text, int shift = 0);

} // namespace tributary

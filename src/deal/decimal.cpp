// Exact decimal text to a scaled integer.
#include "deal/decimal.hpp"

#include <algorithm>
#include <cstddef>

namespace tributary {
namespace {

constexpr std::int64_t kExponentMax = 1'000'000; // beyond it only the sign of the exponent matters
constexpr std::int64_t kResultDigitsMax = 19;    // fits 64 bits without a sign

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view take_digits(std::string_view& text) {
    std::size_t size = 0;
    while (size < text.size() && is_digit(text[size])) ++size;
    const std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    return digits;
}

bool take_sign(std::string_view& text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    return negative;
}

struct Decimal {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    std::int64_t exponent = 0;

    [[nodiscard]] std::size_t size() const { return whole.size() + fraction.size(); }
    [[nodiscard]] int digit(std::size_t at) const { return (at < whole.size() ? whole[at] : fraction[at - whole.size()]) - '0'; }
};

std::expected<std::int64_t, DecimalFault> read_exponent(std::string_view text) {
    const bool negative = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty() || !text.empty()) return std::unexpected(DecimalFault::NotANumber);
    std::int64_t exponent = 0;
    for (const char digit : digits) exponent = exponent >= kExponentMax ? kExponentMax : exponent * 10 + (digit - '0');
    return negative ? -exponent : exponent;
}

std::expected<Decimal, DecimalFault> read_decimal(std::string_view text) {
    text = trimmed(text);
    Decimal decimal{.negative = take_sign(text)};
    decimal.whole = take_digits(text);
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        decimal.fraction = take_digits(text);
    }
    if (decimal.size() == 0) return std::unexpected(DecimalFault::NotANumber);
    if (text.empty()) return decimal;
    if (text.front() != 'e' && text.front() != 'E') return std::unexpected(DecimalFault::NotANumber);
    const auto exponent = read_exponent(text.substr(1));
    if (!exponent) return std::unexpected(exponent.error());
    decimal.exponent = *exponent;
    return decimal;
}

} // namespace

std::expected<std::int64_t, DecimalFault> parse_decimal(std::string_view text, int digits, std::int64_t max) {
    const auto decimal = read_decimal(text);
    if (!decimal) return std::unexpected(decimal.error());
    const std::size_t size = decimal->size();
    std::size_t at = 0;
    while (at < size && decimal->digit(at) == 0) ++at;
    if (at == size) return 0;
    if (decimal->negative) return std::unexpected(DecimalFault::Negative);

    // How many digits stand before the mark once the number is scaled by 10^digits.
    const std::int64_t kept = static_cast<std::int64_t>(decimal->whole.size()) - static_cast<std::int64_t>(at) + decimal->exponent + digits;
    if (kept > kResultDigitsMax) return std::unexpected(DecimalFault::OutOfRange);
    if (kept < 0) return 0;
    std::uint64_t result = 0;
    for (std::int64_t step = 0; step < kept; ++step, ++at)
        result = result * 10 + static_cast<std::uint64_t>(at < size ? decimal->digit(at) : 0);
    if (at < size && decimal->digit(at) >= 5) ++result;
    if (max < 0 || result > static_cast<std::uint64_t>(max)) return std::unexpected(DecimalFault::OutOfRange);
    return static_cast<std::int64_t>(result);
}

std::optional<std::string> shortest_decimal(std::string_view text, int shift) {
    constexpr std::int64_t kShownExponentMax = 40;
    const auto decimal = read_decimal(text);
    if (!decimal || decimal->exponent > kShownExponentMax || decimal->exponent < -kShownExponentMax) return std::nullopt;
    std::string digits(decimal->whole);
    digits += decimal->fraction;
    std::int64_t whole = static_cast<std::int64_t>(decimal->whole.size()) + decimal->exponent + shift;
    if (whole < 0) digits.insert(0, static_cast<std::size_t>(-whole), '0');
    whole = whole < 0 ? 0 : whole;
    const auto whole_size = static_cast<std::size_t>(whole);
    if (digits.size() < whole_size) digits.append(whole_size - digits.size(), '0');
    const std::size_t first = std::min(digits.find_first_not_of('0'), whole_size);
    const std::size_t last = digits.find_last_not_of('0');
    std::string out = decimal->negative && last != std::string::npos ? "-" : "";
    out += first < whole_size ? digits.substr(first, whole_size - first) : "0";
    if (last != std::string::npos && last >= whole_size) out.append(".").append(digits, whole_size, last + 1 - whole_size);
    return out;
}

} // namespace tributary

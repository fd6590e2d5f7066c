// Plain amounts in and out. Amounts as people write them: written_amount.cpp; codes and signs: currency.cpp.
#include "deal/money.hpp"

#include "deal/decimal.hpp"

#include <charconv>

namespace tributary {
namespace {

std::int64_t power_of_ten(int digits) {
    std::int64_t power = 1;
    for (int step = 0; step < digits; ++step) power *= 10;
    return power;
}

} // namespace

Result<std::int64_t> parse_plain_amount(std::string_view text, Currency currency) {
    const int digits = currency.minor_digits();
    const auto minor = parse_decimal(text, digits, kMoneyMajorMax * power_of_ten(digits));
    if (minor) return *minor;
    switch (minor.error()) {
    case DecimalFault::Negative:
        return std::unexpected(field_refusal("value", "negative_amount", "The amount must not be negative.", text));
    case DecimalFault::OutOfRange:
        return std::unexpected(field_refusal("value", "number_out_of_range", "The amount must not be above 1,000,000,000,000.", text));
    case DecimalFault::NotANumber: break;
    }
    return std::unexpected(field_refusal("value", "not_a_number", "The amount must be a number such as 1234.5.", text));
}

void append_amount(std::string& out, std::int64_t minor, Currency currency) {
    const int digits = currency.minor_digits();
    const std::int64_t unit = power_of_ten(digits);
    if (minor < 0) out += '-';
    // Through unsigned, so that the most negative number has an absolute value.
    const std::uint64_t absolute = minor < 0 ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
    char buffer[24];
    const auto whole = std::to_chars(buffer, buffer + sizeof buffer, absolute / static_cast<std::uint64_t>(unit));
    out.append(buffer, whole.ptr);
    std::uint64_t rest = absolute % static_cast<std::uint64_t>(unit);
    if (rest == 0) return;
    int places = digits;
    for (; rest % 10 == 0; rest /= 10) --places;
    char* const end = buffer + places;
    for (char* at = end; at != buffer; rest /= 10) *--at = static_cast<char>('0' + rest % 10);
    out += '.';
    out.append(buffer, end);
}

std::string amount_text(std::int64_t minor, Currency currency) {
    std::string out;
    append_amount(out, minor, currency);
    return out;
}

} // namespace tributary

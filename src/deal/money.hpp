// Money is an exact integer of minor units plus an ISO 4217 currency; it never passes through a float.
#pragma once
#include "deal/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// Three upper-case letters, e.g. "EUR".
struct Currency {
    std::array<char, 3> code{'U', 'S', 'D'};

    [[nodiscard]] std::string_view text() const { return {code.data(), code.size()}; }
    // Digits after the decimal mark, by ISO 4217: JPY 0, EUR 2, KWD 3.
    [[nodiscard]] int minor_digits() const;
    friend auto operator<=>(const Currency&, const Currency&) = default;
};

// Accepts an active ISO 4217 code in either case, or one of the symbols that mean one currency ("€", "£", "¥", "₹", "$" = USD).
// Refuses with unknown_currency, as a problem of the field "currency".
[[nodiscard]] Result<Currency> parse_currency(std::string_view text);

// The largest amount of major units a deal may have. Above it a number is a mistake, and sums could overflow.
inline constexpr std::int64_t kMoneyMajorMax = 1'000'000'000'000; // 10^12

// A plain decimal as JSON and programs write it: optional sign, digits, optional fraction, optional exponent.
// Rounds half away from zero to the currency's minor digits. Refuses negatives (negative_amount; minus zero is zero), amounts
// above the maximum (number_out_of_range), NaN, infinities and all else (not_a_number), as a problem of the field "value".
[[nodiscard]] Result<std::int64_t> parse_plain_amount(std::string_view text, Currency currency);

// An amount as a person writes it: "$1.2k", "1,234.56", "1.234,56", "1 234,56", "€75 000", "12.5M", "EUR 5".
// `currency` is what the text itself names, if it does. A text whose separators can be read two ways ("1.234") is
// refused with code ambiguous_number unless `decimal_mark` ('.' or ',') decides it; 0 means undecided.
struct WrittenAmount {
    std::int64_t minor = 0;
    bool named_currency = false;
    Currency currency;
};
[[nodiscard]] Result<WrittenAmount> parse_written_amount(std::string_view text, Currency fallback, char decimal_mark = 0);

// The same without a currency to count in: the exact number in its shortest form ("1.2k" is "1200", "(5,000)" is "-5000"), and
// what currency it names. A bare dollar sign is US dollars, and `bare_dollar`. Refuses as parse_written_amount does, but for
// negatives and amounts out of range.
struct WrittenNumber {
    std::string number;
    std::optional<Currency> currency;
    bool bare_dollar = false;
};
[[nodiscard]] Result<WrittenNumber> parse_written_number(std::string_view text, char decimal_mark = 0);

// "1234.50", shortest exact form: "1234.5", "1200".
void append_amount(std::string& out, std::int64_t minor, Currency currency);
[[nodiscard]] std::string amount_text(std::int64_t minor, Currency currency);

} // namespace tributary

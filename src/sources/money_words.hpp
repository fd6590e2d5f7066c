// The words and signs around an amount in running text: currencies before and after it, thousands and millions, what makes
// it a unit price. For email_amount.cpp.
#pragma once
#include "deal/money.hpp"

#include <optional>
#include <string_view>

namespace tributary {

struct CurrencyAt {
    Currency currency;
    std::size_t size = 0; // bytes it takes, with the blanks between it and the number
};

// "EUR", "€", "US$" right before the end of `before`; a lone word such as "ALL" or "TOP" is no currency here.
[[nodiscard]] std::optional<CurrencyAt> currency_before(std::string_view before);
// "EUR", "€", "euros", "円" at the start of `after`.
[[nodiscard]] std::optional<CurrencyAt> currency_after(std::string_view after);

struct PowerAt {
    int power = 0;        // of ten: 3 for "k", 6 for "Mio."
    std::size_t size = 0; // bytes it takes, with a blank before it
};
[[nodiscard]] PowerAt power_after(std::string_view after); // size 0: none

[[nodiscard]] bool says_percent(std::string_view after);
[[nodiscard]] bool says_unit_price(std::string_view after);    // "/user", "per month"; not "per year", which is a deal's size
[[nodiscard]] bool says_counted_thing(std::string_view after); // "500 seats"

} // namespace tributary

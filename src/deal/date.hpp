// Calendar dates without a zone, and instants in milliseconds since 1970 UTC.
#pragma once
#include "deal/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// Days since 1970-01-01; a day, not an instant, so no zone can shift it.
struct Date {
    std::int32_t days = 0;
    friend auto operator<=>(const Date&, const Date&) = default;
};

[[nodiscard]] std::optional<Date> make_date(int year, unsigned month, unsigned day); // nullopt when there is no such day
[[nodiscard]] std::string date_text(Date date);                                      // "2026-06-01"
[[nodiscard]] Date date_of_ms(std::int64_t ms);                                      // the UTC day

// How a numeric date such as 3/4/2026 is to be read.
enum class DateOrder { Undecided, MonthFirst, DayFirst };

// "2026-06-01", "2026-06-01T10:00:00Z" and ISO datetimes (cut to the day they were written in), "1 June 2026",
// "Jun 1, 2026", "6/1/2026" by `order`, epoch milliseconds or seconds as digits.
// "3/4/2026" with order Undecided is refused with code ambiguous_date; "13/4/2026" is not ambiguous. Everything else that
// is no day is invalid_date. The refusal's one detail has an empty field: the caller knows which it was.
[[nodiscard]] Result<Date> parse_date(std::string_view text, DateOrder order = DateOrder::Undecided);

// Three numbers with the year last, or of two digits: "6/1/2026", "01.06.2026", "1-6-26", not yet read in any order.
struct NumericDate {
    int first = 0, second = 0, third = 0;
    bool short_year = false; // two digits at the end: the year may stand first as well
    char mark = 0;           // '/', '.' or '-'
    std::string_view rest;   // what follows: a time, or nothing; a view into the text
};
[[nodiscard]] std::optional<NumericDate> split_numeric_date(std::string_view text);
[[nodiscard]] int full_year(int two_digits); // 69 is 1969, 68 is 2068

// ISO 8601 datetime with zone ("Z", "+0000", "+02:00", a space instead of T), a plain date (midnight UTC), or epoch ms. UTC when no zone is
// written. Refuses as parse_date does.
[[nodiscard]] Result<std::int64_t> parse_instant(std::string_view text);
[[nodiscard]] std::string instant_text(std::int64_t ms); // "2026-06-01T10:00:00.000Z"
void append_instant(std::string& out, std::int64_t ms);

} // namespace tributary

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

// ISO 8601 datetime with zone ("Z", "+0000", "+02:00", a space instead of T), a plain date (midnight UTC), or epoch ms. UTC when no zone is written.
// Refuses as parse_date does.
[[nodiscard]] Result<std::int64_t> parse_instant(std::string_view text);
[[nodiscard]] std::string instant_text(std::int64_t ms); // "2026-06-01T10:00:00.000Z"
void append_instant(std::string& out, std::int64_t ms);

} // namespace tributary

// Calendar arithmetic and writing. Reading dates and instants: date_reading.cpp.
#include "deal/date.hpp"

#include <chrono>

namespace tributary {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int kYearMin = 1;
constexpr int kYearMax = 9999; // four digits, as ISO 8601 writes them without agreement
constexpr std::int64_t kMsPerDay = 86'400'000;

std::int64_t floor_div(std::int64_t left, std::int64_t right) { return left / right - (left % right < 0 ? 1 : 0); }

year_month_day civil(Date date) { return year_month_day{sys_days{std::chrono::days{date.days}}}; }

char* put_two(char* at, unsigned value) {
    *at++ = static_cast<char>('0' + value / 10);
    *at++ = static_cast<char>('0' + value % 10);
    return at;
}

constexpr std::size_t kDateBytes = 10;

// Writes "2026-06-01"; years outside four digits do not come out of reading and are written modulo 10,000.
char* put_date(char* at, Date date) {
    const year_month_day ymd = civil(date);
    const auto written_year = static_cast<unsigned>(static_cast<int>(ymd.year()) + 20'000) % 10'000;
    at = put_two(at, written_year / 100);
    at = put_two(at, written_year % 100);
    *at++ = '-';
    at = put_two(at, static_cast<unsigned>(ymd.month()));
    *at++ = '-';
    return put_two(at, static_cast<unsigned>(ymd.day()));
}

} // namespace

std::optional<Date> make_date(int year_number, unsigned month_number, unsigned day_number) {
    if (year_number < kYearMin || year_number > kYearMax || month_number > 12 || day_number > 31) return std::nullopt;
    const year_month_day ymd{year{year_number}, month{month_number}, day{day_number}};
    if (!ymd.ok()) return std::nullopt;
    return Date{static_cast<std::int32_t>(sys_days{ymd}.time_since_epoch().count())};
}

std::string date_text(Date date) {
    std::string out(kDateBytes, '\0');
    put_date(out.data(), date);
    return out;
}

Date date_of_ms(std::int64_t ms) { return Date{static_cast<std::int32_t>(floor_div(ms, kMsPerDay))}; }

void append_instant(std::string& out, std::int64_t ms) {
    const std::int64_t days = floor_div(ms, kMsPerDay);
    const auto rest = static_cast<unsigned>(ms - days * kMsPerDay);
    char buffer[24]; // "2026-06-01T10:00:00.000Z"
    char* at = put_date(buffer, Date{static_cast<std::int32_t>(days)});
    *at++ = 'T';
    at = put_two(at, rest / 3'600'000);
    *at++ = ':';
    at = put_two(at, rest / 60'000 % 60);
    *at++ = ':';
    at = put_two(at, rest / 1'000 % 60);
    *at++ = '.';
    *at++ = static_cast<char>('0' + rest / 100 % 10);
    at = put_two(at, rest % 100);
    *at++ = 'Z';
    out.append(buffer, at);
}

std::string instant_text(std::int64_t ms) {
    std::string out;
    append_instant(out, ms);
    return out;
}

} // namespace tributary

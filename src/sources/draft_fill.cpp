// Texts of an arrival become fields of a draft; see draft_fill.hpp.
#include "sources/draft_fill.hpp"

#include "deal/date.hpp"
#include "deal/money.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"
#include "sources/zone_day.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr std::size_t kShownBytes = 200; // of an offending value, as in every field problem

} // namespace

void warn(Draft& draft, std::string_view field, std::string_view code, std::string message, std::string_view value) {
    draft.warnings.push_back({std::string(field), std::string(code), std::move(message), std::string(utf8_cut(value, kShownBytes))});
}

void put_text(Draft& draft, Field field, std::string_view text) {
    if (trimmed(text).empty()) return;
    const std::string_view kept = utf8_cut(text, field_bytes_max(field));
    if (kept.size() < text.size()) {
        warn(draft, field_key(field), "text_cut", "The text is longer than the field holds and was cut.", kept);
    }
    draft.offer(field, kept);
}

void put_amount(Draft& draft, std::string_view amount, std::string_view currency, const ReadingRules* rules) {
    put_text(draft, Field::Currency, trimmed(currency));
    amount = trimmed(amount);
    if (amount.empty()) return;
    const auto named = parse_currency(currency);
    const Currency unit = named ? *named : rules != nullptr ? rules->base_currency : Currency{};
    if (const auto minor = parse_plain_amount(amount, unit); !minor) {
        warn(draft, field_key(Field::Value), minor.error().code, minor.error().message + " The value was left as it is.", amount);
        return;
    }
    draft.offer(Field::Value, amount);
}

void put_instant(Draft& draft, Field field, std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return;
    const auto instant = parse_instant(text);
    if (!instant) return warn(draft, field_key(field), instant.error().code, instant.error().message, text);
    draft.offer(field, instant_text(*instant));
}

std::optional<Date> plain_day(std::string_view text) {
    constexpr std::size_t kDayTextSize = 10;
    if (text.size() != kDayTextSize || text[4] != '-') return std::nullopt;
    const auto day = parse_date(text);
    return day ? std::optional(*day) : std::nullopt;
}

void put_instant_as_day(Draft& draft, Field field, std::string_view text) { put_instant_as_day(draft, field, text, {}); }

void put_instant_as_day(Draft& draft, Field field, std::string_view text, std::string_view zone_id) {
    text = trimmed(text);
    if (text.empty()) return;
    if (const auto day = plain_day(text)) return draft.offer(field, date_text(*day));
    const auto instant = parse_instant(text);
    if (!instant) return warn(draft, field_key(field), instant.error().code, instant.error().message, text);
    draft.offer(field, date_text(day_in_zone(*instant, zone_id)));
}

void put_event_time(Draft& draft, std::string_view text, std::int64_t received_at) {
    text = trimmed(text);
    if (text.empty()) return;
    const auto instant = parse_instant(text);
    if (!instant) return warn(draft, "event_time", instant.error().code, instant.error().message, text);
    if (received_at > 0 && *instant > received_at + kEventTimeAheadMax_ms) {
        // Believed, it would make every later change of the record look old.
        return warn(draft, "event_time", "time_in_future", "The time of the change lies in the future; the time of arrival counts.", text);
    }
    draft.event_time_ms = std::max(draft.event_time_ms.value_or(*instant), *instant);
}

} // namespace tributary

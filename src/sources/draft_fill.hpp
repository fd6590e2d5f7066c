// Texts of an arrival become fields of a draft, with a warning instead of a refusal where the text is something no deal can
// hold: a mail or a CRM record cannot be sent back to be mended. For the e-mail and CRM sources.
#pragma once
#include "sources/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::int64_t kEventTimeAheadMax_ms = 24 * 60 * 60 * 1'000; // clocks differ, but not by more than a day

// A blank text sets nothing, and none of these replaces what is set already: what is left out or blank never erases.
void warn(Draft& draft, std::string_view field, std::string_view code, std::string message, std::string_view value);
void put_text(Draft& draft, Field field, std::string_view text); // cut to the field's limit, with a warning
void put_amount(Draft& draft, std::string_view amount, std::string_view currency, const ReadingRules* rules);
void put_instant(Draft& draft, Field field, std::string_view text);        // as ISO 8601 UTC
void put_instant_as_day(Draft& draft, Field field, std::string_view text); // the UTC day of an instant
// Its day in the zone ("Europe/Berlin"; UTC when it is empty or unknown); what is written as a day without a time stays that day.
void put_instant_as_day(Draft& draft, Field field, std::string_view text, std::string_view zone_id);
[[nodiscard]] std::optional<Date> plain_day(std::string_view text);                 // of "2026-12-31" and nothing after it
void put_event_time(Draft& draft, std::string_view text, std::int64_t received_at); // keeps the latest of several

} // namespace tributary

// How HubSpot's answers are read: what went wrong, what is left of the limits, and the records of a list with their own bytes.
#pragma once
#include "outside/call_line.hpp"

#include <boost/json/value.hpp>

#include <string_view>
#include <vector>

namespace tributary::outside {

// Statuses 2xx with a JSON body, or none with 204, are good. Codes: HubSpot's category, policyName or errorType; not_json.
[[nodiscard]] std::optional<CallFailure> hubspot_failure(const HttpsAnswer& answer);
// X-HubSpot-RateLimit-Max, -Remaining, -Interval-Milliseconds, -Daily-Remaining.
[[nodiscard]] LimitNotice hubspot_limits(const HttpsAnswer& answer);
[[nodiscard]] Dialect hubspot_dialect();

// The body as JSON; Garbled (not_json) when it is none. A member that is absent, null or of another type reads as empty.
[[nodiscard]] Called<boost::json::value> read_answer(const HttpsAnswer& answer);
[[nodiscard]] const boost::json::value* member(const boost::json::value& of, std::string_view name); // nullptr when absent or null
[[nodiscard]] std::string text_member(const boost::json::value& of, std::string_view name);          // also of numbers and booleans
[[nodiscard]] const boost::json::array& array_member(const boost::json::value& of, std::string_view name);
[[nodiscard]] bool flag_member(const boost::json::value& of, std::string_view name); // true or "true"

// The elements of the array that is the member `name` of the outermost object, each with the bytes it was sent with. `text` must
// be well-formed JSON; the views point into it.
[[nodiscard]] std::vector<std::string_view> raw_elements(std::string_view text, std::string_view name);

} // namespace tributary::outside

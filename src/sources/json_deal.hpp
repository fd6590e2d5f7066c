// One deal written as JSON to one row, with the names other people use. Used by manual.cpp, api.cpp, and whoever meets such an object.
#pragma once
#include "sources/source.hpp"

#include <boost/json/value.hpp>

namespace tributary {

inline constexpr std::size_t kExternalIdsMax = 20; // of one deal
inline constexpr std::size_t kExternalIdBytesMax = 200;
inline constexpr std::size_t kExternalSystemBytesMax = 100;

// Takes an object, flat or nested ({"deal":{…}}, "contact":{name,email,phone}, "company":{name}, "amount":{value,currency},
// "owner":{name}), names by the table in field_names.cpp, numbers as numbers or text. Everything else becomes metadata with
// its type kept, so no member can set what is not the sender's to set. Several names for one field: the better one wins,
// the others are kept as metadata. A null counts as not sent.
// The row's draft is refused with every problem named: wrong_type, too_long, too_many_fields, invalid_external_id,
// invalid_date (event_time).
// `source` marks the draft; external_id belongs to the system "api", external_ids name their own.
[[nodiscard]] ReadRow read_json_deal(const boost::json::value& value, Source source);

// A body that is one deal: refuses what is not JSON (415 unsupported_content_type) or does not parse.
[[nodiscard]] Result<ReadAll> read_one_json_deal(const Arrival& arrival, std::string_view body, Source source);

// The system an external id belongs to: 1 to 100 of a-z 0-9 : . _ -
[[nodiscard]] bool is_external_system(std::string_view system);

} // namespace tributary

// Values read back from journal rows: the other way round of append_field_json, for undo, which sets a deal back to what its journal
// says it was. Any thread may call.
#pragma once
#include "deal/deal.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tributary {

// Sets the field to what append_field_json wrote; an amount is read in the currency the deal has at the moment. False, and the deal as
// it was, when the text is none of ours or does not fit (an amount too large for that currency).
[[nodiscard]] bool take_field_json(Deal& deal, Field field, const boost::json::value& json);

// "2026-06-01T10:00:00.000Z" or null (0); nullopt for anything else.
[[nodiscard]] std::optional<std::int64_t> instant_of_json(const boost::json::value& json);
// [{"system","id"}]; nullopt for anything else.
[[nodiscard]] std::optional<std::vector<ExternalId>> external_ids_of_json(const boost::json::value& json);
// A text or null (empty); nullopt for anything else.
[[nodiscard]] std::optional<std::string> text_of_json(const boost::json::value& json);

} // namespace tributary

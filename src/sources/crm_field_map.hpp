// An account's own field map, applied to a draft after the source has read it its usual way. For hubspot_deal.cpp and
// salesforce_opportunity.cpp.
#pragma once
#include "sources/crm_reading.hpp"
#include "sources/source.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace tributary {

// The text of one of the record's properties; empty when it is absent, null or blank.
using CrmPropertyText = std::function<std::string(std::string_view property)>;

// A mapped field is read from its mapping alone: where that says nothing, the field is unknown (but a deal keeps its name). The first of
// several entries for one field that says something wins. A value that cannot be what it should is left out with a warning
// (mapped_value, or that of the field), never a reason to refuse the record.
void apply_field_map(Draft& draft, const CrmReading& crm, const CrmPropertyText& text_of_property, const ReadingRules* rules);

// The values that are mapped to no field of ours, as "custom" of the metadata; empty when there are none.
[[nodiscard]] boost::json::object custom_values(Draft& draft, const CrmReading& crm, const CrmPropertyText& text_of_property);

} // namespace tributary

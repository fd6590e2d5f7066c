// What is known of a connected account, stages, owners, currency and time zone, as the JSON text that its connection keeps. Read back into
// what its records are read by (sources/crm_reading.hpp). Pure.
#pragma once
#include "outside/hubspot_api.hpp"
#include "sources/crm_reading.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// {"account","name","zone","currency","several_currencies","pipelines":[{"id","label","stages":[{"id","label","closed","won","probability"}]}],
// "owners":{"id":"name"}}; probability as the CRM writes it, of one. Archived stages are kept, for old deals stand in them.
[[nodiscard]] std::string hubspot_account_text(const outside::HubspotAccount& account,
                                               const std::vector<outside::HubspotPipeline>& pipelines,
                                               const std::vector<outside::HubspotOwner>& owners);

// text, lower, number, major_units, minor_units, share, day, instant_day, bool.
[[nodiscard]] std::optional<CrmTransform> crm_transform(std::string_view name);
// What records are read by: the account's text, as above, and the connection's map of fields and stages (api/openapi.yaml, ConnectionMap);
// either may be empty. `inherits`: records pushed before any connection are this account's.
[[nodiscard]] CrmReading crm_reading_of(std::string_view account_id, std::string_view account_text, std::string_view map, bool inherits);

} // namespace tributary

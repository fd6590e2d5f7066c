// What is known of a connected account, stages, owners, currency and time zone, as the JSON text that its connection keeps. Read back into
// what its records are read by (sources/crm_reading.hpp). Pure.
#pragma once
#include "outside/hubspot_api.hpp"

#include <string>
#include <vector>

namespace tributary {

// {"account","name","zone","currency","several_currencies","pipelines":[{"id","label","stages":[{"id","label","closed","won","probability"}]}],
// "owners":{"id":"name"}}; probability as the CRM writes it, of one. Archived stages are kept, for old deals stand in them.
[[nodiscard]] std::string hubspot_account_text(const outside::HubspotAccount& account,
                                               const std::vector<outside::HubspotPipeline>& pipelines,
                                               const std::vector<outside::HubspotOwner>& owners);

} // namespace tributary

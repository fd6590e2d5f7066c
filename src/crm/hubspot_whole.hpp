// A deal of HubSpot put together with its contacts and companies, in the form that the door of the source reads (docs/sources/hubspot.md).
// Pure.
#pragma once
#include "crm/remote.hpp"
#include "outside/hubspot_api.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary {

// Objects a deal is linked to, and their texts by id; those without a text are left out.
struct HubspotLinked {
    const outside::HubspotLinks& links;
    const std::unordered_map<std::string, std::string>& texts;
};

// `deal` is the object as HubSpot wrote it. `read_at`: ms on our clock. Without `with_people` nothing is said of contacts and companies.
[[nodiscard]] std::string whole_hubspot_deal(std::string_view deal, std::int64_t read_at, const HubspotLinked& contacts,
                                             const HubspotLinked& companies, bool with_people);

// One that HubSpot no longer knows, not even among archived ones.
[[nodiscard]] std::string gone_hubspot_deal(std::string_view id, std::int64_t read_at);

[[nodiscard]] CrmCensusRow hubspot_census_row(std::string_view id, std::string_view deal);

} // namespace tributary

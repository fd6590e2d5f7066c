// HubSpot over the network.
#pragma once
#include "outside/call_line.hpp"
#include "outside/hubspot_api.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tributary::outside {

struct HubspotSettings {
    std::string url = "https://api.hubapi.com"; // scheme, host and port, no slash at the end
    std::string version = "v3";                 // or one of HubSpot's dates, e.g. 2026-03: /crm/objects/2026-03 instead of /crm/v3/objects
    std::vector<std::string> deal_properties;   // beside the ones always asked for
    std::vector<std::string> contact_properties;
    std::vector<std::string> company_properties;
    std::int64_t deadline_ms = 30'000; // of one call
    CallLineSettings line;
};

// What is always asked for; HubSpot sends only a few properties by itself.
[[nodiscard]] const std::vector<std::string>& hubspot_properties(HubspotType type);

// `client` and `pace` outlive it; `pace` is the account's, shared by all that call it.
[[nodiscard]] std::unique_ptr<HubspotApi> live_hubspot(HttpsClient& client, AccountPace& pace, TokenSource tokens,
                                                       HubspotSettings settings = {});

} // namespace tributary::outside

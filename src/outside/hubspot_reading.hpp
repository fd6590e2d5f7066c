// From HubSpot's answers to the port's values. Pure; a wrong answer is Garbled.
#pragma once
#include "outside/hubspot_answers.hpp"
#include "outside/hubspot_api.hpp"

namespace tributary::outside {

[[nodiscard]] Called<HubspotRecord> read_hubspot_record(const HttpsAnswer& answer);
[[nodiscard]] Called<HubspotPage> read_hubspot_page(const HttpsAnswer& answer);

// One batch of up to kHubspotBatchMax ids. `unclear` are the ids of which it cannot be told whether they are gone or merged
// into one of the records that nobody asked for.
struct HubspotBatchRead {
    HubspotBatch batch;
    std::vector<std::string> unclear;
};
[[nodiscard]] Called<HubspotBatchRead> read_hubspot_batch(const HttpsAnswer& answer, std::span<const std::string> asked);

// Adds what one answer says to `links`, which has an entry per asked deal; hands back (deal, after) of the ones that have more.
[[nodiscard]] Called<std::vector<std::pair<std::string, std::string>>> read_hubspot_links(const HttpsAnswer& answer,
                                                                                          std::span<HubspotLinks> links);
[[nodiscard]] Called<std::vector<HubspotPipeline>> read_hubspot_pipelines(const HttpsAnswer& answer);
// Adds the owners; hands back the cursor of the next page.
[[nodiscard]] Called<std::string> read_hubspot_owners(const HttpsAnswer& answer, std::vector<HubspotOwner>& owners);
[[nodiscard]] Called<HubspotAccount> read_hubspot_account(const HttpsAnswer& answer);

} // namespace tributary::outside

// What the server must know of the CRMs to connect accounts: where they are, and as what app it asks. Set at start (cli/serve.cpp).
#pragma once
#include "store/secret.hpp"

#include <string>

namespace tributary {

struct HubspotApp {
    std::string api_url = "https://api.hubapi.com";
    std::string authorise_url = "https://app.hubspot.com";
    std::string version = "v3";
    std::string client_id; // empty: accounts are connected by private apps only
    Secret client_secret;  // signs webhooks too
};

struct CrmSettings {
    std::string public_url; // as the CRMs and browsers call this server, "https://sales.example"; empty: no webhooks, no consent
    HubspotApp hubspot;
};

} // namespace tributary

// Webhooks of CRMs that come with the CRM's own proof and no key: HubSpot's by signature. Who may call, and taking thin events in.
#pragma once
#include "api/app.hpp"
#include "http/http.hpp"

#include <string_view>

namespace tributary {

struct Door;

// A request of HubSpot that bears a signature and no credential.
[[nodiscard]] bool is_signed_hook(const http::Request& head, Source source);
// Verifies, stores and answers; `route` and `door` are those it came by. The reply is called once.
void take_signed_hook(App& app, http::Request request, std::string_view route, const Door& door, http::Reply reply);

} // namespace tributary

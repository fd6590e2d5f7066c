// The live socket: who may watch, catching up from the journal, then the hub.
#pragma once
#include "api/app.hpp"
#include "http/http.hpp"

namespace tributary {

struct Watching {
    Principal principal;
    TenantScope scope;
};
// From the Authorization header or a one-time ?ticket=.
[[nodiscard]] Result<Watching> live_caller(App& app, const http::Request& head);
// Greets, replays what came after ?since= (or says resync), and joins the hub.
[[nodiscard]] Result<void> open_live(App& app, const Watching& watching, const http::Request& request, std::shared_ptr<http::LiveSocket> socket);

} // namespace tributary

// The table of routes, and the router that takes a request from its head to the right handler: who is it, which route, may it,
// how big. Everything a request can be refused for before its body is read is decided here.
#pragma once
#include "api/app.hpp"
#include "api/call.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace tributary {

using Handler = std::function<void(const CallPtr&, http::Reply)>;
// For a route that only reads.
[[nodiscard]] Handler reading(http::Response (*work)(Call&, LedgerReader&));

struct Route {
    std::string_view method;
    std::string_view pattern;     // "/api/sales/deals/{id}"
    Right right = Right::Read;
    Handler handle;
    std::size_t body_bytes_max = 1024 * 1024;
};

// One list a file, put together in routes.cpp.
[[nodiscard]] std::vector<Route> deal_routes();
[[nodiscard]] std::vector<Route> deal_list_routes();
[[nodiscard]] std::vector<Route> deal_change_routes();
[[nodiscard]] std::vector<Route> lead_routes();
[[nodiscard]] std::vector<Route> import_routes();
[[nodiscard]] std::vector<Route> import_raw_routes();
[[nodiscard]] std::vector<Route> import_change_routes();
[[nodiscard]] std::vector<Route> import_release_routes();
[[nodiscard]] std::vector<Route> import_replay_routes();
[[nodiscard]] std::vector<Route> undo_routes();
[[nodiscard]] std::vector<Route> history_routes();
[[nodiscard]] std::vector<Route> mapping_routes();
[[nodiscard]] std::vector<Route> workspace_routes(); // metrics, settings, activity
[[nodiscard]] std::vector<Route> source_routes();
[[nodiscard]] std::vector<Route> precedence_routes();
[[nodiscard]] std::vector<Route> connection_routes();
[[nodiscard]] std::vector<Route> connection_map_routes();
[[nodiscard]] std::vector<Route> key_routes();       // keys, live tickets

[[nodiscard]] std::vector<Route> session_routes();   // the person's own password
[[nodiscard]] std::vector<Route> people_routes();

// A route that takes requests without a credential, or decides about it itself.
struct OpenRoute {
    std::string_view method;
    std::string_view pattern; // without {…}
    std::function<void(App&, const http::Request&, const http::Reply&)> handle;
};
inline constexpr std::size_t kOpenBodyBytesMax = 64 * 1024;
[[nodiscard]] std::vector<OpenRoute> session_open_routes();
[[nodiscard]] std::vector<OpenRoute> invitation_open_routes();

[[nodiscard]] std::unique_ptr<http::Router> make_router(App& app);

} // namespace tributary

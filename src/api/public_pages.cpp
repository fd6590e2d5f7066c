// See public_pages.hpp.
#include "api/public_pages.hpp"

#include "api/replies.hpp"
#include "embedded/openapi_json.hpp"

namespace tributary {

namespace {

http::Response ready(App& app, std::string_view request_id) {
    if (!app.draining.load(std::memory_order_relaxed)) return json_reply(200, R"({"status":"ok"})");
    return error_reply({.reason = Reason::Unavailable, .code = "draining", .message = "The server is stopping.", .details = {}, .retry_after_s = 5},
                       "system", request_id);
}

} // namespace

std::optional<http::Response> public_page(App& app, const http::Request& head) {
    const std::string_view path = head.path;
    const bool ours = path == "/livez" || path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/openapi.json";
    if (!ours) return std::nullopt;
    if (head.method != "GET" && head.method != "HEAD") {
        auto response = error_reply({.reason = Reason::MethodNotAllowed, .code = "method_not_allowed", .message = "This page does not take that method.", .details = {}},
                                    "system", head.request_id);
        response.headers.emplace_back("Allow", "GET");
        return response;
    }
    if (path == "/livez") return json_reply(200, R"({"status":"ok"})");
    if (path == "/openapi.json") return json_reply(200, std::string(embedded::openapi_json()));
    if (path != "/metrics") return ready(app, head.request_id);
    auto response = json_reply(200, app.observer.text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

} // namespace tributary

// See front.hpp.
#include "api/front.hpp"

#include "api/session_book.hpp"

#include <algorithm>
#include <cctype>

namespace tributary {
namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::unexpected<Refusal> cross_site() {
    return refuse(Reason::Forbidden, "cross_site", "This request did not come from a page of this server.");
}

constexpr std::string_view kCookieRest = "; Path=/; Secure; HttpOnly; SameSite=Lax";

} // namespace

std::string Front::own_origin(const http::Request& request) const {
    const bool secure = trusts_proxy && trim(request.header("x-forwarded-proto")) == "https";
    std::string host(request.header("host"));
    std::ranges::transform(host, host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string_view port = secure ? ":443" : ":80";
    if (host.ends_with(port)) host.resize(host.size() - port.size());
    return (secure ? "https://" : "http://") + host;
}

Result<void> Front::check_own_page(const http::Request& request) const {
    // A page cannot set this header; a browser that knows it tells the truth.
    if (request.header("sec-fetch-site") == "same-origin" || request.header("origin") == own_origin(request)) return {};
    return cross_site();
}

Result<void> Front::check_no_foreign_page(const http::Request& request) const {
    if (request.header("origin").empty() && request.header("sec-fetch-site").empty()) return {};
    return check_own_page(request);
}

std::string Front::address(const http::Request& request) const {
    if (!trusts_proxy) return request.peer;
    std::string_view list = request.header("x-forwarded-for");
    list = trim(list.substr(list.rfind(',') + 1)); // the last one was put there by the proxy itself
    return list.empty() ? request.peer : std::string(list);
}

std::string_view session_token(const http::Request& request) {
    std::string_view found;
    for (const auto& [name, value] : request.headers) {
        if (name != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const std::size_t end = rest.find(';');
            const std::string_view pair = trim(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
            if (!pair.starts_with(kSessionCookie) || pair.substr(kSessionCookie.size(), 1) != "=") continue;
            const std::string_view token = pair.substr(kSessionCookie.size() + 1);
            if (!found.empty() && found != token) return {};
            found = token;
        }
    }
    return found;
}

std::string session_cookie(std::string_view token) {
    return std::string(kSessionCookie) + "=" + std::string(token) + "; Max-Age=" + std::to_string(SessionBook::kAgeMsMax / 1'000) +
           std::string(kCookieRest);
}

std::string no_session_cookie() { return std::string(kSessionCookie) + "=; Max-Age=0" + std::string(kCookieRest); }

} // namespace tributary

// What a request says of where it comes from: which page sent it, from which address, and the session's cookie. Pure; any thread.
#pragma once
#include "deal/result.hpp"
#include "http/http.hpp"

#include <string>
#include <string_view>

namespace tributary {

inline constexpr std::string_view kSessionCookie = "__Host-tributary";

struct Front {
    bool trusts_proxy = false; // X-Forwarded-Proto and X-Forwarded-For are a proxy's word; else anybody's, and not heard

    // "http://host:port" as the sender's browser sees it, without the scheme's own port, in lower case.
    [[nodiscard]] std::string own_origin(const http::Request& request) const;
    // Refuses with cross_site unless the browser says that one of our own pages sent the request.
    [[nodiscard]] Result<void> check_own_page(const http::Request& request) const;
    // The same for requests whose cookie grants nothing yet: one that no browser sent, which names no page at all, passes.
    [[nodiscard]] Result<void> check_no_foreign_page(const http::Request& request) const;
    // The sender's address, for limits.
    [[nodiscard]] std::string address(const http::Request& request) const;
};

// The value of the session's cookie; empty when there is none, or two that differ.
[[nodiscard]] std::string_view session_token(const http::Request& request);
// Set-Cookie for a new session, and for taking it away.
[[nodiscard]] std::string session_cookie(std::string_view token);
[[nodiscard]] std::string no_session_cookie();

} // namespace tributary

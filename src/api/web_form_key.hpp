// Publishable form keys: where they may stand, what they are limited by, and the CORS answers a browser asks for.
#pragma once
#include "api/app.hpp"
#include "http/http.hpp"

namespace tributary {

// The principal of a form submission: Authorization, ?form_key= or the form_key field of the body, else a session. Refuses other keys, an Origin
// that is not on the key's list, and too many submissions from one address or of one e-mail.
[[nodiscard]] Result<Principal> form_caller(App& app, const http::Request& request);
// The answer to a browser's OPTIONS.
[[nodiscard]] http::Response preflight(const http::Request& head);
// Lets the page read the answer: only ever for requests that carry no cookie.
[[nodiscard]] http::Reply allow_origin(const std::string& origin, http::Reply reply);

} // namespace tributary

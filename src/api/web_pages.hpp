// The web app's pages and files, and the API reference at /docs: what a browser loads before it calls the API.
#pragma once
#include "http/http.hpp"

#include <optional>

namespace tributary {

// nullopt: the path is none of the app's. Answers GET and HEAD; other methods get 405.
// A page is HTML with a fresh nonce and a Content-Security-Policy that allows nothing but the app's own files; a file under
// /assets/ has its hash in its name and may be kept for good.
[[nodiscard]] std::optional<http::Response> web_page(const http::Request& head);

// For a person at a browser an address that is not there is the app's own "not found" page (404), not JSON; nullopt: it is a program.
[[nodiscard]] std::optional<http::Response> web_not_found(const http::Request& head);

} // namespace tributary

// Pages without a credential: health, metrics, the contract.
#pragma once
#include "api/app.hpp"
#include "http/http.hpp"

#include <optional>

namespace tributary {

// nullopt: the path is none of these. Answers GET and HEAD; other methods get 405.
[[nodiscard]] std::optional<http::Response> public_page(App& app, const http::Request& head);

} // namespace tributary

// See web_form_key.hpp.
#include "api/web_form_key.hpp"

#include "deal/json.hpp"
#include "sources/form_urlencoded.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

// A field of the form, whatever form the body has; empty when it is not there. Multipart values are found by their header.
std::string form_field(const http::Request& request, std::string_view name) {
    if (const auto in_query = request.param(name); !in_query.empty()) return std::string(in_query);
    const std::string_view type = request.header("content-type");
    if (type.starts_with("application/x-www-form-urlencoded")) {
        const auto fields = parse_form_urlencoded(request.body);
        if (!fields) return {};
        for (const auto& [key, value] : *fields) {
            if (key == name) return value;
        }
        return {};
    }
    if (type.starts_with("multipart/form-data")) {
        const std::size_t at = request.body.find("name=\"" + std::string(name) + "\"");
        if (at == std::string::npos) return {};
        const std::size_t from = request.body.find("\r\n\r\n", at);
        if (from == std::string::npos) return {};
        return request.body.substr(from + 4, request.body.find("\r\n", from + 4) - from - 4);
    }
    const auto body = parse_json(request.body);
    if (!body || !body->is_object()) return {};
    const auto* value = body->as_object().if_contains(name);
    return value == nullptr ? std::string() : scalar_text(*value);
}

} // namespace

Result<Principal> form_caller(App& app, const http::Request& request) {
    const std::string in_form = request.header("authorization").empty() ? form_field(request, "form_key") : std::string();
    auto principal = in_form.empty() ? app.credentials.authenticate(request) : app.credentials.authenticate_text(in_form);
    if (!principal) return principal;
    const ApiKey& key = principal->key;
    if (key.role != Role::Form) {
        if (may(key.role, Right::Ingest) && in_form.empty()) return principal;
        return refuse(Reason::Forbidden, "forbidden", "Only a publishable form key may stand in a form.");
    }
    const std::string_view origin = request.header("origin");
    if (!key.origins.empty() && !origin.empty() && std::ranges::find(key.origins, origin) == key.origins.end()) {
        return refuse(Reason::Forbidden, "origin_not_allowed", "This form key does not allow the page's origin.");
    }
    const auto limit = key.rate_per_minute > 0 ? key.rate_per_minute : RateLimits::kFormKeyPerMinute;
    const auto per_address = std::min(limit, RateLimits::kFormAddressPerMinute);
    if (auto token = app.rates.take(key.key_id, limit); !token) return std::unexpected(std::move(token.error()));
    if (auto token = app.rates.take(key.key_id + "|" + request.peer, per_address); !token) return std::unexpected(std::move(token.error()));
    const std::string email = form_field(request, "email");
    if (email.empty()) return principal;
    if (auto token = app.rates.take(key.key_id + "@" + email, per_address); !token) return std::unexpected(std::move(token.error()));
    return principal;
}

http::Response preflight(const http::Request& head) {
    http::Response response;
    response.status = 204;
    response.content_type.clear();
    const std::string_view origin = head.header("origin");
    if (!origin.empty()) {
        response.headers = {{"Access-Control-Allow-Origin", std::string(origin)}, {"Access-Control-Allow-Methods", "POST"},
                            {"Access-Control-Allow-Headers", "authorization, content-type, idempotency-key"}, {"Access-Control-Max-Age", "600"}, {"Vary", "Origin"}};
    }
    return response;
}

http::Reply allow_origin(const std::string& origin, http::Reply reply) {
    if (origin.empty()) return reply;
    return [origin, reply = std::move(reply)](http::Response response) {
        if (response.status != 403) response.headers.emplace_back("Access-Control-Allow-Origin", origin);
        response.headers.emplace_back("Vary", "Origin");
        reply(std::move(response));
    };
}

} // namespace tributary

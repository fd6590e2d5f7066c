// See replies.hpp.
#include "api/replies.hpp"

#include "deal/json.hpp"
#include "deal/show.hpp"

#include <charconv>

namespace tributary {

int status_of(Reason reason) {
    switch (reason) {
    case Reason::Invalid: return 400;
    case Reason::Unauthorized: return 401;
    case Reason::Forbidden: return 403;
    case Reason::NotFound: return 404;
    case Reason::MethodNotAllowed: return 405;
    case Reason::Conflict: return 409;
    case Reason::Gone: return 410;
    case Reason::PreconditionFailed: return 412;
    case Reason::TooLarge: return 413;
    case Reason::UnsupportedType: return 415;
    case Reason::Unprocessable: return 422;
    case Reason::RateLimited: return 429;
    case Reason::NotImplemented: return 501;
    case Reason::Unavailable: return 503;
    }
    return 500;
}

http::Response json_reply(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

http::Response error_reply(const Refusal& refusal, std::string_view source, std::string_view request_id) {
    std::string body = "{\"status\":\"error\",\"error\":";
    append_json_string(body, refusal.message);
    append_key(body, "source");
    append_json_string(body, source);
    append_key(body, "code");
    append_json_string(body, refusal.code);
    append_key(body, "details");
    append_problems(body, refusal.details);
    append_key(body, "request_id");
    append_json_string(body, request_id);
    body += '}';
    auto response = json_reply(status_of(refusal.reason), std::move(body));
    if (refusal.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(refusal.retry_after_s));
    if (refusal.reason == Reason::Unauthorized) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tributary\"");
    return response;
}

Result<std::uint64_t> number_param(const http::Request& request, std::string_view name, std::uint64_t absent, std::uint64_t least, std::uint64_t most) {
    const std::string_view text = request.param(name);
    if (text.empty()) return absent;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        return std::unexpected(field_refusal(name, "invalid_parameter",
                                             "This parameter is a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".", text));
    }
    return value;
}

Refusal not_found(std::string_view what) {
    return {.reason = Reason::NotFound, .code = "not_found", .message = "There is no such " + std::string(what) + ".", .details = {}};
}

} // namespace tributary

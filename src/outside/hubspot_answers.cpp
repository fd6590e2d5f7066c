#include "outside/hubspot_answers.hpp"

#include "deal/json.hpp"

#include <charconv>

namespace tributary::outside {
namespace {

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

std::string first_text(const boost::json::value& body, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        if (std::string text = text_member(body, name); !text.empty()) return text;
    return {};
}

// Past a string whose opening quote is at `at`.
std::size_t past_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

// Past any value at `at`: to the comma or bracket that ends it.
std::size_t past_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = past_string(text, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}')) return at;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
    }
    return at;
}

std::size_t past_blanks(std::string_view text, std::size_t at) {
    const std::size_t found = text.find_first_not_of(" \t\r\n", at);
    return found == std::string_view::npos ? text.size() : found;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t from = past_blanks(text, 0);
    return text.substr(from, text.find_last_not_of(" \t\r\n") + 1 - from);
}

std::vector<std::string_view> elements_from(std::string_view text, std::size_t at) {
    std::vector<std::string_view> elements;
    at = past_blanks(text, at + 1);
    while (at < text.size() && text[at] != ']') {
        const std::size_t end = past_value(text, at);
        elements.push_back(trimmed(text.substr(at, end - at)));
        at = past_blanks(text, end < text.size() && text[end] == ',' ? end + 1 : end);
    }
    return elements;
}

} // namespace

const boost::json::value* member(const boost::json::value& of, std::string_view name) {
    if (!of.is_object()) return nullptr;
    const boost::json::value* found = of.get_object().if_contains(name);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string text_member(const boost::json::value& of, std::string_view name) {
    const boost::json::value* found = member(of, name);
    return found != nullptr && is_scalar(*found) ? scalar_text(*found) : std::string();
}

const boost::json::array& array_member(const boost::json::value& of, std::string_view name) {
    static const boost::json::array kNone;
    const boost::json::value* found = member(of, name);
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

bool flag_member(const boost::json::value& of, std::string_view name) { return text_member(of, name) == "true"; }

std::vector<std::string_view> raw_elements(std::string_view text, std::string_view name) {
    std::size_t at = past_blanks(text, 0);
    if (at >= text.size() || text[at] != '{') return {};
    at = past_blanks(text, at + 1);
    while (at < text.size() && text[at] == '"') {
        const std::size_t key_end = past_string(text, at);
        const std::string_view key = text.substr(at + 1, key_end - at - 2);
        at = past_blanks(text, past_blanks(text, key_end) + 1); // over the colon
        if (key == name) return at < text.size() && text[at] == '[' ? elements_from(text, at) : std::vector<std::string_view>();
        at = past_value(text, at);
        if (at >= text.size() || text[at] != ',') return {};
        at = past_blanks(text, at + 1);
    }
    return {};
}

Called<boost::json::value> read_answer(const HttpsAnswer& answer) {
    auto parsed = parse_json(answer.body);
    if (!parsed) return std::unexpected(call_failure(FailureKind::Garbled, "not_json", answer.status));
    return std::move(*parsed);
}

std::optional<CallFailure> hubspot_failure(const HttpsAnswer& answer) {
    const std::string_view body = trimmed(std::string_view(answer.body).substr(0, kSaidBytesMax * 4));
    if (answer.status >= 200 && answer.status < 300) {
        if (answer.status == 204 || body.starts_with('{') || body.starts_with('[')) return std::nullopt;
        return call_failure(FailureKind::Garbled, "not_json", answer.status, body); // a page of something in between
    }
    FailureKind kind = kind_of_status(answer.status);
    std::string code;
    std::string said(body);
    if (const auto parsed = parse_json(answer.body)) {
        code = first_text(*parsed, {"policyName", "category", "errorType"});
        said = text_member(*parsed, "message");
    }
    if (answer.status == 429 && code == "DAILY") kind = FailureKind::DailyLimit;
    CallFailure failure = call_failure(kind, code, answer.status, said);
    failure.retry_after_ms = retry_after_ms(answer.header("Retry-After"));
    return failure;
}

LimitNotice hubspot_limits(const HttpsAnswer& answer) {
    return {.calls_max = number_in<int>(answer.header("X-HubSpot-RateLimit-Max")),
            .window_ms = number_in<std::int64_t>(answer.header("X-HubSpot-RateLimit-Interval-Milliseconds")),
            .remaining = number_in<int>(answer.header("X-HubSpot-RateLimit-Remaining")),
            .day_remaining = number_in<std::int64_t>(answer.header("X-HubSpot-RateLimit-Daily-Remaining"))};
}

Dialect hubspot_dialect() {
    return {.failure_of = hubspot_failure,
            .limits_of = hubspot_limits,
            .is_expired =
                [](const CallFailure& failure) {
                    return failure.kind == FailureKind::Unauthorised && failure.code == "EXPIRED_AUTHENTICATION";
                },
            .day_ends_in_ms = {}};
}

} // namespace tributary::outside

// See auth_answer.hpp.
#include "api/auth_answer.hpp"

#include "api/replies.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <cctype>

namespace tributary {
namespace {

std::string trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t from = text.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) return {};
    return std::string(text.substr(from, text.find_last_not_of(kBlanks) - from + 1));
}

} // namespace

bool is_email(std::string_view text) {
    constexpr std::size_t kBytesMax = 254;
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > kBytesMax) return false;
    return text.find('@', at + 1) == std::string_view::npos && std::ranges::none_of(text, [](unsigned char c) {
               return c <= ' ' || c == 0x7F || c == ',' || c == ';' || c == '<' || c == '>' || c == '"';
           });
}

void append_person(std::string& out, const Person& person) {
    out += "{\"id\":";
    append_id(out, person.id);
    append_key(out, "email");
    append_json_string(out, person.email);
    append_key(out, "name");
    append_json_string(out, person.name);
    append_key(out, "role");
    append_json_string(out, role_key(person.role));
    append_key(out, "created_at");
    append_json_string(out, instant_text(person.created_at));
    out += '}';
}

http::Response signed_in_reply(App& app, const Principal& principal, const std::optional<Person>& person) {
    const auto workspaces = app.credentials.reach(principal);
    std::string body = R"({"status":"success","person":)";
    if (person)
        append_person(body, *person);
    else
        body += "null";
    append_key(body, "tenant_id");
    append_json_string(body, principal.key.tenant_id);
    append_key(body, "workspaces");
    body += '[';
    for (std::size_t at = 0; at < workspaces.size(); ++at) {
        if (at != 0) body += ',';
        append_json_string(body, workspaces[at]);
    }
    body += ']';
    append_key(body, "workspace_id");
    if (workspaces.empty())
        body += "null";
    else
        append_json_string(body, workspaces.front());
    body += '}';
    auto response = json_reply(200, std::move(body));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

http::Response session_opened_reply(App& app, const std::string& token) {
    const auto principal = app.credentials.sessions().find(token);
    if (!principal) throw StoreError("a session that was just opened is not there");
    auto response = signed_in_reply(app, *principal, app.credentials.sessions().person(principal->person));
    response.headers.emplace_back("Set-Cookie", session_cookie(token));
    return response;
}

Result<boost::json::object> read_object(const http::Request& request, std::initializer_list<std::string_view> known) {
    std::string_view type = request.header("content-type");
    type = type.substr(0, type.find(';'));
    if (trimmed(type) != "application/json") {
        return refuse(Reason::UnsupportedType, "unsupported_content_type", "This takes application/json.");
    }
    auto body = parse_json(request.body);
    if (!body) return std::unexpected(std::move(body.error()));
    if (!body->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object.");
    for (const auto& member : body->as_object()) {
        const std::string_view key = member.key();
        if (key == "tenant_id" || key == "workspace_id" || std::ranges::find(known, key) != known.end()) continue;
        return std::unexpected(field_refusal(key, "unknown_field", "There is no such field here."));
    }
    return std::move(body->as_object());
}

Result<std::string> text_member(const boost::json::object& object, std::string_view name, std::size_t bytes_max, bool required) {
    const auto* value = object.if_contains(name);
    std::string text;
    if (value != nullptr && !value->is_null()) {
        if (!value->is_string()) return std::unexpected(field_refusal(name, "wrong_type", "This is text."));
        text = std::string(value->as_string());
    }
    if (text.size() > bytes_max) return std::unexpected(field_refusal(name, "field_too_long", "This is longer than it may be."));
    if (required && trimmed(text).empty()) return std::unexpected(field_refusal(name, "missing_field", "This is needed."));
    return text;
}

std::string lower_email(std::string_view text) {
    std::string email = trimmed(text);
    std::ranges::transform(email, email.begin(), [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return email;
}

Result<std::string> email_member(const boost::json::object& object, bool required) {
    constexpr std::size_t kBytesMax = 1'000; // blanks around it are no part of it
    auto text = text_member(object, "email", kBytesMax, required);
    if (!text) return text;
    std::string email = lower_email(*text);
    if (!email.empty() && !is_email(email))
        return std::unexpected(field_refusal("email", "invalid_email", "This is not an e-mail address.", *text));
    return email;
}

Result<std::string> name_member(const boost::json::object& object) {
    constexpr std::size_t kBytesMax = 200;
    const auto text = text_member(object, "name", kBytesMax, true);
    if (!text) return text;
    std::string name = trimmed(*text);
    if (std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7F; })) {
        return std::unexpected(field_refusal("name", "unknown_value", "A name is one line of text.", *text));
    }
    return name;
}

Result<Role> person_role(const boost::json::object& object) {
    const auto* value = object.if_contains("role");
    const std::string text = value == nullptr ? std::string() : scalar_text(*value);
    const auto role = parse_role(text);
    if (role && (*role == Role::Viewer || *role == Role::Member || *role == Role::Admin)) return *role;
    return std::unexpected(field_refusal("role", "unknown_value", "The role of a person is viewer, member or admin.", text));
}

void aside(Readers& pool, const std::string& request_id, const http::Reply& reply, std::function<http::Response()> work) {
    const auto unavailable = [request_id] {
        return error_reply({.reason = Reason::Unavailable,
                            .code = "unavailable",
                            .message = "The server cannot do this now; try again.",
                            .details = {},
                            .retry_after_s = 1},
                           "system", request_id);
    };
    const bool taken = pool.submit([reply, unavailable, work = std::move(work)] {
        http::Response response;
        try {
            response = work();
        } catch (const std::exception& error) {
            log_event("error", "people_failed", error.what());
            response = unavailable();
        }
        reply(std::move(response));
    });
    if (!taken) reply(unavailable());
}

Result<void> take_attempt(App& app, const std::string& bucket, std::int32_t per_minute) {
    auto taken = app.rates.take(bucket, per_minute);
    if (taken) return taken;
    taken.error().code = "too_many_attempts";
    taken.error().message = "Too many attempts; wait a little and try again.";
    return taken;
}

void log_person(std::string_view event, const Id& person, std::string_view account, std::string_view detail) {
    std::string text = "person " + (person.is_nil() ? std::string("unknown") : person.text());
    if (!account.empty()) text += " by " + std::string(account);
    if (!detail.empty()) text += " " + std::string(detail);
    log_event("info", event, text);
}

} // namespace tributary

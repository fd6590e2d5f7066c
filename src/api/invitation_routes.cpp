// What somebody with an invitation's link may do without a credential: see what it is for, and join. The token travels in bodies only,
// so that it stays out of logs.
#include "api/auth_answer.hpp"
#include "api/key_text.hpp"
#include "api/passwords.hpp"
#include "api/replies.hpp"
#include "api/routes.hpp"
#include "api/session_token.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

constexpr std::int32_t kPerAddressPerMinute = 60;
constexpr std::size_t kTokenBytesMax = 200;
constexpr std::size_t kPasswordBytesMax = 4 * kPasswordCharactersMax;

// Unknown, used and expired ones are answered alike.
Refusal no_invitation() {
    return {.reason = Reason::NotFound,
            .code = "invalid_invitation",
            .message = "This invitation is unknown, used or expired; ask for a new one.",
            .details = {}};
}

// Its hash; empty for what can be no token.
Result<std::string> read_token(const boost::json::object& body) {
    const auto token = text_member(body, "token", kTokenBytesMax, true);
    if (!token) return token;
    return is_token(*token) ? hash_secret(*token) : std::string();
}

Result<boost::json::object> read_body(App& app, const http::Request& request, std::initializer_list<std::string_view> known) {
    const Front& front = app.credentials.front();
    if (auto ours = front.check_no_foreign_page(request); !ours) return std::unexpected(std::move(ours.error()));
    if (auto token = take_attempt(app, "join|" + front.address(request), kPerAddressPerMinute); !token)
        return std::unexpected(std::move(token.error()));
    return read_object(request, known);
}

void show_invitation(App& app, const http::Request& request, const http::Reply& reply) {
    const auto body = read_body(app, request, {"token"});
    if (!body) return reply(error_reply(body.error(), "system", request.request_id));
    const auto hash = read_token(*body);
    if (!hash) return reply(error_reply(hash.error(), "system", request.request_id));
    aside(app.readers, request.request_id, reply, [&app, hash = *hash, request_id = request.request_id] {
        const auto invitation = app.store.people().find_invitation(hash, app.clock.now_ms());
        if (!invitation) return error_reply(no_invitation(), "system", request_id);
        std::string text = R"({"status":"success","tenant_id":)";
        append_json_string(text, invitation->tenant_id);
        append_key(text, "role");
        append_json_string(text, role_key(invitation->role));
        append_key(text, "email");
        if (invitation->email.empty())
            text += "null";
        else
            append_json_string(text, invitation->email);
        append_key(text, "expires_at");
        append_json_string(text, instant_text(invitation->expires_at));
        text += '}';
        auto response = json_reply(200, std::move(text));
        response.headers.emplace_back("Cache-Control", "no-store");
        return response;
    });
}

struct Joining {
    std::string invitation_hash, name, email, password;
};

Result<Joining> read_joining(App& app, const http::Request& request) {
    const auto body = read_body(app, request, {"token", "name", "email", "password"});
    if (!body) return std::unexpected(body.error());
    auto hash = read_token(*body);
    if (!hash) return std::unexpected(std::move(hash.error()));
    auto name = name_member(*body);
    if (!name) return std::unexpected(std::move(name.error()));
    auto email = email_member(*body, true);
    if (!email) return std::unexpected(std::move(email.error()));
    auto password = text_member(*body, "password", kPasswordBytesMax, true);
    if (!password) return std::unexpected(std::move(password.error()));
    if (auto fine = check_password("password", *password, *email, *name); !fine) return std::unexpected(std::move(fine.error()));
    return Joining{std::move(*hash), std::move(*name), std::move(*email), std::move(*password)};
}

Result<std::string> join_as(App& app, const Joining& joining) {
    const auto invitation = app.store.people().find_invitation(joining.invitation_hash, app.clock.now_ms());
    if (!invitation) return std::unexpected(no_invitation());
    if (!invitation->email.empty() && invitation->email != joining.email) {
        return std::unexpected(field_refusal("email", "email_of_another", "This invitation is for another e-mail address."));
    }
    Person person;
    person.created_at = app.clock.now_ms();
    person.id = new_id(person.created_at);
    person.tenant = invitation->tenant;
    person.tenant_id = invitation->tenant_id;
    person.email = joining.email;
    person.name = joining.name;
    person.role = invitation->role;
    person.workspaces = invitation->workspaces;
    person.password_hash = hash_password(joining.password);
    std::string token;
    switch (app.credentials.sessions().join(joining.invitation_hash, person, token)) {
    case People::Joined::Yes: break;
    case People::Joined::InvitationGone: return std::unexpected(no_invitation());
    case People::Joined::EmailTaken:
        return refuse(Reason::Conflict, "email_taken", "Somebody with this e-mail address is here already; sign in instead.");
    case People::Joined::TooMany: return refuse(Reason::Unprocessable, "too_many_people", "The tenant has as many people as it may have.");
    }
    log_person("joined", person.id, {}, "invited by " + invitation->invited_by);
    return token;
}

void join(App& app, const http::Request& request, const http::Reply& reply) {
    auto joining = read_joining(app, request);
    if (!joining) return reply(error_reply(joining.error(), "system", request.request_id));
    const std::string earlier(session_token(request));
    aside(app.hashers, request.request_id, reply, [&app, joining = std::move(*joining), earlier, request_id = request.request_id] {
        const auto token = join_as(app, joining);
        if (!token) return error_reply(token.error(), "system", request_id);
        if (!earlier.empty()) app.credentials.sessions().end(earlier);
        return session_opened_reply(app, *token);
    });
}

} // namespace

std::vector<OpenRoute> invitation_open_routes() {
    return {
        {"POST", "/api/auth/invitation", show_invitation},
        {"POST", "/api/auth/join", join},
    };
}

} // namespace tributary

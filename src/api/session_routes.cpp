// Signing in and out, who is signed in, and the person's own password.
#include "api/auth_answer.hpp"
#include "api/passwords.hpp"
#include "api/replies.hpp"
#include "api/routes.hpp"

namespace tributary {
namespace {

constexpr std::int32_t kPerEmailPerMinute = 10;
constexpr std::int32_t kPerAddressPerMinute = 30;
constexpr std::size_t kPasswordBytesMax = 4 * kPasswordCharactersMax;

// The same words whether nobody has that address, the password is wrong or the person is disabled.
Refusal wrong_sign_in() {
    return {.reason = Reason::Unauthorized,
            .code = "invalid_sign_in",
            .message = "The e-mail address or the password is wrong.",
            .details = {}};
}

struct SignIn {
    std::string email, password;
};

Result<SignIn> read_sign_in(App& app, const http::Request& request) {
    const Front& front = app.credentials.front();
    if (auto ours = front.check_no_foreign_page(request); !ours) return std::unexpected(std::move(ours.error()));
    if (auto token = take_attempt(app, "sign-in|" + front.address(request), kPerAddressPerMinute); !token)
        return std::unexpected(std::move(token.error()));
    const auto body = read_object(request, {"email", "password"});
    if (!body) return std::unexpected(body.error());
    auto email = email_member(*body, true);
    if (!email) return std::unexpected(std::move(email.error()));
    auto password = text_member(*body, "password", kPasswordBytesMax, true);
    if (!password) return std::unexpected(std::move(password.error()));
    if (auto token = take_attempt(app, "sign-in@" + *email, kPerEmailPerMinute); !token) return std::unexpected(std::move(token.error()));
    return SignIn{std::move(*email), std::move(*password)};
}

void sign_in(App& app, const http::Request& request, const http::Reply& reply) {
    auto asked = read_sign_in(app, request);
    if (!asked) return reply(error_reply(asked.error(), "system", request.request_id));
    const std::string earlier(session_token(request));
    aside(app.hashers, request.request_id, reply, [&app, asked = std::move(*asked), earlier, request_id = request.request_id] {
        const auto person = app.store.people().find_person(asked.email);
        const bool proved = is_password(person ? person->password_hash : std::string(), asked.password);
        const auto token = proved && person->disabled_at == 0 ? app.credentials.sessions().open(*person) : std::nullopt;
        if (!token) {
            log_person("sign_in_failed", person ? person->id : Id{}, {});
            return error_reply(wrong_sign_in(), "system", request_id);
        }
        if (!earlier.empty()) app.credentials.sessions().end(earlier); // the browser forgets it: nobody shall have it
        log_person("signed_in", person->id, {});
        return session_opened_reply(app, *token);
    });
}

void sign_out(App& app, const http::Request& request, const http::Reply& reply) {
    const std::string token(session_token(request));
    if (const auto ours = token.empty() ? Result<void>() : app.credentials.front().check_own_page(request); !ours) {
        return reply(error_reply(ours.error(), "system", request.request_id));
    }
    aside(app.readers, request.request_id, reply, [&app, token] {
        if (const auto principal = app.credentials.sessions().find(token)) log_person("signed_out", principal->person, {});
        app.credentials.sessions().end(token);
        auto response = json_reply(200, R"({"status":"success"})");
        response.headers.emplace_back("Set-Cookie", no_session_cookie());
        response.headers.emplace_back("Cache-Control", "no-store");
        return response;
    });
}

void who_is_it(App& app, const http::Request& request, const http::Reply& reply) {
    auto principal = app.credentials.authenticate(request);
    if (!principal) {
        if (principal.error().code == "missing_credential") {
            principal.error().code = "not_signed_in";
            principal.error().message = "You are not signed in.";
        }
        return reply(error_reply(principal.error(), "system", request.request_id));
    }
    if (principal->key.role == Role::Form) {
        return reply(error_reply(refuse(Reason::Forbidden, "forbidden", "A form key is nobody.").error(), "system", request.request_id));
    }
    reply(signed_in_reply(app, *principal, app.credentials.sessions().person(principal->person)));
}

http::Response change_password(Call& call, const std::string& current, const std::string& wanted) {
    auto& sessions = call.app.credentials.sessions();
    const auto person = call.app.store.people().read_person(call.principal.person);
    if (!person || !is_password(person->password_hash, current)) {
        return call.refuse(field_refusal("current", "wrong_password", "This is not your present password."));
    }
    if (auto fine = check_password("new", wanted, person->email, person->name); !fine) return call.refuse(fine.error());
    if (!sessions.change_password(*person, hash_password(wanted), call.principal.key.key_id)) {
        return call.refuse(
            {.reason = Reason::Conflict, .code = "conflict", .message = "The password was changed at the same moment.", .details = {}});
    }
    log_person("password_changed", person->id, {});
    return json_reply(200, R"({"status":"success"})");
}

void take_password(const CallPtr& call, http::Reply reply) {
    if (!call->principal.is_person()) {
        return reply(call->refuse(refuse(Reason::Forbidden, "forbidden", "Only a person who is signed in has a password.").error()));
    }
    const auto body = read_object(call->request, {"current", "new"});
    if (!body) return reply(call->refuse(body.error()));
    auto current = text_member(*body, "current", kPasswordBytesMax, true);
    if (!current) return reply(call->refuse(current.error()));
    auto wanted = text_member(*body, "new", kPasswordBytesMax, true);
    if (!wanted) return reply(call->refuse(wanted.error()));
    if (auto token = take_attempt(call->app, "password|" + call->principal.person.text(), kPerEmailPerMinute); !token)
        return reply(call->refuse(token.error()));
    aside(call->app.hashers, call->request.request_id, reply,
          [call, current = std::move(*current), wanted = std::move(*wanted)] { return change_password(*call, current, wanted); });
}

} // namespace

std::vector<OpenRoute> session_open_routes() {
    return {
        {"POST", "/api/auth/sign-in", sign_in},
        {"POST", "/api/auth/sign-out", sign_out},
        {"GET", "/api/auth/me", who_is_it},
    };
}

std::vector<Route> session_routes() {
    return {
        {"POST", "/api/auth/password", Right::Read, take_password},
    };
}

} // namespace tributary

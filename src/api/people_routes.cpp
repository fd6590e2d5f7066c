// The people of the tenant: seen by everybody who reads, invited and changed by administrators.
#include "api/auth_answer.hpp"
#include "api/invitation.hpp"
#include "api/paging.hpp"
#include "api/reach.hpp"
#include "api/routes.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

#include <algorithm>

namespace tributary {
namespace {

// A person as colleagues see them. `seen_at` 0: no session.
void append_colleague(std::string& out, const Person& person, std::int64_t seen_at) {
    append_person(out, person);
    out.pop_back();
    append_texts(out, "workspaces", person.workspaces);
    append_key(out, "disabled");
    out += person.disabled_at != 0 ? "true" : "false";
    append_key(out, "last_seen_at");
    if (seen_at == 0)
        out += "null";
    else
        append_json_string(out, instant_text(seen_at));
    out += '}';
}

void list_people(const CallPtr& call, http::Reply reply) {
    aside(call->app.readers, call->request.request_id, reply, [call] {
        const auto seen = call->app.credentials.sessions().last_seen();
        std::string body = R"({"status":"success","people":[)";
        bool first = true;
        for (const Person& person : call->app.store.people().list_people(call->scope.tenant())) {
            if (!first) body += ',';
            first = false;
            const auto at = seen.find(person.id);
            append_colleague(body, person, at == seen.end() ? 0 : at->second);
        }
        body += ']';
        append_next_cursor(body, {});
        return json_reply(200, std::move(body));
    });
}

Result<Invitation> read_invitation(const Call& call) {
    const auto body = read_object(call.request, {"email", "role", "workspaces"});
    if (!body) return std::unexpected(body.error());
    Invitation invitation;
    const auto role = person_role(*body);
    if (!role) return std::unexpected(role.error());
    invitation.role = *role;
    auto email = email_member(*body, false);
    if (!email) return std::unexpected(std::move(email.error()));
    invitation.email = std::move(*email);
    auto workspaces = texts_of(*body, "workspaces");
    if (!workspaces) return std::unexpected(std::move(workspaces.error()));
    invitation.workspaces = std::move(*workspaces);
    invitation.tenant = call.scope.tenant();
    invitation.tenant_id = call.scope.tenant_id();
    invitation.invited_by = call.principal.account();
    return invitation;
}

void make_invitation(const CallPtr& call, http::Reply reply) {
    auto asked = read_invitation(*call);
    if (!asked) return reply(call->refuse(asked.error()));
    aside(call->app.readers, call->request.request_id, reply, [call, invitation = std::move(*asked)]() mutable {
        if (auto reached = within_reach(*call, invitation.workspaces); !reached) return call->refuse(reached.error());
        const auto token = invite(call->app.store, invitation, call->app.clock.now_ms());
        if (!token) {
            return call->refuse(
                refuse(Reason::Unprocessable, "too_many_invitations", "The tenant has as many open invitations as it may have.").error());
        }
        log_person("invited", {}, call->principal.account(), "as " + std::string(role_key(invitation.role)));
        std::string body = R"({"status":"success","link":)";
        append_json_string(body, invitation_link(call->app.credentials.front().own_origin(call->request), *token));
        append_key(body, "expires_at");
        append_json_string(body, instant_text(invitation.expires_at));
        body += '}';
        auto response = json_reply(201, std::move(body));
        response.headers.emplace_back("Cache-Control", "no-store");
        return response;
    });
}

Result<PersonChange> read_change(const Call& call) {
    const auto body = read_object(call.request, {"role", "name", "disabled"});
    if (!body) return std::unexpected(body.error());
    PersonChange change;
    if (body->contains("role")) {
        const auto role = person_role(*body);
        if (!role) return std::unexpected(role.error());
        change.role = *role;
    }
    if (body->contains("name")) {
        auto name = name_member(*body);
        if (!name) return std::unexpected(std::move(name.error()));
        change.name = std::move(*name);
    }
    if (const auto* disabled = body->if_contains("disabled")) {
        if (!disabled->is_bool()) return std::unexpected(field_refusal("disabled", "wrong_type", "This is true or false."));
        change.disabled = disabled->as_bool();
    }
    return change;
}

std::string told(const PersonChange& change) {
    std::string text;
    if (change.role) text += "role " + std::string(role_key(*change.role)) + " ";
    if (change.name) text += "name ";
    if (change.disabled) text += *change.disabled ? "disabled" : "enabled";
    return text;
}

http::Response change_person(Call& call, const PersonChange& change) {
    const auto id = parse_id(call.segments.front());
    const auto before = id ? call.app.store.people().read_person(*id) : std::nullopt;
    if (!before || before->tenant != call.scope.tenant()) return call.refuse(not_found("person"));
    if (auto reached = within_reach(call, before->workspaces); !reached) {
        return call.refuse(refuse(Reason::Forbidden, "forbidden", "This person reaches further than you.").error());
    }
    switch (call.app.credentials.sessions().change_person(call.scope.tenant(), *id, change)) {
    case People::Changed::Yes: break;
    case People::Changed::NotFound: return call.refuse(not_found("person"));
    case People::Changed::LastAdmin:
        return call.refuse(refuse(Reason::Conflict, "last_admin", "This is the last administrator; make another one first.").error());
    }
    log_person("person_changed", *id, call.principal.account(), told(change));
    const auto seen = call.app.credentials.sessions().last_seen();
    const auto at = seen.find(*id);
    std::string body = R"({"status":"success","person":)";
    append_colleague(body, call.app.store.people().read_person(*id).value(), at == seen.end() ? 0 : at->second);
    body += '}';
    return json_reply(200, std::move(body));
}

void take_change(const CallPtr& call, http::Reply reply) {
    const auto change = read_change(*call);
    if (!change) return reply(call->refuse(change.error()));
    aside(call->app.readers, call->request.request_id, reply, [call, change = *change] { return change_person(*call, change); });
}

} // namespace

std::vector<Route> people_routes() {
    return {
        {"GET", "/api/sales/people", Right::Read, list_people},
        {"POST", "/api/sales/people/invitations", Right::Administer, make_invitation},
        {"PATCH", "/api/sales/people/{id}", Right::Administer, take_change},
    };
}

} // namespace tributary

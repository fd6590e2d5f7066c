// Keys of the tenant (administrators), and one-time tickets for the live socket.
#include "api/key_text.hpp"
#include "api/paging.hpp"
#include "api/reach.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"

#include <boost/json/object.hpp>

namespace tributary {
namespace {

void append_api_key(std::string& out, const ApiKey& key) {
    out += "{\"key_id\":";
    append_json_string(out, key.key_id);
    append_key(out, "role");
    append_json_string(out, role_key(key.role));
    append_texts(out, "workspaces", key.workspaces);
    append_key(out, "label");
    if (key.label.empty()) out += "null";
    else append_json_string(out, key.label);
    append_texts(out, "origins", key.origins);
    append_key(out, "rate_per_minute");
    out += key.rate_per_minute > 0 ? std::to_string(key.rate_per_minute) : "null";
    append_key(out, "created_at");
    append_json_string(out, instant_text(key.created_at));
    append_key(out, "revoked_at");
    if (key.revoked_at == 0) out += "null";
    else append_json_string(out, instant_text(key.revoked_at));
    out += '}';
}

Result<ApiKey> read_key(const Call& call) {
    const auto body = parse_json(call.request.body);
    if (!body) return std::unexpected(body.error());
    if (!body->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object.");
    const auto& object = body->as_object();
    ApiKey key;
    const auto* role = object.if_contains("role");
    const auto parsed = role == nullptr ? std::nullopt : parse_role(scalar_text(*role));
    if (!parsed) return std::unexpected(field_refusal("role", "unknown_value", "The role is admin, member, viewer, intake or form.", role == nullptr ? "" : scalar_text(*role)));
    key.role = *parsed;
    if (const auto* label = object.if_contains("label")) key.label = scalar_text(*label).substr(0, 200);
    auto workspaces = texts_of(object, "workspaces");
    if (!workspaces) return std::unexpected(std::move(workspaces.error()));
    auto origins = texts_of(object, "origins");
    if (!origins) return std::unexpected(std::move(origins.error()));
    key.workspaces = std::move(*workspaces);
    key.origins = std::move(*origins);
    if (const auto* rate = object.if_contains("rate_per_minute"); rate != nullptr && !rate->is_null()) {
        if (!rate->is_int64() || rate->as_int64() < 1 || rate->as_int64() > 1'000'000) {
            return std::unexpected(field_refusal("rate_per_minute", "invalid_parameter", "This is a whole number from 1 to 1,000,000."));
        }
        key.rate_per_minute = static_cast<std::int32_t>(rate->as_int64());
    }
    key.tenant = call.scope.tenant();
    key.tenant_id = call.scope.tenant_id();
    key.created_at = call.app.clock.now_ms();
    return key;
}

// The registry is not the ledger: these run on a reader, for they wait for the disk.
void on_reader(const CallPtr& call, http::Reply reply, std::function<http::Response()> work) {
    read_call(call, std::move(reply), [work = std::move(work)](Call&, LedgerReader&) { return work(); });
}

void list_keys(const CallPtr& call, http::Reply reply) {
    on_reader(call, std::move(reply), [call] {
        std::string body = R"({"status":"success","keys":[)";
        bool first = true;
        for (const ApiKey& key : call->app.store.registry().list_keys(call->scope.tenant_id())) {
            if (!first) body += ',';
            first = false;
            append_api_key(body, key);
        }
        body += ']';
        append_next_cursor(body, {});
        return json_reply(200, std::move(body));
    });
}

void make_key(const CallPtr& call, http::Reply reply) {
    auto key = read_key(*call);
    if (!key) return reply(call->refuse(key.error()));
    on_reader(call, std::move(reply), [call, key = std::move(*key)]() mutable {
        if (auto reach = within_reach(*call, key.workspaces); !reach) return call->refuse(reach.error());
        const std::string secret = mint_key(key);
        call->app.store.registry().put_key(key);
        std::string body = R"({"status":"success","key":)";
        append_api_key(body, key);
        append_key(body, "secret");
        append_json_string(body, secret);
        body += '}';
        auto response = json_reply(201, std::move(body));
        response.headers.emplace_back("Location", "/api/sales/keys/" + key.key_id);
        return response;
    });
}

void revoke_key(const CallPtr& call, http::Reply reply) {
    on_reader(call, std::move(reply), [call] {
        const std::string& key_id = call->segments.front();
        auto& registry = call->app.store.registry();
        const auto key = registry.find_key(key_id);
        if (!key || key->tenant != call->scope.tenant() || key->revoked_at != 0 ||
            !registry.revoke_key(call->scope.tenant_id(), key_id, call->app.clock.now_ms())) {
            return call->refuse(not_found("key"));
        }
        call->app.credentials.forget(key_id);
        std::string body = R"({"status":"success","key":)";
        append_api_key(body, *registry.find_key(key_id));
        body += '}';
        return json_reply(200, std::move(body));
    });
}

void issue_ticket(const CallPtr& call, http::Reply reply) {
    const auto ticket = call->app.tickets.issue(call->principal, call->scope);
    if (!ticket) return reply(call->refuse(ticket.error()));
    std::string body = R"({"status":"success","ticket":)";
    append_json_string(body, *ticket);
    append_key(body, "expires_at");
    append_json_string(body, instant_text(call->app.clock.now_ms() + Tickets::kLifeMs));
    body += '}';
    reply(json_reply(201, std::move(body)));
}

} // namespace

std::vector<Route> key_routes() {
    return {
        {"GET", "/api/sales/keys", Right::Administer, list_keys},
        {"POST", "/api/sales/keys", Right::Administer, make_key},
        {"DELETE", "/api/sales/keys/{key_id}", Right::Administer, revoke_key},
        {"POST", "/api/sales/live/ticket", Right::Read, issue_ticket},
    };
}

} // namespace tributary

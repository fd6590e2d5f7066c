// /api/sales/connections: accounts of CRMs, connected and disconnected, how they do, and what they are asked to do now.
#include "api/auth_answer.hpp"
#include "api/connection_answer.hpp"
#include "api/crm_import.hpp"
#include "api/import_feed.hpp"
#include "api/replies.hpp"
#include "api/routes.hpp"
#include "crm/crm.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::uint32_t kRowsPerPage = 500;
constexpr std::uint32_t kRowsLookedAt = 10'000; // of the workspace's journal, newest first, for the last arrival of a CRM

constexpr std::size_t kTextBytesMax = 1'000;

struct CrmDoor {
    Source source;
    std::string_view hook; // path of its webhook
};
constexpr std::array<CrmDoor, 2> kCrms = {
    {{Source::Hubspot, "/api/sales/deals/hubspot/sync"}, {Source::Salesforce, "/api/sales/deals/salesforce/sync"}}};

// RFC 3986, 2.3: all but the unreserved characters.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(static_cast<char>(c)) != std::string_view::npos;
        if (plain) {
            out += static_cast<char>(c);
        } else {
            out += {'%', kHex[c >> 4U], kHex[c & 15U]};
        }
    }
    return out;
}

// When each CRM was last heard of; 0: not among the rows that are looked at.
std::array<std::int64_t, kCrms.size()> last_heard(LedgerReader& ledger) {
    std::array<std::int64_t, kCrms.size()> heard{};
    std::uint64_t before = 0;
    for (std::uint32_t seen = 0; seen < kRowsLookedAt && std::ranges::find(heard, 0) != heard.end(); seen += kRowsPerPage) {
        const auto rows = ledger.list_journal({.deal = {}, .unit = {}, .after = before, .limit = kRowsPerPage});
        for (const JournalEntry& row : rows) {
            for (std::size_t at = 0; at < kCrms.size(); ++at) {
                if (row.source == kCrms[at].source) heard[at] = std::max(heard[at], row.at);
            }
        }
        if (rows.size() < kRowsPerPage) break;
        before = rows.back().seq;
    }
    return heard;
}

std::string hook_address(const CrmConnection& row, std::string_view hook) {
    const auto crm = std::ranges::find(kCrms, row.system, &CrmDoor::source);
    return std::string(crm->hook) + "?tenant_id=" + percent_encoded(row.tenant_id) + "&workspace_id=" + percent_encoded(row.workspace_id) +
           "&hook=" + percent_encoded(hook);
}

void append_system(std::string& out, const Call& call, const CrmDoor& crm, std::int64_t heard_at) {
    out += "{\"system\":";
    append_json_string(out, source_key(crm.source));
    append_key(out, "webhook_url");
    append_json_string(out, std::string(crm.hook) + "?tenant_id=" + percent_encoded(call.scope.tenant_id()) +
                                "&workspace_id=" + percent_encoded(call.scope.workspace_id()));
    append_key(out, "connectable");
    if (crm.source != Source::Hubspot)
        out += "[]";
    else
        out += call.app.crm.asks_for_consent() ? R"(["oauth","private_app"])" : R"(["private_app"])";
    append_key(out, "last_event_at");
    if (heard_at == 0) {
        out += "null}";
        return;
    }
    append_json_string(out, instant_text(heard_at));
    out += '}';
}

http::Response list_connections(Call& call, LedgerReader& ledger) {
    const auto heard = last_heard(ledger);
    std::string body = R"({"status":"success","systems":[)";
    for (std::size_t at = 0; at < kCrms.size(); ++at) {
        if (at > 0) body += ',';
        append_system(body, call, kCrms[at], heard[at]);
    }
    body += R"(],"connections":[)";
    bool first = true;
    for (const CrmConnection& row : call.app.store.connections().list(call.scope.workspace())) {
        if (row.state == ConnectionState::Disconnected) continue;
        if (!first) body += ',';
        first = false;
        append_connection(body, call.app, row);
    }
    body += "]}";
    return json_reply(200, std::move(body));
}

http::Response read_connection(Call& call, LedgerReader& /*ledger*/) {
    const auto row = named_connection(call);
    return row ? json_reply(200, connection_body(call.app, *row)) : call.refuse(not_found("connection"));
}

Result<Crm::PrivateApp> private_app_of(const Call& call) {
    const auto body = read_object(call.request, {"system", "auth", "name", "token", "signing_secret"});
    if (!body) return std::unexpected(body.error());
    auto system = text_member(*body, "system", kTextBytesMax, false);
    auto auth = text_member(*body, "auth", kTextBytesMax, false);
    auto name = text_member(*body, "name", kTextBytesMax, false);
    auto token = text_member(*body, "token", kTextBytesMax, true);
    auto signing = text_member(*body, "signing_secret", kTextBytesMax, false);
    for (const auto* each : {&system, &auth, &name, &token, &signing}) {
        if (!*each) return std::unexpected(each->error());
    }
    if (!system->empty() && *system != "hubspot")
        return std::unexpected(field_refusal("system", "unknown_value", "Only hubspot is connected in this way."));
    if (!auth->empty() && *auth != "private_app")
        return std::unexpected(field_refusal("auth", "unknown_value", "Only private_app takes a token."));
    return Crm::PrivateApp{.name = std::move(*name), .token = Secret(std::move(*token)), .signing_secret = Secret(std::move(*signing))};
}

http::Response connected_reply(const Call& call, const Crm::Connected& made) {
    std::string members;
    append_key(members, "webhook_url");
    if (made.hook.is_empty())
        members += "null";
    else
        append_json_string(members, hook_address(made.row, made.hook.reveal()));
    auto response = json_reply(made.hook.is_empty() ? 200 : 201, connection_body(call.app, made.row, members));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

// Asks the CRM, so it does not run where others wait.
void connect(const CallPtr& call, http::Reply reply, bool again) {
    auto app = private_app_of(*call);
    if (!app) return reply(call->refuse(app.error()));
    const auto kept = std::make_shared<Crm::PrivateApp>(std::move(*app));
    call->request.body.clear(); // it holds the token
    aside(call->app.callers, call->request.request_id, reply, [call, kept, again] {
        std::optional<Id> id;
        if (again) {
            const auto row = named_connection(*call);
            if (!row || row->system != Source::Hubspot) return call->refuse(not_found("connection"));
            id = row->id;
        }
        const auto made = call->app.crm.connect_private_app(call->scope, call->principal.account(), *kept, id);
        if (!made) return call->refuse(made.error());
        return connected_reply(*call, *made);
    });
}

Crm::Person person_of(const Call& call, const std::string& actor) { return {.actor = actor, .session = call.principal.key.key_id}; }

Refusal no_consent_here() {
    return {.reason = Reason::Conflict,
            .code = "consent_not_set_up",
            .message = "This server is no app of HubSpot yet; connect the account with a private app, or see docs/sources/hubspot.md.",
            .details = {}};
}

// Where the person goes to allow the access; they come back to the tab.
void authorize(const CallPtr& call, http::Reply reply) {
    const auto body = read_object(call->request, {"system", "name", "connection_id"});
    if (!body) return reply(call->refuse(body.error()));
    const auto name = text_member(*body, "name", kTextBytesMax, false);
    const auto id = text_member(*body, "connection_id", kTextBytesMax, false);
    if (!name || !id) return reply(call->refuse(name ? id.error() : name.error()));
    aside(call->app.readers, call->request.request_id, reply, [call, name = *name, id = *id] {
        if (!call->app.crm.asks_for_consent()) return call->refuse(no_consent_here());
        std::optional<Id> again;
        if (!id.empty()) {
            call->segments = {id};
            const auto row = named_connection(*call);
            if (!row) return call->refuse(not_found("connection"));
            again = row->id;
        }
        const std::string actor = call->principal.account();
        std::string answer = R"({"status":"success","authorize_url":)";
        append_json_string(answer, call->app.crm.begin_consent(call->scope, person_of(*call, actor), name, again));
        auto response = json_reply(200, answer + "}");
        response.headers.emplace_back("Cache-Control", "no-store");
        return response;
    });
}

// The person is back with a code.
void complete(const CallPtr& call, http::Reply reply) {
    const auto body = read_object(call->request, {"code", "state"});
    if (!body) return reply(call->refuse(body.error()));
    const auto code = text_member(*body, "code", kTextBytesMax, true);
    const auto state = text_member(*body, "state", kTextBytesMax, true);
    if (!code || !state) return reply(call->refuse(code ? state.error() : code.error()));
    call->request.body.clear();
    aside(call->app.callers, call->request.request_id, reply, [call, code = *code, state = *state] {
        if (!call->app.crm.asks_for_consent()) return call->refuse(no_consent_here());
        const std::string actor = call->principal.account();
        const auto made = call->app.crm.end_consent(call->scope, person_of(*call, actor), code, state);
        return made ? connected_reply(*call, *made) : call->refuse(made.error());
    });
}

void disconnect(const CallPtr& call, http::Reply reply) {
    aside(call->app.callers, call->request.request_id, reply, [call] {
        const auto row = named_connection(*call);
        if (!row) return call->refuse(not_found("connection"));
        call->app.crm.disconnect(*row);
        return json_reply(200, R"({"status":"success"})");
    });
}

// Something that its own thread does next; the answer says that it was asked for.
void ask(const CallPtr& call, http::Reply reply, void (CrmAccount::*what)()) {
    read_call(call, std::move(reply), [what](Call& asked, LedgerReader& /*ledger*/) {
        const auto row = named_connection(asked);
        if (!row) return asked.refuse(not_found("connection"));
        const auto at_work = asked.app.crm.account(row->id);
        if (!at_work || !at_work->is_at_work()) return asked.refuse(not_at_work());
        ((*at_work).*what)();
        return json_reply(202, connection_body(asked.app, *row));
    });
}

void import_all(const CallPtr& call, http::Reply reply) {
    const auto body = read_object(call->request, {"dry_run", "automations"});
    if (!body) return reply(call->refuse(body.error()));
    Import::Asked asked;
    for (const auto& pair : *body) {
        if (!pair.value().is_null()) asked.emplace_back(std::string(pair.key().data(), pair.key().size()), scalar_text(pair.value()));
    }
    if (const auto wishes = import_wishes(asked); !wishes) return reply(call->refuse(wishes.error()));
    aside(call->app.readers, call->request.request_id, reply, [call, asked] {
        const auto row = named_connection(*call);
        if (!row) return call->refuse(not_found("connection"));
        const auto at_work = call->app.crm.account(row->id);
        if (!at_work || !at_work->is_at_work()) return call->refuse(not_at_work());
        const auto unit = start_crm_import(call, *row, asked);
        return unit ? going_on(*unit) : call->refuse(unit.error());
    });
}

} // namespace

std::vector<Route> connection_routes() {
    const auto asks = [](void (CrmAccount::*what)()) {
        return [what](const CallPtr& call, http::Reply reply) { ask(call, std::move(reply), what); };
    };
    return {
        {"GET", "/api/sales/connections", Right::Read, reading(list_connections)},
        {"POST", "/api/sales/connections", Right::Administer,
         [](const CallPtr& call, http::Reply reply) { connect(call, std::move(reply), false); }},
        {"POST", "/api/sales/connections/authorize", Right::Administer, authorize},
        {"POST", "/api/sales/connections/complete", Right::Administer, complete},
        {"GET", "/api/sales/connections/{id}", Right::Read, reading(read_connection)},
        {"DELETE", "/api/sales/connections/{id}", Right::Administer, disconnect},
        {"POST", "/api/sales/connections/{id}/reconnect", Right::Administer,
         [](const CallPtr& call, http::Reply reply) { connect(call, std::move(reply), true); }},
        {"POST", "/api/sales/connections/{id}/sync", Right::Write, asks(&CrmAccount::poll_now)},
        {"POST", "/api/sales/connections/{id}/compare", Right::Write, asks(&CrmAccount::compare_now)},
        {"POST", "/api/sales/connections/{id}/import", Right::Write, import_all},
    };
}

} // namespace tributary

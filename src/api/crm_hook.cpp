// See crm_hook.hpp. Order: raw bytes verified, then read, then bound to a connection, then stored, then answered (RELIABILITY rule 5). The
// answer does not wait for the CRM: what events name is read by the account's own thread.
#include "api/crm_hook.hpp"

#include "api/doors.hpp"
#include "crm/consent.hpp"
#include "crm/crm.hpp"
#include "crm/hubspot_events.hpp"
#include "crm/hubspot_signature.hpp"
#include "crm/hubspot_work.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <map>

namespace tributary {
namespace {

constexpr std::int64_t kGatherMs = 2'000; // many changes of a record within it are read once

std::string_view only_header(const http::Request& request, std::string_view name) {
    std::string_view found;
    for (const auto& [key, value] : request.headers) {
        if (key != name) continue;
        if (!found.empty()) return {}; // twice: none of HubSpot's
        found = value;
    }
    return found;
}

// The connections whose secret may have signed: that of the address, else those of the workspace it names.
std::vector<CrmConnection> asked_for(App& app, const http::Request& request) {
    Connections& connections = app.store.connections();
    if (const auto hook = request.param("hook"); !hook.empty()) {
        auto row = connections.find_hook(hook_hash(hook));
        return row ? std::vector{std::move(*row)} : std::vector<CrmConnection>{};
    }
    std::vector<CrmConnection> all = connections.list_all();
    const auto tenant = request.param("tenant_id");
    const auto workspace = request.param("workspace_id");
    std::erase_if(all, [&](const CrmConnection& row) {
        return row.system != Source::Hubspot || (!tenant.empty() && row.tenant_id != tenant) ||
               (!workspace.empty() && row.workspace_id != workspace);
    });
    return all;
}

struct Signed {
    SignatureOutcome outcome = SignatureOutcome::Missing;
    std::string signature_v3; // when that was what was checked
};

Signed check(App& app, const http::Request& request, const std::vector<CrmConnection>& candidates) {
    std::vector<std::string> secrets;
    if (!app.crm.settings().hubspot.client_secret.is_empty()) secrets.emplace_back(app.crm.settings().hubspot.client_secret.reveal());
    for (const CrmConnection& row : candidates) {
        if (row.signing_secret.empty() || secrets.size() >= kSignatureSecretsMax) continue;
        const auto opened = open_connection(app.crm.vault(), row);
        if (opened) secrets.emplace_back(opened->signing_secret.reveal());
    }
    const SignedRequest signed_request{.method = request.method,
                                       .target = request.target,
                                       .body = request.body,
                                       .signature_v3 = only_header(request, "x-hubspot-signature-v3"),
                                       .timestamp = only_header(request, "x-hubspot-request-timestamp"),
                                       .signature = only_header(request, "x-hubspot-signature"),
                                       .signature_version = only_header(request, "x-hubspot-signature-version")};
    const std::string base =
        app.crm.settings().public_url.empty() ? app.credentials.front().own_origin(request) : app.crm.settings().public_url;
    const SignatureRules rules{.public_base = base, .secrets = secrets, .v1_allowed = false, .v2_allowed = true};
    const SignatureCheck checked = check_hubspot_signature(signed_request, rules, app.clock.now_ms());
    return {.outcome = checked.outcome,
            .signature_v3 = checked.version == SignatureVersion::V3 ? std::string(signed_request.signature_v3) : std::string()};
}

http::Response refused(const http::Request& request, const Refusal& refusal) {
    return error_reply(refusal, source_key(Source::Hubspot), request.request_id);
}

// The connection of a portal that its events name; it must be the one the address is about, where that is about one.
std::optional<CrmConnection> connection_of(App& app, const std::string& portal, const http::Request& request) {
    auto row = app.store.connections().find_account(Source::Hubspot, portal);
    if (!row) return std::nullopt;
    const auto differs = [&request](std::string_view name, std::string_view own) {
        const auto said = request.param(name);
        return !said.empty() && said != own;
    };
    if (differs("tenant_id", row->tenant_id) || differs("workspace_id", row->workspace_id)) return std::nullopt;
    const auto hook = request.param("hook");
    if (!hook.empty() && row->hook != hook_hash(hook)) return std::nullopt;
    return row;
}

// Events of one account, to be stored in one transaction.
struct Delivery {
    CrmConnection row;
    std::string body;
    std::size_t events = 0;
    std::vector<Wanted> wanted;
};

void add_wanted(Delivery& delivery, const CoalescedWork& work, std::int64_t now) {
    const auto add = [&](const std::string& record, bool slow) {
        delivery.wanted.push_back(
            {.connection = delivery.row.id, .record = record, .slow = slow, .due_at = now + kGatherMs, .first_at = now});
    };
    for (const DealWork& deal : work.deals) {
        if (deal.portal != delivery.row.account) continue;
        add(deal.deal, deal.slow);
        for (const std::string& dead : deal.absorbed) add(dead, deal.slow);
    }
}

// One delivery for each account; what is of no account that is connected here, or of another than the address says, is left out.
Result<std::vector<Delivery>> deliveries_of(App& app, const http::Request& request, const std::vector<HubspotEvent>& events) {
    std::map<std::string, std::size_t> portals;
    for (const HubspotEvent& event : events) ++portals[event.portal];
    const CoalescedWork work = coalesce(events, {});
    std::vector<Delivery> deliveries;
    for (const auto& [portal, count] : portals) {
        auto row = connection_of(app, portal, request);
        if (!row) continue;
        Delivery delivery{.row = std::move(*row), .body = {}, .events = count, .wanted = {}};
        add_wanted(delivery, work, app.clock.now_ms());
        // Where several accounts share a body, none of them keeps the events of another.
        delivery.body = portals.size() == 1 ? storable_hubspot_events(request.body) : "{\"events\":" + std::to_string(count) + "}";
        deliveries.push_back(std::move(delivery));
    }
    if (deliveries.empty())
        return refuse(Reason::Forbidden, "account_not_connected", "No account of this number is connected here, or not with this address.");
    return deliveries;
}

void put_delivery(Turn& turn, const Delivery& delivery, std::string_view door) {
    turn.told.clear();
    Unit unit;
    unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
    unit.source = Source::Hubspot;
    unit.door = door;
    unit.actor = "connection:" + delivery.row.id.text();
    unit.state = UnitState::Done;
    unit.content_type = "application/json";
    unit.raw_bytes = delivery.body.size();
    unit.started_at = unit.finished_at = turn.now_ms;
    turn.ledger.put_unit(unit, delivery.body);
    if (!delivery.wanted.empty()) turn.ledger.want(delivery.wanted);
    JournalEntry entry;
    entry.at = turn.now_ms;
    entry.happening = Happening::Received;
    entry.source = unit.source;
    entry.unit = unit.id;
    entry.actor = unit.actor;
    entry.body = "{\"events\":" + std::to_string(delivery.events) + "}";
    turn.told.push_back(std::move(entry));
    turn.ledger.append_journal(turn.told);
}

http::Response accepted(std::size_t events) {
    return json_reply(200, R"({"status":"success","source":"hubspot","accepted":)" + std::to_string(events) + "}");
}

// Stores the deliveries one after the other; all of them are durable before the answer. Kept alive by the turns that are under way.
class Taking : public std::enable_shared_from_this<Taking> {
  public:
    Taking(App& app, const Door& door, std::vector<Delivery> deliveries, std::string signature, http::Reply reply, std::string request_id)
        : app_(app), door_(door), deliveries_(std::move(deliveries)), signature_(std::move(signature)), reply_(std::move(reply)),
          request_id_(std::move(request_id)) {}

    void next() {
        if (at_ == deliveries_.size()) {
            std::size_t events = 0;
            for (const Delivery& delivery : deliveries_) {
                events += delivery.events;
                app_.crm.wake(delivery.row.id);
            }
            return reply_(accepted(events));
        }
        const Delivery& delivery = deliveries_[at_];
        const bool queued = app_.writer.submit(
            crm_origin(delivery.row).scope, Writer::Lane::Single,
            [self = shared_from_this(), &delivery](Turn& turn) { put_delivery(turn, delivery, self->door_.path); },
            [self = shared_from_this()](bool committed) { self->stored(committed); });
        if (!queued) stored(false);
    }

  private:
    void stored(bool committed) {
        if (committed) {
            const Delivery& delivery = deliveries_[at_++];
            app_.sources.came_in(crm_origin(delivery.row).scope, Source::Hubspot, {.read = delivery.events}, nullptr, 0,
                                 app_.clock.now_ms());
            return next();
        }
        if (!signature_.empty()) app_.replays.give_back(signature_);
        reply_(error_reply({.reason = Reason::Unavailable,
                            .code = "unavailable",
                            .message = "The events could not be stored; send them again.",
                            .details = {},
                            .retry_after_s = 1},
                           source_key(Source::Hubspot), request_id_));
    }

    App& app_;
    const Door& door_;
    std::vector<Delivery> deliveries_;
    std::string signature_;
    http::Reply reply_;
    std::string request_id_;
    std::size_t at_ = 0;
};

// A deal in the body, as workflows send it: through the door like any other, as the connection.
void take_record(App& app, http::Request request, const CrmConnection& row, std::string_view route, const Door& door, http::Reply reply) {
    Principal principal;
    principal.key.tenant = row.tenant;
    principal.key.tenant_id = row.tenant_id;
    principal.key.role = Role::Intake;
    principal.key.key_id = row.id.text();
    const auto call =
        std::make_shared<Call>(Call{app, std::move(request), std::move(principal), crm_origin(row).scope, route, Source::Hubspot, {}, row.id});
    enter(call, door, std::move(reply));
}

void take_verified(App& app, http::Request request, const std::vector<CrmConnection>& candidates, std::string signature,
                   std::string_view route, const Door& door, http::Reply reply) {
    const Arrival arrival{.content_type = request.header("content-type"),
                          .query = request.query,
                          .referer = {},
                          .user_agent = {},
                          .received_at = app.clock.now_ms()};
    const auto read = door.read(arrival, request.body);
    if (read && !read->events_only) {
        const auto row = read->organization_id.empty() ? (candidates.size() == 1 ? std::optional(candidates.front()) : std::nullopt)
                                                       : connection_of(app, read->organization_id, request);
        if (!row)
            return reply(refused(request, {.reason = Reason::Forbidden,
                                           .code = "account_not_connected",
                                           .message = "No account of this number is connected here, or not with this address.",
                                           .details = {}}));
        return take_record(app, std::move(request), *row, route, door, std::move(reply));
    }
    const auto events = read_hubspot_events(request.body);
    if (!events) return reply(refused(request, events.error()));
    auto deliveries = deliveries_of(app, request, *events);
    if (!deliveries) return reply(refused(request, deliveries.error()));
    const auto taking =
        std::make_shared<Taking>(app, door, std::move(*deliveries), std::move(signature), std::move(reply), request.request_id);
    taking->next();
}

} // namespace

bool is_signed_hook(const http::Request& head, Source source) {
    if (source != Source::Hubspot || !head.header("authorization").empty()) return false;
    return !head.header("x-hubspot-signature-v3").empty() || !head.header("x-hubspot-signature").empty();
}

void take_signed_hook(App& app, http::Request request, std::string_view route, const Door& door, http::Reply reply) {
    auto candidates = asked_for(app, request);
    const Signed checked = check(app, request, candidates);
    if (checked.outcome != SignatureOutcome::Accepted) {
        return reply(refused(request, {.reason = Reason::Unauthorized,
                                       .code = std::string(signature_code(checked.outcome)),
                                       .message = "The signature of this request is not one of HubSpot's for this address.",
                                       .details = {}}));
    }
    // Sent again because our answer was lost: it is stored already.
    if (!checked.signature_v3.empty() && !app.replays.take(checked.signature_v3)) return reply(accepted(0));
    take_verified(app, std::move(request), candidates, checked.signature_v3, route, door, std::move(reply));
}

} // namespace tributary

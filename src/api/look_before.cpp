// See look_before.hpp.
#include "api/look_before.hpp"

#include "api/deal_answer.hpp"
#include "api/import.hpp"
#include "deal/field_json.hpp"
#include "deal/json.hpp"
#include "pipeline/near.hpp"

#include <memory>
#include <utility>

namespace tributary {
namespace {

constexpr std::uint64_t kDealsPerGlance = 256; // at the clock, while names are looked through

struct Near {
    std::vector<NearDeals::Found> found;
    bool complete = true; // every name was looked at
};

Near look_around(LedgerReader& ledger, const Deal& deal, const Id& same) {
    const auto until = std::chrono::steady_clock::now() + kNearTimeMax;
    NearDeals near(deal.name, deal.company);
    Near out;
    std::uint64_t seen = 0;
    ledger.for_each_named([&](const LedgerReader::NamedDeal& other) {
        if (other.id != same) near.look(other);
        out.complete = ++seen % kDealsPerGlance != 0 || std::chrono::steady_clock::now() < until;
        return out.complete;
    });
    out.found = near.found();
    return out;
}

void append_near(std::string& out, LedgerReader& ledger, const Near& near) {
    std::vector<Id> ids;
    for (const auto& found : near.found) ids.push_back(found.deal);
    const auto deals = ledger.read_deals(ids);
    append_key(out, "near");
    out += '[';
    for (std::size_t at = 0; at < deals.size(); ++at) {
        if (!deals[at]) continue;
        out += out.back() == '[' ? "{\"deal_id\":" : ",{\"deal_id\":";
        append_id(out, deals[at]->id);
        for (const Field field : {Field::Name, Field::Company, Field::Value, Field::Currency, Field::Stage}) {
            append_key(out, field_key(field));
            append_field_json(out, *deals[at], field);
        }
        append_key(out, "why");
        append_json_string(out, near_why_key(near.found[at].why));
        out += '}';
    }
    out += ']';
    append_key(out, "near_complete");
    out += near.complete ? "true" : "false";
}

// Ids made for the look are nobody's: they are taken out again. What a commit would set is set.
void make_presentable(Plan& plan, std::int64_t now_ms) {
    for (WorkingLead& lead : plan.leads) {
        if (lead.existed) continue;
        for (Working& working : plan.deals) {
            if (working.now.lead_id == lead.now.id) working.now.lead_id = {};
        }
        lead.now.id = {};
    }
    for (Working& working : plan.deals) {
        if (working.changed) working.now.updated_at = now_ms;
        if (!working.existed) working.now.id = {};
    }
}

http::Response look(Call& call, LedgerReader& ledger, const Door& door, IncomingRow& row, const std::string& members) {
    const std::int64_t now_ms = call.app.clock.now_ms();
    const auto ranks = call.app.ranks.of(call.scope);
    const auto settings = ranks->settings();
    Unit unit = new_unit(call, door.path, false);
    const IngestContext context{.unit = &unit, .now_ms = now_ms, .settings = settings.get(), .ledger = nullptr};
    Plan plan = decide(ledger, context, std::span(&row, 1));
    const RowResult& result = plan.rows.front();
    if (result.refusal) return call.refuse(*result.refusal);
    const Working& working = plan.deals[result.deal];
    const Near near = look_around(ledger, working.now, working.now.id);
    BesideDeal beside{.totals = {}, .standing = {}, .settings = *settings, .members = members + ",\"dry_run\":true"};
    append_near(beside.members, ledger, near);
    auto as_if = ranks->as_if(working.existed ? std::optional<Countable>(working.before) : std::nullopt, working.now);
    beside.totals = std::move(as_if.totals);
    beside.standing = as_if.standing;
    make_presentable(plan, now_ms);
    auto response = deal_answer(call, beside, unit, plan, 0);
    response.status = 200;    // nothing was created,
    response.headers.clear(); // and there is nothing to be found or to be changed by a version
    return response;
}

} // namespace

Result<bool> asks_to_look(const Call& call, const Door& door, bool many) {
    const std::string_view said = call.request.param("dry_run");
    if (many || said.empty()) return false;
    const auto wish = yes_or_no(said);
    if (!wish) return std::unexpected(field_refusal("dry_run", "invalid_option", "dry_run is true or false.", said));
    if (!*wish) return false;
    if (door.kind == DoorKind::Events) {
        return std::unexpected(
            field_refusal("dry_run", "invalid_option", "This door keeps what it is sent; a batch of records can be a dry run.", said));
    }
    if (call.principal.key.role == Role::Form) {
        return refuse(Reason::Forbidden, "forbidden", "A publishable key may send a form; it may not look at what would become of it.");
    }
    return true;
}

void look_before(const CallPtr& call, const Door& door, IncomingRow row, std::string members, http::Reply reply) {
    const auto kept = std::make_shared<IncomingRow>(std::move(row));
    read_call(call, std::move(reply), [&door, kept, members = std::move(members)](Call& asked, LedgerReader& ledger) {
        return look(asked, ledger, door, *kept, members);
    });
}

} // namespace tributary

// The workspace as a whole: its metrics and its settings.
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/settings.hpp"
#include "sources/source.hpp"

#include <boost/json/object.hpp>

namespace tributary {
namespace {

std::string metrics_body(const Ranks& ranks, const std::optional<Standing>& standing, MetricsShape shape) {
    std::string body = R"({"status":"success","metrics":)";
    append_metrics(body, *ranks.published(), *ranks.settings(), standing, shape);
    body += '}';
    return body;
}

// The workspace's own figures are in memory: answered at once, on the I/O thread.
void read_metrics(const CallPtr& call, http::Reply reply) {
    const auto ranks = call->app.ranks.of(call->scope);
    const auto deal_id = call->request.param("deal_id");
    if (deal_id.empty()) return reply(json_reply(200, metrics_body(*ranks, std::nullopt, MetricsShape::OfWorkspace)));
    const auto id = parse_id(deal_id);
    if (!id) return reply(call->refuse(not_found("deal")));
    read_call(call, std::move(reply), [ranks, id = *id](Call& asked, LedgerReader& ledger) {
        const auto deal = ledger.read_deals(std::span(&id, 1)).front();
        if (!deal || deal->deleted_at != 0) return asked.refuse(not_found("deal"));
        return json_reply(200, metrics_body(*ranks, ranks->standing(*deal), MetricsShape::OfBoth));
    });
}

// Every member is there: what the workspace has not decided shows its default.
std::string settings_shown(Settings settings) {
    constexpr std::string_view kEmailDefault = "15000"; // specification, in major units
    if (settings.company_size_values.empty()) settings.company_size_values = default_company_size_values(settings.base_currency);
    if (settings.email_default_minor == 0) settings.email_default_minor = parse_plain_amount(kEmailDefault, settings.base_currency).value_or(0);
    std::string text = settings_json(settings);
    if (!settings.default_country_code.empty()) return text;
    text.pop_back();
    return text + ",\"default_country_code\":null}";
}

http::Response settings_answer(const Settings& settings) {
    std::string body = R"({"status":"success","settings":)";
    body += settings_shown(settings);
    body += '}';
    return json_reply(200, std::move(body));
}

void read_settings(const CallPtr& call, http::Reply reply) {
    read_call(call, std::move(reply), [](Call&, LedgerReader& ledger) { return settings_answer(ledger.settings()); });
}

// A merge patch: members replace, null takes back to the default.
Result<Settings> patched(const Settings& stored, std::string_view patch_text) {
    auto patch = parse_json(patch_text);
    if (!patch) return std::unexpected(std::move(patch.error()));
    if (!patch->is_object()) return refuse(Reason::Invalid, "invalid_body", "The body is a JSON object of the settings to change.");
    auto merged = parse_json(settings_json(stored));
    if (!merged) return std::unexpected(std::move(merged.error()));
    for (auto& member : patch->as_object()) {
        if (member.key() == "tenant_id" || member.key() == "workspace_id") continue;
        if (member.value().is_null()) merged->as_object().erase(member.key());
        else merged->as_object()[member.key()] = std::move(member.value());
    }
    std::string text;
    append_json(text, *merged);
    return parse_settings(text);
}

void patch_settings(const CallPtr& call, http::Reply reply) {
    write_call(
        call, std::move(reply),
        [call](Turn& turn) {
            turn.told.clear();
            auto settings = patched(turn.ledger.settings(), call->request.body);
            if (!settings) return call->refuse(settings.error());
            turn.ledger.put_settings(*settings);
            return settings_answer(*settings);
        },
        // Ranks are in the base currency and were counted by the old rates: they are counted again.
        [call] { call->app.ranks.forget(call->scope); });
}

} // namespace

std::vector<Route> workspace_routes() {
    return {
        {"GET", "/api/sales/deals/metrics", Right::Read, read_metrics},
        {"GET", "/api/sales/settings", Right::Administer, read_settings},
        {"PATCH", "/api/sales/settings", Right::Administer, patch_settings},
    };
}

} // namespace tributary

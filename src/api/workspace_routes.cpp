// The workspace as a whole: its metrics and its settings.
#include "api/routes.hpp"
#include "deal/json.hpp"
#include "deal/settings.hpp"
#include "pipeline/day_figures.hpp"
#include "sources/source.hpp"

#include <boost/json/object.hpp>

namespace tributary {
namespace {

// The figures of now are in memory; those of the day they are compared with are one row.
http::Response metrics_answer(const Call& call, LedgerReader& ledger, const Ranks& ranks, std::uint32_t change_days,
                              const std::optional<Standing>& standing, MetricsShape shape) {
    const auto totals = ranks.published();
    const Figures now = figures_of(*totals, ranks.settings()->base_currency);
    const Compared compared = compared_with(ledger, now, call.app.clock.now_ms(), change_days);
    std::string body = R"({"status":"success","metrics":)";
    append_metrics(body, *totals, *ranks.settings(), standing, shape);
    body.pop_back();
    append_key(body, "change");
    append_change(body, now, compared.figures, compared.since_day);
    body += "}}";
    return json_reply(200, std::move(body));
}

Result<std::uint32_t> change_days_asked(const http::Request& request) {
    constexpr std::uint32_t kDefault = 7;
    const std::string_view text = request.param("change_days");
    if (text.empty()) return kDefault;
    for (const std::uint32_t days : {1U, 7U, 30U}) {
        if (text == std::to_string(days)) return days;
    }
    return std::unexpected(field_refusal("change_days", "invalid_parameter", "The change is told of 1, 7 or 30 days.", text));
}

void read_metrics(const CallPtr& call, http::Reply reply) {
    const auto ranks = call->app.ranks.of(call->scope);
    const auto deal_id = call->request.param("deal_id");
    const auto days = change_days_asked(call->request);
    if (!days) return reply(call->refuse(days.error()));
    if (deal_id.empty()) {
        return read_call(call, std::move(reply), [ranks, days = *days](Call& asked, LedgerReader& ledger) {
            return metrics_answer(asked, ledger, *ranks, days, std::nullopt, MetricsShape::OfWorkspace);
        });
    }
    const auto id = parse_id(deal_id);
    if (!id) return reply(call->refuse(not_found("deal")));
    read_call(call, std::move(reply), [ranks, id = *id, days = *days](Call& asked, LedgerReader& ledger) {
        const auto deal = ledger.read_deals(std::span(&id, 1)).front();
        if (!deal || deal->deleted_at != 0) return asked.refuse(not_found("deal"));
        return metrics_answer(asked, ledger, *ranks, days, ranks->standing(*deal), MetricsShape::OfBoth);
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

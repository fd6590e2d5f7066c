// See connection_answer.hpp.
#include "api/connection_answer.hpp"

#include "api/reach.hpp"
#include "crm/crm.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

void append_instant_or_null(std::string& out, std::string_view key, std::int64_t ms) {
    append_key(out, key);
    if (ms == 0) {
        out += "null";
        return;
    }
    append_json_string(out, instant_text(ms));
}

void append_text_or_null(std::string& out, std::string_view key, std::string_view text) {
    append_key(out, key);
    if (text.empty())
        out += "null";
    else
        append_json_string(out, text);
}

void append_number(std::string& out, std::string_view key, std::uint64_t number) {
    append_key(out, key);
    out += std::to_string(number);
}

void append_sums(std::string& out, std::string_view key, const std::map<std::string, std::string>& sums) {
    append_key(out, key);
    out += '{';
    for (const auto& [currency, amount] : sums) {
        if (out.back() != '{') out += ',';
        append_json_string(out, currency);
        out += ':';
        out += amount; // an exact decimal
    }
    out += '}';
}

void append_balance(std::string& out, const CrmBalance& balance) {
    append_key(out, "balance");
    if (balance.at == 0) {
        out += "null";
        return;
    }
    out += "{\"at\":";
    append_json_string(out, instant_text(balance.at));
    append_number(out, "theirs", balance.theirs);
    append_number(out, "ours", balance.ours);
    append_number(out, "missing", balance.missing);
    append_number(out, "surplus", balance.surplus);
    append_number(out, "differing", balance.differing);
    append_number(out, "read_again", balance.wanted);
    append_sums(out, "theirs_sum", balance.theirs_sum);
    append_sums(out, "ours_sum", balance.ours_sum);
    out += '}';
}

void append_calls(std::string& out, const outside::BudgetCounts& calls) {
    append_key(out, "calls");
    out += "{\"made\":" + std::to_string(calls.calls);
    append_number(out, "retried", calls.retries);
    append_number(out, "throttled", calls.throttled);
    append_number(out, "waited_ms", static_cast<std::uint64_t>(calls.waited_ms));
    append_number(out, "limit_per_10_s", static_cast<std::uint64_t>(calls.calls_max));
    append_key(out, "left_today");
    out += calls.day_remaining ? std::to_string(*calls.day_remaining) : "null";
    out += '}';
}

void append_trouble(std::string& out, const CrmHealth& health) {
    append_key(out, "trouble");
    if (health.failed_at == 0) {
        out += "null";
        return;
    }
    out += "{\"at\":";
    append_json_string(out, instant_text(health.failed_at));
    append_key(out, "cause");
    append_json_string(out, health.code);
    append_key(out, "message");
    append_json_string(out, health.text);
    out += '}';
}

CrmHealth health_of(App& app, const CrmConnection& row) {
    if (const auto at_work = app.crm.account(row.id)) return at_work->health();
    CrmHealth resting;
    resting.sync = parse_crm_sync_state(row.sync);
    return resting;
}

} // namespace

void append_connection(std::string& out, App& app, const CrmConnection& row) {
    const CrmHealth health = health_of(app, row);
    out += "{\"connection_id\":";
    append_json_string(out, row.id.text());
    append_key(out, "system");
    append_json_string(out, source_key(row.system));
    append_key(out, "account_id");
    append_json_string(out, row.account);
    append_key(out, "name");
    append_json_string(out, row.name);
    append_key(out, "state");
    append_json_string(out, connection_state_key(row.state));
    append_key(out, "auth");
    append_json_string(out, row.auth);
    append_texts(out, "scopes", row.scopes);
    append_text_or_null(out, "reason", row.reason);
    append_key(out, "created_by");
    append_json_string(out, row.created_by);
    append_instant_or_null(out, "created_at", row.created_at);
    append_instant_or_null(out, "changed_at", row.changed_at);
    append_instant_or_null(out, "last_call_at", health.last_ok_at);
    append_instant_or_null(out, "last_asked_at", health.sync.polled_at);
    append_number(out, "waiting", health.wanted.waiting);
    append_instant_or_null(out, "waiting_since", health.wanted.oldest_at);
    append_trouble(out, health);
    append_calls(out, health.calls);
    append_balance(out, health.sync.balance);
    out += '}';
}

std::string connection_body(App& app, const CrmConnection& row, std::string_view members) {
    std::string body = R"({"status":"success","connection":)";
    append_connection(body, app, row);
    body += members;
    return body + "}";
}

std::optional<CrmConnection> named_connection(const Call& call) {
    const auto id = parse_id(call.segments.front());
    auto row = id ? call.app.store.connections().read(*id) : std::nullopt;
    if (!row || row->workspace != call.scope.workspace() || row->state == ConnectionState::Disconnected) return std::nullopt;
    return row;
}

Refusal not_at_work() {
    return {.reason = Reason::Conflict, .code = "not_connected", .message = "This account must be connected again first.", .details = {}};
}

} // namespace tributary

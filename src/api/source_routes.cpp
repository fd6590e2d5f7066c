// How the sources of a workspace do.
#include "api/routes.hpp"
#include "deal/date.hpp"
#include "deal/json.hpp"

namespace tributary {
namespace {

void append_count(std::string& out, std::string_view key, std::uint64_t count) {
    append_key(out, key);
    out += std::to_string(count);
}

void append_time(std::string& out, std::string_view key, std::int64_t ms) {
    append_key(out, key);
    if (ms == 0) {
        out += "null";
        return;
    }
    out += '"';
    append_instant(out, ms);
    out += '"';
}

void append_latency(std::string& out, const LatencyCounts& counts) {
    append_key(out, "latency_ms");
    const double middle = latency_ms_at(counts, 0.5);
    if (middle == 0) {
        out += "null";
        return;
    }
    out += "{\"p50\":";
    append_json_number(out, middle);
    append_key(out, "p95");
    append_json_number(out, latency_ms_at(counts, 0.95));
    out += '}';
}

void append_error(std::string& out, const SourceState& state) {
    append_key(out, "last_error");
    if (state.error_at == 0) {
        out += "null";
        return;
    }
    out += "{\"at\":\"";
    append_instant(out, state.error_at);
    out += '"';
    append_key(out, "code");
    append_json_string(out, state.error_code);
    append_key(out, "message");
    append_json_string(out, state.error_message);
    out += '}';
}

void append_source(std::string& out, Source source, SourceState state, std::int64_t now_ms) {
    (void)state.hour_at(now_ms); // drops what lies before the window
    SourceHour sum;
    for (const SourceHour& hour : state.hours) {
        sum.received += hour.received;
        sum.succeeded += hour.succeeded;
        sum.rejected += hour.rejected;
        for (std::size_t at = 0; at < kLatencyBuckets; ++at) sum.latency[at] += hour.latency[at];
    }
    out += "{\"source\":";
    append_json_string(out, source_key(source));
    append_time(out, "last_event_at", state.last_event_at);
    append_count(out, "window_hours", SourceState::kHoursKept);
    append_count(out, "received", sum.received);
    append_count(out, "succeeded", sum.succeeded);
    append_count(out, "rejected", sum.rejected);
    append_key(out, "success_rate");
    if (sum.received == 0)
        out += "null";
    else
        append_json_number(out, static_cast<double>(sum.succeeded) / static_cast<double>(sum.received));
    append_latency(out, sum.latency);
    append_error(out, state);
    out += '}';
}

void read_sources(const CallPtr& call, http::Reply reply) {
    const auto states = call->app.sources.of(call->scope);
    std::string body = R"({"status":"success","sources":[)";
    for (std::size_t at = 0; at < kSourceCount; ++at) {
        if (at != 0) body += ',';
        append_source(body, static_cast<Source>(at), states[at], call->app.clock.now_ms());
    }
    reply(json_reply(200, body + "]}"));
}

} // namespace

std::vector<Route> source_routes() { return {{"GET", "/api/sales/sources", Right::Read, read_sources}}; }

} // namespace tributary

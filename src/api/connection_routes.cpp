// GET /api/sales/connections: what is known of the workspace's CRMs. None is connected by this server yet: they send by webhook, to the
// address told here, and the time of their last arrival is what can be said.
#include "api/replies.hpp"
#include "api/routes.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::uint32_t kRowsPerPage = 500;
constexpr std::uint32_t kRowsLookedAt = 10'000; // of the workspace's journal, newest first, for the last arrival of a CRM

struct Crm {
    Source source;
    std::string_view hook; // path of its webhook
};
constexpr std::array<Crm, 2> kCrms = {{{Source::Hubspot, "/api/sales/deals/hubspot/sync"}, {Source::Salesforce, "/api/sales/deals/salesforce/sync"}}};

// RFC 3986, 2.3: all but the unreserved characters.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~").find(static_cast<char>(c)) != std::string_view::npos;
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

http::Response list_connections(Call& call, LedgerReader& ledger) {
    const auto heard = last_heard(ledger);
    const std::string scope = "?tenant_id=" + percent_encoded(call.scope.tenant_id()) + "&workspace_id=" + percent_encoded(call.scope.workspace_id());
    std::string body = R"({"status":"success","connections":[)";
    for (std::size_t at = 0; at < kCrms.size(); ++at) {
        body += at == 0 ? "{\"system\":" : ",{\"system\":";
        append_json_string(body, source_key(kCrms[at].source));
        append_key(body, "state");
        append_json_string(body, "not_connected");
        append_key(body, "webhook_url");
        append_json_string(body, std::string(kCrms[at].hook) + scope);
        append_key(body, "last_event_at");
        if (heard[at] == 0) {
            body += "null}";
        } else {
            body += '"';
            append_instant(body, heard[at]);
            body += "\"}";
        }
    }
    body += "]}";
    return json_reply(200, std::move(body));
}

} // namespace

std::vector<Route> connection_routes() { return {{"GET", "/api/sales/connections", Right::Read, reading(list_connections)}}; }

} // namespace tributary

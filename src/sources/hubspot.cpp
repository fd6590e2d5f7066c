// The HubSpot doors: deals as HubSpot's workflows, its API and its client libraries write them, and the thin events of app
// webhooks, which are only taken in here. Shapes and property names: docs/sources/hubspot.md.
#include "sources/crm_record.hpp"
#include "sources/hubspot_deal.hpp"
#include "sources/media_type.hpp"
#include "sources/ndjson.hpp"

#include <array>

namespace tributary {
namespace {

constexpr std::size_t kSyncBodyBytesMax = 5 * 1024 * 1024; // the most that is read before a signature is checked
constexpr std::array<std::string_view, 4> kWrappers = {"deals", "results", "inputs", "records"};

constexpr std::string_view kThinEventMessage = "This is a webhook event without its deal; send events alone, to /hubspot/sync.";

enum class ThinEvents : std::uint8_t { Taken, Refused };

// The portal of the body; two different ones cannot both be the workspace's.
Result<void> note_portal(const boost::json::object& record, std::string& portal) {
    std::string said = hubspot_portal(record);
    if (said.empty() || said == portal) return {};
    if (portal.empty()) {
        portal = std::move(said);
        return {};
    }
    return refuse(Reason::Invalid, "mixed_portals", "The body holds records of more than one HubSpot portal.");
}

Result<ReadAll> read_hubspot(const Arrival& arrival, std::string_view body, ThinEvents thin_events) {
    if (auto type = check_json_type(arrival); !type) return std::unexpected(std::move(type.error()));
    const auto records = crm_records(body, kWrappers);
    if (!records) return std::unexpected(records.error());
    ReadAll read;
    std::size_t events = 0;
    std::size_t deals = 0;
    for (std::size_t row = 0; row < records->size(); ++row) {
        const std::string_view text = (*records)[row];
        auto record = parse_record(text);
        if (!record) {
            if (record.error().code == "invalid_json") return std::unexpected(std::move(record.error()));
            read.rows.push_back(record_row(row, text, std::unexpected(std::move(record.error()))));
            continue;
        }
        if (auto noted = note_portal(*record, read.organization_id); !noted) return std::unexpected(std::move(noted.error()));
        if (is_hubspot_event(*record)) {
            ++events;
            read.rows.push_back(record_row(row, text, refuse(Reason::Invalid, "thin_event", std::string(kThinEventMessage))));
            continue;
        }
        ++deals;
        read.rows.push_back(record_row(row, text, hubspot_draft(*record, arrival)));
    }
    if (thin_events == ThinEvents::Taken && events > 0 && deals == 0) {
        read.events_only = true;
        read.events = static_cast<std::size_t>(events);
        read.rows.clear();
    }
    return read;
}

// Lines refuse themselves alone, also where another portal is named than before: what was read already is stored.
Result<Draft> read_line(const boost::json::value& line, const Arrival& arrival, std::string& portal) {
    if (!line.is_object()) return refuse(Reason::Invalid, "not_an_object", "A record must be a JSON object.");
    const boost::json::object& record = line.get_object();
    if (auto noted = note_portal(record, portal); !noted) return std::unexpected(std::move(noted.error()));
    if (is_hubspot_event(record)) return refuse(Reason::Invalid, "thin_event", std::string(kThinEventMessage));
    return hubspot_draft(record, arrival);
}

// Null for JSON bodies: those are read whole.
Result<std::unique_ptr<RowReader>> stream_hubspot(const Arrival& arrival, RowSink sink) {
    if (!is_ndjson_type(arrival.content_type)) return nullptr;
    const Arrival kept{.received_at = arrival.received_at, .rules = arrival.rules}; // the views of the rest end with the head
    return read_ndjson(
        [kept, portal = std::string()](const boost::json::value& line) mutable { return ReadRow{.draft = read_line(line, kept, portal)}; },
        std::move(sink));
}

} // namespace

SourceSpec hubspot_source() {
    SourceSpec spec{.source = Source::Hubspot};
    spec.doors.push_back(
        {.path = "/hubspot/sync",
         .kind = DoorKind::Events,
         .read = [](const Arrival& arrival, std::string_view body) { return read_hubspot(arrival, body, ThinEvents::Taken); },
         .body_bytes_max = kSyncBodyBytesMax});
    spec.doors.push_back(
        {.path = "/hubspot/batch-sync",
         .kind = DoorKind::Many,
         .read = [](const Arrival& arrival, std::string_view body) { return read_hubspot(arrival, body, ThinEvents::Refused); },
         .stream = stream_hubspot,
         .body_bytes_max = kCrmBodyBytesMax});
    return spec;
}

} // namespace tributary

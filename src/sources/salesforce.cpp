// The Salesforce doors: opportunities as JSON (one, an array, or a query's {"records":[...]}) and outbound messages in SOAP.
// Field names and answers: docs/sources/salesforce.md.
#include "sources/crm_record.hpp"
#include "sources/media_type.hpp"
#include "sources/ndjson.hpp"
#include "sources/reader_text.hpp"
#include "sources/salesforce_opportunity.hpp"
#include "sources/salesforce_soap.hpp"

#include <array>

namespace tributary {
namespace {

constexpr std::array<std::string_view, 2> kWrappers = {"records", "deals"};

Result<ReadAll> read_records(const Arrival& arrival, std::string_view body) {
    if (auto type = check_json_type(arrival, true); !type) return std::unexpected(std::move(type.error()));
    const auto records = crm_records(body, kWrappers);
    if (!records) return std::unexpected(records.error());
    ReadAll read;
    for (std::size_t row = 0; row < records->size(); ++row) {
        const std::string_view text = (*records)[row];
        const auto record = parse_record(text);
        if (!record && record.error().code == "invalid_json") return std::unexpected(record.error());
        Result<Draft> draft = record ? opportunity_draft(*record, arrival) : std::unexpected(record.error());
        read.rows.push_back(record_row(row, text, std::move(draft)));
    }
    return read;
}

// Null for JSON bodies: those are read whole.
Result<std::unique_ptr<RowReader>> stream_records(const Arrival& arrival, RowSink sink) {
    if (!is_ndjson_type(arrival.content_type)) return nullptr;
    const Arrival kept{.received_at = arrival.received_at, .rules = arrival.rules}; // the views of the rest end with the head
    const auto read_line = [kept](const boost::json::value& line) -> Result<Draft> {
        if (!line.is_object()) return refuse(Reason::Invalid, "not_an_object", "A record must be a JSON object.");
        return opportunity_draft(line.get_object(), kept);
    };
    return read_ndjson([read_line](const boost::json::value& line) { return ReadRow{.draft = read_line(line)}; }, std::move(sink));
}

bool is_soap(const Arrival& arrival, std::string_view body) {
    if (starts_no_case(trimmed(arrival.content_type), "text/xml") || starts_no_case(trimmed(arrival.content_type), "application/soap+xml"))
        return true;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
    return trimmed(body).starts_with('<');
}

Result<ReadAll> read_sync(const Arrival& arrival, std::string_view body) {
    return is_soap(arrival, body) ? read_outbound_message(arrival, body) : read_records(arrival, body);
}

} // namespace

SourceSpec salesforce_source() {
    SourceSpec spec{.source = Source::Salesforce};
    spec.doors.push_back({.path = "/salesforce/sync", .kind = DoorKind::Events, .read = read_sync, .body_bytes_max = kSoapBodyBytesMax});
    spec.doors.push_back({.path = "/salesforce/batch-sync",
                          .kind = DoorKind::Many,
                          .read = read_records,
                          .stream = stream_records,
                          .body_bytes_max = kCrmBodyBytesMax});
    return spec;
}

} // namespace tributary

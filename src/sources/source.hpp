// A source is a name and its doors; a door is a path and a reader. Readers are pure: bytes in, drafts out; they know neither
// store nor tenant nor clock. Adding a source touches its own file and its line in all.cpp (and its test, doc page and tab).
#pragma once
#include "deal/draft.hpp"
#include "deal/money.hpp"
#include "deal/result.hpp"
#include "deal/saved_mapping.hpp"
#include "deal/settings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

struct CrmReading; // sources/crm_reading.hpp

// Workspace settings a reader needs. Money in minor units of base_currency.
struct ReadingRules {
    Currency base_currency;
    std::vector<std::pair<std::string, std::int64_t>> company_size_values; // empty: the defaults of default_company_size_values()
    std::int64_t email_default_minor = 0;                                  // 0: 15,000 major units
    std::string default_country_code;                                      // for phones, e.g. "49"; empty: none
    std::vector<std::pair<std::string, Stage>> stage_values;               // CRM stages: Settings::stage_values, first of all rules
    const CrmReading* crm = nullptr; // of the connected account that the records come from; null: of none. Must outlive the reading
};
[[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> default_company_size_values(Currency currency);
[[nodiscard]] ReadingRules reading_rules(const Settings& settings);

// The workspace's saved mappings, as the reader of a file may ask for them and add to them. A reader that has none reads a file that was
// stored, for which all has been chosen.
struct MappingShelf {
    std::function<std::optional<SavedMapping>(std::string_view name)> named;
    std::function<std::optional<SavedMapping>(std::string_view fingerprint)> of_header;
    // Refuses with forbidden or too_many_mappings. It is durable before the answer of the upload.
    std::function<Result<void>(SavedMapping mapping)> keep;
};

// What a first pass over a file has found out, for the reader that reads the same bytes again. Only its own source knows what it is.
class Heard {
  public:
    virtual ~Heard() = default;
};

// One arrival's whole request as a reader sees it. `query` holds decoded pairs in order.
struct Arrival {
    std::string_view content_type; // media type with parameters, as sent; may be empty
    std::span<const std::pair<std::string, std::string>> query;
    std::string_view referer;
    std::string_view user_agent;
    std::int64_t received_at = 0; // ms
    const ReadingRules* rules = nullptr;
    const Heard* heard = nullptr; // by an earlier reader of the same bytes; null when there was none
    std::shared_ptr<const MappingShelf> mappings = nullptr;
};

// What a reader made out of free text, for whoever wants to see where a value came from.
struct Extracted {
    std::string_view field;  // of a deal
    std::string value;       // as read, before it is converted
    std::string_view from;   // subject, signature, domain, sender, text, given or default
    std::string excerpt;     // the words it was read from; empty when they say no more than the value
};
inline constexpr std::size_t kExcerptBytesMax = 200;

// A row as read: a draft, or why this row alone is refused, with where it stood and its raw text.
struct ReadRow {
    std::uint32_t row = 0;  // from 0
    std::uint64_t line = 0; // first line in the file, from 1; 0 when there are no lines
    Result<Draft> draft = Draft{};
    std::string raw;         // of a row the reader itself refuses (at most kRawRowBytesMax), to be given back in errors.csv
    std::string_view record; // streamed rows: the row's bytes as they stand in the input, valid during the sink's call only
    // tenant_id and workspace_id as the row (or the body or form around it) says them; empty when not said. They grant
    // nothing: whoever knows the credential compares them and refuses the row when they differ (SPEC-NOTES 2).
    std::string tenant_id;
    std::string workspace_id;
    std::vector<Extracted> extracted; // of an e-mail: what was found in it, and where
};
inline constexpr std::size_t kRawRowBytesMax = 64 * 1024;

// Where a streaming reader puts its rows, in input order. Returns false to stop reading (cancelled or failed). A reader without a sink
// makes no rows: it hands back the raw bytes, refuses what it can already tell is no file of its kind, and listens for heard().
using RowSink = std::function<bool(ReadRow&&)>;

// A body read piece by piece in constant memory (CSV file part, NDJSON). write() may call the sink many times.
// A refusal ends the whole arrival: rows already given to the sink stay valid.
class RowReader {
  public:
    virtual ~RowReader() = default;
    [[nodiscard]] virtual Result<void> write(std::string_view bytes) = 0;
    [[nodiscard]] virtual Result<void> finish() = 0;
    // A file is held until its dialect and the form fields behind it are known, so one write() or finish() may owe many
    // rows. more() gives some of them (those of at most 64 KiB of input) to the sink; true: call again when there is room.
    // Must be called until false after every write() and after finish(): a reader may owe all its rows then.
    [[nodiscard]] virtual Result<bool> more() { return false; }
    // The bytes of the rows' own file (not the multipart wrapping) taken in since the last call, to be kept raw.
    [[nodiscard]] virtual std::string take_raw() = 0;
    [[nodiscard]] virtual std::string file_name() const { return {}; }
    // Rows that are no deals (totals, the header once more) and were passed over so far: no sink has got them.
    [[nodiscard]] virtual std::uint64_t skipped() const { return 0; }
    // After finish(), of a reader without a sink: for Arrival::heard of the one that makes the rows.
    [[nodiscard]] virtual std::shared_ptr<const Heard> heard() const { return nullptr; }
    // The options as the sender gave them, known when the first row is given: read with these again, the same bytes give the same rows.
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> asked() const { return {}; }
    // JSON object text that says how the input was understood (dialect, header, mapping), for the unit's options; empty for none.
    [[nodiscard]] virtual std::string understood() const { return {}; }
};

// What a body that is not a deal asks for: stored raw and answered without a pipeline run.
struct ReadAll {
    std::vector<ReadRow> rows;
    bool events_only = false;    // HubSpot thin events: store, answer 202, fetch when a connection exists
    std::size_t events = 0;      // how many, when events_only
    bool soap = false;           // Salesforce outbound message: the answer is a SOAP Ack
    std::string organization_id; // Salesforce: OrganizationId of the message, 18 characters; HubSpot: portalId; empty when not said
};

enum class DoorKind : std::uint8_t {
    One,    // one deal, answered with the deal (SPEC-NOTES 5)
    Many,   // many deals, answered with counts and results (SPEC-NOTES 6)
    Events, // one or many or thin events or SOAP: decided by the body
};

struct Door {
    std::string_view path; // below /api/sales/deals, e.g. "/csv/upload"
    DoorKind kind = DoorKind::One;
    // The whole body at once. A refusal refuses the whole arrival. Null when the door only streams.
    std::function<Result<ReadAll>(const Arrival&, std::string_view body)> read;
    // For streamed bodies (content type decides, inside). Null when the door takes whole bodies only, or when this
    // arrival is not streamable: then `read` is used.
    std::function<Result<std::unique_ptr<RowReader>>(const Arrival&, RowSink)> stream;
    std::size_t body_bytes_max = 1024 * 1024;
};

// Whole bodies of JSON (and of XML where `xml`): any other content type is refused with 415 unsupported_content_type.
[[nodiscard]] Result<void> check_json_type(const Arrival& arrival, bool xml = false);

struct SourceSpec {
    Source source = Source::Manual;
    std::vector<Door> doors;
};

// The explicit list of all sources.
[[nodiscard]] const std::vector<SourceSpec>& all_sources();

// One per source file; called only by all.cpp.
[[nodiscard]] SourceSpec manual_source();
[[nodiscard]] SourceSpec web_form_source();
[[nodiscard]] SourceSpec csv_source();
[[nodiscard]] SourceSpec email_source();
[[nodiscard]] SourceSpec api_source();
[[nodiscard]] SourceSpec hubspot_source();
[[nodiscard]] SourceSpec salesforce_source();

} // namespace tributary

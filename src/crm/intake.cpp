// See intake.hpp.
#include "crm/intake.hpp"

#include "pipeline/pipeline.hpp"
#include "sources/crm_reading.hpp"

#include <algorithm>
#include <chrono>
#include <future>

namespace tributary {
namespace {

// The door whose reader reads records of this source that come many at a time; its path names the unit too.
const Door& batch_door(Source source) {
    for (const SourceSpec& spec : all_sources()) {
        if (spec.source != source) continue;
        const auto door = std::ranges::find(spec.doors, DoorKind::Many, &Door::kind);
        if (door != spec.doors.end()) return *door;
    }
    throw std::logic_error("this source has no door for records of a CRM");
}

std::string body_of(std::span<const CrmRecord> records) {
    std::string body = "[";
    for (const CrmRecord& record : records) {
        if (body.size() > 1) body += ',';
        body += record.text;
    }
    return body + "]";
}

// Everything that one turn of the writer needs, kept while it may run more than once.
struct Window {
    Unit unit;
    std::string body;
    std::vector<IncomingRow> rows;
    std::vector<Wanted> wanted;
    AutomationPolicy automations = AutomationPolicy::Live;
    UnitCounts counts;
    std::optional<Refusal> refusal;
};

void run(Window& window, Turn& turn) {
    turn.told.clear();
    std::vector<IncomingRow> rows = window.rows; // ingest() moves the raw texts out
    if (!rows.empty()) {
        window.unit.id = turn.ledger.next_id(IdOf::Unit, turn.now_ms);
        const IngestContext context{
            .unit = &window.unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr, .automations = window.automations};
        Plan plan = ingest(turn.ledger, turn.ranks, context, rows);
        window.counts = plan.counts;
        window.refusal.reset();
        for (const RowResult& row : plan.rows) {
            if (row.refusal) window.refusal = row.refusal;
        }
        // A reading that brings nothing new is no arrival.
        if (plan.counts.unchanged != plan.counts.read) {
            window.unit.counts = plan.counts;
            window.unit.state = UnitState::Done;
            window.unit.started_at = window.unit.finished_at = turn.now_ms;
            window.unit.raw_bytes = window.body.size();
            turn.ledger.put_unit(window.unit, window.body);
            turn.ledger.add_outcomes(window.unit.id, outcomes_of(plan));
        }
        turn.told = std::move(plan.journal);
    }
    if (!window.wanted.empty()) turn.ledger.fulfil(window.wanted);
}

} // namespace

CrmIntake::CrmIntake(Writer& writer, RankBook& ranks, const Clock& clock, Reading reading, Counted counted)
    : writer_(writer), ranks_(ranks), clock_(clock), reading_(std::move(reading)), counted_(std::move(counted)) {}

std::vector<IncomingRow> CrmIntake::read(const CrmOrigin& origin, const std::string& body) const {
    std::vector<IncomingRow> rows;
    const auto settings = ranks_.of(origin.scope)->settings();
    const auto account = reading_(origin);
    ReadingRules rules = reading_rules(*settings);
    rules.crm = account.get();
    const std::int64_t now = clock_.now_ms();
    const Arrival arrival{
        .content_type = "application/json", .query = {}, .referer = {}, .user_agent = {}, .received_at = now, .rules = &rules};
    auto read = batch_door(origin.source).read(arrival, body);
    if (!read) throw std::runtime_error("a CRM's records could not be put together: " + read.error().code);
    for (ReadRow& row : read->rows) {
        IncomingRow incoming{.row = row.row, .line = row.line, .candidate = Candidate{}, .raw = std::move(row.raw)};
        incoming.candidate = row.draft ? normalise(*row.draft, *settings, now) : std::unexpected(std::move(row.draft.error()));
        rows.push_back(std::move(incoming));
    }
    return rows;
}

CrmIntake::Taken CrmIntake::take(const CrmOrigin& origin, std::span<const CrmRecord> records, std::span<const Wanted> wanted,
                                 AutomationPolicy automations) {
    if (records.size() > kRecordsMax) throw std::logic_error("too many records of a CRM at a time");
    const auto started = std::chrono::steady_clock::now();
    const auto window = std::make_shared<Window>();
    window->unit.source = origin.source;
    window->unit.door = batch_door(origin.source).path;
    window->unit.content_type = "application/json";
    window->unit.actor = "connection:" + origin.connection.text();
    window->unit.asked = R"([["connection",")" + origin.connection.text() + "\"]]";
    window->body = body_of(records);
    if (!records.empty()) window->rows = read(origin, window->body);
    window->wanted.assign(wanted.begin(), wanted.end());
    window->automations = automations;
    window->unit.automations = automations;
    std::promise<bool> committed;
    auto waits = committed.get_future();
    const bool queued = writer_.submit(
        origin.scope, Writer::Lane::Bulk, [window](Turn& turn) { run(*window, turn); },
        [&committed](bool done) { committed.set_value(done); });
    if (!queued || !waits.get()) return {};
    if (!records.empty()) {
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started).count();
        counted_(origin, window->counts, window->refusal ? &*window->refusal : nullptr, took);
    }
    return {.stored = true, .counts = window->counts};
}

} // namespace tributary

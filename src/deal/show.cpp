// Records as the API shows them. Keys are literals and numbers go through to_chars: these run once per deal and frame.
#include "deal/show.hpp"

#include "deal/json.hpp"

#include <charconv>

namespace tributary {
namespace {

template <typename Integer>
void append_integer(std::string& out, Integer number) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    out.append(buffer, end.ptr);
}

// `lead` is everything up to the value: ",\"company\":".
template <typename Integer>
void put_number(std::string& out, std::string_view lead, Integer number) {
    out += lead;
    append_integer(out, number);
}

void put_text(std::string& out, std::string_view lead, std::string_view text) {
    out += lead;
    append_json_string(out, text);
}

void put_text_or_null(std::string& out, std::string_view lead, std::string_view text) {
    out += lead;
    if (text.empty())
        out += "null";
    else
        append_json_string(out, text);
}

void put_bool(std::string& out, std::string_view lead, bool truth) {
    out += lead;
    out += truth ? "true" : "false";
}

// `json` is one object's text of our own writing.
void put_object(std::string& out, std::string_view lead, std::string_view json, std::string_view when_empty) {
    out += lead;
    out += json.empty() ? when_empty : json;
}

void put_instant(std::string& out, std::string_view lead, std::int64_t ms) {
    out += lead;
    out += '"';
    append_instant(out, ms);
    out += '"';
}

void put_instant_or_null(std::string& out, std::string_view lead, std::int64_t ms) {
    if (ms != 0) {
        put_instant(out, lead, ms);
        return;
    }
    out += lead;
    out += "null";
}

void put_id_or_null(std::string& out, std::string_view lead, const Id& id) {
    out += lead;
    append_id(out, id);
}

void put_field(std::string& out, std::string_view lead, const Deal& deal, Field field) {
    out += lead;
    append_field_json(out, deal, field);
}

void put_owner(std::string& out, const Id& id, Shown shown) {
    out += "{\"id\":";
    append_id(out, id);
    put_text(out, ",\"tenant_id\":", shown.tenant_id);
    put_text(out, ",\"workspace_id\":", shown.workspace_id);
}

} // namespace

void append_deal(std::string& out, const Deal& deal, Shown shown) {
    put_owner(out, deal.id, shown);
    put_text(out, ",\"name\":", deal.name);
    put_text_or_null(out, ",\"company\":", deal.company);
    put_field(out, ",\"value\":", deal, Field::Value);
    put_field(out, ",\"currency\":", deal, Field::Currency);
    put_field(out, ",\"stage\":", deal, Field::Stage);
    put_field(out, ",\"probability\":", deal, Field::Probability);
    put_text(out, ",\"source\":", source_key(deal.source));
    put_field(out, ",\"expected_close_date\":", deal, Field::ExpectedCloseDate);
    put_number(out, ",\"health_score\":", deal.health_score);
    put_text(out, ",\"risk_level\":", risk_key(deal.risk));
    put_object(out, ",\"source_metadata\":", deal.source_metadata, "{}");
    put_text_or_null(out, ",\"contact_name\":", deal.contact_name);
    put_text_or_null(out, ",\"contact_email\":", deal.contact_email);
    put_text_or_null(out, ",\"contact_phone\":", deal.contact_phone);
    put_text_or_null(out, ",\"description\":", deal.description);
    put_text_or_null(out, ",\"owner\":", deal.owner);
    put_text_or_null(out, ",\"lost_reason\":", deal.lost_reason);
    put_id_or_null(out, ",\"lead_id\":", deal.lead_id);
    put_bool(out, ",\"value_estimated\":", deal.value_estimated);
    put_bool(out, ",\"is_spam\":", deal.is_spam);
    out += ",\"external_ids\":";
    append_external_ids(out, deal.external_ids);
    put_instant_or_null(out, ",\"stage_entered_at\":", deal.stage_entered_at);
    put_instant_or_null(out, ",\"closed_at\":", deal.closed_at);
    put_instant_or_null(out, ",\"last_engaged_at\":", deal.last_engaged_at);
    put_instant(out, ",\"created_at\":", deal.created_at);
    put_instant(out, ",\"updated_at\":", deal.updated_at);
    put_instant_or_null(out, ",\"deleted_at\":", deal.deleted_at);
    put_number(out, ",\"version\":", deal.version);
    out += '}';
}

void append_external_ids(std::string& out, const std::vector<ExternalId>& external_ids) {
    out += '[';
    for (const ExternalId& external : external_ids) {
        if (out.back() == '}') out += ',';
        put_text(out, "{\"system\":", external.system);
        put_text(out, ",\"id\":", external.id);
        out += '}';
    }
    out += ']';
}

void append_lead(std::string& out, const Lead& lead, Shown shown) {
    put_owner(out, lead.id, shown);
    put_text(out, ",\"email\":", lead.email);
    put_text_or_null(out, ",\"first_name\":", lead.first_name);
    put_text_or_null(out, ",\"last_name\":", lead.last_name);
    put_text_or_null(out, ",\"company\":", lead.company);
    put_text_or_null(out, ",\"phone\":", lead.phone);
    put_text(out, ",\"source\":", source_key(lead.source));
    put_text(out, ",\"status\":", lead_status_key(lead.status));
    put_number(out, ",\"ai_score\":", lead.ai_score);
    put_text_or_null(out, ",\"ai_qualification_summary\":", lead.ai_qualification_summary);
    put_bool(out, ",\"is_spam\":", lead.is_spam);
    put_object(out, ",\"metadata_json\":", lead.metadata_json, "{}");
    put_instant(out, ",\"created_at\":", lead.created_at);
    put_instant(out, ",\"updated_at\":", lead.updated_at);
    out += '}';
}

void append_counts(std::string& out, const UnitCounts& counts) {
    put_number(out, ",\"counts\":{\"read\":", counts.read);
    put_number(out, ",\"created\":", counts.created);
    put_number(out, ",\"updated\":", counts.updated);
    put_number(out, ",\"unchanged\":", counts.unchanged);
    put_number(out, ",\"skipped\":", counts.skipped);
    put_number(out, ",\"rejected\":", counts.rejected);
    out += '}';
}

void append_unit(std::string& out, const Unit& unit) {
    out += "{\"import_id\":";
    append_id(out, unit.id);
    put_text(out, ",\"source\":", source_key(unit.source));
    put_text(out, ",\"door\":", unit.door);
    put_text_or_null(out, ",\"file_name\":", unit.file_name);
    put_text(out, ",\"state\":", unit_state_key(unit.state));
    append_counts(out, unit.counts);
    put_text_or_null(out, ",\"content_type\":", unit.content_type);
    put_text_or_null(out, ",\"sha256\":", unit.sha256);
    put_number(out, ",\"raw_bytes\":", unit.raw_bytes);
    put_object(out, ",\"options\":", unit.options, "null");
    put_object(out, ",\"plan\":", unit.plan, "null");
    put_text_or_null(out, ",\"failure\":", unit.failure);
    put_text(out, ",\"actor\":", unit.actor);
    put_instant(out, ",\"started_at\":", unit.started_at);
    put_instant_or_null(out, ",\"finished_at\":", unit.finished_at);
    put_text(out, ",\"automations\":{\"policy\":", automations_key(unit.automations));
    put_number(out, ",\"held\":", unit.automations_held);
    put_id_or_null(out, "},\"same_as\":", unit.same_as);
    put_id_or_null(out, ",\"replay_of\":", unit.replay_of);
    out += '}';
}

void append_problems(std::string& out, const std::vector<FieldProblem>& problems) {
    out += '[';
    for (const FieldProblem& problem : problems) {
        if (out.back() == '}') out += ',';
        put_text(out, "{\"field\":", problem.field);
        put_text(out, ",\"code\":", problem.code);
        put_text(out, ",\"message\":", problem.message);
        if (!problem.value.empty()) put_text(out, ",\"value\":", problem.value);
        out += '}';
    }
    out += ']';
}

void append_outcome(std::string& out, const RowOutcome& outcome) {
    put_number(out, "{\"index\":", outcome.row);
    if (outcome.line > 0) put_number(out, ",\"line\":", outcome.line);
    put_text(out, ",\"action\":", action_key(outcome.action));
    if (!outcome.deal.is_nil()) put_id_or_null(out, ",\"deal_id\":", outcome.deal);
    if (!outcome.change.empty()) put_object(out, ",\"change\":", outcome.change, "null");
    if (outcome.action == RowAction::Rejected) {
        constexpr std::string_view kNoReason = "The row was refused.";
        put_text(out, ",\"error\":", outcome.problems.empty() ? kNoReason : std::string_view(outcome.problems.front().message));
        put_text(out, ",\"code\":", outcome.code);
        out += ",\"details\":";
        append_problems(out, outcome.problems);
        if (!outcome.raw.empty()) put_text(out, ",\"raw\":", outcome.raw);
        out += '}';
        return;
    }
    if (!outcome.code.empty()) put_text(out, ",\"result\":", outcome.code); // of an undo
    if (!outcome.problems.empty()) {
        out += ",\"warnings\":";
        append_problems(out, outcome.problems);
    }
    out += '}';
}

void append_journal(std::string& out, const JournalEntry& entry) {
    put_number(out, "{\"seq\":", entry.seq);
    put_instant(out, ",\"at\":", entry.at);
    put_text(out, ",\"kind\":", happening_key(entry.happening));
    put_text(out, ",\"source\":", source_key(entry.source));
    put_id_or_null(out, ",\"deal_id\":", entry.deal);
    put_id_or_null(out, ",\"ingestion_id\":", entry.unit);
    if (!entry.unit.is_nil()) put_number(out, ",\"row\":", entry.row);
    put_text(out, ",\"actor\":", entry.actor);
    put_object(out, ",\"data\":", entry.body, "{}");
    out += '}';
}

} // namespace tributary

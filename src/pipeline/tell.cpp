// Step 7, first half: the journal row of one row of an arrival. It tells what the row changed of its deal and, under "lead", of
// its lead; a lead that changed beside an unchanged deal has a row of its own. deal/journal.hpp has the form.
#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

// What the row of a new deal shows, in this order. Empty ones are left out.
constexpr std::array kShownFields = {Field::Name,
                                     Field::Company,
                                     Field::Value,
                                     Field::Currency,
                                     Field::Stage,
                                     Field::Probability,
                                     Field::ExpectedCloseDate,
                                     Field::ContactName,
                                     Field::ContactEmail,
                                     Field::ContactPhone,
                                     Field::Description,
                                     Field::Owner,
                                     Field::LostReason,
                                     Field::ValueEstimated};

// Of our own words only: nothing in them is escaped.
void put_key(std::string& out, std::string_view key) {
    if (out.back() != '{') out += ',';
    out += '"';
    out += key;
    out += "\":";
}

void append_object(std::string& out, std::string_view json) { out += json.empty() ? "{}" : json; }

void append_created(std::string& out, const Deal& deal) {
    out += "\"after\":{";
    for (const Field field : kShownFields) {
        const std::size_t end = out.size();
        put_key(out, field_key(field));
        const std::size_t value_at = out.size();
        append_field_json(out, deal, field);
        const std::string_view value = std::string_view(out).substr(value_at);
        if (value == "null" || (field == Field::ValueEstimated && value == "false")) out.resize(end);
    }
    if (!deal.lead_id.is_nil()) {
        put_key(out, "lead_id");
        append_id(out, deal.lead_id);
    }
    out += '}';
}

void append_rules(std::string& out, std::string_view rules) {
    if (rules.empty()) return;
    out += ",\"rules\":";
    out += rules;
}

void append_instant_or_null(std::string& out, std::int64_t ms) {
    if (ms == 0) {
        out += "null";
        return;
    }
    out += '"';
    append_instant(out, ms);
    out += '"';
}

// What this row is to tell of: another value, or the same value from a source with more say.
bool is_told(const Deal& left, const Deal& right, Field field) {
    return !same_field(left, right, field) || differs_in_origin_alone(left, right, field);
}

// Event times that the changed fields had of their own. An undo gives them back, so that what is sent again meets what it met first.
void append_times(std::string& out, const Deal& before, const Deal& now) {
    bool any = false;
    for (const auto& [field, ms] : before.field_times) {
        if (!is_told(before, now, field)) continue;
        out += any ? "," : ",\"times\":{";
        any = true;
        out += '"';
        out += field_key(field);
        out += "\":";
        out += std::to_string(ms);
    }
    if (any) out += '}';
}

// Likewise the sources that leading fields had of their own, when one of the fields they lead is told of.
void append_origins(std::string& out, const Deal& before, const Deal& now) {
    bool any = false;
    for (const auto& [leading, source] : before.field_origins) {
        const auto is_led = [&before, &now, led_by = leading](Field field) {
            return leading_field(field) == led_by && is_told(before, now, field);
        };
        if (std::ranges::none_of(kFields, is_led)) continue;
        out += any ? "," : ",\"origins\":{";
        any = true;
        out += '"';
        out += field_key(leading);
        out += "\":\"";
        out += source_key(source);
        out += '"';
    }
    if (any) out += '}';
}

// The fields in which the deal differs from the other, as they are in it.
void append_differing(std::string& out, const Deal& deal, const Deal& other) {
    out += '{';
    for (const Field field : kFields) {
        if (!is_told(deal, other, field)) continue;
        put_key(out, field_key(field));
        append_field_json(out, deal, field);
    }
    if (deal.external_ids != other.external_ids) {
        put_key(out, "external_ids");
        append_external_ids(out, deal.external_ids);
    }
    if (deal.lead_id != other.lead_id) {
        put_key(out, "lead_id");
        append_id(out, deal.lead_id);
    }
    if (deal.deleted_at != other.deleted_at) {
        put_key(out, "deleted_at");
        append_instant_or_null(out, deal.deleted_at);
    }
    if (deal.source_metadata != other.source_metadata) {
        put_key(out, "source_metadata");
        append_object(out, deal.source_metadata);
    }
    out += '}';
}

struct LeadText {
    std::string_view key;
    std::string Lead::* text;
};
constexpr std::array<LeadText, 5> kLeadTexts = {{{"email", &Lead::email},
                                                 {"first_name", &Lead::first_name},
                                                 {"last_name", &Lead::last_name},
                                                 {"company", &Lead::company},
                                                 {"phone", &Lead::phone}}};

// As for deals. Of a new lead (`whole`) the status and the score are always there; the sentence that explains the score is not:
// it is made with the lead, never changed, and read with it.
void append_differing(std::string& out, const Lead& lead, const Lead& other, bool whole) {
    out += '{';
    for (const auto& [key, text] : kLeadTexts) {
        if (lead.*text == other.*text) continue;
        put_key(out, key);
        if ((lead.*text).empty())
            out += "null";
        else
            append_json_string(out, lead.*text);
    }
    if (whole || lead.status != other.status) {
        put_key(out, "status");
        append_json_string(out, lead_status_key(lead.status));
    }
    if (whole || lead.ai_score != other.ai_score) {
        put_key(out, "ai_score");
        out += std::to_string(lead.ai_score);
    }
    if (lead.is_spam != other.is_spam) {
        put_key(out, "is_spam");
        out += lead.is_spam ? "true" : "false";
    }
    if (lead.metadata_json != other.metadata_json) {
        put_key(out, "metadata_json");
        append_object(out, lead.metadata_json);
    }
    if (lead.deleted_at != other.deleted_at) {
        put_key(out, "deleted_at");
        append_instant_or_null(out, lead.deleted_at);
    }
    out += '}';
}

void append_lead_change(std::string& out, const Lead& lead, const std::optional<Lead>& before) {
    static const Lead kNoLead;
    put_key(out, "lead");
    out += "{\"id\":";
    append_id(out, lead.id);
    if (before) {
        put_key(out, "before");
        append_differing(out, *before, lead, false);
    }
    put_key(out, "after");
    append_differing(out, lead, before ? *before : kNoLead, !before);
    out += '}';
}

Happening happening_of(const RowResult& row, const RowChange& change, const Deal& now) {
    if (row.action == RowAction::Unchanged) return change.lead_before ? Happening::LeadUpdated : Happening::LeadCreated;
    if (!change.before) return Happening::Created;
    const bool was_deleted = change.before->deleted_at != 0;
    if (was_deleted == (now.deleted_at != 0)) return Happening::Updated;
    return was_deleted ? Happening::Restored : Happening::Deleted;
}

} // namespace

void tell(Plan& plan, const RowResult& row, const RowChange& change, std::uint8_t due) {
    const bool deal_changed = row.action != RowAction::Unchanged;
    if (!deal_changed && !change.lead) return;
    const Deal& deal = plan.deals[row.deal].now;
    JournalEntry entry;
    entry.happening = happening_of(row, change, deal);
    entry.deal = deal.id;
    entry.row = row.row;
    entry.due = due;
    entry.body.reserve(512);
    entry.body += '{';
    if (change.before) {
        entry.body += "\"before\":";
        append_differing(entry.body, *change.before, deal);
        entry.body += ",\"after\":";
        append_differing(entry.body, deal, *change.before);
        append_times(entry.body, *change.before, deal);
        append_origins(entry.body, *change.before, deal);
    } else if (deal_changed) {
        append_created(entry.body, deal);
    }
    if (deal_changed) append_rules(entry.body, change.rules);
    if (change.lead) append_lead_change(entry.body, plan.leads[*row.lead].now, change.lead_before);
    entry.body += '}';
    plan.journal.push_back(std::move(entry));
    plan.journal_deal.push_back(deal_changed ? row.deal : Plan::kNoDeal);
}

JournalEntry about_unit(const Unit& unit, Happening happening, std::int64_t now_ms, std::string_view members) {
    JournalEntry entry;
    entry.at = now_ms;
    entry.happening = happening;
    entry.source = unit.source;
    entry.unit = unit.id;
    entry.actor = unit.actor;
    entry.body = "{\"state\":";
    append_json_string(entry.body, unit_state_key(unit.state));
    entry.body += members;
    entry.body += '}';
    return entry;
}

} // namespace tributary

// Step 4: the deal's lead, made or brought up to date from the contact's address (SPEC-NOTES 13). Without an address there
// is no lead; the contact stays on the deal. An ingestion never moves a lead's status backwards, and a row that says nothing
// new of its deal says nothing new of its contact: rows sent again leave a lead of several deals as the newest of them made it.
#include "deal/json.hpp"
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <utility>

namespace tributary {
namespace {

bool has(const Candidate& candidate, Field field) { return candidate.given.test(static_cast<std::size_t>(field)); }

// "Mary Ann Smith" is first "Mary Ann", last "Smith"; one word is a first name.
void split_name(std::string_view full, std::string& first, std::string& last) {
    while (!full.empty() && full.back() == ' ') full.remove_suffix(1);
    while (!full.empty() && full.front() == ' ') full.remove_prefix(1);
    const std::size_t space = full.rfind(' ');
    first = std::string(full.substr(0, space));
    last = space == std::string_view::npos ? std::string() : std::string(full.substr(space + 1));
    while (!first.empty() && first.back() == ' ') first.pop_back();
}

// What only fills a deal only fills its lead.
bool takes(const Candidate& candidate, Field field, const std::string& known) {
    return has(candidate, field) && (known.empty() || !candidate.fill_only.test(static_cast<std::size_t>(field)));
}

void take_contact(const Candidate& candidate, Lead& lead) {
    if (takes(candidate, Field::ContactName, lead.first_name + lead.last_name))
        split_name(candidate.values.contact_name, lead.first_name, lead.last_name);
    if (takes(candidate, Field::Company, lead.company)) lead.company = candidate.values.company;
    if (takes(candidate, Field::ContactPhone, lead.phone)) lead.phone = candidate.values.contact_phone;
}

LeadStatus status_from(const Deal& deal) {
    if (deal.is_spam) return LeadStatus::Spam;
    if (deal.stage == Stage::ClosedWon) return LeadStatus::Converted;
    return deal.stage == Stage::Discovery || deal.stage == Stage::ClosedLost ? LeadStatus::New : LeadStatus::Qualified;
}

// First touch is kept, last touch replaced; every other key of the newer object replaces its namesake.
std::string merged_touches(const std::string& stored, const std::string& incoming) {
    if (incoming.empty()) return stored;
    auto fresh = parse_json(incoming);
    if (!fresh || !fresh->is_object()) return stored;
    auto old = stored.empty() ? Result<boost::json::value>(boost::json::object{}) : parse_json(stored);
    if (!old || !old->is_object()) old = boost::json::object{};
    boost::json::object& merged = old->as_object();
    for (auto& pair : fresh->as_object()) {
        if (pair.key() != "touch") {
            merged[pair.key()] = std::move(pair.value());
            continue;
        }
        if (!merged.contains("first_touch")) merged["first_touch"] = pair.value();
        merged["last_touch"] = std::move(pair.value());
    }
    std::string out;
    append_json(out, *old);
    return out;
}

// How well the lead is known and how much it wants, from what it said itself; each part named in the summary.
void qualify(const Candidate& candidate, const Deal& deal, Lead& lead) {
    struct Sign { bool there; std::int32_t points; std::string_view text; };
    const bool large = candidate.company_size.size() >= 3 && candidate.company_size != "1-10" && candidate.company_size != "11-50";
    const std::array<Sign, 6> signs = {{{!lead.company.empty(), 20, "company named"},
                                        {!lead.last_name.empty(), 10, "full name"},
                                        {!lead.phone.empty(), 15, "phone given"},
                                        {large, 15, "more than 50 people"},
                                        {deal.description.size() >= 40, 15, "wrote what is wanted"},
                                        {deal.value_minor > 0 && !deal.value_estimated, 15, "budget known"}}};
    lead.ai_score = 10;
    lead.ai_qualification_summary = "Address known (10)";
    for (const Sign& sign : signs) {
        if (!sign.there) continue;
        lead.ai_score += sign.points;
        lead.ai_qualification_summary += ", " + std::string(sign.text) + " (+" + std::to_string(sign.points) + ")";
    }
    if (lead.is_spam) {
        lead.ai_score = 0;
        lead.ai_qualification_summary = "Held back as spam: " + candidate.spam_reason;
    }
}

std::size_t find_or_make(const Candidate& candidate, const IngestContext& context, Plan& plan) {
    const auto known = plan.lead_by_email.find(candidate.lead_email);
    if (known != plan.lead_by_email.end()) return known->second;
    WorkingLead working;
    working.changed = true;
    working.now.id = context.ledger->next_id(IdOf::Lead, context.now_ms);
    working.now.email = candidate.lead_email;
    working.now.source = candidate.source;
    working.now.is_spam = candidate.values.is_spam;
    working.now.created_at = context.now_ms;
    const std::size_t place = plan.leads.size();
    plan.leads.push_back(std::move(working));
    plan.lead_by_email.emplace(candidate.lead_email, place);
    return place;
}

bool same_lead(const Lead& left, const Lead& right) {
    return left.first_name == right.first_name && left.last_name == right.last_name && left.company == right.company && left.phone == right.phone &&
           left.status == right.status && left.metadata_json == right.metadata_json && left.ai_score == right.ai_score;
}

} // namespace

void associate(const Candidate& candidate, const IngestContext& context, Plan& plan, RowResult& row, RowChange& change) {
    if (candidate.lead_email.empty()) return;
    // An address that the deal did not take, for it may only fill, makes nobody its lead.
    if (!takes(candidate, Field::ContactEmail, plan.deals[row.deal].now.contact_email) &&
        plan.deals[row.deal].now.contact_email != candidate.lead_email) {
        return;
    }
    const std::size_t place = find_or_make(candidate, context, plan);
    row.lead = place;
    WorkingLead& lead = plan.leads[place];
    Working& working = plan.deals[row.deal];
    const bool is_new = !lead.existed && lead.now.updated_at == 0;
    Lead next = lead.now;
    if (is_new || row.action != RowAction::Unchanged) take_contact(candidate, next);
    next.status = std::max(next.status, status_from(working.now));
    if (!candidate.lead_metadata.empty()) next.metadata_json = merged_touches(next.metadata_json, candidate.lead_metadata);
    if (is_new) qualify(candidate, working.now, next);
    if (is_new || !same_lead(lead.now, next)) {
        next.updated_at = context.now_ms;
        change.lead = true;
        if (is_new)
            lead.now = std::move(next);
        else
            change.lead_before = std::exchange(lead.now, std::move(next));
        lead.changed = true;
    }
    if (working.now.lead_id == lead.now.id || working.now.contact_email != candidate.lead_email) return;
    if (row.action == RowAction::Unchanged) { // all else about the deal was known: its lead is what the row changes
        row.action = RowAction::Updated;
        change.before = working.now;
        working.now.updated_at = context.now_ms;
    }
    working.now.lead_id = lead.now.id;
    working.changed = true;
}

} // namespace tributary

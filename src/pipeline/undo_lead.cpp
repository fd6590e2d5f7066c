// Leads on their way back. A lead that the unit made goes when no deal is left of it; what the unit changed of a lead is stepped back
// row by row, from the newest to the oldest, where the lead still says what the row made it say.
#include "pipeline/undo_deal.hpp"

#include "deal/field_json.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <functional>

namespace tributary {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kRowsPerPage = 500;

struct LeadRow {
    Id id;
    json::object lead; // "id", "before" unless the row made it, "after"
    [[nodiscard]] const json::object* part(std::string_view key) const {
        const auto* value = lead.if_contains(key);
        return value == nullptr ? nullptr : value->if_object();
    }
    // Made, or brought back by an undo: what goes again when no deal is left of it.
    [[nodiscard]] bool brought() const {
        const auto* before = part("before");
        if (before == nullptr) return true;
        const auto* was = before->if_contains("deleted_at");
        return was != nullptr && !was->is_null();
    }
};

constexpr std::string_view kLeadStarts = "\"lead\":{\"id\":\"";
constexpr std::size_t kIdBytes = 36;

// The lead that a new deal's row made, read off the text: such a row has no objects of strangers in it (no metadata), and within a
// JSON string the quotes would be escaped. Nil when it made none.
Id lead_made_with_deal(const JournalEntry& entry) {
    const std::size_t at = entry.happening == Happening::Created ? entry.body.rfind(kLeadStarts) : std::string::npos;
    if (at == std::string::npos) return {};
    const std::string_view rest = std::string_view(entry.body).substr(at + kLeadStarts.size());
    const bool made = rest.size() > kIdBytes && rest.substr(kIdBytes).starts_with("\",\"after\":");
    return made ? parse_id(rest.substr(0, kIdBytes)).value_or(Id{}) : Id{};
}

std::optional<LeadRow> lead_row_of(const JournalEntry& entry) {
    if (const Id made = lead_made_with_deal(entry); !made.is_nil()) return LeadRow{.id = made, .lead = {}};
    if (entry.body.rfind(kLeadStarts) == std::string::npos) return std::nullopt;
    auto body = parse_json(entry.body);
    auto* object = body && body->is_object() ? &body->get_object() : nullptr;
    auto* lead = object == nullptr ? nullptr : object->if_contains("lead");
    if (lead == nullptr || !lead->is_object()) return std::nullopt;
    LeadRow row;
    row.lead = std::move(lead->get_object());
    const auto* id = row.lead.if_contains("id");
    const auto parsed = id != nullptr && id->is_string() ? parse_id(id->get_string()) : std::nullopt;
    if (!parsed || row.part("after") == nullptr) return std::nullopt;
    row.id = *parsed;
    return row;
}

// One member at a time: `made` is what the row made of it, `was` what it was; each answers whether it has set it back.
bool text_back(std::string& own, const json::value& was, const json::value& made) {
    auto before = text_of_json(was);
    if (!before || text_of_json(made) != own) return false;
    own = std::move(*before);
    return true;
}

bool instant_back(std::int64_t& own, const json::value& was, const json::value& made) {
    const auto before = instant_of_json(was);
    if (!before || instant_of_json(made) != own) return false;
    own = *before;
    return true;
}

bool status_back(LeadStatus& own, const json::value& was, const json::value& made) {
    const auto before = was.is_string() ? parse_lead_status(was.get_string()) : std::nullopt;
    if (!before || !made.is_string() || parse_lead_status(made.get_string()) != own) return false;
    own = *before;
    return true;
}

bool score_back(std::int32_t& own, const json::value& was, const json::value& made) {
    if (!was.is_int64() || !made.is_int64() || made.get_int64() != own) return false;
    own = static_cast<std::int32_t>(was.get_int64());
    return true;
}

bool metadata_back(std::string& own, const json::value& was, const json::value& made) {
    bool kept = false;
    std::string next = object_set_back(own, was, made, kept);
    const bool changed = next != own;
    own = std::move(next);
    return changed;
}

bool member_back(Lead& lead, std::string_view key, const json::value& was, const json::value& made) {
    if (key == "first_name") return text_back(lead.first_name, was, made);
    if (key == "last_name") return text_back(lead.last_name, was, made);
    if (key == "company") return text_back(lead.company, was, made);
    if (key == "phone") return text_back(lead.phone, was, made);
    if (key == "status") return status_back(lead.status, was, made);
    if (key == "ai_score") return score_back(lead.ai_score, was, made);
    if (key == "metadata_json") return metadata_back(lead.metadata_json, was, made);
    if (key == "deleted_at") return instant_back(lead.deleted_at, was, made);
    return false;
}

bool address_is_free(UndoWork& work, const Lead& lead) {
    const auto here = work.plan.lead_by_email.find(lead.email);
    if (here != work.plan.lead_by_email.end()) return work.plan.leads[here->second].now.id == lead.id;
    const auto holder = work.context.ledger->find_leads(std::span(&lead.email, 1)).front();
    return !holder || holder->id == lead.id;
}

bool step_lead_back(UndoWork& work, Lead& lead, const LeadRow& row) {
    Lead next = lead;
    bool changed = false;
    for (const auto& pair : *row.part("before")) {
        const auto* made = row.part("after")->if_contains(pair.key());
        if (made != nullptr && member_back(next, pair.key(), pair.value(), *made)) changed = true;
    }
    if (lead.deleted_at != 0 && next.deleted_at == 0 && !address_is_free(work, next)) return false; // somebody new has the address
    if (changed) lead = std::move(next);
    return changed;
}

// The lead ids in a body that a deal of it may have got: `"lead_id":"…"`, wherever it stands. Too many keep a lead, none loses one.
void each_lead_id(std::string_view body, const std::function<void(const Id&)>& each) {
    static constexpr std::string_view kKey = "\"lead_id\":\"";
    for (std::size_t at = body.find(kKey); at != std::string_view::npos; at = body.find(kKey, at + 1)) {
        if (const auto id = parse_id(body.substr(at + kKey.size(), kIdBytes))) each(*id);
    }
}

std::optional<Lead> read_lead(const UndoWork& work, const Id& id) {
    if (const Lead* foreseen = work.foresight.lead(id)) return *foreseen;
    return std::move(work.context.ledger->read_leads(std::span(&id, 1)).front());
}

} // namespace

std::optional<std::size_t> load_lead(UndoWork& work, const Id& id) {
    const auto known = work.lead_by_id.find(id);
    if (known != work.lead_by_id.end()) return known->second;
    auto lead = read_lead(work, id);
    if (!lead) return std::nullopt;
    const std::size_t place = work.plan.leads.size();
    work.lead_by_id.emplace(id, place);
    if (lead->deleted_at == 0) work.plan.lead_by_email.emplace(lead->email, place);
    work.leads_before.push_back(*lead);
    work.plan.leads.push_back({.existed = true, .changed = false, .now = std::move(*lead)});
    return place;
}

void give_lead_back(UndoWork& work, std::size_t place, RowResult& row, RowChange& change) {
    Working& working = work.plan.deals[place];
    const bool came = working.before.deleted_at != 0 || working.before.lead_id != working.now.lead_id;
    if (working.now.deleted_at != 0 || working.now.lead_id.is_nil() || !came) return;
    const auto at = load_lead(work, working.now.lead_id);
    if (!at || work.plan.leads[*at].now.deleted_at == 0) return;
    WorkingLead& lead = work.plan.leads[*at];
    const auto here = work.plan.lead_by_email.find(lead.now.email);
    if (here != work.plan.lead_by_email.end()) {
        working.now.lead_id = work.plan.leads[here->second].now.id;
        return;
    }
    if (const auto holder = work.context.ledger->find_leads(std::span(&lead.now.email, 1)).front()) {
        working.now.lead_id = holder->id;
        return;
    }
    change.lead_before = lead.now;
    change.lead = true;
    row.lead = *at;
    lead.now.deleted_at = 0;
    lead.now.updated_at = work.context.now_ms;
    lead.changed = true;
    work.plan.lead_by_email.emplace(lead.now.email, *at);
}

void let_lead_go(UndoWork& work, std::size_t place, const JournalEntry& entry, RowResult& row, RowChange& change) {
    const Deal& deal = work.plan.deals[place].now;
    if (work.leads == nullptr || deal.lead_id.is_nil() || !work.leads->leads.contains(deal.lead_id)) return;
    if (lead_made_with_deal(entry) != deal.lead_id) return;
    const auto at = load_lead(work, deal.lead_id);
    if (!at || work.plan.leads[*at].now.deleted_at != 0) return;
    WorkingLead& lead = work.plan.leads[*at];
    change.lead_before = lead.now;
    change.lead = true;
    row.lead = *at;
    lead.now.deleted_at = work.context.now_ms;
    lead.now.updated_at = work.context.now_ms;
    lead.changed = true;
    work.plan.lead_by_email.erase(lead.now.email);
}

bool leaves_lead(const JournalEntry& entry, const Id& settled) {
    if (entry.body.rfind(kLeadStarts) == std::string::npos) return false;
    if (settled.is_nil()) return true;
    const auto row = lead_row_of(entry);
    return !row || row->id != settled;
}

std::optional<std::size_t> take_back_lead(UndoWork& work, const JournalEntry& entry, const FreeLeads& unheld, UndoCounts& counts) {
    const auto row = lead_row_of(entry);
    if (!row) return std::nullopt;
    const bool goes = unheld.leads.contains(row->id);
    if (row->brought() != goes) return std::nullopt; // brought and still held: it stays. Changed, and going anyway: it goes as it is
    const auto place = load_lead(work, row->id);
    if (!place) return std::nullopt;
    WorkingLead& working = work.plan.leads[*place];
    if (goes) {
        if (working.now.deleted_at != 0) return std::nullopt;
        working.now.deleted_at = work.context.now_ms;
        ++counts.leads_removed;
    } else if (!step_lead_back(work, working.now, *row)) {
        return std::nullopt;
    }
    if (working.now.deleted_at != 0)
        work.plan.lead_by_email.erase(working.now.email);
    else
        work.plan.lead_by_email.insert_or_assign(working.now.email, *place);
    working.now.updated_at = work.context.now_ms;
    working.changed = true;
    return place;
}

void keep_newly_held(LedgerReader& ledger, std::uint64_t until, FreeLeads& unheld) {
    while (unheld.seen_seq < until && !unheld.leads.empty()) {
        const auto rows =
            ledger.list_journal({.deal = {}, .unit = {}, .after = unheld.seen_seq, .descending = false, .limit = kRowsPerPage});
        for (const JournalEntry& row : rows) each_lead_id(row.body, [&](const Id& lead) { unheld.leads.erase(lead); });
        if (rows.size() < kRowsPerPage) break;
        unheld.seen_seq = rows.back().seq;
    }
    unheld.seen_seq = std::max(unheld.seen_seq, until);
}

namespace {

// Leads younger than the unit of which exactly one deal is left. Too few do no harm: the others go in the step of the leads.
FreeLeads leads_of_one_deal(LedgerReader& ledger, const Id& unit) {
    FreeLeads found{.step = UndoStep::Deals, .leads = {}, .down_to = 0, .seen_seq = ledger.last_seq()};
    const auto undone = ledger.read_unit(unit);
    if (!undone) return found;
    boost::unordered_flat_set<Id, std::hash<Id>> shared;
    bool full = false;
    ledger.for_each_held_lead([&](const Id& /*deal*/, const Id& lead) {
        if (id_time_ms(lead) < undone->started_at || shared.contains(lead)) return;
        if (found.leads.erase(lead) != 0) {
            shared.insert(lead);
        } else if (!full) {
            found.leads.insert(lead);
            full = found.leads.size() + shared.size() >= kUndoLeadsAlong;
        }
    });
    return found;
}

} // namespace

FreeLeads find_free_leads(LedgerReader& ledger, const UndoProgress& progress, const LeadsAfter* preview) {
    if (progress.step == UndoStep::Deals) return leads_of_one_deal(ledger, progress.undoes);
    FreeLeads unheld{.step = UndoStep::Leads, .leads = {}, .down_to = 0, .seen_seq = ledger.last_seq()};
    JournalQuery query{.deal = {}, .unit = progress.undoes, .after = progress.before, .descending = true, .limit = kRowsPerPage};
    for (;;) {
        const auto rows = ledger.list_journal(query);
        for (const JournalEntry& entry : rows) {
            const auto row = lead_row_of(entry);
            if (row && row->brought()) unheld.leads.insert(row->id);
        }
        if (rows.size() < query.limit) break;
        query.after = rows.back().seq;
        if (unheld.leads.size() < kUndoLeadsPerRound) continue;
        unheld.down_to = query.after;
        break;
    }
    if (unheld.leads.empty()) return unheld;
    ledger.for_each_held_lead([&](const Id& deal, const Id& lead) {
        if (preview == nullptr || !preview->contains(deal)) unheld.leads.erase(lead);
    });
    if (preview == nullptr) return unheld;
    for (const auto& [deal, lead] : *preview) unheld.leads.erase(lead);
    return unheld;
}

} // namespace tributary

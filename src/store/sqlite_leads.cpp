// Leads as rows, and the uniqueness of their e-mail address in a workspace.
#include "store/sqlite_page.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"

#include <algorithm>

namespace tributary::sqlite {
namespace {

void bind_lead(Statement& statement, const Lead& lead) {
    statement.bind(lead.email).bind(static_cast<std::int64_t>(lead.status)).bind(lead.first_name).bind(lead.last_name);
    statement.bind(lead.company).bind(lead.phone).bind(static_cast<std::int64_t>(lead.source)).bind(std::int64_t{lead.ai_score});
    statement.bind(lead.ai_qualification_summary).bind(std::int64_t{lead.is_spam}).bind(lead.metadata_json);
    statement.bind(lead.created_at).bind(lead.updated_at);
}

// Columns in the order of TRIBUTARY_LEAD_COLUMNS from 0.
Lead lead_of(const Statement& row) {
    Lead lead;
    lead.id = row.id(0);
    lead.email = row.text(1);
    lead.status = static_cast<LeadStatus>(row.number(2));
    lead.first_name = row.text(3);
    lead.last_name = row.text(4);
    lead.company = row.text(5);
    lead.phone = row.text(6);
    lead.source = static_cast<Source>(row.number(7));
    lead.ai_score = static_cast<std::int32_t>(row.number(8));
    lead.ai_qualification_summary = row.text(9);
    lead.is_spam = row.number(10) != 0;
    lead.metadata_json = row.text(11);
    lead.created_at = row.number(12);
    lead.updated_at = row.number(13);
    return lead;
}

std::optional<Lead> prove_email(Session& session, std::string_view email, std::span<const KeyTable::Candidate> found) {
    for (const auto& candidate : found) {
        Statement prove(session.db, kProveEmail);
        prove.bind(first_row_no(session.tenant) + candidate.count).bind(session.workspace).bind(email);
        if (prove.row()) return lead_of(prove);
    }
    return std::nullopt;
}

// `before_looking` is called before rows are read: what waits to be written must be there.
template <typename Work>
void claim_email(Session& session, const Lead& lead, std::int64_t no, const Work& before_looking) {
    const std::uint64_t hash = session.book.hash(session.workspace, lead.email);
    std::vector<KeyTable::Candidate> found;
    session.keys().find(KeyKind::Email, hash, found);
    if (!found.empty()) {
        before_looking();
        const auto other = prove_email(session, lead.email, found);
        if (other && other->id != lead.id) throw Clash("a lead with this e-mail address exists");
    }
    add_key(session, KeyKind::Email, hash, row_count_part(no), 0);
}

} // namespace

std::vector<std::optional<Lead>> find_leads(Session& session, std::span<const std::string> emails) {
    std::vector<std::optional<Lead>> leads(emails.size());
    std::vector<KeyTable::Candidate> found;
    for (std::size_t at = 0; at < emails.size(); ++at) {
        found.clear();
        session.keys().find(KeyKind::Email, session.book.hash(session.workspace, emails[at]), found);
        if (!found.empty()) leads[at] = prove_email(session, emails[at], found);
    }
    return leads;
}

std::vector<std::optional<Lead>> read_leads(Session& session, std::span<const Id> wanted) {
    std::vector<std::optional<Lead>> leads(wanted.size());
    Statement read(session.db, kReadLead);
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        read.bind(session.workspace).bind_bytes(wanted[at].bytes);
        if (read.row()) leads[at] = lead_of(read);
        read.reset();
    }
    return leads;
}

LeadPage list_leads(Session& session, const LeadQuery& query) {
    Shape shape("SELECT " TRIBUTARY_LEAD_COLUMNS " FROM leads WHERE workspace = ?");
    const Cursor after = read_cursor_text(query.after, CursorOf::Leads, 0);
    const std::uint32_t limit = std::clamp<std::uint32_t>(query.limit, 1, kListedMax);
    const auto words = search_patterns(query.search);
    shape.add(!query.after.empty(), " AND id < ?");
    shape.add(!query.email.empty(), " AND email = ?");
    shape.add(query.status.has_value(), " AND status = ?");
    for (std::size_t at = 0; at < words.size(); ++at) {
        shape.add(true, " AND (email LIKE ? ESCAPE '\\' OR first_name LIKE ? ESCAPE '\\' OR last_name LIKE ? ESCAPE '\\' "
                        "OR company LIKE ? ESCAPE '\\')");
    }
    shape.add(true, " ORDER BY id DESC LIMIT ?");
    Statement list(session.db, session.db.prepared_shape(shape.text()));
    list.bind(session.workspace);
    if (!query.after.empty()) list.bind_bytes(after.id.bytes);
    if (!query.email.empty()) list.bind(query.email);
    if (query.status) list.bind(static_cast<std::int64_t>(*query.status));
    for (const auto& word : words) list.bind(word).bind(word).bind(word).bind(word);
    list.bind(std::int64_t{limit} + 1);
    LeadPage page;
    while (list.row()) {
        if (page.leads.size() == limit) {
            page.next = cursor_text({CursorOf::Leads, 0, page.leads.back().id, 0, {}});
            break;
        }
        page.leads.push_back(lead_of(list));
    }
    return page;
}

void insert_leads(Session& session, std::span<const Lead* const> leads) {
    TenantCounts& counts = session.turn->counts[session.tenant];
    if (counts.leads < 0) counts.leads = last_count(session, kLastLeadNo);
    const std::int64_t first_no = first_row_no(session.tenant) + counts.leads + 1;
    counts.leads += static_cast<std::int64_t>(leads.size());
    std::size_t written = 0;
    const auto write_to = [&](std::size_t end) {
        insert_rows(session.db, kInsertLead, written, end, [&](Statement& insert, std::size_t at, std::size_t /*place*/) {
            insert.bind(first_no + static_cast<std::int64_t>(at)).bind(session.workspace).bind_bytes(leads[at]->id.bytes);
            bind_lead(insert, *leads[at]);
        });
        written = end;
    };
    for (std::size_t at = 0; at < leads.size(); ++at) {
        claim_email(session, *leads[at], first_no + static_cast<std::int64_t>(at), [&] { write_to(at); });
    }
    write_to(leads.size());
}

void update_leads(Session& session, std::span<const Lead* const> leads) {
    Statement update(session.db, kUpdateLead);
    for (const Lead* lead : leads) {
        std::int64_t no = 0;
        {
            Statement find(session.db, kFindLeadNo);
            find.bind(session.workspace).bind_bytes(lead->id.bytes);
            if (!find.row()) throw StoreError("a lead to be updated does not exist");
            no = find.number(0);
            const bool same_email = find.text(1) == lead->email;
            find.reset();
            if (!same_email) claim_email(session, *lead, no, [] {});
        }
        bind_lead(update, *lead);
        update.bind(no);
        update.run();
    }
}

} // namespace tributary::sqlite

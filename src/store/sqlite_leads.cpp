// Leads as rows, and the uniqueness of their e-mail address in a workspace.
#include "store/sqlite_look_up.hpp"
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
    statement.bind(lead.created_at).bind(lead.updated_at).bind(lead.deleted_at);
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
    lead.deleted_at = row.number(14);
    return lead;
}

// The lead at a row number, when it is that one.
std::optional<Lead> read_lead(Session& session, const Id& id) {
    Statement read(session.db, kReadLead);
    read.bind(session.row_no(id));
    if (!read.row() || read.id(0) != id) return std::nullopt;
    return lead_of(read);
}

std::vector<Id> bearers(Session& session, const Key& key) {
    std::vector<Id> found;
    session.keys().each(KeyKind::Email, key, [&](const Bearer& bearer) {
        if (session.turn == nullptr || bearer.state == KeyState::Live) found.push_back(bearer.id);
    });
    return found;
}

void claim_email(Session& session, const Lead& lead) {
    const Key key = session.book.key(lead.email);
    if (std::ranges::any_of(bearers(session, key), [&](const Id& id) { return id != lead.id; }))
        throw Clash("a lead with this e-mail address exists");
    set_key(session, KeyKind::Email, key, lead.id, 0, KeyState::Live);
}

} // namespace

std::vector<std::optional<Lead>> find_leads(Session& session, std::span<const std::string> emails) {
    std::vector<std::optional<Lead>> leads(emails.size());
    const auto key_of = [&session](const std::string& email) { return session.book.key(email); };
    look_up(session, KeyKind::Email, emails, key_of, [&](std::size_t at, const Key& key) {
        for (const Id& id : bearers(session, key)) {
            auto lead = read_lead(session, id);
            if (lead && lead->deleted_at == 0 && lead->email == emails[at]) leads[at] = std::move(lead);
        }
    });
    return leads;
}

std::vector<std::optional<Lead>> read_leads(Session& session, std::span<const Id> wanted) {
    std::vector<std::optional<Lead>> leads(wanted.size());
    for (std::size_t at = 0; at < wanted.size(); ++at) leads[at] = read_lead(session, wanted[at]);
    return leads;
}

LeadPage list_leads(Session& session, const LeadQuery& query) {
    Shape shape("SELECT " TRIBUTARY_LEAD_COLUMNS " FROM leads WHERE no >= ? AND no < ?");
    const Cursor after = read_cursor_text(query.after, CursorOf::Leads, 0);
    const std::uint32_t limit = std::clamp<std::uint32_t>(query.limit, 1, kListedMax);
    const auto words = search_patterns(query.search);
    shape.add(true, " AND deleted_at = 0");
    shape.add(!query.email.empty(), " AND email = ?");
    shape.add(query.status.has_value(), " AND status = ?");
    for (std::size_t at = 0; at < words.size(); ++at) {
        shape.add(true, " AND (email LIKE ? ESCAPE '\\' OR first_name LIKE ? ESCAPE '\\' OR last_name LIKE ? ESCAPE '\\' "
                        "OR company LIKE ? ESCAPE '\\')");
    }
    shape.add(true, " ORDER BY no DESC LIMIT ?");
    Statement list(session.db, session.db.prepared_shape(shape.text()));
    list.bind(first_row_no(session.workspace)).bind(query.after.empty() ? end_row_no(session.workspace) : session.row_no(after.id));
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
    RowCounts& counts = session.turn->last.rows[session.workspace];
    for (const Lead* lead : leads) {
        if (lead->deleted_at == 0) claim_email(session, *lead);
        note_number(counts.leads, lead->id);
    }
    insert_rows(session.db, kInsertLead, 0, leads.size(), [&](Statement& insert, std::size_t at, std::size_t /*place*/) {
        insert.bind(session.row_no(leads[at]->id)).bind_bytes(leads[at]->id.bytes);
        bind_lead(insert, *leads[at]);
    });
}

void update_leads(Session& session, std::span<const Lead* const> leads) {
    Statement update(session.db, kUpdateLead);
    for (const Lead* lead : leads) {
        {
            Statement find(session.db, kReadLeadEmail);
            find.bind(session.row_no(lead->id));
            if (!find.row() || find.id(0) != lead->id) throw StoreError("a lead to be updated does not exist");
            const std::string email(find.text(1));
            const bool held = find.number(2) == 0;
            const bool holds = lead->deleted_at == 0;
            if (held && (!holds || email != lead->email))
                set_key(session, KeyKind::Email, session.book.key(email), lead->id, 0, KeyState::Left);
            if (holds && (!held || email != lead->email)) claim_email(session, *lead);
        }
        bind_lead(update, *lead);
        update.bind(session.row_no(lead->id));
        update.run();
    }
}

} // namespace tributary::sqlite

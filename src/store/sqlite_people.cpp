// See sqlite_people.hpp.
#include "store/sqlite_people.hpp"

namespace tributary::sqlite {
namespace {

constexpr Sql kAnybody{Use::Registry, "SELECT 1 FROM r_people LIMIT 1"};
#define TRIBUTARY_PEOPLE                                                                                                                   \
    "SELECT p.id, p.tenant, t.id, p.email, p.name, p.role, p.workspaces, p.password, p.created_at, p.disabled_at "                         \
    "FROM r_people AS p JOIN r_tenants AS t ON t.no = p.tenant "
constexpr Sql kFindPerson{Use::Registry, TRIBUTARY_PEOPLE "WHERE p.email = ?"};
constexpr Sql kReadPerson{Use::Registry, TRIBUTARY_PEOPLE "WHERE p.id = ?"};
constexpr Sql kListPeople{Use::Registry, TRIBUTARY_PEOPLE "WHERE p.tenant = ? ORDER BY p.created_at, p.id LIMIT ?"};
constexpr Sql kCountPeople{Use::Registry, "SELECT count(*) FROM r_people WHERE tenant = ?"};
constexpr Sql kAddPerson{Use::Registry,
                         "INSERT INTO r_people (id, tenant, email, name, role, workspaces, password, created_at, disabled_at) "
                         "VALUES (?,?,?,?,?,?,?,?,?)"};
constexpr Sql kOtherAdmin{Use::Registry, "SELECT 1 FROM r_people WHERE tenant = ? AND role = ? AND disabled_at = 0 AND id <> ? LIMIT 1"};
constexpr Sql kChangePerson{Use::Registry, "UPDATE r_people SET name = ?, role = ?, disabled_at = ? WHERE id = ?"};
constexpr Sql kChangePassword{Use::Registry, "UPDATE r_people SET password = ? WHERE id = ?"};

constexpr Sql kDropExpired{Use::Registry, "DELETE FROM r_invitations WHERE expires_at <= ?"};
constexpr Sql kDropInvitedBy{Use::Registry, "DELETE FROM r_invitations WHERE invited_by = ?"};
constexpr Sql kCountInvitations{Use::Registry, "SELECT count(*) FROM r_invitations WHERE tenant = ?"};
constexpr Sql kAddInvitation{Use::Registry,
                             "INSERT INTO r_invitations (hash, tenant, role, workspaces, email, invited_by, created_at, expires_at) "
                             "VALUES (?,?,?,?,?,?,?,?)"};
constexpr Sql kFindInvitation{Use::Registry,
                              "SELECT i.hash, i.tenant, t.id, i.role, i.workspaces, i.email, i.invited_by, i.created_at, i.expires_at "
                              "FROM r_invitations AS i JOIN r_tenants AS t ON t.no = i.tenant WHERE i.hash = ? AND i.expires_at > ?"};
constexpr Sql kDropInvitation{Use::Registry, "DELETE FROM r_invitations WHERE hash = ?"};

constexpr Sql kAddSession{Use::Registry, "INSERT INTO r_sessions (hash, person, created_at, seen_at) VALUES (?,?,?,?)"};
constexpr Sql kEndSession{Use::Registry, "DELETE FROM r_sessions WHERE hash = ?"};
constexpr Sql kEndOthers{Use::Registry, "DELETE FROM r_sessions WHERE person = ? AND hash <> ?"};
constexpr Sql kListSessions{Use::Registry, "SELECT hash, person, created_at, seen_at FROM r_sessions ORDER BY person, created_at, hash"};
constexpr Sql kSeeSession{Use::Registry, "UPDATE r_sessions SET seen_at = ? WHERE hash = ?"};

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string text_of(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Person person_of(const Statement& row) {
    Person person;
    person.id = row.id(0);
    person.tenant = row.number(1);
    person.tenant_id = row.text(2);
    person.email = row.text(3);
    person.name = row.text(4);
    person.role = static_cast<Role>(row.number(5));
    person.workspaces = list_of(row.text(6));
    person.password_hash = row.text(7);
    person.created_at = row.number(8);
    person.disabled_at = row.number(9);
    return person;
}

std::optional<Person> person_at(Connection& db, const Id& id) {
    Statement read(db, kReadPerson);
    read.bind_bytes(id.bytes);
    if (!read.row()) return std::nullopt;
    return person_of(read);
}

std::optional<Person> person_called(Connection& db, std::string_view email) {
    Statement find(db, kFindPerson);
    find.bind(email);
    if (!find.row()) return std::nullopt;
    return person_of(find);
}

std::optional<Invitation> invitation_of(Connection& db, std::string_view hash, std::int64_t now_ms) {
    Statement find(db, kFindInvitation);
    find.bind_bytes(bytes_of(hash)).bind(now_ms);
    if (!find.row()) return std::nullopt;
    Invitation invitation;
    invitation.hash = text_of(find.bytes(0));
    invitation.tenant = find.number(1);
    invitation.tenant_id = find.text(2);
    invitation.role = static_cast<Role>(find.number(3));
    invitation.workspaces = list_of(find.text(4));
    invitation.email = find.text(5);
    invitation.invited_by = find.text(6);
    invitation.created_at = find.number(7);
    invitation.expires_at = find.number(8);
    return invitation;
}

std::size_t count_of(Connection& db, const Sql& sql, TenantNo tenant) {
    Statement count(db, sql);
    count.bind(tenant);
    return count.row() ? static_cast<std::size_t>(count.number(0)) : 0;
}

void insert_person(Connection& db, const Person& person) {
    const std::string workspaces = list_json(person.workspaces);
    Statement add(db, kAddPerson);
    add.bind_bytes(person.id.bytes).bind(person.tenant).bind(person.email).bind(person.name).bind(static_cast<std::int64_t>(person.role));
    add.bind(workspaces).bind(person.password_hash).bind(person.created_at).bind(person.disabled_at).run();
}

void insert_session(Connection& db, const PersonSession& session) {
    Statement add(db, kAddSession);
    add.bind_bytes(bytes_of(session.hash)).bind_bytes(session.person.bytes).bind(session.created_at).bind(session.seen_at).run();
}

// An empty `kept` ends all.
void end_others(Connection& db, const Id& person, std::string_view kept) {
    Statement end(db, kEndOthers);
    end.bind_bytes(person.bytes).bind_bytes(bytes_of(kept)).run();
}

bool has_other_admin(Connection& db, const Person& person) {
    Statement other(db, kOtherAdmin);
    other.bind(person.tenant).bind(static_cast<std::int64_t>(Role::Admin)).bind_bytes(person.id.bytes);
    return other.row();
}

bool is_admin(const Person& person) { return person.role == Role::Admin && person.disabled_at == 0; }

} // namespace

bool SqlitePeople::is_empty() {
    return file_.read([](Connection& db) { return ask_number(db, kAnybody) == 0; });
}

std::optional<Person> SqlitePeople::find_person(std::string_view email) {
    return file_.read([&](Connection& db) { return person_called(db, email); });
}

std::optional<Person> SqlitePeople::read_person(const Id& id) {
    return file_.read([&](Connection& db) { return person_at(db, id); });
}

std::vector<Person> SqlitePeople::list_people(TenantNo tenant) {
    return file_.read([&](Connection& db) {
        std::vector<Person> people;
        Statement list(db, kListPeople);
        list.bind(tenant).bind(static_cast<std::int64_t>(kPeopleMax));
        while (list.row()) people.push_back(person_of(list));
        return people;
    });
}

People::Changed SqlitePeople::change_person(TenantNo tenant, const Id& id, const PersonChange& change, std::int64_t now_ms) {
    Changed changed = Changed::NotFound;
    file_.write([&](Connection& db) {
        const auto before = person_at(db, id);
        if (!before || before->tenant != tenant) return;
        Person after = *before;
        if (change.role) after.role = *change.role;
        if (change.name) after.name = *change.name;
        if (change.disabled && *change.disabled != (before->disabled_at != 0)) after.disabled_at = *change.disabled ? now_ms : 0;
        changed = is_admin(*before) && !is_admin(after) && !has_other_admin(db, *before) ? Changed::LastAdmin : Changed::Yes;
        if (changed == Changed::LastAdmin) return;
        Statement update(db, kChangePerson);
        update.bind(after.name).bind(static_cast<std::int64_t>(after.role)).bind(after.disabled_at).bind_bytes(id.bytes).run();
        if (after.disabled_at != 0) end_others(db, id, {});
    });
    return changed;
}

bool SqlitePeople::change_password(const Id& id, std::string_view old_hash, std::string_view new_hash, std::string_view kept) {
    bool changed = false;
    file_.write([&](Connection& db) {
        const auto person = person_at(db, id);
        changed = person && person->disabled_at == 0 && person->password_hash == old_hash;
        if (!changed) return;
        Statement update(db, kChangePassword);
        update.bind(new_hash).bind_bytes(id.bytes).run();
        end_others(db, id, kept);
    });
    return changed;
}

bool SqlitePeople::put_invitation(const Invitation& invitation) {
    const std::string workspaces = list_json(invitation.workspaces);
    bool put = false;
    file_.write([&](Connection& db) {
        Statement expire(db, kDropExpired);
        expire.bind(invitation.created_at).run();
        if (invitation.invited_by == kFirstRun) {
            Statement drop(db, kDropInvitedBy);
            drop.bind(kFirstRun).run();
        }
        put = count_of(db, kCountInvitations, invitation.tenant) < kInvitationsMax;
        if (!put) return;
        Statement add(db, kAddInvitation);
        add.bind_bytes(bytes_of(invitation.hash)).bind(invitation.tenant).bind(static_cast<std::int64_t>(invitation.role)).bind(workspaces);
        add.bind(invitation.email).bind(invitation.invited_by).bind(invitation.created_at).bind(invitation.expires_at).run();
    });
    return put;
}

std::optional<Invitation> SqlitePeople::find_invitation(std::string_view hash, std::int64_t now_ms) {
    return file_.read([&](Connection& db) { return invitation_of(db, hash, now_ms); });
}

People::Joined SqlitePeople::join(std::string_view invitation_hash, const Person& person, const PersonSession& session) {
    Joined joined = Joined::InvitationGone;
    file_.write([&](Connection& db) {
        const auto invitation = invitation_of(db, invitation_hash, person.created_at);
        if (!invitation || invitation->tenant != person.tenant) return;
        joined = person_called(db, person.email)                           ? Joined::EmailTaken
                 : count_of(db, kCountPeople, person.tenant) >= kPeopleMax ? Joined::TooMany
                                                                           : Joined::Yes;
        if (joined != Joined::Yes) return;
        Statement drop(db, kDropInvitation);
        drop.bind_bytes(bytes_of(invitation_hash)).run();
        insert_person(db, person);
        insert_session(db, session);
    });
    return joined;
}

bool SqlitePeople::add_session(const PersonSession& session, std::string_view password_hash) {
    bool added = false;
    file_.write([&](Connection& db) {
        const auto person = person_at(db, session.person);
        added = person && person->disabled_at == 0 && person->password_hash == password_hash;
        if (added) insert_session(db, session);
    });
    return added;
}

void SqlitePeople::end_session(std::string_view hash) {
    file_.write([&](Connection& db) {
        Statement end(db, kEndSession);
        end.bind_bytes(bytes_of(hash)).run();
    });
}

std::vector<PersonSession> SqlitePeople::list_sessions() {
    return file_.read([](Connection& db) {
        std::vector<PersonSession> sessions;
        Statement list(db, kListSessions);
        while (list.row()) sessions.push_back({text_of(list.bytes(0)), list.id(1), list.number(2), list.number(3)});
        return sessions;
    });
}

void SqlitePeople::see_sessions(std::span<const PersonSession> seen) {
    file_.write([&](Connection& db) {
        for (const PersonSession& session : seen) {
            Statement see(db, kSeeSession);
            see.bind(session.seen_at).bind_bytes(bytes_of(session.hash)).run();
        }
    });
}

} // namespace tributary::sqlite

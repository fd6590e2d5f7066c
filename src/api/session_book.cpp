// See session_book.hpp.
#include "api/session_book.hpp"

#include "api/key_text.hpp"
#include "api/session_token.hpp"

#include <algorithm>
#include <unordered_set>

namespace tributary {
namespace {

std::string key_id_of(std::string_view hash) { return "session:" + std::string(hash); }

Person without_secret(Person person) {
    person.password_hash.clear();
    return person;
}

} // namespace

std::string Principal::account() const {
    if (is_person()) return "person:" + person.text();
    return (key.role == Role::Form ? "form:" : "key:") + key.key_id;
}

SessionBook::SessionBook(Store& store, const Clock& clock) : store_(store), clock_(clock) {
    for (const PersonSession& session : store_.people().list_sessions()) {
        if (!people_.contains(session.person)) {
            const auto person = store_.people().read_person(session.person);
            if (!person) throw StoreError("a session of a person who is not there");
            people_.emplace(session.person, without_secret(*person));
        }
        sessions_.emplace(key_id_of(session.hash), Entry{session, session.seen_at});
    }
}

bool SessionBook::is_over(const PersonSession& session, std::int64_t now_ms) const {
    return now_ms - session.seen_at >= kUnseenMsMax || now_ms - session.created_at >= kAgeMsMax;
}

std::optional<Principal> SessionBook::find(std::string_view token) {
    if (!is_token(token)) return std::nullopt;
    std::string key_id = key_id_of(hash_secret(token));
    const std::int64_t now = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(key_id);
    if (found == sessions_.end() || is_over(found->second.session, now)) return std::nullopt;
    const Person& person = people_.at(found->second.session.person);
    if (person.disabled_at != 0) return std::nullopt;
    found->second.session.seen_at = std::max(now, found->second.session.seen_at);
    Principal principal;
    principal.key.key_id = std::move(key_id);
    principal.key.tenant = person.tenant;
    principal.key.tenant_id = person.tenant_id;
    principal.key.role = person.role;
    principal.key.workspaces = person.workspaces;
    principal.person = person.id;
    return principal;
}

std::optional<Person> SessionBook::person(const Id& id) {
    const std::lock_guard lock(mutex_);
    const auto found = people_.find(id);
    if (found == people_.end()) return std::nullopt;
    return found->second;
}

bool SessionBook::is_alive(const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(key_id);
    return found != sessions_.end() && !is_over(found->second.session, clock_.now_ms());
}

std::unordered_map<Id, std::int64_t> SessionBook::last_seen() {
    const std::lock_guard lock(mutex_);
    std::unordered_map<Id, std::int64_t> last;
    for (const auto& [key_id, entry] : sessions_) {
        std::int64_t& at = last[entry.session.person];
        at = std::max(at, entry.session.seen_at);
    }
    return last;
}

void SessionBook::remember(const Person& person, const PersonSession& session) {
    const std::lock_guard lock(mutex_);
    people_.insert_or_assign(person.id, without_secret(person));
    sessions_.emplace(key_id_of(session.hash), Entry{session, session.seen_at});
}

void SessionBook::forget_sessions(const Id& person, std::string_view kept_key_id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& pair) { return pair.second.session.person == person && pair.first != kept_key_id; });
}

// The hash of the session that was used least lately, when the person has too many.
std::optional<std::string> SessionBook::crowded_out(const Id& person) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    const PersonSession* oldest = nullptr;
    for (const auto& [key_id, entry] : sessions_) {
        if (entry.session.person != person) continue;
        ++count;
        if (oldest == nullptr || entry.session.seen_at < oldest->seen_at) oldest = &entry.session;
    }
    if (count <= kPerPersonMax) return std::nullopt;
    return oldest->hash;
}

std::optional<std::string> SessionBook::open(const Person& person) {
    const std::lock_guard changing(changing_);
    const std::int64_t now = clock_.now_ms();
    const MintedToken minted = mint_token();
    const PersonSession session{.hash = minted.hash, .person = person.id, .created_at = now, .seen_at = now};
    if (!store_.people().add_session(session, person.password_hash)) return std::nullopt;
    const auto as_stored = store_.people().read_person(person.id); // a role may have changed since the password was asked for
    if (!as_stored) return std::nullopt;
    remember(*as_stored, session);
    if (const auto hash = crowded_out(person.id)) {
        store_.people().end_session(*hash);
        const std::lock_guard lock(mutex_);
        sessions_.erase(key_id_of(*hash));
    }
    return minted.text;
}

People::Joined SessionBook::join(std::string_view invitation_hash, const Person& person, std::string& token) {
    const std::lock_guard changing(changing_);
    MintedToken minted = mint_token();
    const PersonSession session{.hash = minted.hash, .person = person.id, .created_at = person.created_at, .seen_at = person.created_at};
    const auto joined = store_.people().join(invitation_hash, person, session);
    if (joined != People::Joined::Yes) return joined;
    remember(person, session);
    token = std::move(minted.text);
    return joined;
}

void SessionBook::end(std::string_view token) {
    if (!is_token(token)) return;
    const std::string hash = hash_secret(token);
    const std::lock_guard changing(changing_);
    {
        const std::lock_guard lock(mutex_);
        if (sessions_.erase(key_id_of(hash)) == 0) return;
    }
    store_.people().end_session(hash);
}

bool SessionBook::change_password(const Person& person, std::string_view new_hash, const std::string& kept_key_id) {
    const std::lock_guard changing(changing_);
    std::string kept;
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(kept_key_id);
        if (found != sessions_.end()) kept = found->second.session.hash;
    }
    if (!store_.people().change_password(person.id, person.password_hash, new_hash, kept)) return false;
    forget_sessions(person.id, kept_key_id);
    return true;
}

People::Changed SessionBook::change_person(TenantNo tenant, const Id& id, const PersonChange& change) {
    const std::lock_guard changing(changing_);
    const auto changed = store_.people().change_person(tenant, id, change, clock_.now_ms());
    if (changed != People::Changed::Yes) return changed;
    const auto as_stored = store_.people().read_person(id);
    if (!as_stored) return People::Changed::NotFound;
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = people_.find(id); known != people_.end()) known->second = without_secret(*as_stored);
    }
    if (as_stored->disabled_at != 0) forget_sessions(id, {});
    return changed;
}

void SessionBook::keep_house() {
    const std::int64_t now = clock_.now_ms();
    if (now - house_at_ < kHouseStepMs) return;
    house_at_ = now;
    const std::lock_guard changing(changing_);
    std::vector<PersonSession> seen;
    std::vector<std::string> over;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key_id, entry] : sessions_) {
            if (is_over(entry.session, now))
                over.push_back(entry.session.hash);
            else if (entry.session.seen_at - entry.written_at >= kSeenStepMs)
                seen.push_back(entry.session);
        }
    }
    for (const std::string& hash : over) store_.people().end_session(hash);
    if (!seen.empty()) store_.people().see_sessions(seen);
    const std::lock_guard lock(mutex_);
    for (const std::string& hash : over) sessions_.erase(key_id_of(hash));
    for (const PersonSession& session : seen) sessions_.at(key_id_of(session.hash)).written_at = session.seen_at;
    std::unordered_set<Id> holders;
    for (const auto& [key_id, entry] : sessions_) holders.insert(entry.session.person);
    std::erase_if(people_, [&](const auto& pair) { return !holders.contains(pair.first); });
}

} // namespace tributary

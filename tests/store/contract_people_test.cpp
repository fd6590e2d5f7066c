// What any store must do with people, their sessions and their invitations.
#include "store/fresh_store.hpp"

#include <thread>

namespace tributary {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;

std::string hash_of(char first) { return std::string("\0", 1) + first + std::string(30, '\xFE'); }

Person a_person(const TenantScope& scope, std::string email, Role role = Role::Admin) {
    static std::int64_t later = 0;
    Person person;
    person.created_at = kNow + ++later;
    person.id = new_id(person.created_at);
    person.tenant = scope.tenant();
    person.tenant_id = scope.tenant_id();
    person.email = std::move(email);
    person.name = "A \"person\"";
    person.role = role;
    person.workspaces = {"main"};
    person.password_hash = "$argon2id$one";
    return person;
}

Invitation an_invitation(const TenantScope& scope, char first, std::string invited_by = "key:test") {
    Invitation invitation;
    invitation.hash = hash_of(first);
    invitation.tenant = scope.tenant();
    invitation.role = Role::Member;
    invitation.workspaces = {"main", "side"};
    invitation.email = "her@example.com";
    invitation.invited_by = std::move(invited_by);
    invitation.created_at = kNow;
    invitation.expires_at = kNow + 1'000'000;
    return invitation;
}

PersonSession a_session(const Person& person, char first) { return {hash_of(first), person.id, kNow, kNow}; }

// Lets the person in by an invitation of their own; the session's hash begins with `first`.
People::Joined let_in(Store& store, const TenantScope& scope, const Person& person, char first) {
    EXPECT_TRUE(store.people().put_invitation(an_invitation(scope, first)));
    return store.people().join(hash_of(first), person, a_session(person, first));
}

std::vector<std::string> session_hashes(Store& store) {
    std::vector<std::string> hashes;
    for (const auto& session : store.people().list_sessions()) hashes.push_back(session.hash);
    return hashes;
}

TEST_P(StoreContract, APersonComesBackAsTheyJoined) {
    const auto scope = store_.scope();
    EXPECT_TRUE(store_->people().is_empty());
    const Person person = a_person(scope, "ada@example.com");
    EXPECT_EQ(let_in(*store_, scope, person, 'a'), People::Joined::Yes);
    store_.reopen();
    EXPECT_FALSE(store_->people().is_empty());
    for (const auto& found : {store_->people().find_person("ada@example.com"), store_->people().read_person(person.id)}) {
        ASSERT_TRUE(found);
        EXPECT_EQ(found->id, person.id);
        EXPECT_EQ(found->tenant, scope.tenant());
        EXPECT_EQ(found->tenant_id, "acme");
        EXPECT_EQ(found->email, person.email);
        EXPECT_EQ(found->name, person.name);
        EXPECT_EQ(found->role, Role::Admin);
        EXPECT_EQ(found->workspaces, person.workspaces);
        EXPECT_EQ(found->password_hash, person.password_hash);
        EXPECT_EQ(found->created_at, person.created_at);
        EXPECT_EQ(found->disabled_at, 0);
    }
    EXPECT_FALSE(store_->people().find_person("nobody@example.com"));
    EXPECT_FALSE(store_->people().read_person(new_id(kNow)));
    EXPECT_EQ(store_->people().list_people(scope.tenant()).size(), 1U);
    EXPECT_TRUE(store_->people().list_people(store_.scope("rival").tenant()).empty());
    const auto sessions = store_->people().list_sessions();
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].hash, hash_of('a'));
    EXPECT_EQ(sessions[0].person, person.id);
    EXPECT_NO_THROW(store_->check(true));
}

TEST_P(StoreContract, AnInvitationIsUsedOnceAndNotAfterItsEnd) {
    const auto scope = store_.scope();
    People& people = store_->people();
    EXPECT_TRUE(people.put_invitation(an_invitation(scope, 'a')));
    const auto found = people.find_invitation(hash_of('a'), kNow);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->tenant_id, "acme");
    EXPECT_EQ(found->role, Role::Member);
    EXPECT_EQ(found->workspaces, (std::vector<std::string>{"main", "side"}));
    EXPECT_EQ(found->email, "her@example.com");
    EXPECT_EQ(found->invited_by, "key:test");
    EXPECT_EQ(found->expires_at, kNow + 1'000'000);
    EXPECT_FALSE(people.find_invitation(hash_of('b'), kNow));
    EXPECT_FALSE(people.find_invitation(hash_of('a'), kNow + 1'000'000));
    Person late = a_person(scope, "late@example.com");
    late.created_at = kNow + 1'000'000;
    EXPECT_EQ(people.join(hash_of('a'), late, a_session(late, 'l')), People::Joined::InvitationGone);
    const Person ada = a_person(scope, "ada@example.com");
    EXPECT_EQ(people.join(hash_of('a'), ada, a_session(ada, 'a')), People::Joined::Yes);
    const Person eve = a_person(scope, "eve@example.com");
    EXPECT_EQ(people.join(hash_of('a'), eve, a_session(eve, 'e')), People::Joined::InvitationGone);
    EXPECT_EQ(let_in(*store_, scope, a_person(scope, "ada@example.com"), 'x'), People::Joined::EmailTaken);
    EXPECT_TRUE(people.find_invitation(hash_of('x'), kNow)) << "a refused one stays open";
    EXPECT_EQ(let_in(*store_, store_.scope("rival"), a_person(store_.scope("rival"), "ada@example.com"), 'y'), People::Joined::EmailTaken)
        << "an address is one person's in the whole server";
    EXPECT_EQ(people.join(hash_of('x'), a_person(store_.scope("rival"), "spy@example.com"), {}), People::Joined::InvitationGone);
}

TEST_P(StoreContract, TwoWhoUseOneInvitationAtOnceAreOnePerson) {
    const auto scope = store_.scope();
    for (char round = 'a'; round < 'g'; ++round) {
        EXPECT_TRUE(store_->people().put_invitation(an_invitation(scope, round)));
        std::array<People::Joined, 2> joined{};
        {
            std::vector<std::jthread> threads;
            for (std::size_t at = 0; at < joined.size(); ++at) {
                const Person person = a_person(scope, std::string(1, round) + std::to_string(at) + "@example.com");
                threads.emplace_back([&, person, at] {
                    joined[at] = store_->people().join(hash_of(round), person,
                                                       a_session(person, static_cast<char>(round + static_cast<int>(at) * 40)));
                });
            }
        }
        EXPECT_EQ(std::ranges::count(joined, People::Joined::Yes), 1);
        EXPECT_EQ(std::ranges::count(joined, People::Joined::InvitationGone), 1);
    }
}

TEST_P(StoreContract, ANewFirstRunLinkEndsTheOneBeforeAndNoOther) {
    const auto scope = store_.scope();
    People& people = store_->people();
    EXPECT_TRUE(people.put_invitation(an_invitation(scope, 'a', std::string(kFirstRun))));
    EXPECT_TRUE(people.put_invitation(an_invitation(scope, 'b')));
    EXPECT_TRUE(people.put_invitation(an_invitation(scope, 'c', std::string(kFirstRun))));
    EXPECT_FALSE(people.find_invitation(hash_of('a'), kNow));
    EXPECT_TRUE(people.find_invitation(hash_of('b'), kNow));
    EXPECT_TRUE(people.find_invitation(hash_of('c'), kNow));
}

TEST_P(StoreContract, OpenInvitationsOfATenantAreBounded) {
    const auto scope = store_.scope();
    Invitation invitation = an_invitation(scope, 'a');
    for (std::size_t at = 0; at < People::kInvitationsMax; ++at) {
        invitation.hash = "invitation " + std::to_string(at);
        ASSERT_TRUE(store_->people().put_invitation(invitation));
    }
    invitation.hash = hash_of('z');
    EXPECT_FALSE(store_->people().put_invitation(invitation));
    EXPECT_TRUE(store_->people().put_invitation(an_invitation(store_.scope("rival"), 'r'))) << "each tenant for itself";
    invitation.created_at = kNow + 1'000'000;
    invitation.expires_at = kNow + 2'000'000;
    EXPECT_TRUE(store_->people().put_invitation(invitation)) << "those that have expired do not count";
}

TEST_P(StoreContract, TheLastAdministratorOfATenantStays) {
    const auto scope = store_.scope();
    People& people = store_->people();
    const Person ada = a_person(scope, "ada@example.com");
    const Person bob = a_person(scope, "bob@example.com", Role::Viewer);
    (void)let_in(*store_, scope, ada, 'a');
    (void)let_in(*store_, scope, bob, 'b');
    (void)let_in(*store_, store_.scope("rival"), a_person(store_.scope("rival"), "admin@rival.example"), 'r');
    const auto change = [&](const Person& person, const PersonChange& wish) {
        return people.change_person(scope.tenant(), person.id, wish, kNow + 9);
    };
    EXPECT_EQ(change(ada, {.role = Role::Member}), People::Changed::LastAdmin);
    EXPECT_EQ(change(ada, {.disabled = true}), People::Changed::LastAdmin);
    EXPECT_EQ(people.read_person(ada.id)->role, Role::Admin);
    EXPECT_EQ(change(ada, {.name = "Ada"}), People::Changed::Yes);
    EXPECT_EQ(change(bob, {.role = Role::Admin}), People::Changed::Yes);
    EXPECT_EQ(change(ada, {.disabled = true}), People::Changed::Yes);
    EXPECT_EQ(people.read_person(ada.id)->disabled_at, kNow + 9);
    EXPECT_EQ(people.read_person(ada.id)->name, "Ada");
    EXPECT_EQ(change(bob, {.role = Role::Viewer}), People::Changed::LastAdmin) << "a disabled administrator is none";
    EXPECT_EQ(change(ada, {.disabled = false}), People::Changed::Yes);
    EXPECT_EQ(change(bob, {.role = Role::Viewer}), People::Changed::Yes);
    EXPECT_EQ(people.change_person(store_.scope("rival").tenant(), bob.id, {.disabled = true}, kNow), People::Changed::NotFound);
    EXPECT_EQ(people.read_person(bob.id)->disabled_at, 0);
}

TEST_P(StoreContract, SessionsEndWithDisablingAndWithAnotherPassword) {
    const auto scope = store_.scope();
    People& people = store_->people();
    const Person ada = a_person(scope, "ada@example.com");
    const Person bob = a_person(scope, "bob@example.com");
    (void)let_in(*store_, scope, ada, 'a');
    (void)let_in(*store_, scope, bob, 'b');
    EXPECT_TRUE(people.add_session(a_session(ada, 'c'), ada.password_hash));
    EXPECT_FALSE(people.add_session(a_session(ada, 'd'), "$argon2id$other")) << "proved with a password that is no longer theirs";
    EXPECT_FALSE(people.change_password(ada.id, "$argon2id$other", "$argon2id$two", {}));
    EXPECT_TRUE(people.change_password(ada.id, ada.password_hash, "$argon2id$two", hash_of('c')));
    EXPECT_EQ(people.read_person(ada.id)->password_hash, "$argon2id$two");
    auto hashes = session_hashes(*store_);
    std::ranges::sort(hashes);
    EXPECT_EQ(hashes, (std::vector<std::string>{hash_of('b'), hash_of('c')}));
    EXPECT_EQ(people.change_person(scope.tenant(), ada.id, {.disabled = true}, kNow), People::Changed::Yes);
    EXPECT_EQ(session_hashes(*store_), std::vector<std::string>{hash_of('b')});
    EXPECT_FALSE(people.add_session(a_session(ada, 'f'), "$argon2id$two")) << "disabled";
    people.end_session(hash_of('b'));
    people.end_session(hash_of('b'));
    EXPECT_TRUE(session_hashes(*store_).empty());
}

TEST_P(StoreContract, WhenASessionWasSeenIsWrittenForThoseThatAreThere) {
    const auto scope = store_.scope();
    const Person ada = a_person(scope, "ada@example.com");
    (void)let_in(*store_, scope, ada, 'a');
    std::vector<PersonSession> seen{a_session(ada, 'a'), a_session(ada, 'z')};
    seen[0].seen_at = seen[1].seen_at = kNow + 5;
    store_->people().see_sessions(seen);
    const auto sessions = store_->people().list_sessions();
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].seen_at, kNow + 5);
    EXPECT_EQ(sessions[0].created_at, kNow);
}

} // namespace
} // namespace tributary

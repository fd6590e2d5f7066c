// PORT. People, their sessions and their invitations: what stands above tenants beside keys. Any thread. No secret is ever stored:
// a token as its BLAKE2b-256, a password as the text libsodium's Argon2id makes of it.
// tests/store/contract_people_test.cpp is what any store must pass.
#pragma once
#include "deal/id.hpp"
#include "deal/names.hpp"
#include "store/scope.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

struct Person {
    Id id;
    TenantNo tenant = 0;
    std::string tenant_id;
    std::string email; // lower case; unique in the whole server, so that signing in needs no tenant
    std::string name;
    Role role = Role::Member;            // viewer, member or admin
    std::vector<std::string> workspaces; // ids; empty: all of the tenant
    std::string password_hash;
    std::int64_t created_at = 0;
    std::int64_t disabled_at = 0; // 0: may sign in
};

struct PersonSession {
    std::string hash; // 32 bytes, of the token
    Id person;
    std::int64_t created_at = 0;
    std::int64_t seen_at = 0;
};

struct Invitation {
    std::string hash; // 32 bytes, of the token
    TenantNo tenant = 0;
    std::string tenant_id;
    Role role = Role::Member;
    std::vector<std::string> workspaces;
    std::string email;      // lower case; empty: for whoever has the link
    std::string invited_by; // an account, or kFirstRun
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;
};
inline constexpr std::string_view kFirstRun = "first_run"; // a new one ends those before it

struct PersonChange {
    std::optional<Role> role;
    std::optional<std::string> name;
    std::optional<bool> disabled;
};

class People {
  public:
    static constexpr std::size_t kInvitationsMax = 1'000; // open ones of one tenant
    static constexpr std::size_t kPeopleMax = 10'000;     // of one tenant

    virtual ~People() = default;
    [[nodiscard]] virtual bool is_empty() = 0; // no person in the whole store
    [[nodiscard]] virtual std::optional<Person> find_person(std::string_view email) = 0;
    [[nodiscard]] virtual std::optional<Person> read_person(const Id& id) = 0;
    [[nodiscard]] virtual std::vector<Person> list_people(TenantNo tenant) = 0; // oldest first, at most kPeopleMax

    // A tenant always keeps somebody who may change people: the last administrator who is not disabled stays one.
    // Disabling ends the person's sessions in the same transaction.
    enum class Changed : std::uint8_t { Yes, NotFound, LastAdmin };
    [[nodiscard]] virtual Changed change_person(TenantNo tenant, const Id& id, const PersonChange& change, std::int64_t now_ms) = 0;
    // Ends the person's sessions but `kept`. False: the password is no longer `old_hash`; nothing was done.
    [[nodiscard]] virtual bool change_password(const Id& id, std::string_view old_hash, std::string_view new_hash,
                                               std::string_view kept) = 0;

    // False: the tenant has kInvitationsMax open ones. Those that have expired are dropped first.
    [[nodiscard]] virtual bool put_invitation(const Invitation& invitation) = 0;
    [[nodiscard]] virtual std::optional<Invitation> find_invitation(std::string_view hash, std::int64_t now_ms) = 0; // open ones only
    // Uses the invitation up and makes the person, with their first session.
    enum class Joined : std::uint8_t { Yes, InvitationGone, EmailTaken, TooMany };
    [[nodiscard]] virtual Joined join(std::string_view invitation_hash, const Person& person, const PersonSession& session) = 0;

    // False: the person is gone or disabled, or has another password by now.
    [[nodiscard]] virtual bool add_session(const PersonSession& session, std::string_view password_hash) = 0;
    virtual void end_session(std::string_view hash) = 0;
    [[nodiscard]] virtual std::vector<PersonSession> list_sessions() = 0; // of everybody
    // Writes when they were seen; those that are no longer there are passed over.
    virtual void see_sessions(std::span<const PersonSession> seen) = 0;
};

} // namespace tributary

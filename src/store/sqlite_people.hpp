// People, sessions and invitations in the tables above tenants. Private to the store's room; any thread, any process.
#pragma once
#include "store/people.hpp"
#include "store/sqlite_registry_file.hpp"

namespace tributary::sqlite {

class SqlitePeople final : public People {
  public:
    explicit SqlitePeople(RegistryFile& file) : file_(file) {}

    bool is_empty() override;
    std::optional<Person> find_person(std::string_view email) override;
    std::optional<Person> read_person(const Id& id) override;
    std::vector<Person> list_people(TenantNo tenant) override;
    Changed change_person(TenantNo tenant, const Id& id, const PersonChange& change, std::int64_t now_ms) override;
    bool change_password(const Id& id, std::string_view old_hash, std::string_view new_hash, std::string_view kept) override;
    bool put_invitation(const Invitation& invitation) override;
    std::optional<Invitation> find_invitation(std::string_view hash, std::int64_t now_ms) override;
    Joined join(std::string_view invitation_hash, const Person& person, const PersonSession& session) override;
    bool add_session(const PersonSession& session, std::string_view password_hash) override;
    void end_session(std::string_view hash) override;
    std::vector<PersonSession> list_sessions() override;
    void see_sessions(std::span<const PersonSession> seen) override;

  private:
    RegistryFile& file_;
};

} // namespace tributary::sqlite

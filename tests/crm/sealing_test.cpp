// A key is changed without a moment in which a secret could be lost.
#include "crm/sealing.hpp"
#include "crm/token_keeper.hpp"
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tributary::testing {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr int kSecrets = 5; // of the two accounts below

Vault vault_of(std::string_view first_digits, std::string_view more_digits = {}) {
    std::string text(64, first_digits.front());
    for (const char digit : more_digits) text += "\n" + std::string(64, digit);
    return Vault(KeyRing::parse(text).value());
}

// A directory with two accounts whose secrets the key "aaa..." seals, and that no store has open.
struct SealedDirectory {
    std::unique_ptr<Workshop> workshop = std::make_unique<Workshop>();
    std::string path = workshop->directory.path;

    SealedDirectory() {
        const Vault vault = vault_of("a");
        add(vault, "1", "oauth", {"access", "refresh", "", "signing"});
        add(vault, "2", "private_app", {"", "", "credential", "other signing"});
    }
    void add(const Vault& vault, std::string account, std::string auth, const std::array<std::string, 4>& secrets) {
        CrmConnection row;
        row.id = new_id(kNow);
        row.tenant = workshop->scope.tenant();
        row.tenant_id = workshop->scope.tenant_id();
        row.workspace = workshop->scope.workspace();
        row.workspace_id = workshop->scope.workspace_id();
        row.account = std::move(account);
        row.auth = std::move(auth);
        row.hook = "hook " + row.account;
        row.access_token = seal_for(vault, row, "access_token", Secret(secrets[0]));
        row.refresh_token = seal_for(vault, row, "refresh_token", Secret(secrets[1]));
        row.credential = seal_for(vault, row, "credential", Secret(secrets[2]));
        row.signing_secret = seal_for(vault, row, "signing_secret", Secret(secrets[3]));
        EXPECT_EQ(workshop->store->connections().add(row), Connections::Added::Yes);
    }
    [[nodiscard]] Connections& connections() const { return workshop->store->connections(); }
};

// Ends the process, as a kill would, instead of writing the secret numbered `dies_at`.
class DyingConnections : public Connections {
  public:
    DyingConnections(Connections& real, int dies_at) : real_(real), left_(dies_at) {}
    void reseal(const Id& id, Column column, std::string_view old, std::string_view sealed) override {
        if (left_-- == 0) ::_exit(42);
        real_.reseal(id, column, old, sealed);
    }
    std::vector<CrmConnection> list_all() override { return real_.list_all(); }

    Added add(const CrmConnection& row) override { return real_.add(row); }
    std::vector<CrmConnection> list(WorkspaceNo workspace) override { return real_.list(workspace); }
    std::optional<CrmConnection> read(const Id& id) override { return real_.read(id); }
    std::optional<CrmConnection> find_account(Source system, std::string_view account) override {
        return real_.find_account(system, account);
    }
    std::optional<CrmConnection> find_hook(std::string_view hash) override { return real_.find_hook(hash); }
    void put(const Id& id, Part part, std::string_view text) override { real_.put(id, part, text); }
    bool take_lease(const Id& id, std::string_view holder, std::int64_t now_ms, std::int64_t until_ms) override {
        return real_.take_lease(id, holder, now_ms, until_ms);
    }
    bool save_tokens(const Id& id, std::uint64_t version, const ConnectionTokens& tokens) override {
        return real_.save_tokens(id, version, tokens);
    }
    bool reconnect(const Id& id, const Credentials& credentials, const ConnectionTokens& tokens, std::int64_t now_ms) override {
        return real_.reconnect(id, credentials, tokens, now_ms);
    }
    bool needs_reauth(const Id& id, std::uint64_t version, std::string_view reason, std::int64_t now_ms) override {
        return real_.needs_reauth(id, version, reason, now_ms);
    }
    void disconnect(const Id& id, std::int64_t now_ms) override { real_.disconnect(id, now_ms); }
    std::uint32_t add_map(const Id& id, std::string_view map, std::string_view made_by, std::int64_t now_ms) override {
        return real_.add_map(id, map, made_by, now_ms);
    }
    ConnectionMap read_map(const Id& id, std::uint32_t version) override { return real_.read_map(id, version); }
    std::vector<ConnectionMap> list_maps(const Id& id) override { return real_.list_maps(id); }
    void put_state(std::string_view hash, std::string_view about, std::int64_t now_ms, std::int64_t expires_at) override {
        real_.put_state(hash, about, now_ms, expires_at);
    }
    std::optional<std::string> take_state(std::string_view hash, std::int64_t now_ms) override { return real_.take_state(hash, now_ms); }

  private:
    Connections& real_;
    int left_;
};

TEST(Sealing, EverySecretIsSealedWithTheNewestKeyAndTheOldOneIsNeededNoMore) {
    const SealedDirectory sealed;
    EXPECT_TRUE(holds_secrets(sealed.connections()));
    const SealSurvey before = survey_seals(sealed.connections(), vault_of("b", "a"));
    EXPECT_EQ(before.open, kSecrets);
    EXPECT_EQ(before.older, kSecrets);
    const SealSurvey after = seal_anew(sealed.connections(), vault_of("b", "a"));
    EXPECT_EQ(after.open, kSecrets);
    EXPECT_EQ(after.older, 0U);
    EXPECT_TRUE(after.closed.empty());
    for (const CrmConnection& row : sealed.connections().list_all()) {
        const auto opened = open_connection(vault_of("b"), row);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->signing_secret.reveal(), row.account == "1" ? "signing" : "other signing");
    }
    EXPECT_EQ(survey_seals(sealed.connections(), vault_of("a")).closed.size(), static_cast<std::size_t>(kSecrets));
}

TEST(Sealing, WhatNoKeyOpensIsNamedAndLeftAsItIs) {
    const SealedDirectory sealed;
    const auto before = sealed.connections().list_all();
    const SealSurvey survey = seal_anew(sealed.connections(), vault_of("c"));
    EXPECT_EQ(survey.open, 0U);
    ASSERT_EQ(survey.closed.size(), static_cast<std::size_t>(kSecrets));
    EXPECT_EQ(survey.closed[0].connection, before[0].id);
    EXPECT_EQ(survey.closed[0].column, "access_token");
    const auto after = sealed.connections().list_all();
    for (std::size_t at = 0; at < before.size(); ++at) EXPECT_EQ(after[at].signing_secret, before[at].signing_secret);
}

TEST(Sealing, ADisconnectedAccountHoldsNoSecret) {
    const SealedDirectory sealed;
    for (const CrmConnection& row : sealed.connections().list_all()) sealed.connections().disconnect(row.id, kNow);
    EXPECT_FALSE(holds_secrets(sealed.connections()));
}

// The program is killed before each of the secrets in turn: all open with both keys, and the next rotation ends what this one began.
TEST(Sealing, AProgramKilledAmidASealingLeavesEverySecretReadable) {
    for (int dies_at = 0; dies_at < kSecrets; ++dies_at) {
        SealedDirectory sealed;
        sealed.workshop->store.reset(); // what is open is not carried over a fork
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto store = open_sqlite({.directory = sealed.path, .readers = 1});
            DyingConnections dying(store->connections(), dies_at);
            (void)seal_anew(dying, vault_of("b", "a"));
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        ASSERT_EQ(WEXITSTATUS(status), 42);
        const auto store = open_sqlite({.directory = sealed.path, .readers = 1});
        const SealSurvey left = survey_seals(store->connections(), vault_of("b", "a"));
        EXPECT_TRUE(left.closed.empty());
        EXPECT_EQ(left.open, kSecrets);
        EXPECT_EQ(left.older, static_cast<std::size_t>(kSecrets - dies_at));
        EXPECT_EQ(seal_anew(store->connections(), vault_of("b", "a")).older, 0U);
        EXPECT_TRUE(survey_seals(store->connections(), vault_of("b")).closed.empty());
    }
}

} // namespace
} // namespace tributary::testing

// Who may do what, whose data a key reaches, and how often. On a real store, with told time.
#include "api/credentials.hpp"
#include "api/key_text.hpp"
#include "api/rate_limit.hpp"
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>

namespace tributary::testing {
namespace {

struct CredentialsTest : ::testing::Test {
    Workshop shop;
    Credentials credentials{*shop.store, shop.clock};

    std::string make_key(Role role, std::vector<std::string> workspaces = {}, const std::string& tenant = "acme") {
        const auto row = shop.store->registry().ensure_workspace(tenant, "sales", shop.clock.now_ms());
        ApiKey key;
        key.tenant = row.tenant;
        key.tenant_id = row.tenant_id;
        key.role = role;
        key.workspaces = std::move(workspaces);
        key.created_at = shop.clock.now_ms();
        const std::string text = mint_key(key);
        shop.store->registry().put_key(key);
        return text;
    }

    static std::string code(const auto& result) { return result ? "" : result.error().code; }
};

TEST_F(CredentialsTest, AKeyIsStoredAsAHashAndFoundByItsText) {
    const std::string text = make_key(Role::Admin);
    EXPECT_TRUE(text.starts_with("trb_"));
    const auto principal = credentials.authenticate_text(text);
    ASSERT_TRUE(principal);
    EXPECT_EQ(text.find(principal->key.secret_hash), std::string::npos);
    std::string other = text;
    other.back() = other.back() == 'A' ? 'B' : 'A';
    EXPECT_EQ(code(credentials.authenticate_text(other)), "invalid_credential");
    EXPECT_EQ(code(credentials.authenticate_text("trb_short")), "invalid_credential");
    EXPECT_EQ(code(credentials.authenticate_text("")), "invalid_credential");
}

TEST_F(CredentialsTest, ARevokedKeyStopsWorkingWithinASecondAlsoWhenAnotherProcessRevokedIt) {
    const std::string text = make_key(Role::Member);
    const auto principal = credentials.authenticate_text(text);
    ASSERT_TRUE(principal);
    EXPECT_TRUE(shop.store->registry().revoke_key("acme", principal->key.key_id, shop.clock.now_ms()));
    shop.clock.move_ms(Credentials::kFreshMs);
    EXPECT_EQ(code(credentials.authenticate_text(text)), "invalid_credential");
}

TEST_F(CredentialsTest, TenantAndWorkspaceMustAgreeWithTheCredential) {
    const auto principal = credentials.authenticate_text(make_key(Role::Admin));
    EXPECT_TRUE(credentials.scope(*principal, "", ""));
    EXPECT_TRUE(credentials.scope(*principal, "acme", "sales"));
    EXPECT_EQ(code(credentials.scope(*principal, "globex", "")), "tenant_mismatch");
    EXPECT_EQ(code(credentials.scope(*principal, "acme", "nowhere")), "workspace_mismatch");
    (void)shop.store->registry().ensure_workspace("acme", "support", shop.clock.now_ms());
    EXPECT_EQ(credentials.scope(*principal, "", "support")->workspace_id(), "support") << "a workspace made a moment ago is found";
    const auto limited = credentials.authenticate_text(make_key(Role::Admin, {"support"}));
    EXPECT_EQ(credentials.scope(*limited, "", "")->workspace_id(), "support");
    EXPECT_EQ(code(credentials.scope(*limited, "", "sales")), "workspace_mismatch");
}

TEST(Roles, EachMayWhatItsNameSays) {
    EXPECT_TRUE(may(Role::Viewer, Right::Read));
    EXPECT_FALSE(may(Role::Viewer, Right::Ingest));
    EXPECT_TRUE(may(Role::Intake, Right::Ingest));
    EXPECT_FALSE(may(Role::Intake, Right::Read));
    EXPECT_TRUE(may(Role::Intake, Right::ReadOwnImports));
    EXPECT_TRUE(may(Role::Viewer, Right::ReadOwnImports));
    EXPECT_TRUE(may(Role::Member, Right::Write));
    EXPECT_FALSE(may(Role::Member, Right::Administer));
    for (const Right right : {Right::Read, Right::ReadOwnImports, Right::Ingest, Right::Write, Right::Administer}) {
        EXPECT_TRUE(may(Role::Admin, right));
        EXPECT_FALSE(may(Role::Form, right));
    }
}

TEST_F(CredentialsTest, ATicketOpensOneSocketOnceWithinItsMinute) {
    Tickets tickets(shop.clock);
    const auto principal = credentials.authenticate_text(make_key(Role::Viewer));
    const auto ticket = tickets.issue(*principal, shop.scope);
    ASSERT_TRUE(ticket);
    EXPECT_TRUE(tickets.redeem(*ticket));
    EXPECT_EQ(code(tickets.redeem(*ticket)), "invalid_ticket");
    const auto late = tickets.issue(*principal, shop.scope);
    shop.clock.move_ms(Tickets::kLifeMs);
    EXPECT_EQ(code(tickets.redeem(*late)), "invalid_ticket");
}

TEST_F(CredentialsTest, ABucketRefillsWithTime) {
    RateLimits rates(shop.clock);
    for (int at = 0; at < 60; ++at) EXPECT_TRUE(rates.take("key", 60)) << at;
    const auto refused = rates.take("key", 60);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "rate_limited");
    EXPECT_EQ(refused.error().retry_after_s, 1);
    EXPECT_TRUE(rates.take("other", 60)) << "each key for itself";
    shop.clock.move_ms(1'000);
    EXPECT_TRUE(rates.take("key", 60));
    EXPECT_FALSE(rates.take("key", 60));
    EXPECT_TRUE(rates.take("free", 0)) << "no limit";
}

} // namespace
} // namespace tributary::testing

// What any store must do with connected accounts.
#include "store/fresh_store.hpp"

#include <thread>

namespace tributary {
namespace {

class StoreConnections : public StoreContract {
  protected:
    CrmConnection a_connection(std::string account, std::string_view tenant = "acme", std::string_view workspace = "main") {
        const auto row = store_->registry().ensure_workspace(tenant, workspace, 1'000);
        CrmConnection made;
        made.id = an_id();
        made.tenant = row.tenant;
        made.tenant_id = row.tenant_id;
        made.workspace = row.no;
        made.workspace_id = row.workspace_id;
        made.account = std::move(account);
        made.name = "Acme's portal";
        made.auth = "oauth";
        made.scopes = {"oauth", "crm.objects.deals.read"};
        made.access_token = "sealed access";
        made.refresh_token = "sealed refresh";
        made.hook = "hook of " + made.account + std::string(tenant);
        made.settings = "{}";
        made.created_by = "person:1";
        made.created_at = made.changed_at = 5'000;
        made.expires_at = 9'000;
        return made;
    }
    CrmConnection read(const Id& id) { return store_->connections().read(id).value(); }
};

TEST_P(StoreConnections, AnAccountIsFoundByItsNumberAndByItsHook) {
    const CrmConnection made = a_connection("1234567");
    EXPECT_EQ(store_->connections().add(made), Connections::Added::Yes);
    store_.reopen();
    const auto found = store_->connections().find_account(Source::Hubspot, "1234567");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, made.id);
    EXPECT_EQ(found->tenant_id, "acme");
    EXPECT_EQ(found->workspace_id, "main");
    EXPECT_EQ(found->scopes, made.scopes);
    EXPECT_EQ(found->access_token, "sealed access");
    EXPECT_EQ(found->created_by, "person:1");
    EXPECT_EQ(found->expires_at, 9'000);
    EXPECT_EQ(store_->connections().find_hook(made.hook)->id, made.id);
    EXPECT_FALSE(store_->connections().find_hook("another"));
    EXPECT_FALSE(store_->connections().find_account(Source::Salesforce, "1234567"));
    EXPECT_EQ(store_->connections().list(made.workspace).size(), 1U);
}

TEST_P(StoreConnections, AnAccountBelongsToOneTenantUntilItIsDisconnected) {
    const CrmConnection made = a_connection("1234567");
    EXPECT_EQ(store_->connections().add(made), Connections::Added::Yes);
    EXPECT_EQ(store_->connections().add(a_connection("1234567", "other")), Connections::Added::BoundElsewhere);
    EXPECT_EQ(store_->connections().add(a_connection("1234567", "acme", "second")), Connections::Added::AlreadyHere);
    EXPECT_EQ(store_->connections().add(a_connection("7654321")), Connections::Added::Yes) << "several accounts in a workspace";
    store_->connections().disconnect(made.id, 6'000);
    EXPECT_FALSE(store_->connections().find_account(Source::Hubspot, "1234567"));
    EXPECT_FALSE(store_->connections().find_hook(made.hook));
    EXPECT_EQ(read(made.id).state, ConnectionState::Disconnected);
    EXPECT_EQ(read(made.id).refresh_token, "") << "its secrets are gone";
    EXPECT_EQ(store_->connections().add(a_connection("1234567", "other")), Connections::Added::Yes);
    EXPECT_EQ(store_->connections().list_all().size(), 2U);
}

TEST_P(StoreConnections, ATenantHasABoundedNumberOfThem) {
    for (std::size_t at = 0; at < Connections::kPerTenantMax; ++at)
        EXPECT_EQ(store_->connections().add(a_connection(std::to_string(at))), Connections::Added::Yes);
    EXPECT_EQ(store_->connections().add(a_connection("one more")), Connections::Added::TooMany);
}

TEST_P(StoreConnections, PartsAreWrittenWithoutTouchingTheOthers) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    store_->connections().put(made.id, Connections::Part::Sync, "{\"cursor\":1}");
    store_->connections().put(made.id, Connections::Part::Health, "{\"calls\":2}");
    store_->connections().put(made.id, Connections::Part::Reading, "{\"stages\":[]}");
    store_->connections().put(made.id, Connections::Part::Name, "Sales EU");
    EXPECT_EQ(read(made.id).sync, "{\"cursor\":1}");
    EXPECT_EQ(read(made.id).health, "{\"calls\":2}");
    EXPECT_EQ(read(made.id).reading, "{\"stages\":[]}");
    EXPECT_EQ(read(made.id).name, "Sales EU");
    EXPECT_EQ(read(made.id).settings, "{}");
}

TEST_P(StoreConnections, OneRefresherAtATimeAndTheOlderTokenNeverWins) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    Connections& connections = store_->connections();
    EXPECT_TRUE(connections.take_lease(made.id, "one", 100, 200));
    EXPECT_FALSE(connections.take_lease(made.id, "two", 150, 250));
    EXPECT_TRUE(connections.take_lease(made.id, "one", 150, 260)) << "its own, longer";
    EXPECT_TRUE(connections.take_lease(made.id, "two", 260, 400)) << "it has run out";
    EXPECT_TRUE(connections.save_tokens(
        made.id, 0,
        {.access_token = "new access", .refresh_token = "", .expires_at = 20'000, .instance_url = "https://acme.example", .scopes = {}}));
    EXPECT_FALSE(connections.save_tokens(
        made.id, 0, {.access_token = "late", .refresh_token = "late", .expires_at = 1, .instance_url = "", .scopes = {}}));
    const CrmConnection after = read(made.id);
    EXPECT_EQ(after.access_token, "new access");
    EXPECT_EQ(after.refresh_token, "sealed refresh") << "none came, so the old one stays";
    EXPECT_EQ(after.instance_url, "https://acme.example");
    EXPECT_EQ(after.scopes, made.scopes);
    EXPECT_EQ(after.token_version, 1U);
    EXPECT_TRUE(connections.take_lease(made.id, "three", 300, 400)) << "saving ends the lease";
}

TEST_P(StoreConnections, OfManyRefreshersOneGetsTheLease) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int at = 0; at < 16; ++at)
        threads.emplace_back(
            [&, at] { taken += store_->connections().take_lease(made.id, "holder " + std::to_string(at), 100, 200) ? 1 : 0; });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(taken, 1);
}

TEST_P(StoreConnections, ADeadTokenAsksForAPersonUnlessANewerOneIsThere) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    Connections& connections = store_->connections();
    ASSERT_TRUE(connections.save_tokens(made.id, 0,
                                        {.access_token = "a", .refresh_token = "b", .expires_at = 1, .instance_url = "", .scopes = {}}));
    EXPECT_FALSE(connections.needs_reauth(made.id, 0, "invalid_grant", 7'000));
    EXPECT_EQ(read(made.id).state, ConnectionState::Connected);
    EXPECT_TRUE(connections.needs_reauth(made.id, 1, "invalid_grant", 7'000));
    EXPECT_EQ(read(made.id).state, ConnectionState::NeedsReauth);
    EXPECT_EQ(read(made.id).reason, "invalid_grant");
    EXPECT_EQ(read(made.id).refresh_token, "b") << "never deleted";
    EXPECT_TRUE(connections.find_account(Source::Hubspot, "1")) << "its events are still taken in";
    EXPECT_TRUE(connections.reconnect(
        made.id, {.auth = "private_app", .login_url = "", .client = "", .credential = "sealed pat", .signing_secret = ""},
        {.access_token = "c", .refresh_token = "", .expires_at = 2, .instance_url = "", .scopes = {}}, 8'000));
    EXPECT_EQ(read(made.id).state, ConnectionState::Connected);
    EXPECT_EQ(read(made.id).auth, "private_app");
    EXPECT_EQ(read(made.id).credential, "sealed pat");
    EXPECT_EQ(read(made.id).reason, "");
    connections.disconnect(made.id, 9'000);
    EXPECT_FALSE(connections.reconnect(made.id, {}, {}, 9'500));
    EXPECT_FALSE(connections.save_tokens(made.id, read(made.id).token_version,
                                         {.access_token = "x", .refresh_token = "", .expires_at = 1, .instance_url = "", .scopes = {}}));
}

TEST_P(StoreConnections, SealingAnewDoesNotOverwriteWhatHasChangedMeanwhile) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    store_->connections().reseal(made.id, Connections::Column::RefreshToken, "sealed refresh", "sealed anew");
    store_->connections().reseal(made.id, Connections::Column::AccessToken, "something older", "sealed anew");
    EXPECT_EQ(read(made.id).refresh_token, "sealed anew");
    EXPECT_EQ(read(made.id).access_token, "sealed access");
}

TEST_P(StoreConnections, MapsOfFieldsHaveVersionsThatStay) {
    const CrmConnection made = a_connection("1");
    ASSERT_EQ(store_->connections().add(made), Connections::Added::Yes);
    Connections& connections = store_->connections();
    EXPECT_EQ(connections.read_map(made.id, 0).version, 0U);
    EXPECT_EQ(connections.add_map(made.id, "{\"a\":1}", "person:1", 10), 1U);
    EXPECT_EQ(connections.add_map(made.id, "{\"a\":2}", "person:2", 20), 2U);
    EXPECT_EQ(connections.read_map(made.id, 0).map, "{\"a\":2}");
    EXPECT_EQ(connections.read_map(made.id, 1).map, "{\"a\":1}");
    EXPECT_EQ(connections.read_map(made.id, 3).version, 0U);
    ASSERT_EQ(connections.list_maps(made.id).size(), 2U);
    EXPECT_EQ(connections.list_maps(made.id)[0].made_by, "person:2");
}

TEST_P(StoreConnections, AStateIsGoodOnceAndForAWhile) {
    store_->connections().put_state("one", "about", 100, 500);
    store_->connections().put_state("two", "about two", 100, 150);
    EXPECT_EQ(store_->connections().take_state("one", 200), "about");
    EXPECT_FALSE(store_->connections().take_state("one", 200));
    EXPECT_FALSE(store_->connections().take_state("two", 200));
    EXPECT_FALSE(store_->connections().take_state("three", 200));
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConnections, testing::Values(sqlite_kind()), [](const auto& kind) { return kind.param.name; });

} // namespace
} // namespace tributary

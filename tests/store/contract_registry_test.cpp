// What any store must do above tenants: tenants, workspaces, keys; and being looked at.
#include "store/fresh_store.hpp"

#include <thread>

namespace tributary {
namespace {

TEST_P(StoreContract, AWorkspaceIsMadeOnceAndTheFirstIsTheDefault) {
    Registry& registry = store_->registry();
    const auto main = registry.ensure_workspace("acme", "main", 1);
    const auto side = registry.ensure_workspace("acme", "side", 2);
    const auto other = registry.ensure_workspace("rival", "main", 3);
    EXPECT_TRUE(main.is_default);
    EXPECT_FALSE(side.is_default);
    EXPECT_TRUE(other.is_default);
    EXPECT_EQ(main.tenant, side.tenant);
    EXPECT_NE(main.tenant, other.tenant);
    EXPECT_NE(main.no, other.no); // unique in the whole store
    EXPECT_EQ(registry.ensure_workspace("acme", "main", 9).no, main.no);
    EXPECT_EQ(registry.list_workspaces().size(), 3U);
    const auto of = registry.workspaces_of(main.tenant);
    ASSERT_EQ(of.size(), 2U);
    EXPECT_EQ(of[0].workspace_id, "main");
    EXPECT_TRUE(of[0].is_default);
    EXPECT_EQ(of[1].workspace_id, "side");
    EXPECT_EQ(of[1].tenant_id, "acme");
    EXPECT_TRUE(registry.workspaces_of(999).empty());
    store_.reopen();
    EXPECT_EQ(store_->registry().ensure_workspace("acme", "side", 9).no, side.no);
}

TEST_P(StoreContract, AKeyComesBackAsItWasPutAndStaysAfterItIsRevoked) {
    Registry& registry = store_->registry();
    const auto row = registry.ensure_workspace("acme", "main", 1);
    (void)registry.ensure_workspace("rival", "main", 1);
    ApiKey key;
    key.key_id = "abcdefghijklmnop";
    key.secret_hash = std::string("\0\1\2", 3) + std::string(29, '\xFE');
    key.tenant = row.tenant;
    key.role = Role::Form;
    key.workspaces = {"main", "with \"quotes\""};
    key.label = "site";
    key.origins = {"https://example.com"};
    key.rate_per_minute = 30;
    key.created_at = 77;
    registry.put_key(key);
    const auto found = registry.find_key(key.key_id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->secret_hash, key.secret_hash);
    EXPECT_EQ(found->tenant, row.tenant);
    EXPECT_EQ(found->tenant_id, "acme");
    EXPECT_EQ(found->role, Role::Form);
    EXPECT_EQ(found->workspaces, key.workspaces);
    EXPECT_EQ(found->label, "site");
    EXPECT_EQ(found->origins, key.origins);
    EXPECT_EQ(found->rate_per_minute, 30);
    EXPECT_EQ(found->created_at, 77);
    EXPECT_EQ(found->revoked_at, 0);
    EXPECT_FALSE(registry.find_key("nothing"));
    EXPECT_EQ(registry.list_keys("acme").size(), 1U);
    EXPECT_TRUE(registry.list_keys("rival").empty());
    EXPECT_FALSE(registry.revoke_key("rival", key.key_id, 5)); // not theirs: as if it were not
    EXPECT_EQ(registry.find_key(key.key_id)->revoked_at, 0);
    EXPECT_FALSE(registry.revoke_key("acme", "nothing", 5));
    EXPECT_TRUE(registry.revoke_key("acme", key.key_id, 5));
    EXPECT_TRUE(registry.revoke_key("acme", key.key_id, 6));
    EXPECT_EQ(registry.find_key(key.key_id)->revoked_at, 5);
}

TEST_P(StoreContract, ManyThreadsUseTheRegistryReadAndWriteAtOnce) {
    const auto scope = store_.scope();
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&, thread] {
            for (int at = 0; at < 10; ++at) {
                (void)store_->registry().ensure_workspace("t" + std::to_string(at), "w" + std::to_string(thread), 1);
                store_->read(scope, [&](LedgerReader& reader) {
                    // The writer puts a deal and its identity in one transaction: a reader sees both or neither.
                    const auto deals = reader.list_deals({.limit = 500}).deals.size();
                    std::size_t known = 0;
                    for (std::size_t nth = 0; nth < 60; ++nth) known += called(reader, "crm", std::to_string(nth)).has_value();
                    EXPECT_EQ(known, deals);
                });
            }
        });
    }
    threads.emplace_back([&] {
        for (int at = 0; at < 20; ++at) store_->tidy(at);
    });
    for (int at = 0; at < 60; ++at) {
        store_.write(scope, [&](Ledger& ledger) {
            const Deal deal = a_deal("Deal", static_cast<std::uint8_t>(at + 1));
            insert(ledger, deal);
            call_it(ledger, deal, "crm", std::to_string(at));
        });
    }
    threads.clear();
    EXPECT_EQ(store_->registry().list_workspaces().size(), 31U);
    EXPECT_EQ(store_.read(scope, [](LedgerReader& r) { return r.list_deals({.limit = 500}).deals.size(); }), 60U);
    EXPECT_NO_THROW(store_->check(true));
}

TEST_P(StoreContract, ABatchThatIsCommittedHoldsNobodyUpThoughItLives) {
    const auto scope = store_.scope();
    const auto batch = store_->begin();
    insert(batch->ledger(scope), a_deal("One"));
    batch->commit();
    EXPECT_THROW(batch->commit(), StoreError);
    (void)store_->registry().ensure_workspace("other", "main", 1);
    store_.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("Two")); });
}

TEST_P(StoreContract, ASoundStoreIsFoundSound) {
    EXPECT_NO_THROW(store_->check(false));
    const auto scope = store_.scope();
    store_.write(scope, [&](Ledger& ledger) {
        const Deal deal = a_deal("One", 1);
        JournalEntry entry = an_entry(Happening::Created, deal.id);
        ledger.append_journal(std::span(&entry, 1));
        insert(ledger, deal);
        call_it(ledger, deal, "crm", "1");
    });
    EXPECT_NO_THROW(store_->check(true));
    for (int at = 0; at < 5; ++at) store_->tidy(at);
    EXPECT_NO_THROW(store_->check(true));
}

} // namespace
} // namespace tributary

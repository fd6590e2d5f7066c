// Durable means synced: the test stands between the database library and the system's fdatasync, counts, and makes it fail.
#include "store/fresh_store.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {

std::atomic<int> syncs{0};
std::atomic<int> fail_in{0}; // 1: the next one fails, 2: the one after it...; 0: none

} // namespace

// Found before the C library's own by everything this program loads.
extern "C" int fdatasync(int file) {
    ++syncs;
    if (fail_in > 0 && --fail_in == 0) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(syscall(SYS_fdatasync, file));
}

namespace tributary {
namespace {

TEST(SqliteSync, EveryCommitIsSyncedBeforeItReturns) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    for (int at = 0; at < 20; ++at) {
        const auto batch = store->begin();
        insert(batch->ledger(scope), a_deal("One"));
        const int before = syncs;
        batch->commit();
        EXPECT_GE(syncs - before, 1);
    }
    const int before = syncs;
    (void)store->registry().ensure_workspace("another", "main", 1);
    EXPECT_GE(syncs - before, 1);
}

// The test above can fail: a store told not to sync is seen not to.
TEST(SqliteSync, AStoreToldNotToSyncDoesNot) {
    FreshStore store({"careless", [](const std::string& directory) { return open_sqlite({.directory = directory, .full_sync = false}); }});
    const TenantScope scope = store.scope();
    const int before = syncs;
    for (int at = 0; at < 20; ++at) store.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("One")); });
    EXPECT_EQ(syncs - before, 0);
}

// fsync errors are not to be tried again and believed: the commit fails, and what follows stands on what the disk really has.
TEST(SqliteSync, ACommitWhoseSyncFailsIsNotAcknowledgedAndTheStoreGoesOnAfterwards) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    std::vector<Deal> acknowledged;
    for (int at = 0; at < 40; ++at) {
        Deal deal = a_deal(std::to_string(at), static_cast<std::uint8_t>(at + 1));
        const bool fails = at % 3 == 1;
        const auto write = [&] {
            store.write(scope, [&](Ledger& ledger) {
                JournalEntry entry = an_entry(Happening::Created, deal.id);
                ledger.append_journal(std::span(&entry, 1));
                EXPECT_EQ(entry.seq, acknowledged.size() + 1);
                insert(ledger, deal);
                call_it(ledger, deal, "crm", deal.name);
            });
        };
        if (fails) {
            fail_in = 1;
            EXPECT_THROW(write(), StoreError);
            fail_in = 0;
            EXPECT_FALSE(store.read(scope, [&](LedgerReader& r) { return deal_with(r, deal.id); }));
            EXPECT_NO_THROW(store->check(false)); // a probe was written and synced
        }
        write(); // again, the same deal: nothing of the failed try is in its way
        acknowledged.push_back(deal);
    }
    const auto all_there = [&] {
        for (const Deal& deal : acknowledged) {
            EXPECT_EQ(store.read(scope, [&](LedgerReader& r) { return called(r, "crm", deal.name); }), deal.id);
            EXPECT_EQ(store.read(scope, [&](LedgerReader& r) { return named(r, deal.match_key); }), std::vector<Id>{deal.id});
        }
        EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return r.last_seq(); }), acknowledged.size());
        EXPECT_NO_THROW(store->check(true));
    };
    all_there();
    store.reopen();
    all_there();
}

TEST(SqliteSync, AStoreWhoseSyncsFailIsNotReadyUntilOneSucceeds) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    const auto write = [&] { store.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("One")); }); };
    write();
    fail_in = 1;
    EXPECT_THROW(write(), StoreError);
    fail_in = 1;
    EXPECT_THROW(store->check(false), StoreError);
    fail_in = 0;
    EXPECT_NO_THROW(store->check(false));
    EXPECT_NO_THROW(store->check(false));
    write();
}

} // namespace
} // namespace tributary

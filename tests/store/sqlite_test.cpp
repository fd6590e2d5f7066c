// What only the embedded store promises: nothing acknowledged is lost, whatever happens to the process or the disk.
#include "store/fresh_store.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

namespace tributary {
namespace {

constexpr const char* kChildDirectory = "TRIBUTARY_TEST_CHILD";
constexpr const char* kChildPipe = "TRIBUTARY_TEST_PIPE";

// This very program again, running one of the tests named Child below. Returns its process id.
pid_t start_child(const std::string& test, const std::string& directory, int pipe) {
    const pid_t child = fork();
    if (child != 0) return child;
    setenv(kChildDirectory, directory.c_str(), 1);
    setenv(kChildPipe, std::to_string(pipe).c_str(), 1);
    const std::string filter = "--gtest_filter=" + test;
    std::array<char, 4'096> self{};
    if (readlink("/proc/self/exe", self.data(), self.size() - 1) > 0) execl(self.data(), self.data(), filter.c_str(), nullptr);
    _exit(127);
}

const char* child_directory() { return std::getenv(kChildDirectory); }

TenantScope scope_in(Store& store) {
    const auto row = store.registry().ensure_workspace("acme", "main", 1);
    return ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
}

// One acknowledged thing: a deal, its identity, its journal row and its answer in one transaction, then its number down the pipe.
TEST(Child, WritesUntilItIsKilled) {
    if (child_directory() == nullptr) GTEST_SKIP() << "only as a child of the test below";
    const auto store = open_sqlite({.directory = child_directory(), .readers = 1});
    const TenantScope scope = scope_in(*store);
    const int pipe = std::stoi(std::getenv(kChildPipe));
    std::uint32_t next = 0;
    store->read(scope, [&](LedgerReader& reader) { next = static_cast<std::uint32_t>(reader.last_seq()) + 1; });
    for (; next < 1'000'000; ++next) {
        Deal deal = a_deal(std::to_string(next));
        for (unsigned at = 0; at < 4; ++at) deal.match_key.bytes[at] = static_cast<std::uint8_t>(next >> (8 * at));
        const auto batch = store->begin();
        Ledger& ledger = batch->ledger(scope);
        deal.id = ledger.next_id(IdOf::Deal, deal.created_at);
        JournalEntry entry = an_entry(Happening::Created, deal.id);
        ledger.append_journal(std::span(&entry, 1));
        if (entry.seq != next) _exit(3);
        deal.created_seq = entry.seq;
        insert(ledger, deal);
        Lead lead = a_lead(std::to_string(next) + "@x.com");
        lead.id = ledger.next_id(IdOf::Lead, entry.at);
        insert(ledger, lead);
        call_it(ledger, deal, "crm", std::to_string(next));
        ledger.put_answer({.scope = "s", .key = std::to_string(next), .expires_at = 1'000});
        batch->commit();
        if (write(pipe, &next, sizeof next) != sizeof next) _exit(4);
        if (next % 50 == 0) store->tidy(0);
    }
}

// What is there must be whole, and everything acknowledged must be there.
std::uint32_t whole_until(const std::string& directory) {
    const auto store = open_sqlite({.directory = directory});
    const TenantScope scope = scope_in(*store);
    EXPECT_NO_THROW(store->check(true));
    std::uint32_t last = 0;
    store->read(scope, [&](LedgerReader& reader) {
        last = static_cast<std::uint32_t>(reader.last_seq());
        std::uint32_t deals = 0;
        reader.for_each_rankable([&](const Deal&) { ++deals; });
        EXPECT_EQ(deals, last);
        for (std::uint32_t at = 1; at <= last; ++at) {
            const auto id = called(reader, "crm", std::to_string(at));
            ASSERT_TRUE(id) << at;
            const auto deal = deal_with(reader, *id);
            ASSERT_TRUE(deal);
            EXPECT_EQ(deal->name, std::to_string(at));
            EXPECT_EQ(named(reader, deal->match_key), std::vector<Id>{*id});
            EXPECT_EQ(reader.list_journal({.deal = *id}).size(), 1U);
            EXPECT_TRUE(lead_with(reader, std::to_string(at) + "@x.com"));
            EXPECT_TRUE(reader.find_answer("s", std::to_string(at), 1));
        }
        EXPECT_FALSE(called(reader, "crm", std::to_string(last + 1)));
    });
    return last;
}

TEST(Sqlite, AKilledProcessLosesNothingItAcknowledged) {
    const TemporaryDirectory directory;
    std::mt19937 random(std::random_device{}());
    std::uint32_t acknowledged = 0;
    constexpr int kKills = 20;
    for (int round = 0; round < kKills; ++round) {
        std::array<int, 2> ends{};
        ASSERT_EQ(pipe(ends.data()), 0);
        const pid_t child = start_child("Child.WritesUntilItIsKilled", directory.path(), ends[1]);
        close(ends[1]);
        // Killed in the middle of whatever follows some acknowledgement.
        std::uint32_t wanted = 1 + random() % 60;
        std::uint32_t number = 0;
        while (wanted > 0 && read(ends[0], &number, sizeof number) == sizeof number) {
            acknowledged = number;
            --wanted;
        }
        EXPECT_EQ(wanted, 0U) << "the child ended by itself";
        usleep(random() % 1'500);
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        while (read(ends[0], &number, sizeof number) == sizeof number) acknowledged = number; // what it had still said
        close(ends[0]);
        ASSERT_TRUE(WIFSIGNALED(status));
        const std::uint32_t last = whole_until(directory.path());
        ASSERT_GE(last, acknowledged);
        ASSERT_LE(last, acknowledged + 1); // the one that was not answered may be there or not
    }
    EXPECT_GE(acknowledged, std::uint32_t{kKills});
}

TEST(Child, MakesKeysAndWorkspaces) {
    if (child_directory() == nullptr) GTEST_SKIP() << "only as a child of the test below";
    const auto store = open_sqlite({.directory = child_directory()});
    for (int at = 0; at < 100; ++at) {
        const auto row = store->registry().ensure_workspace("tenant" + std::to_string(at), "main", 1);
        ApiKey key;
        key.key_id = "key" + std::to_string(at);
        key.secret_hash = std::string(32, 'h');
        key.tenant = row.tenant;
        store->registry().put_key(key);
    }
    const TenantScope scope = scope_in(*store);
    store->read(scope, [](LedgerReader& reader) { EXPECT_TRUE(reader.list_deals({}).deals.size() <= 500U); });
}

TEST(Sqlite, AnotherProcessMakesKeysWhileThisOneWritesDeals) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    store.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("first")); });
    const pid_t child = start_child("Child.MakesKeysAndWorkspaces", store.directory(), 0);
    int status = 0;
    int written = 1;
    while (waitpid(child, &status, WNOHANG) == 0) {
        store.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("more")); });
        ++written;
    }
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_EQ(store->registry().list_keys("tenant99").size(), 1U);
    int deals = 0;
    store->read(scope, [&](LedgerReader& reader) { reader.for_each_rankable([&](const Deal&) { ++deals; }); });
    EXPECT_EQ(deals, written);
}

TEST(Child, TriesToWriteDeals) {
    if (child_directory() == nullptr) GTEST_SKIP() << "only as a child of the test below";
    const auto store = open_sqlite({.directory = child_directory()});
    EXPECT_THROW((void)store->begin(), StoreError);
}

TEST(Sqlite, OnlyOneProcessWritesDeals) {
    FreshStore store(sqlite_kind());
    store.write(store.scope(), [](Ledger& ledger) { insert(ledger, a_deal("first")); });
    const pid_t child = start_child("Child.TriesToWriteDeals", store.directory(), 0);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Sqlite, ASchemaOfANewerProgramIsRefusedWithAClearWord) {
    FreshStore store(sqlite_kind());
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((store.directory() + "/tributary.db").c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, "PRAGMA user_version = 999", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(handle);
    EXPECT_THROW(store->check(false), StoreError);
    try {
        (void)open_sqlite({.directory = store.directory()});
        FAIL() << "it was opened";
    } catch (const StoreError& error) {
        EXPECT_NE(std::string(error.what()).find("999"), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("newer"), std::string::npos);
    }
}

TEST(Sqlite, ADatabaseOfTheFirstVersionIsBroughtToTheNewestAndKeepsItsKeys) {
    const TemporaryDirectory directory;
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((directory.path() + "/tributary.db").c_str(), &handle), SQLITE_OK);
    const std::string first = std::string(sqlite::schema_texts()[0]) + "PRAGMA user_version = 1; INSERT INTO r_tenants VALUES (1, 'acme', 5);" +
                              "INSERT INTO r_workspaces VALUES (1, 1, 'main', 5);";
    // The function that the views ask stands on the store's own connections only; the schema itself needs it not.
    ASSERT_EQ(sqlite3_exec(handle, first.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
    const auto store = open_sqlite({.directory = directory.path()});
    EXPECT_EQ(store->registry().ensure_workspace("acme", "main", 9).no, 1);
    EXPECT_TRUE(store->people().is_empty());
    EXPECT_NO_THROW(store->check(true));
}

TEST(Sqlite, AFileThatIsNoDatabaseIsRefused) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() + "/tributary.db") << std::string(10'000, 'x');
    EXPECT_THROW((void)open_sqlite({.directory = directory.path()}), StoreError);
    EXPECT_THROW((void)open_sqlite({.directory = "/proc/nowhere"}), StoreError);
}

TEST(Sqlite, TheDirectoryIsPrivate) {
    const TemporaryDirectory directory;
    const std::string inner = directory.path() + "/a/b";
    (void)open_sqlite({.directory = inner});
    struct stat status = {};
    ASSERT_EQ(stat(inner.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

// A disk that takes no more, made by the limit of file sizes: writing beyond it fails as a full disk does.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

TEST(Sqlite, AfterAFailingDiskNothingIsAcknowledgedUntilItWritesAgainAndNothingIsLost) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    Deal first = a_deal("first", 1);
    store.write(scope, [&](Ledger& ledger) { insert(ledger, first); });
    const Deal second = a_deal("second", 2);
    const auto write_second = [&] {
        store.write(scope, [&](Ledger& ledger) {
            JournalEntry entry = an_entry(Happening::Created, second.id);
            ledger.append_journal(std::span(&entry, 1));
            EXPECT_EQ(entry.seq, 1U);
            insert(ledger, second);
        });
    };
    {
        const FileSizeLimit limit(4'096); // below the log's present size
        EXPECT_THROW(write_second(), StoreError);
        EXPECT_THROW(store->check(false), StoreError); // not ready: a write was tried and failed again
        EXPECT_THROW(write_second(), StoreError);
        EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 1U); // reading goes on
    }
    EXPECT_NO_THROW(store->check(false));
    write_second();
    EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return named(r, match_key(1)); }), std::vector<Id>{first.id});
    EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return named(r, match_key(2)); }), std::vector<Id>{second.id});
    EXPECT_NO_THROW(store->check(true));
    store.reopen();
    EXPECT_EQ(store.read(scope, [](LedgerReader& r) { return r.list_deals({}).deals.size(); }), 2U);
}

std::uintmax_t log_bytes(FreshStore& store) { return std::filesystem::file_size(store.directory() + "/tributary.db-wal"); }

TEST(Sqlite, ACommitOfAnySizeIsThereWhenTheStoreIsOpenedAgain) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    std::mt19937_64 random(7);
    std::vector<std::pair<Id, std::string>> written;
    // Around the places where what is gathered for the log is full, and where the library's file would take nothing.
    for (const std::size_t about : {1'000, 60'000, 124'000, 128'000, 250'000, 256'000, 262'144, 384'000, 512'000, 1'000'000}) {
        for (const std::size_t bytes : {about, about + 4'096}) {
            std::string raw(bytes, '\0');
            for (char& byte : raw) byte = static_cast<char>(random());
            store.write(scope, [&](Ledger& ledger) {
                Unit unit{.id = ledger.next_id(IdOf::Unit, 1)};
                ledger.put_unit(unit, raw);
                written.emplace_back(unit.id, std::move(raw));
            });
        }
    }
    const auto compare = [&] {
        for (const auto& [id, raw] : written) {
            const auto pieces = store.read(scope, [&](LedgerReader& r) { return r.read_raw(id, 0, 10); });
            ASSERT_EQ(pieces.size(), 1U);
            ASSERT_TRUE(pieces.front().bytes == raw) << raw.size();
        }
    };
    compare();
    store.reopen();
    compare();
    EXPECT_NO_THROW(store->check(true));
}

TEST(Sqlite, TidyCopiesTheLogIntoTheDatabaseWhenNobodyWrites) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    const auto write = [&] {
        for (int at = 0; at < 10; ++at) store.write(scope, [](Ledger& ledger) { insert(ledger, a_deal("more")); });
    };
    write();
    const auto before = std::filesystem::file_size(store.directory() + "/tributary.db");
    store->tidy(1);
    store->tidy(2); // nothing was written between
    EXPECT_GT(std::filesystem::file_size(store.directory() + "/tributary.db"), 0U);
    const auto log = log_bytes(store);
    write(); // starts the log over
    EXPECT_LE(log_bytes(store), log + 1);
    EXPECT_GE(std::filesystem::file_size(store.directory() + "/tributary.db"), before);
}

constexpr std::uintmax_t kPageBytes = 4'096 + 24;

// Writes half a megabyte of what does not compress, so many times, and calls `between` after each.
template <typename Between>
void write_noise(FreshStore& store, int times, const Between& between) {
    const TenantScope scope = store.scope();
    const Unit unit{.id = an_id(1)};
    std::string noise(512 * 1024, '\0');
    std::mt19937 random(7);
    for (char& byte : noise) byte = static_cast<char>(random());
    for (int at = 0; at < times; ++at) {
        const RawPiece piece{static_cast<std::uint32_t>(at), noise};
        store.write(scope, [&](Ledger& ledger) { ledger.add_raw(unit.id, std::span(&piece, 1)); });
        between();
    }
}

StoreKind with_log_limits(sqlite::LogLimits limits) {
    return {"limited", [limits](const std::string& directory) {
                return std::make_unique<sqlite::SqliteStore>(SqliteOptions{.directory = directory}, limits);
            }};
}

TEST(Sqlite, ALoadThatNobodyTidiesDoesNotGrowTheLogForEver) {
    FreshStore store(with_log_limits({.pages_copied = 500, .pages_max = 1'000, .pages_step = 200}));
    write_noise(store, 30, [] {}); // some 4,000 pages
    EXPECT_LT(log_bytes(store), 1'400 * kPageBytes);
    EXPECT_NO_THROW(store->check(true));
    // Without the limit it would: so the figure above is the limit's doing.
    FreshStore unlimited(sqlite_kind());
    write_noise(unlimited, 30, [] {});
    EXPECT_GT(log_bytes(unlimited), 3'500 * kPageBytes);
}

TEST(Sqlite, TidyKeepsTheLogShortUnderALoadThatNeverStops) {
    FreshStore store(with_log_limits({.pages_copied = 500, .pages_max = 1'000'000, .pages_step = 200}));
    write_noise(store, 30, [&] { store->tidy(1); });
    EXPECT_LT(log_bytes(store), 900 * kPageBytes);
}

TEST(Sqlite, AReaderThatStaysDoesNotStopTheWriter) {
    FreshStore store(with_log_limits({.pages_copied = 100, .pages_max = 300, .pages_step = 100}));
    store->read(store.scope(), [&](LedgerReader& reader) {
        EXPECT_TRUE(reader.list_deals({}).deals.empty());
        write_noise(store, 10, [&] { store->tidy(1); }); // the log cannot be emptied, and nothing waits for that
    });
    store->tidy(2);
    EXPECT_NO_THROW(store->check(true));
}

TEST(Sqlite, ACheckFindsWhatIsDamaged) {
    FreshStore store(sqlite_kind());
    const TenantScope scope = store.scope();
    store.write(scope, [](Ledger& ledger) {
        const Deal one = a_deal("one", 1);
        insert(ledger, one);
        call_it(ledger, one, "crm", "1");
        insert(ledger, a_deal("two", 2));
        insert(ledger, a_lead("a@x.com"));
        insert(ledger, a_lead("b@x.com"));
        std::vector<JournalEntry> journal(3, an_entry(Happening::Received));
        ledger.append_journal(journal);
    });
    EXPECT_NO_THROW(store->check(true));
    const std::array<const char*, 8> damages{"UPDATE x_deals SET match_key = (SELECT min(match_key) FROM x_deals)",
                                             "UPDATE x_leads SET email = 'same'",
                                             "UPDATE x_deals SET no = no + 100",
                                             "UPDATE x_deals SET external_ids = (SELECT external_ids FROM x_deals WHERE name = 'one')",
                                             "UPDATE x_deals SET no = no + (5 << 40)",
                                             "UPDATE x_leads SET no = no + (5 << 40)",
                                             "DELETE FROM x_journal WHERE no & 255 = 2",
                                             "UPDATE x_deals SET version = 400 WHERE name = 'two'"};
    for (const char* damage : damages) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open((store.directory() + "/tributary.db").c_str(), &handle), SQLITE_OK);
        const TemporaryDirectory copy;
        ASSERT_EQ(sqlite3_exec(handle, ("VACUUM INTO '" + copy.path() + "/tributary.db'").c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(handle);
        ASSERT_EQ(sqlite3_open((copy.path() + "/tributary.db").c_str(), &handle), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(handle, damage, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
        sqlite3_close(handle);
        const auto damaged = open_sqlite({.directory = copy.path()});
        EXPECT_NO_THROW(damaged->check(false));
        EXPECT_THROW(damaged->check(true), StoreError) << damage;
    }
}

} // namespace
} // namespace tributary

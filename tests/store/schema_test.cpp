// The schema's versions: a database that an earlier program made is brought to the newest.
#include "store/fresh_store.hpp"
#include "store/sqlite_schema.hpp"

#include <sqlite3.h>

namespace tributary {
namespace {

TEST(Schema, ADatabaseOfTheFirstVersionIsBroughtToTheNewestAndKeepsItsKeys) {
    const TemporaryDirectory directory;
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((directory.path() + "/tributary.db").c_str(), &handle), SQLITE_OK);
    const std::string first = std::string(sqlite::schema_texts()[0]) +
                              "PRAGMA user_version = 1; INSERT INTO r_tenants VALUES (1, 'acme', 5);" +
                              "INSERT INTO r_workspaces VALUES (1, 1, 'main', 5);";
    ASSERT_EQ(sqlite3_exec(handle, first.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
    const auto store = open_sqlite({.directory = directory.path()});
    EXPECT_EQ(store->registry().ensure_workspace("acme", "main", 9).no, 1);
    EXPECT_TRUE(store->people().is_empty());
    EXPECT_NO_THROW(store->check(true));
}

} // namespace
} // namespace tributary

// The second wall: no statement of the store, whole or with its tenant predicate cut out, shows or changes a row of another
// tenant; and nobody gets round it with SQL of his own.
#include "store/fresh_store.hpp"
#include "store/sqlite_queries.hpp"
#include "store/sqlite_session.hpp"
#include "store/sqlite_settings.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <map>
#include <regex>

namespace tributary::sqlite {
namespace {

constexpr std::string_view kCanary = "canary-of-the-rival";

void turn_to(Connection& connection, const TenantScope& scope) {
    connection.wall().tenant = scope.tenant();
    connection.wall().workspace = scope.workspace();
}

class Wall : public testing::Test {
  protected:
    Wall() : store_(sqlite_kind()), ours_(store_.scope("acme")), theirs_(store_.scope("rival")) {
        fill(ours_, "ours", 1);
        fill(theirs_, std::string(kCanary), 2);
    }

    void fill(const TenantScope& scope, const std::string& word, std::uint8_t key) {
        store_.write(scope, [&](Ledger& ledger) {
            Deal deal = a_deal(word, key);
            deal.company = deal.owner = deal.contact_email = deal.description = word;
            deals_.push_back(deal);
            insert(ledger, deal);
            insert(ledger, a_lead(word));
            call_it(ledger, deal, word, word);
            Unit unit{.id = unit_, .file_name = word, .many = true};
            JournalEntry entry = an_entry(Happening::Activity, deal.id, unit_);
            entry.body = word;
            entry.due = 3;
            ledger.append_journal(std::span(&entry, 1));
            ledger.put_unit(unit);
            const RawPiece piece{0, word};
            ledger.add_raw(unit_, std::span(&piece, 1));
            const RowOutcome outcome{.code = word};
            ledger.add_outcomes(unit_, std::span(&outcome, 1));
            ledger.put_answer({.scope = word, .key = word, .fingerprint = word, .body = word, .expires_at = 1'000});
            Settings settings;
            settings.default_country_code = "49";
            ledger.put_settings(settings);
            ledger.put_mapping({.name = word, .fingerprint = word, .header = word, .mapping = word, .actor = word});
            ledger.put_cursor(word, 1);
            ledger.put_day({.day = 1, .figures = word});
            ledger.put_source_figures({.source = Source::Csv, .figures = word});
            const Wanted wanted{.connection = unit_, .record = word, .due_at = 1, .first_at = 1};
            ledger.want(std::span(&wanted, 1));
        });
    }

    [[nodiscard]] std::string file() const { return store_.directory() + "/tributary.db"; }

    // All rows of all tenants, read without the wall.
    std::string everything(TenantNo tenant) {
        sqlite3* handle = nullptr;
        EXPECT_EQ(sqlite3_open(file().c_str(), &handle), SQLITE_OK);
        std::string all;
        for (const char* table : {"deals", "leads", "journal", "units", "raw", "outcomes", "answers", "settings", "mappings", "cursors", "days",
                                  "sources", "wanted"}) {
            const std::string sql = fmt::format("SELECT * FROM x_{} WHERE tenant = {}", table, tenant);
            sqlite3_exec(
                handle, sql.c_str(),
                [](void* out, int count, char** values, char**) {
                    for (int at = 0; at < count; ++at)
                        *static_cast<std::string*>(out) += std::string(values[at] != nullptr ? values[at] : "") + "|";
                    return 0;
                },
                &all, nullptr);
        }
        sqlite3_close(handle);
        return all;
    }

    FreshStore store_;
    Id unit_ = an_id(5); // the same in both tenants
    std::vector<Deal> deals_;
    TenantScope ours_;
    TenantScope theirs_;
};

// A parameter of a statement that may hit: the rival's values, in every kind.
std::vector<std::function<void(sqlite3_stmt*, int)>> tempting_values(WorkspaceNo rival, const Id& deal, const Id& unit,
                                                                     const MatchKey& key) {
    const auto number = [](std::int64_t value) { return [value](sqlite3_stmt* s, int at) { sqlite3_bind_int64(s, at, value); }; };
    const auto bytes = [](const auto& value) {
        return
            [value](sqlite3_stmt* s, int at) { sqlite3_bind_blob(s, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT); };
    };
    return {number(0),
            number(1),
            number(2),
            number(first_row_no(rival)),
            number(first_row_no(rival) + 1),
            number(first_row_no(rival) + id_number(deal)),
            number(first_row_no(rival) + id_number(unit)),
            number(end_row_no(rival)),
            bytes(deal.bytes),
            bytes(unit.bytes),
            bytes(key.bytes),
            [](sqlite3_stmt* s, int at) { sqlite3_bind_text(s, at, kCanary.data(), static_cast<int>(kCanary.size()), SQLITE_STATIC); }};
}

std::string row_text(sqlite3_stmt* statement) {
    std::string text;
    for (int at = 0; at < sqlite3_column_count(statement); ++at) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, at));
        text.append(bytes == nullptr ? "" : bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement, at)));
    }
    return text;
}

// Every value in every place, as far as a bounded number of combinations goes: the first places vary fastest.
constexpr int kCombinationsMax = 4'000;

TEST_F(Wall, NoStatementShowsAnotherTenantsRowsWhateverIsBound) {
    Connection connection({.path = file(), .purpose = Purpose::Reader});
    turn_to(connection, ours_);
    const auto values = tempting_values(theirs_.workspace(), deals_[1].id, unit_, deals_[1].match_key);
    for (const Sql* sql : kTenantQueries) {
        if (sql->use != Use::Read) continue;
        Prepared& prepared = connection.prepared(*sql);
        for (int combination = 0; combination < kCombinationsMax; ++combination) {
            int rest = combination;
            for (int at = 1; at <= prepared.parameters; ++at) {
                values[static_cast<std::size_t>(rest) % values.size()](prepared.statement, at);
                rest /= static_cast<int>(values.size());
            }
            if (rest != 0) break;
            connection.arm(Use::Read);
            while (sqlite3_step(prepared.statement) == SQLITE_ROW) {
                ASSERT_EQ(row_text(prepared.statement).find(kCanary), std::string::npos) << sql->text;
            }
            sqlite3_reset(prepared.statement);
        }
    }
}

TEST_F(Wall, WithoutAnOpenScopeNothingIsSeen) {
    Connection connection({.path = file(), .purpose = Purpose::Reader});
    const std::vector<std::string> views{"deals",    "leads",   "journal",  "units",    "raw",
                                         "outcomes", "answers", "settings", "mappings", "cursors", "days", "source_figures"};
    for (const auto& view : views) {
        const std::string text = "SELECT * FROM " + view;
        {
            Statement all(connection, connection.prepared_shape(text));
            EXPECT_FALSE(all.row()) << view;
        }
        // And with one, only its own: so the emptiness above is no accident.
        turn_to(connection, theirs_);
        int rows = 0;
        Statement all(connection, connection.prepared_shape(text));
        while (all.row()) ++rows;
        EXPECT_EQ(rows, 1) << view;
        connection.wall().tenant = 0;
    }
}

// The mutation test: what a programmer might forget is cut out of every writing statement, and it is run against the rival.
TEST_F(Wall, AWritingStatementWithoutItsTenantPredicateChangesNothing) {
    const std::string before = everything(theirs_.tenant());
    ASSERT_NE(before.find(kCanary), std::string::npos);
    int mutants = 0;
    for (const Sql* sql : kTenantQueries) {
        if (sql->use != Use::Write) continue;
        const std::string text = sql->text;
        std::vector<std::string> variants;
        variants.push_back(std::regex_replace(text, std::regex("tenant = current_tenant\\(\\)"), "1")); // forgotten
        variants.push_back(std::regex_replace(text, std::regex(" WHERE .*"), ""));                      // all forgotten
        variants.push_back(
            std::regex_replace(text, std::regex("current_tenant\\(\\)"), std::to_string(theirs_.tenant()))); // another's named
        for (const auto& variant : variants) {
            if (variant == text) continue;
            ++mutants;
            Connection connection({.path = file(), .purpose = Purpose::Writer});
            const auto values = tempting_values(theirs_.workspace(), deals_[1].id, unit_, deals_[1].match_key);
            Prepared* prepared = nullptr;
            const Sql mutant{Use::Write, variant.c_str()};
            ASSERT_NO_THROW(prepared = &connection.prepared(mutant)) << variant;
            for (std::size_t first = 0; first < values.size(); ++first) {
                turn_to(connection, ours_);
                connection.wall().broken = false;
                connection.begin_write();
                for (int at = 1; at <= prepared->parameters; ++at) {
                    values[(first + static_cast<std::size_t>(at)) % values.size()](prepared->statement, at);
                }
                connection.arm(Use::Write);
                const int code = sqlite3_step(prepared->statement);
                const int changed = sqlite3_changes(connection.handle());
                sqlite3_reset(prepared->statement);
                // Refused by the database, or noticed by the hook: then the batch refuses to commit. Rows of ours may change.
                if (code == SQLITE_DONE && changed > 0 && !connection.wall().broken) {
                    connection.run("COMMIT");
                } else {
                    connection.roll_back();
                }
                ASSERT_EQ(everything(theirs_.tenant()), before) << variant;
            }
        }
    }
    EXPECT_GT(mutants, 15);
}

TEST_F(Wall, TheHookSeesInsertUpdateAndDeleteInEveryTable) {
    const std::map<std::string, std::string> columns{
        {"deals", "source_metadata"}, {"leads", "company"},  {"journal", "body"},     {"units", "failure"},    {"raw", "bytes"},
        {"outcomes", "last_row"},     {"answers", "status"}, {"settings", "version"}, {"mappings", "mapping"}, {"cursors", "seq"},
        {"days", "figures"}, {"sources", "figures"}};
    for (const auto& [table, column] : columns) {
        for (const std::string& text :
             {fmt::format("UPDATE x_{} SET {} = {} WHERE tenant = {}", table, column, column, theirs_.tenant()),
              fmt::format("DELETE FROM x_{} WHERE tenant = {}", table, theirs_.tenant()), fmt::format("DELETE FROM x_{}", table),
              fmt::format("UPDATE x_{} SET {} = {}", table, column, column)}) {
            Connection connection({.path = file(), .purpose = Purpose::Writer});
            turn_to(connection, ours_);
            connection.begin_write();
            const Sql sql{Use::Write, text.c_str()};
            EXPECT_THROW(Statement(connection, sql).run(), StoreError) << text;
            EXPECT_TRUE(connection.wall().broken) << text;
            connection.roll_back();
        }
        // Its own rows may be touched: the hook is not simply always on.
        Connection connection({.path = file(), .purpose = Purpose::Writer});
        turn_to(connection, ours_);
        connection.begin_write();
        const std::string text = fmt::format("DELETE FROM x_{} WHERE tenant = {}", table, ours_.tenant());
        const Sql sql{Use::Write, text.c_str()};
        EXPECT_NO_THROW(Statement(connection, sql).run()) << text;
        connection.roll_back();
    }
}

// The ways round that were tried; the fourteen of RELIABILITY T41 and some more.
TEST_F(Wall, NobodyGetsRoundItWithSqlOfHisOwn) {
    const std::vector<std::string> attempts{
        "SELECT * FROM x_deals",
        "SELECT * FROM \"x_deals\"",
        "SELECT * FROM main.X_DEALS",
        "SELECT d.name FROM deals AS d JOIN x_deals AS x ON x.no = d.no",
        "WITH deals AS (SELECT * FROM x_deals) SELECT * FROM deals", // borrows the view's name: the authorizer alone is deceived
        "WITH RECURSIVE r AS (SELECT 1 UNION SELECT no FROM x_deals) SELECT * FROM r",
        "SELECT name FROM deals UNION SELECT name FROM x_deals",
        "SELECT (SELECT name FROM x_deals LIMIT 1)",
        "SELECT name FROM (SELECT * FROM x_deals) AS deals",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM x_deals)",
        "SELECT name FROM deals ORDER BY (SELECT count(*) FROM x_deals)",
        "CREATE TEMP TRIGGER t AFTER INSERT ON x_cursors BEGIN SELECT name FROM x_deals; END",
        "CREATE TEMP VIEW deals AS SELECT * FROM x_deals",
        "CREATE TEMP TABLE t AS SELECT * FROM x_deals",
        "CREATE VIEW peek AS SELECT * FROM x_deals",
        "DROP VIEW deals",
        "ALTER TABLE x_deals RENAME TO deals2",
        "PRAGMA writable_schema = 1",
        "PRAGMA table_info(x_deals)",
        "SELECT * FROM pragma_table_info('x_deals')",
        "UPDATE sqlite_master SET sql = 'CREATE VIEW deals AS SELECT 1'",
        "SELECT sql FROM sqlite_master",
        "ATTACH DATABASE ':memory:' AS other",
        "DETACH DATABASE main",
        "VACUUM",
        "VACUUM INTO '/tmp/copy.db'",
        "EXPLAIN SELECT 1",
        "select name from x_deals",
        "(SELECT 1)",
        "SELECT * FROM dbstat",
        "SELECT load_extension('x')",
        "SELECT writefile('/tmp/x', 'x')",
        "SELECT * FROM r_keys",
        "SELECT secret_hash FROM r_keys",
        "INSERT INTO r_keys SELECT * FROM r_keys",
        "INSERT INTO x_cursors SELECT 1, name, 1 FROM x_deals",
        "UPDATE x_cursors SET follower = (SELECT name FROM x_deals LIMIT 1)",
        "UPDATE x_deals SET name = name RETURNING name",
        "INSERT INTO x_cursors (tenant, follower, seq) VALUES (1, 'a', 1) RETURNING *",
        "DELETE FROM x_deals WHERE name IN (SELECT name FROM x_leads)",
        "SAVEPOINT s",
        "REINDEX",
        "ANALYZE",
        "SELECT 1; SELECT 2",
    };
    const std::string before = everything(theirs_.tenant());
    for (const Purpose purpose : {Purpose::Reader, Purpose::Writer}) {
        for (const Use use : {Use::Read, Use::Write, Use::Turn}) {
            for (const auto& text : attempts) {
                Connection connection({.path = file(), .purpose = purpose});
                turn_to(connection, ours_);
                const Sql sql{use, text.c_str()};
                EXPECT_THROW((void)connection.prepared(sql), StoreError) << text;
            }
        }
    }
    EXPECT_EQ(everything(theirs_.tenant()), before);
}

TEST_F(Wall, TheRegistryConnectionSeesNoTenantsRows) {
    Connection connection({.path = file(), .purpose = Purpose::Registry});
    turn_to(connection, theirs_);
    for (const char* text : {"SELECT * FROM deals", "SELECT * FROM x_deals", "DELETE FROM x_deals", "UPDATE x_deals SET name = ''"}) {
        const Sql sql{Use::Registry, text};
        EXPECT_THROW((void)connection.prepared(sql), StoreError) << text;
    }
}

// A wall that makes every look-up a scan would be taken down soon.
TEST_F(Wall, LookUpsGoByKeyThroughTheViews) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &handle), SQLITE_OK);
    tributary::sqlite::Wall wall;
    name_tenant(handle, wall);
    const auto plan_of = [&](const std::string& sql) {
        std::string plan;
        sqlite3_exec(
            handle, ("EXPLAIN QUERY PLAN " + sql).c_str(),
            [](void* out, int, char** values, char**) {
                *static_cast<std::string*>(out) += std::string(values[3]) + "; ";
                return 0;
            },
            &plan, nullptr);
        return plan;
    };
    for (const Sql* sql : kTenantQueries) {
        if (std::string_view(sql->text).starts_with("INSERT")) continue;
        const std::string plan = plan_of(sql->text);
        EXPECT_NE(plan.find("SEARCH"), std::string::npos) << sql->text << "\n" << plan;
        EXPECT_EQ(plan.find("SCAN"), std::string::npos) << sql->text << "\n" << plan;
        EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << sql->text << "\n" << plan;
    }
    EXPECT_NE(plan_of(kListDue.text).find("x_journal_due"), std::string::npos) << plan_of(kListDue.text);
    EXPECT_NE(plan_of(kListUnits.text).find("x_units_many"), std::string::npos) << plan_of(kListUnits.text);
    const std::string journal = "SELECT no FROM journal WHERE no >= ? AND no < ? AND workspace = ?";
    EXPECT_NE(plan_of(journal + " ORDER BY no DESC").find("PRIMARY KEY"), std::string::npos) << plan_of(journal + " ORDER BY no DESC");
    EXPECT_NE(plan_of(journal + " AND deal = ? AND happening <> 0 ORDER BY no DESC").find("x_journal_deal"), std::string::npos);
    EXPECT_NE(plan_of(journal + " AND happening IN (4, 5) ORDER BY no DESC").find("x_journal_activity"), std::string::npos);
    const std::string deals = "SELECT * FROM deals WHERE no >= ? AND no < ? AND is_spam = 0 ORDER BY no DESC LIMIT ?";
    EXPECT_NE(plan_of(deals).find("PRIMARY KEY"), std::string::npos);
    EXPECT_EQ(plan_of(deals).find("TEMP B-TREE"), std::string::npos);
    sqlite3_close(handle);
}

} // namespace
} // namespace tributary::sqlite

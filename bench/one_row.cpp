// The floor of one durable deal: one-row SQLite transactions (WAL, synchronous FULL, three indexes), one after the other.
//   bench_one_row --file /path/of/a/new.db --count 1000      prints one JSON line: p50 in microseconds, CPU microseconds each
#include "arguments.hpp"
#include "measure.hpp"
#include "sample_deals.hpp"

#include <sqlite3.h>

namespace {

using namespace tributary::bench;

constexpr const char* kSchema =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE deals(id INTEGER PRIMARY KEY, external_id TEXT, name TEXT, company TEXT, value INTEGER, stage TEXT, probability INTEGER,"
    " close_date TEXT, contact_email TEXT, contact_name TEXT, description TEXT);"
    "CREATE UNIQUE INDEX by_external ON deals(external_id); CREATE INDEX by_name ON deals(name, company);"
    "CREATE INDEX by_stage ON deals(stage, value);";

void must(int result, sqlite3* db) {
    if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW) fail(sqlite3_errmsg(db));
}

sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr), db);
    return statement;
}

void step(sqlite3* db, sqlite3_stmt* statement) {
    must(sqlite3_step(statement), db);
    must(sqlite3_reset(statement), db);
}

void bind_deal(sqlite3_stmt* insert, const SampleDeal& deal, const std::string& external_id) {
    const auto text = [&](int at, const std::string& value) {
        sqlite3_bind_text(insert, at, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
    };
    text(1, external_id);
    text(2, deal.name);
    text(3, deal.company);
    sqlite3_bind_int64(insert, 4, static_cast<sqlite3_int64>(deal.value));
    text(5, deal.stage);
    sqlite3_bind_int(insert, 6, static_cast<int>(deal.probability));
    text(7, deal.close_date);
    text(8, deal.email);
    text(9, deal.contact);
    text(10, deal.description);
}

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    const long rows = arguments.number("count", 1'000);
    sqlite3* db = nullptr;
    must(sqlite3_open(arguments.text("file", "one_row.db").c_str(), &db), db);
    must(sqlite3_exec(db, kSchema, nullptr, nullptr, nullptr), db);
    sqlite3_stmt* begin = prepare(db, "BEGIN IMMEDIATE");
    sqlite3_stmt* insert =
        prepare(db, "INSERT INTO deals(external_id, name, company, value, stage, probability, close_date, contact_email, contact_name,"
                    " description) VALUES (?,?,?,?,?,?,?,?,?,?)");
    sqlite3_stmt* commit = prepare(db, "COMMIT");
    std::vector<std::int64_t> latencies_ns;
    const std::int64_t cpu_before = cpu_ns();
    for (long n = 0; n < rows; ++n) {
        const std::int64_t started = now_ns();
        bind_deal(insert, sample_deal(static_cast<std::uint64_t>(n)), "ext-" + std::to_string(n));
        step(db, begin);
        step(db, insert);
        step(db, commit);
        latencies_ns.push_back(now_ns() - started);
    }
    const double cpu_us = static_cast<double>(cpu_ns() - cpu_before) / 1e3 / static_cast<double>(rows);
    std::printf("{\"p50_us\":%.1f,\"p99_us\":%.1f,\"cpu_us\":%.2f}\n", static_cast<double>(quantile(latencies_ns, 0.5)) / 1e3,
                static_cast<double>(quantile(latencies_ns, 0.99)) / 1e3, cpu_us);
    for (sqlite3_stmt* statement : {begin, insert, commit}) sqlite3_finalize(statement);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}

// What the embedded store costs per new deal, beside a floor measured in the same run: plain inserts of the same deals into one
// table with three indexes, the same database settings, the same batches.
//   bench_store [deals=100000] [batch=2000] [external=1] [writer_cache_kib]
// Prints CPU microseconds per deal, user and system together, checkpoints included, for every tenth of the run.
#include "store/store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace tributary;

constexpr std::size_t kSingles = 3'000;

double cpu_us() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::size_t resident_mb() {
    std::ifstream status("/proc/self/statm");
    std::size_t size = 0;
    std::size_t resident = 0;
    status >> size >> resident;
    return resident * 4'096 / 1'000'000;
}

struct Rows {
    std::vector<Deal> deals;
    std::vector<Lead> leads;
    std::vector<JournalEntry> journal;
    std::vector<RowOutcome> outcomes;
};

class Maker {
  public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}
    Rows make(std::size_t count, const Id& unit, bool external) {
        Rows rows;
        for (std::size_t at = 0; at < count; ++at) add(rows, unit, external);
        return rows;
    }

  private:
    std::string word(std::size_t letters) {
        std::string text(letters, 'a');
        for (char& letter : text) letter = static_cast<char>('a' + random_() % 26);
        return text;
    }

    void add(Rows& rows, const Id& unit, bool external) {
        Deal deal;
        deal.id = numbered_id(now_ms_, row_ + 1);
        deal.name = word(8) + " " + word(6) + " renewal";
        deal.company = word(9) + " GmbH";
        deal.value_minor = static_cast<std::int64_t>(random_() % 100'000) * 100;
        deal.contact_name = word(6) + " " + word(7);
        deal.contact_email = word(6) + "." + word(7) + "@" + word(9) + ".com";
        deal.contact_phone = "+4915112345678";
        deal.description = word(60);
        deal.owner = "owner" + std::to_string(random_() % 20);
        deal.source = Source::Csv;
        deal.created_at = deal.updated_at = deal.base_time_ms = deal.stage_entered_at = now_ms_;
        deal.source_metadata = R"({"region":")" + word(10) + R"(","campaign":")" + word(12) + "\"}";
        for (auto& byte : deal.match_key.bytes) byte = static_cast<std::uint8_t>(random_());
        Lead lead;
        lead.id = numbered_id(now_ms_, row_ + 1);
        lead.email = deal.contact_email;
        lead.first_name = deal.contact_name;
        lead.company = deal.company;
        lead.phone = deal.contact_phone;
        lead.created_at = lead.updated_at = now_ms_;
        deal.lead_id = lead.id;
        JournalEntry entry;
        entry.at = now_ms_;
        entry.source = Source::Csv;
        entry.deal = deal.id;
        entry.unit = unit;
        entry.row = row_;
        entry.actor = "key:abcdefghijklmnop";
        entry.body = R"({"after":{"name":")" + deal.name + R"(","company":")" + deal.company + R"(","value":120000,"currency":"USD",)" +
                     R"("stage":"discovery","probability":50,"contact_name":")" + deal.contact_name + R"(","contact_email":")" +
                     deal.contact_email + R"(","description":")" + deal.description + R"("},"rules":{"stage":"default"}})";
        if (external) deal.external_ids.push_back({"csv", word(10)});
        rows.outcomes.push_back({.row = row_, .line = row_ + 2, .action = RowAction::Created, .deal = deal.id});
        rows.deals.push_back(std::move(deal));
        rows.leads.push_back(std::move(lead));
        rows.journal.push_back(std::move(entry));
        ++row_;
    }

    std::mt19937_64 random_;
    std::int64_t now_ms_ = 1'790'000'000'000;
    std::uint32_t row_ = 0;
};

template <typename T>
std::vector<const T*> pointers(const std::vector<T>& values) {
    std::vector<const T*> out;
    for (const T& value : values) out.push_back(&value);
    return out;
}

// As the pipeline asks and writes for a batch of an import.
void write(Store& store, const TenantScope& scope, const Id& unit, Rows& rows) {
    std::vector<MatchKey> keys;
    std::vector<std::string> emails;
    std::vector<ExternalId> externals;
    for (const Deal& deal : rows.deals) keys.push_back(deal.match_key);
    for (const Lead& lead : rows.leads) emails.push_back(lead.email);
    for (const Deal& deal : rows.deals) externals.insert(externals.end(), deal.external_ids.begin(), deal.external_ids.end());
    const auto deals = pointers(rows.deals);
    const auto leads = pointers(rows.leads);
    const auto batch = store.begin();
    Ledger& ledger = batch->ledger(scope);
    (void)ledger.find_external(externals);
    (void)ledger.find_named(keys);
    (void)ledger.find_leads(emails);
    ledger.append_journal(rows.journal);
    ledger.insert_deals(deals);
    ledger.insert_leads(leads);
    ledger.add_outcomes(unit, rows.outcomes);
    batch->commit();
}

void measure_store(const std::string& directory, std::size_t deals, std::size_t batch, bool external, std::uint32_t cache_kib) {
    const auto store = open_sqlite({.directory = directory, .writer_cache_kib = cache_kib});
    const auto row = store->registry().ensure_workspace("acme", "main", 1);
    const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    Maker maker(1);
    Unit unit{.id = numbered_id(1'790'000'000'000, 1), .source = Source::Csv, .many = true};
    double total = 0;
    double part = 0;
    std::size_t part_deals = 0;
    for (std::size_t done = 0; done < deals; done += batch) {
        Rows rows = maker.make(batch, unit.id, external);
        const double before = cpu_us();
        write(*store, scope, unit.id, rows);
        store->tidy(0);
        const double spent = cpu_us() - before;
        total += spent;
        part += spent;
        part_deals += batch;
        if (part_deals >= deals / 10) {
            fmt::print("  at {:>8}: {:.2f} us per deal\n", done + batch, part / static_cast<double>(part_deals));
            part = 0;
            part_deals = 0;
        }
    }
    fmt::print("store: {:.2f} us of CPU per deal ({} deals, batches of {})\n", total / static_cast<double>(deals), deals, batch);
    fmt::print("memory: {} MB resident\n", resident_mb());
    const double before = cpu_us();
    std::size_t walked = 0;
    store->read(scope, [&](LedgerReader& reader) { reader.for_each_rankable([&](const Deal&) { ++walked; }); });
    fmt::print("for_each_rankable: {:.3f} us per deal\n", (cpu_us() - before) / static_cast<double>(walked));
}

// One arrival as a door writes it: deal, lead, journal row, unit, raw bytes, outcome; durable before the next.
void measure_singles(const std::string& directory, std::size_t deals) {
    const auto store = open_sqlite({.directory = directory});
    const auto row = store->registry().ensure_workspace("acme", "main", 1);
    const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    Maker maker(2);
    double total = 0;
    const std::vector<std::string> nobody{"nobody@example.com"};
    store->read(scope, [&](LedgerReader& reader) { (void)reader.find_leads(nobody); }); // the keys are read before, not measured
    for (std::size_t done = 0; done < deals; ++done) {
        Unit unit{.id = numbered_id(1'790'000'000'000, static_cast<std::int64_t>(done) + 1), .source = Source::Api, .door = "/api", .actor = "key:abcdefghijklmnop"};
        Rows rows = maker.make(1, unit.id, false);
        const double before = cpu_us();
        const auto batch = store->begin();
        Ledger& ledger = batch->ledger(scope);
        const auto deals_now = pointers(rows.deals);
        const auto leads_now = pointers(rows.leads);
        (void)ledger.find_named(std::span(&rows.deals[0].match_key, 1));
        (void)ledger.find_leads(std::span(&rows.leads[0].email, 1));
        ledger.append_journal(rows.journal);
        ledger.insert_deals(deals_now);
        ledger.insert_leads(leads_now);
        ledger.put_unit(unit, rows.journal[0].body);
        batch->commit();
        total += cpu_us() - before;
        if (done % 1'000 == 0) store->tidy(0);
    }
    fmt::print("singles: {:.1f} us of CPU per durable deal alone in its transaction\n", total / static_cast<double>(deals));
}

void measure_opening(const std::string& directory) {
    const auto start = std::chrono::steady_clock::now();
    const double before = cpu_us();
    const auto store = open_sqlite({.directory = directory});
    const auto row = store->registry().ensure_workspace("acme", "main", 1);
    const auto scope = ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    const std::vector<std::string> nobody{"nobody@example.com"};
    store->read(scope, [&](LedgerReader& reader) { (void)reader.find_leads(nobody); });
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - start;
    fmt::print("open and read the keys: {:.0f} ms ({:.0f} ms of CPU)\n", wall.count(), (cpu_us() - before) / 1000);
}

void must(int code, sqlite3* handle) {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle));
}

// One table, three indexes, nothing else: what any store of deals must at least do.
void measure_floor(const std::string& directory, std::size_t deals, std::size_t batch, const char* what) {
    std::filesystem::create_directories(directory);
    sqlite3* handle = nullptr;
    must(sqlite3_open((directory + "/floor.db").c_str(), &handle), nullptr);
    const auto run = [&](const char* text) { must(sqlite3_exec(handle, text, nullptr, nullptr, nullptr), handle); };
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=20000; PRAGMA cache_size=-65536");
    run("CREATE TABLE t (id, name, company, value, stage, contact, email, owner, close, description);"
        "CREATE UNIQUE INDEX a ON t (id); CREATE INDEX b ON t (company, name); CREATE INDEX c ON t (email)");
    sqlite3_stmt* insert = nullptr;
    must(sqlite3_prepare_v2(handle, "INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?)", -1, &insert, nullptr), handle);
    Maker maker(3);
    double total = 0;
    for (std::size_t done = 0; done < deals; done += batch) {
        const Rows rows = maker.make(batch, {}, true);
        const double before = cpu_us();
        run("BEGIN IMMEDIATE");
        for (std::size_t at = 0; at < rows.deals.size(); ++at) {
            const Deal& deal = rows.deals[at];
            int next = 1;
            const auto text = [&](std::string_view value) {
                sqlite3_bind_text(insert, next++, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
            };
            text(deal.external_ids.front().id);
            text(deal.name);
            text(deal.company);
            sqlite3_bind_int64(insert, next++, deal.value_minor);
            text("discovery");
            text(deal.contact_name);
            text(deal.contact_email);
            text(deal.owner);
            text("2026-06-01");
            text(deal.description);
            must(sqlite3_step(insert), handle);
            sqlite3_reset(insert);
        }
        run("COMMIT");
        total += cpu_us() - before;
    }
    sqlite3_finalize(insert);
    sqlite3_close(handle);
    fmt::print("floor: {:.2f} us of CPU per deal ({})\n", total / static_cast<double>(deals), what);
}

} // namespace

int main(int count, char** values) {
    const std::vector<std::string> arguments(values + 1, values + count);
    const auto number = [&](std::size_t at, std::size_t otherwise) {
        return arguments.size() > at ? static_cast<std::size_t>(std::stoull(arguments[at])) : otherwise;
    };
    const std::size_t deals = number(0, 100'000);
    const std::size_t batch = number(1, 2'000);
    const bool external = number(2, 1) != 0;
    const auto cache_kib = static_cast<std::uint32_t>(number(3, SqliteOptions{}.writer_cache_kib));
    const std::string directory = (std::filesystem::temp_directory_path() / "tributary-store-bench").string();
    std::filesystem::remove_all(directory);
    measure_store(directory, deals, batch, external, cache_kib);
    measure_opening(directory);
    measure_singles(directory, kSingles);
    if (deals <= 100'000) measure_floor(directory, deals, batch, "one table, three indexes");
    std::filesystem::remove_all(directory);
    measure_floor(directory, kSingles, 1, "the same, each in its own transaction");
    std::filesystem::remove_all(directory);
    return 0;
}

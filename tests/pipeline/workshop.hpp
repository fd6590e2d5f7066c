// A store in a directory of its own, and the short way to send rows through the pipeline. For tests of pipeline/, work/ and api/.
#pragma once
#include "pipeline/pipeline.hpp"
#include "pipeline/writer.hpp"
#include "store/store.hpp"

#include <filesystem>
#include <future>
#include <string>
#include <unistd.h>

namespace tributary::testing {

class Directory {
  public:
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "tributary-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory for the test");
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    std::string path;
};

constexpr std::int64_t kDay = 86'400'000;

struct Workshop {
    Directory directory;
    ToldClock clock{1'790'000'000'000};
    std::unique_ptr<Store> store = open_sqlite({.directory = directory.path, .readers = 2, .writer_cache_kib = 4'096});
    TenantScope scope = make_scope("acme", "sales");
    RankBook ranks{[this](const TenantScope& of) { return load_ranks(*store, of); }};

    TenantScope make_scope(std::string_view tenant, std::string_view workspace) {
        const auto row = store->registry().ensure_workspace(tenant, workspace, clock.now_ms());
        return ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
    }

    // One batch in one transaction, as the writer would run it.
    Plan send(std::vector<Draft> drafts, const TenantScope* where = nullptr) {
        const TenantScope& in = where == nullptr ? scope : *where;
        Unit unit;
        unit.id = new_id(clock.now_ms());
        unit.source = drafts.front().source;
        unit.actor = "key:test";
        const auto settings = ranks.of(in)->settings();
        std::vector<IncomingRow> rows;
        for (std::size_t at = 0; at < drafts.size(); ++at) {
            rows.push_back({.row = static_cast<std::uint32_t>(at), .line = 0, .candidate = normalise(drafts[at], *settings, clock.now_ms()), .raw = "raw"});
        }
        const auto batch = store->begin();
        RankTurn turn(*ranks.of(in));
        const IngestContext context{.unit = &unit, .now_ms = clock.now_ms(), .settings = settings.get(), .ledger = nullptr};
        Plan plan = ingest(batch->ledger(in), turn, context, rows);
        batch->commit();
        return plan;
    }

    // What the workspace decides, as its settings would say it.
    void settle(std::string_view settings) {
        const auto batch = store->begin();
        batch->ledger(scope).put_settings(parse_settings(settings).value());
        batch->commit();
        ranks.forget(scope);
    }

    Deal read(const Id& id) {
        Deal deal;
        store->read(scope, [&](LedgerReader& ledger) { deal = ledger.read_deals(std::span(&id, 1)).front().value(); });
        return deal;
    }

    std::vector<JournalEntry> journal(const TenantScope* where = nullptr) {
        std::vector<JournalEntry> rows;
        store->read(where == nullptr ? scope : *where, [&](LedgerReader& ledger) {
            rows = ledger.list_journal({.deal = {}, .unit = {}, .after = 0, .descending = false, .limit = 500});
        });
        return rows;
    }
};

inline Draft deal_draft(std::string name, std::string company, Source source = Source::Api) {
    Draft draft;
    draft.source = source;
    draft[Field::Name] = std::move(name);
    if (!company.empty()) draft[Field::Company] = std::move(company);
    return draft;
}

} // namespace tributary::testing

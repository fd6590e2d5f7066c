// A store filled through its port, for the programs that measure rooms without the server. Used by bench/ only.
#pragma once
#include "pipeline/pipeline.hpp"
#include "sample_deals.hpp"
#include "store/scope.hpp"
#include "store/store.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tributary::bench {

inline constexpr std::int64_t kToldNowMs = 1'790'000'000'000; // the benchmarks' present: the same on every run
inline constexpr long kRowsPerBatch = 512;

[[nodiscard]] inline TenantScope bench_scope(Store& store) {
    const WorkspaceRow row = store.registry().ensure_workspace("bench", "main", kToldNowMs);
    return ScopeMaker::make(row.tenant, row.no, row.tenant_id, row.workspace_id);
}

[[nodiscard]] inline ExternalId sample_external(std::uint64_t n) { return {.system = "api", .id = "ext-" + std::to_string(n)}; }

[[nodiscard]] inline Draft sample_draft(std::uint64_t n) {
    const SampleDeal sample = sample_deal(n);
    Draft draft;
    draft.source = Source::Api;
    draft[Field::Name] = sample.name;
    draft[Field::Company] = sample.company;
    draft[Field::Value] = std::to_string(sample.value);
    draft[Field::Stage] = sample.stage;
    draft[Field::Probability] = std::to_string(sample.probability);
    draft[Field::ExpectedCloseDate] = sample.close_date;
    draft[Field::ContactEmail] = sample.email;
    draft[Field::ContactName] = sample.contact;
    draft[Field::Description] = sample.description;
    draft.external_ids.push_back(sample_external(n));
    return draft;
}

// The whole pipeline without HTTP: normalise, ingest, one durable transaction a batch. Deals first..first+count-1.
inline void ingest_samples(Store& store, const TenantScope& scope, Ranks& ranks, std::uint64_t first, long count) {
    const Settings settings;
    for (long done = 0; done < count; done += kRowsPerBatch) {
        const long rows = std::min(kRowsPerBatch, count - done);
        std::vector<IncomingRow> incoming;
        for (long at = 0; at < rows; ++at) {
            const Draft draft = sample_draft(first + static_cast<std::uint64_t>(done + at));
            incoming.push_back(
                {.row = static_cast<std::uint32_t>(at), .line = 0, .candidate = normalise(draft, settings, kToldNowMs), .raw = {}});
        }
        Unit unit;
        unit.source = Source::Api;
        unit.many = true;
        const auto batch = store.begin();
        Ledger& ledger = batch->ledger(scope);
        unit.id = ledger.next_id(IdOf::Unit, kToldNowMs);
        RankTurn turn(ranks);
        const Plan plan = ingest(ledger, turn, {.unit = &unit, .now_ms = kToldNowMs, .settings = &settings, .ledger = &ledger}, incoming);
        unit.counts = plan.counts;
        ledger.put_unit(unit);
        const std::vector<RowOutcome> outcomes = outcomes_of(plan);
        ledger.add_outcomes(unit.id, outcomes);
        batch->commit();
    }
}

} // namespace tributary::bench

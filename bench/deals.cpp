// The fixed workload of bench/gate: deals through the pipeline into a new store, without HTTP and on one thread.
//   bench_deals --data DIR --deals 5000      prints {"created":5000}
#include "arguments.hpp"
#include "ledger_fill.hpp"

int main(int count, char** values) {
    using namespace tributary;
    const bench::Arguments arguments(count, values);
    const long deals = arguments.number("deals", 1'000);
    const auto store = open_sqlite({.directory = arguments.text("data", "bench-deals")});
    const TenantScope scope = bench::bench_scope(*store);
    Ranks ranks{Settings{}};
    bench::ingest_samples(*store, scope, ranks, 0, deals);
    std::uint64_t stored = 0;
    store->read(scope, [&](LedgerReader& ledger) { ledger.for_each_rankable([&](const Deal&) { ++stored; }); });
    std::printf("{\"created\":%llu}\n", static_cast<unsigned long long>(stored));
    return stored == static_cast<std::uint64_t>(deals) ? 0 : 1;
}

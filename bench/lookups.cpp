// The exact duplicate look-ups of the writer, one by one, in a store of so many deals: bench_lookups --data DIR --deals 1000000
// Prints one JSON line: CPU microseconds of finding a deal by an external id, and by its name and company.
#include "arguments.hpp"
#include "ledger_fill.hpp"
#include "measure.hpp"

#include <functional>

namespace {

using namespace tributary;

constexpr long kLookups = 20'000;

// CPU microseconds of one look-up. What is looked for is made beforehand, as in the real path: normalise() runs on another thread.
template <typename Wanted>
double us_each(const std::vector<Wanted>& wanted, const std::function<bool(const Wanted&)>& finds) {
    const std::int64_t before = bench::cpu_ns();
    for (const Wanted& one : wanted)
        if (!finds(one)) bench::fail("a known deal was not found");
    return static_cast<double>(bench::cpu_ns() - before) / 1e3 / static_cast<double>(wanted.size());
}

} // namespace

int main(int count, char** values) {
    const bench::Arguments arguments(count, values);
    const long deals = arguments.number("deals", 1'000);
    const auto store = open_sqlite({.directory = arguments.text("data", "bench-lookups")});
    const TenantScope scope = bench::bench_scope(*store);
    Ranks ranks{Settings{}};
    bench::ingest_samples(*store, scope, ranks, 0, deals);
    const auto batch = store->begin();
    Ledger& ledger = batch->ledger(scope);
    std::vector<ExternalId> external_ids;
    std::vector<MatchKey> keys;
    for (long at = 0; at < kLookups; ++at) { // known deals in no order
        const std::uint64_t n = bench::mixed(static_cast<std::uint64_t>(at)) % static_cast<std::uint64_t>(deals);
        const bench::SampleDeal sample = bench::sample_deal(n);
        external_ids.push_back(bench::sample_external(n));
        keys.push_back(match_key(normal_name(sample.name), normal_company(sample.company), Source::Api));
    }
    const double external_us =
        us_each<ExternalId>(external_ids, [&](const ExternalId& id) { return ledger.find_external({&id, 1}).front().has_value(); });
    const double named_us = us_each<MatchKey>(keys, [&](const MatchKey& key) { return !ledger.find_named({&key, 1}).front().empty(); });
    std::printf("{\"deals\":%ld,\"external_us\":%.3f,\"named_us\":%.3f}\n", deals, external_us, named_us);
    return 0;
}

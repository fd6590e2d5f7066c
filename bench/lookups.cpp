// The exact duplicate look-ups of the writer, one by one, in a store of so many deals: bench_lookups --data DIR --deals 1000000
// Prints one JSON line: CPU microseconds of finding a deal by an external id, and by its name and company.
#include "arguments.hpp"
#include "ledger_fill.hpp"
#include "measure.hpp"

#include <functional>

namespace {

using namespace tributary;

constexpr long kLookups = 20'000;

// CPU microseconds of one look-up, over known deals in no order.
double us_each(long deals, const std::function<bool(std::uint64_t)>& finds) {
    const std::int64_t before = bench::cpu_ns();
    for (long at = 0; at < kLookups; ++at)
        if (!finds(bench::mixed(static_cast<std::uint64_t>(at)) % static_cast<std::uint64_t>(deals)))
            bench::fail("a known deal was not found");
    return static_cast<double>(bench::cpu_ns() - before) / 1e3 / static_cast<double>(kLookups);
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
    const auto by_external = [&](std::uint64_t n) {
        return ledger.find_external(std::vector{bench::sample_external(n)}).front().has_value();
    };
    // The key is made outside the measured time in the real path too: normalise() runs on another thread.
    std::vector<MatchKey> keys;
    for (long at = 0; at < std::min(deals, kLookups); ++at) {
        const bench::SampleDeal sample = bench::sample_deal(static_cast<std::uint64_t>(at));
        keys.push_back(match_key(normal_name(sample.name), normal_company(sample.company), Source::Api));
    }
    const auto by_name = [&](std::uint64_t n) { return !ledger.find_named(std::vector{keys[n % keys.size()]}).front().empty(); };
    const double external_us = us_each(deals, by_external);
    const double named_us = us_each(deals, by_name);
    std::printf("{\"deals\":%ld,\"external_us\":%.3f,\"named_us\":%.3f}\n", deals, external_us, named_us);
    return 0;
}

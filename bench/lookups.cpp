// The exact duplicate look-ups of the writer, one by one, in a store of so many deals: bench_lookups --data DIR --deals 1000000
// Prints one JSON line: CPU microseconds of finding a deal by an external id, and by its name and company.
#include "arguments.hpp"
#include "ledger_fill.hpp"
#include "measure.hpp"

#include <algorithm>
#include <functional>
#include <span>

namespace {

using namespace tributary;

constexpr long kLookups = 200'000;
constexpr std::size_t kSlice = 512; // rows an import takes at a time

// CPU microseconds of one look-up, `together` of them in one question. What is looked for is made beforehand, as in the real path:
// normalise() runs on another thread.
template <typename Wanted>
double us_each(const std::vector<Wanted>& wanted, std::size_t together, const std::function<bool(std::span<const Wanted>)>& finds) {
    const std::int64_t before = bench::cpu_ns();
    for (std::size_t at = 0; at < wanted.size(); at += together)
        if (!finds(std::span(wanted).subspan(at, std::min(together, wanted.size() - at)))) bench::fail("a known deal was not found");
    return static_cast<double>(bench::cpu_ns() - before) / 1e3 / static_cast<double>(wanted.size());
}

} // namespace

int main(int count, char** values) {
    const bench::Arguments arguments(count, values);
    const long deals = arguments.number("deals", 1'000);
    const auto store = open_sqlite({.directory = arguments.text("data", "bench-lookups")});
    const TenantScope scope = bench::bench_scope(*store);
    Ranks ranks{Settings{}};
    // Made before anything is stored, so that in a small and in a large store the questions lie in memory alike.
    std::vector<ExternalId> external_ids;
    std::vector<MatchKey> keys;
    for (long at = 0; at < kLookups; ++at) { // known deals in no order
        const std::uint64_t n = bench::mixed(static_cast<std::uint64_t>(at)) % static_cast<std::uint64_t>(deals);
        const bench::SampleDeal sample = bench::sample_deal(n);
        external_ids.push_back(bench::sample_external(n));
        keys.push_back(match_key(normal_name(sample.name), normal_company(sample.company), Source::Api));
    }
    bench::ingest_samples(*store, scope, ranks, 0, deals);
    for (int second = 0; second < 3; ++second) store->tidy(0); // as the server's housekeeping has done by then
    const auto batch = store->begin();
    Ledger& ledger = batch->ledger(scope);
    const std::function<bool(std::span<const ExternalId>)> by_id = [&](std::span<const ExternalId> wanted) {
        return std::ranges::all_of(ledger.find_external(wanted), [](const auto& found) { return found.has_value(); });
    };
    const std::function<bool(std::span<const MatchKey>)> by_name = [&](std::span<const MatchKey> wanted) {
        return std::ranges::none_of(ledger.find_named(wanted), [](const auto& found) { return found.empty(); });
    };
    const double external_us = us_each(external_ids, 1, by_id);
    const double named_us = us_each(keys, 1, by_name);
    const double external_slice_us = us_each(external_ids, kSlice, by_id);
    const double named_slice_us = us_each(keys, kSlice, by_name);
    std::printf("{\"deals\":%ld,\"external_us\":%.3f,\"named_us\":%.3f,\"external_slice_us\":%.3f,\"named_slice_us\":%.3f}\n", deals,
                external_us, named_us, external_slice_us, named_slice_us);
    return 0;
}

// What one deal costs the metrics when many are counted: bench_ranks --deals 1000000 [--updates 200000]
// Prints one JSON line: CPU microseconds of moving one deal's value and asking for its rank and percentile, each.
#include "pipeline/ranks.hpp"
#include "arguments.hpp"
#include "measure.hpp"
#include "sample_deals.hpp"

namespace {

using namespace tributary::bench;

tributary::Deal ranked_deal(std::uint64_t n) {
    tributary::Deal deal;
    deal.value_minor = static_cast<std::int64_t>(mixed(n) % 50'000'000);
    deal.stage = tributary::Stage::Proposal;
    return deal;
}

double us_each(std::int64_t spent_ns, long count) { return static_cast<double>(spent_ns) / 1e3 / static_cast<double>(count); }

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    const long deals = arguments.number("deals", 1'000'000);
    const long updates = arguments.number("updates", 200'000);
    tributary::Ranks ranks{tributary::Settings{}};
    for (long n = 0; n < deals; ++n) ranks.add(ranked_deal(static_cast<std::uint64_t>(n)));

    const std::int64_t before_updates = cpu_ns();
    for (long n = 0; n < updates; ++n) {
        tributary::RankTurn turn(ranks);
        const tributary::Deal before = ranked_deal(static_cast<std::uint64_t>(n % deals));
        const tributary::Deal now = ranked_deal(static_cast<std::uint64_t>(deals + n));
        turn.replace(&before, &now);
        turn.replace(&now, &before);
    }
    const std::int64_t before_standings = cpu_ns();
    std::uint64_t ranks_seen = 0; // used below, so that the loop is not left out
    for (long n = 0; n < updates; ++n) {
        const auto standing = ranks.standing(ranked_deal(static_cast<std::uint64_t>(n % deals)));
        if (!standing) fail("a deal has no standing");
        ranks_seen += standing->value_rank;
    }
    const std::int64_t end = cpu_ns();
    std::printf("{\"deals\":%ld,\"update_us\":%.3f,\"standing_us\":%.3f,\"checksum\":%llu}\n", deals,
                us_each(before_standings - before_updates, 2 * updates), us_each(end - before_standings, updates),
                static_cast<unsigned long long>(ranks_seen));
    return 0;
}

// Metrics of a workspace, kept as deals change and never computed by a scan: totals, distributions and order statistics.
// Exact: money in integers, weighted sums in hundredths of a percent of a minor unit (SPEC-NOTES 15).
// Thread-safe: the writer moves them, any thread reads.
#pragma once
#include "deal/deal.hpp"
#include "deal/settings.hpp"
#include "store/scope.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tributary {

// A multiset of integers that answers "how many are smaller": sorted blocks under a Fenwick tree of their sizes.
// Insert, erase and count are O(log n) with about 11 bytes a value.
class OrderStatistics {
  public:
    void insert(std::int64_t value);
    void erase(std::int64_t value); // one of its copies; it must be there
    [[nodiscard]] std::uint64_t count_less(std::int64_t value) const;
    [[nodiscard]] std::uint64_t count_equal(std::int64_t value) const;
    [[nodiscard]] std::uint64_t size() const { return size_; }
    // Replaces all values; quicker than inserting them one by one.
    void assign(std::vector<std::int64_t> values);

  private:
    static constexpr std::size_t kBlockMax = 256;
    [[nodiscard]] std::size_t block_of(std::int64_t value) const; // first block whose last value is not smaller
    [[nodiscard]] std::uint64_t before(std::size_t block) const;
    void rebuild_tree();
    void add_to_tree(std::size_t block, std::int64_t by);

    std::vector<std::vector<std::int64_t>> blocks_;
    std::vector<std::int64_t> last_; // of each block
    std::vector<std::uint64_t> tree_;
    std::uint64_t size_ = 0;
};

using Wide = __int128;

inline constexpr std::size_t kHealthBins = 20;

// The totals of one workspace. Money in minor units of the base currency; weighted is value x probability (in 1/10,000).
struct MetricTotals {
    std::array<std::uint64_t, kStageCount> by_stage{};   // deals neither deleted nor spam, closed ones too
    std::array<std::uint64_t, 3> by_risk{};              // active deals, by Risk
    std::array<std::uint64_t, kSourceCount> by_source{}; // active deals
    std::uint64_t active = 0;
    Wide pipeline_value = 0;
    Wide weighted_value = 0;
    Wide won_value = 0;
    Wide lost_value = 0;
    std::int64_t health_sum = 0;                         // over active deals
    std::array<std::uint64_t, kHealthBins> by_health{};  // active deals, by health score: 5 points a bin, 100 in the last one
    std::array<Wide, kStageCount> stage_value{};         // deals with a rate, closed ones too
    std::array<Wide, kStageCount> stage_weighted{};
    std::map<Currency, std::pair<std::uint64_t, Wide>> without_rate; // active deals whose currency has no rate: count, minor units of that currency
};

// What counting reads of a deal: a few bytes, so that a large batch can remember what it moved.
struct Countable {
    std::int64_t value_minor = 0;
    Currency currency;
    Stage stage = Stage::Discovery;
    Source source = Source::Manual;
    Risk risk = Risk::Low;
    bool counted = false;            // neither deleted nor spam
    std::int32_t probability = 0;
    std::int32_t health_score = 0;

    Countable() = default;
    Countable(const Deal& deal)
        : value_minor(deal.value_minor), currency(deal.currency), stage(deal.stage), source(deal.source), risk(deal.risk),
          counted(deal.deleted_at == 0 && !deal.is_spam), probability(deal.probability), health_score(deal.health_score) {}
    [[nodiscard]] bool is_active() const { return counted && !is_closed(stage); }
};

struct Standing {
    double percentile = 0;           // 0..100
    std::uint64_t value_rank = 0;    // from 1
};

// One workspace's metrics.
class Ranks {
  public:
    explicit Ranks(Settings settings) : settings_(std::make_shared<const Settings>(std::move(settings))) {}
    void add(const Countable& deal);
    void remove(const Countable& deal);
    void load(std::vector<std::int64_t> active_values); // first filling: totals must have been added with add_totals
    void add_totals(const Countable& deal, std::vector<std::int64_t>& active_values);
    // What everybody sees: the totals as of the last commit.
    void publish();
    [[nodiscard]] std::shared_ptr<const MetricTotals> published() const;
    // Totals including what the running transaction has done; for its own answers.
    [[nodiscard]] MetricTotals totals() const;
    // nullopt when the deal is not active or its currency has no rate.
    [[nodiscard]] std::optional<Standing> standing(const Countable& deal) const;
    // What both would be, were `before` (none: a new deal) to become `now`. Nothing moves.
    struct AsIf {
        MetricTotals totals;
        std::optional<Standing> standing; // of `now`
    };
    [[nodiscard]] AsIf as_if(const std::optional<Countable>& before, const Countable& now) const;
    [[nodiscard]] std::shared_ptr<const Settings> settings() const { return settings_; } // never changes; new settings are new ranks
    // The last day whose beginning the store is known to hold (pipeline/day_figures.hpp). Writer's thread.
    std::int32_t day_kept = 0;

  private:
    void count(const Countable& deal, int sign);
    [[nodiscard]] std::optional<std::int64_t> ranked_value(const Countable& deal) const;
    mutable std::mutex mutex_;
    std::shared_ptr<const Settings> settings_;
    OrderStatistics values_;
    MetricTotals totals_;
    std::shared_ptr<const MetricTotals> published_ = std::make_shared<const MetricTotals>();
};

// What one transaction does to ranks: applied at once so that later rows and the answer see it, taken back if it fails.
class RankTurn {
  public:
    explicit RankTurn(Ranks& ranks) : ranks_(ranks) {}
    void replace(const Deal* before, const Deal* now); // either may be null
    void take_back();
    [[nodiscard]] Ranks& ranks() { return ranks_; }

  private:
    struct Move { std::optional<Countable> before, now; };
    Ranks& ranks_;
    std::vector<Move> moves_;
};

// The ranks of all workspaces, loaded from the store when first asked for.
class RankBook {
  public:
    using Loader = std::function<std::shared_ptr<Ranks>(const TenantScope&)>;
    explicit RankBook(Loader loader) : loader_(std::move(loader)) {}
    [[nodiscard]] std::shared_ptr<Ranks> of(const TenantScope& scope);
    [[nodiscard]] std::shared_ptr<Ranks> known(WorkspaceNo workspace); // nullptr when not loaded
    void forget(const TenantScope& scope);                             // settings changed: load again

  private:
    Loader loader_;
    std::mutex mutex_;
    std::unordered_map<WorkspaceNo, std::shared_ptr<Ranks>> ranks_;
};

class Store;
// Reads all deals of a workspace once and builds its ranks.
[[nodiscard]] std::shared_ptr<Ranks> load_ranks(Store& store, const TenantScope& scope);

// The metrics object of the answers (api/openapi.yaml): of one deal (DealMetrics), of the workspace (WorkspaceMetrics), or both.
enum class MetricsShape : std::uint8_t { OfDeal, OfWorkspace, OfBoth };
void append_metrics(std::string& out, const MetricTotals& totals, const Settings& settings, const std::optional<Standing>& standing, MetricsShape shape);

} // namespace tributary

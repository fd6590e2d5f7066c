// Order statistics and totals. See ranks.hpp.
#include "pipeline/ranks.hpp"

#include "store/store.hpp"

#include <algorithm>
#include <stdexcept>

namespace tributary {

std::size_t OrderStatistics::block_of(std::int64_t value) const {
    return static_cast<std::size_t>(std::lower_bound(last_.begin(), last_.end(), value) - last_.begin());
}

std::uint64_t OrderStatistics::before(std::size_t block) const {
    std::uint64_t sum = 0;
    for (std::size_t at = block; at > 0; at &= at - 1) sum += tree_[at];
    return sum;
}

void OrderStatistics::add_to_tree(std::size_t block, std::int64_t by) {
    for (std::size_t at = block + 1; at < tree_.size(); at += at & (~at + 1)) tree_[at] += static_cast<std::uint64_t>(by);
}

void OrderStatistics::rebuild_tree() {
    tree_.assign(blocks_.size() + 1, 0);
    for (std::size_t at = 1; at < tree_.size(); ++at) {
        tree_[at] += blocks_[at - 1].size();
        const std::size_t parent = at + (at & (~at + 1));
        if (parent < tree_.size()) tree_[parent] += tree_[at];
    }
}

void OrderStatistics::insert(std::int64_t value) {
    if (blocks_.empty()) {
        blocks_.push_back({value});
        last_ = {value};
        size_ = 1;
        rebuild_tree();
        return;
    }
    const std::size_t at = std::min(block_of(value), blocks_.size() - 1);
    auto& block = blocks_[at];
    block.insert(std::upper_bound(block.begin(), block.end(), value), value);
    last_[at] = block.back();
    ++size_;
    if (block.size() <= kBlockMax) {
        add_to_tree(at, 1);
        return;
    }
    std::vector<std::int64_t> upper(block.begin() + kBlockMax / 2, block.end());
    block.resize(kBlockMax / 2);
    block.shrink_to_fit();
    last_[at] = block.back();
    last_.insert(last_.begin() + static_cast<std::ptrdiff_t>(at) + 1, upper.back());
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
    rebuild_tree();
}

void OrderStatistics::erase(std::int64_t value) {
    const std::size_t at = block_of(value);
    if (at == blocks_.size()) throw std::logic_error("ranks: a value to be erased is not there");
    auto& block = blocks_[at];
    const auto found = std::lower_bound(block.begin(), block.end(), value);
    if (found == block.end() || *found != value) throw std::logic_error("ranks: a value to be erased is not there");
    block.erase(found);
    --size_;
    if (!block.empty()) {
        last_[at] = block.back();
        add_to_tree(at, -1);
        return;
    }
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    last_.erase(last_.begin() + static_cast<std::ptrdiff_t>(at));
    rebuild_tree();
}

std::uint64_t OrderStatistics::count_less(std::int64_t value) const {
    const std::size_t at = block_of(value);
    if (at == blocks_.size()) return size_;
    const auto& block = blocks_[at];
    return before(at) + static_cast<std::uint64_t>(std::lower_bound(block.begin(), block.end(), value) - block.begin());
}

std::uint64_t OrderStatistics::count_equal(std::int64_t value) const {
    if (value == INT64_MAX) return size_ - count_less(value);
    return count_less(value + 1) - count_less(value);
}

void OrderStatistics::assign(std::vector<std::int64_t> values) {
    std::sort(values.begin(), values.end());
    blocks_.clear();
    last_.clear();
    size_ = values.size();
    constexpr std::size_t kFill = kBlockMax * 3 / 4; // room to grow before the first splits
    for (std::size_t from = 0; from < values.size(); from += kFill) {
        const std::size_t to = std::min(from + kFill, values.size());
        blocks_.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(to));
        last_.push_back(blocks_.back().back());
    }
    rebuild_tree();
}

namespace {

std::size_t health_bin(std::int32_t score) {
    constexpr std::int32_t kPoints = 100 / static_cast<std::int32_t>(kHealthBins);
    return static_cast<std::size_t>(std::clamp<std::int32_t>(score / kPoints, 0, kHealthBins - 1));
}

} // namespace

void Ranks::count(const Countable& deal, int sign) {
    if (!deal.counted) return;
    const auto by = static_cast<std::uint64_t>(static_cast<std::int64_t>(sign)); // two's complement: adding it subtracts for -1
    totals_.by_stage[static_cast<std::size_t>(deal.stage)] += by;
    const auto base = to_base(deal.value_minor, deal.currency, *settings_);
    if (base) {
        totals_.stage_value[static_cast<std::size_t>(deal.stage)] += Wide{sign} * *base;
        totals_.stage_weighted[static_cast<std::size_t>(deal.stage)] += Wide{sign} * *base * deal.probability;
    }
    if (is_closed(deal.stage)) {
        if (base) (deal.stage == Stage::ClosedWon ? totals_.won_value : totals_.lost_value) += Wide{sign} * *base;
        return;
    }
    totals_.active += by;
    totals_.by_risk[static_cast<std::size_t>(deal.risk)] += by;
    totals_.by_source[static_cast<std::size_t>(deal.source)] += by;
    totals_.by_health[health_bin(deal.health_score)] += by;
    totals_.health_sum += sign * std::int64_t{deal.health_score};
    if (base) {
        totals_.pipeline_value += Wide{sign} * *base;
        totals_.weighted_value += Wide{sign} * *base * deal.probability;
        return;
    }
    auto& apart = totals_.without_rate[deal.currency];
    apart.first += by;
    apart.second += Wide{sign} * deal.value_minor;
    if (apart.first == 0) totals_.without_rate.erase(deal.currency);
}

void Ranks::add(const Countable& deal) {
    const std::lock_guard lock(mutex_);
    count(deal, 1);
    if (!deal.is_active()) return;
    if (const auto base = to_base(deal.value_minor, deal.currency, *settings_)) values_.insert(*base);
}

void Ranks::remove(const Countable& deal) {
    const std::lock_guard lock(mutex_);
    count(deal, -1);
    if (!deal.is_active()) return;
    if (const auto base = to_base(deal.value_minor, deal.currency, *settings_)) values_.erase(*base);
}

void Ranks::add_totals(const Countable& deal, std::vector<std::int64_t>& active_values) {
    count(deal, 1);
    if (!deal.is_active()) return;
    if (const auto base = to_base(deal.value_minor, deal.currency, *settings_)) active_values.push_back(*base);
}

void Ranks::load(std::vector<std::int64_t> active_values) {
    const std::lock_guard lock(mutex_);
    values_.assign(std::move(active_values));
    published_ = std::make_shared<const MetricTotals>(totals_);
}

void Ranks::publish() {
    const std::lock_guard lock(mutex_);
    published_ = std::make_shared<const MetricTotals>(totals_);
}

std::shared_ptr<const MetricTotals> Ranks::published() const {
    const std::lock_guard lock(mutex_);
    return published_;
}

MetricTotals Ranks::totals() const {
    const std::lock_guard lock(mutex_);
    return totals_;
}

// What a deal is ranked by; nullopt: it is not.
std::optional<std::int64_t> Ranks::ranked_value(const Countable& deal) const {
    return deal.is_active() ? to_base(deal.value_minor, deal.currency, *settings_) : std::nullopt;
}

namespace {

Standing standing_among(std::uint64_t less, std::uint64_t equal, std::uint64_t size) {
    return {.percentile = 100.0 * (2.0 * static_cast<double>(less) + static_cast<double>(equal)) / (2.0 * static_cast<double>(size)),
            .value_rank = 1 + size - less - equal};
}

} // namespace

std::optional<Standing> Ranks::standing(const Countable& deal) const {
    const std::lock_guard lock(mutex_);
    const auto base = ranked_value(deal);
    if (!base || values_.size() == 0) return std::nullopt;
    return standing_among(values_.count_less(*base), values_.count_equal(*base), values_.size());
}

Ranks::AsIf Ranks::as_if(const std::optional<Countable>& before, const Countable& now) const {
    const std::lock_guard lock(mutex_);
    Ranks would(*settings_); // counts only; it ranks nothing
    would.totals_ = totals_;
    if (before) would.count(*before, -1);
    would.count(now, 1);
    AsIf out{.totals = std::move(would.totals_), .standing = {}};
    const auto will = ranked_value(now);
    if (!will) return out;
    const auto was = before ? ranked_value(*before) : std::nullopt;
    std::uint64_t less = values_.count_less(*will);
    std::uint64_t equal = values_.count_equal(*will);
    std::uint64_t size = values_.size();
    // The deal may have moved since it was read: then what it was is not there to be left out.
    if (was && *was < *will && less > 0) --less, --size;
    else if (was && *was == *will && equal > 0) --equal, --size;
    else if (was && *was > *will && size > less + equal) --size;
    out.standing = standing_among(less, equal + 1, size + 1);
    return out;
}

void RankTurn::replace(const Deal* before, const Deal* now) {
    Move move;
    if (before != nullptr) move.before = *before;
    if (now != nullptr) move.now = *now;
    if (move.before) ranks_.remove(*move.before);
    if (move.now) ranks_.add(*move.now);
    moves_.push_back(move);
}

void RankTurn::take_back() {
    for (auto move = moves_.rbegin(); move != moves_.rend(); ++move) {
        if (move->now) ranks_.remove(*move->now);
        if (move->before) ranks_.add(*move->before);
    }
    moves_.clear();
}

std::shared_ptr<Ranks> RankBook::of(const TenantScope& scope) {
    const std::lock_guard lock(mutex_);
    auto& ranks = ranks_[scope.workspace()];
    if (!ranks) ranks = loader_(scope);
    return ranks;
}

std::shared_ptr<Ranks> RankBook::known(WorkspaceNo workspace) {
    const std::lock_guard lock(mutex_);
    const auto found = ranks_.find(workspace);
    return found == ranks_.end() ? nullptr : found->second;
}

void RankBook::forget(const TenantScope& scope) {
    const std::lock_guard lock(mutex_);
    ranks_.erase(scope.workspace());
}

std::shared_ptr<Ranks> load_ranks(Store& store, const TenantScope& scope) {
    std::shared_ptr<Ranks> ranks;
    store.read(scope, [&](LedgerReader& ledger) {
        ranks = std::make_shared<Ranks>(ledger.settings());
        std::vector<std::int64_t> values;
        ledger.for_each_rankable([&](const Deal& deal) { ranks->add_totals(deal, values); });
        ranks->load(std::move(values));
    });
    return ranks;
}

} // namespace tributary

// Step 6: the metrics object of the answers, from the ranks (ranks.hpp moves them as deals change). Exact decimals.
#include "deal/date.hpp"
#include "deal/json.hpp"
#include "pipeline/day_figures.hpp"
#include "pipeline/ranks.hpp"

namespace tributary {
namespace {

constexpr int kProbabilityDigits = 4; // weighted sums are in 1/10,000 of a minor unit

// A decimal of `scale` digits after the mark, without trailing zeros.
void append_scaled(std::string& out, Wide value, int scale) {
    if (value < 0) {
        out += '-';
        value = -value;
    }
    char digits[48];
    int length = 0;
    do {
        digits[length++] = static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    } while (value > 0 || length <= scale);
    int drop = 0;
    while (drop < scale && digits[drop] == '0') ++drop;
    for (int at = length - 1; at >= drop; --at) {
        if (at == scale - 1) out += '.';
        out += digits[at];
    }
}

void append_count(std::string& out, std::string_view key, std::uint64_t value) {
    append_key(out, key);
    out += std::to_string(value);
}

void append_money(std::string& out, std::string_view key, Wide minor, Currency currency, int extra_digits = 0) {
    append_key(out, key);
    append_scaled(out, minor, currency.minor_digits() + extra_digits);
}

void append_standing(std::string& out, const std::optional<Standing>& standing) {
    append_key(out, "percentile");
    if (standing) append_json_number(out, standing->percentile);
    else out += "null";
    append_key(out, "value_rank");
    if (standing) out += std::to_string(standing->value_rank);
    else out += "null";
}

void append_stages(std::string& out, const MetricTotals& totals) {
    append_key(out, "stage_distribution");
    out += '{';
    for (std::size_t at = 0; at < kStageCount; ++at) append_count(out, stage_key(static_cast<Stage>(at)), totals.by_stage[at]);
    out += '}';
}

void append_without_rate(std::string& out, const MetricTotals& totals) {
    std::uint64_t deals = 0;
    for (const auto& [currency, sum] : totals.without_rate) deals += sum.first;
    append_key(out, "without_rate");
    out += '{';
    append_count(out, "deals", deals);
    append_key(out, "by_currency");
    out += '{';
    for (const auto& [currency, sum] : totals.without_rate) append_money(out, currency.text(), sum.second, currency);
    out += "}}";
}

void append_closed(std::string& out, std::string_view key, std::uint64_t deals, Wide value, Currency currency) {
    append_key(out, key);
    out += '{';
    append_count(out, "deals", deals);
    append_money(out, "value", value, currency);
    out += '}';
}

// won and lost as shares of what was decided.
void append_win_rate(std::string& out, std::uint64_t won, std::uint64_t lost) {
    append_key(out, "win_rate");
    if (const auto rate = win_rate(won, lost)) append_json_number(out, *rate);
    else out += "null";
}

void append_stage_values(std::string& out, const MetricTotals& totals, Currency base) {
    append_key(out, "stage_values");
    out += '{';
    for (std::size_t at = 0; at < kStageCount; ++at) {
        append_key(out, stage_key(static_cast<Stage>(at)));
        out += '{';
        append_money(out, "value", totals.stage_value[at], base);
        append_money(out, "weighted", totals.stage_weighted[at], base, kProbabilityDigits);
        out += '}';
    }
    out += '}';
}

void append_distributions(std::string& out, const MetricTotals& totals) {
    append_key(out, "average_health");
    if (const auto health = average_health(totals.health_sum, totals.active)) append_json_number(out, *health);
    else out += "null";
    append_key(out, "health_histogram");
    out += '[';
    for (std::size_t at = 0; at < kHealthBins; ++at) out += (at == 0 ? "" : ",") + std::to_string(totals.by_health[at]);
    out += ']';
    append_key(out, "risk_distribution");
    out += '{';
    for (const Risk risk : {Risk::Low, Risk::Medium, Risk::High}) append_count(out, risk_key(risk), totals.by_risk[static_cast<std::size_t>(risk)]);
    out += '}';
    append_key(out, "by_source");
    out += '{';
    for (std::size_t at = 0; at < kSourceCount; ++at) append_count(out, source_key(static_cast<Source>(at)), totals.by_source[at]);
    out += '}';
}

void append_difference(std::string& out, std::string_view key, const std::optional<double>& now, const std::optional<double>& before) {
    append_key(out, key);
    if (now && before) append_json_number(out, *now - *before);
    else out += "null";
}

} // namespace

std::optional<double> win_rate(std::uint64_t won, std::uint64_t lost) {
    if (won + lost == 0) return std::nullopt;
    return static_cast<double>(won) / static_cast<double>(won + lost);
}

std::optional<double> average_health(std::int64_t health_sum, std::uint64_t active) {
    if (active == 0) return std::nullopt;
    return static_cast<double>(health_sum) / static_cast<double>(active);
}

void append_change(std::string& out, const Figures& now, const std::optional<Figures>& before, std::int32_t since_day) {
    constexpr std::int64_t kDayMs = 86'400'000;
    const Figures& was = before ? *before : now;
    out += "{\"since\":";
    if (before) {
        out += '"';
        append_instant(out, since_day * kDayMs);
        out += '"';
    } else {
        out += "null";
    }
    append_money(out, "pipeline_value", now.pipeline_value - was.pipeline_value, now.currency);
    append_money(out, "weighted_pipeline_value", now.weighted_value - was.weighted_value, now.currency, kProbabilityDigits);
    append_key(out, "total_active_deals");
    out += std::to_string(static_cast<std::int64_t>(now.active) - static_cast<std::int64_t>(was.active));
    const auto unless_unknown = [&](const std::optional<double>& figure) { return before ? figure : std::nullopt; };
    append_difference(out, "win_rate", win_rate(now.won, now.lost), unless_unknown(win_rate(was.won, was.lost)));
    append_difference(out, "average_health", average_health(now.health_sum, now.active), unless_unknown(average_health(was.health_sum, was.active)));
    out += '}';
}

void append_metrics(std::string& out, const MetricTotals& totals, const Settings& settings, const std::optional<Standing>& standing, MetricsShape shape) {
    const Currency base = settings.base_currency;
    out += '{';
    if (shape != MetricsShape::OfWorkspace) append_standing(out, standing);
    append_count(out, "total_active_deals", totals.active);
    append_stages(out, totals);
    append_money(out, "pipeline_value", totals.pipeline_value, base);
    append_money(out, "weighted_pipeline_value", totals.weighted_value, base, kProbabilityDigits);
    if (shape != MetricsShape::OfDeal) {
        append_key(out, "currency");
        append_json_string(out, base.text());
        append_without_rate(out, totals);
        append_closed(out, "won", totals.by_stage[static_cast<std::size_t>(Stage::ClosedWon)], totals.won_value, base);
        append_closed(out, "lost", totals.by_stage[static_cast<std::size_t>(Stage::ClosedLost)], totals.lost_value, base);
        append_win_rate(out, totals.by_stage[static_cast<std::size_t>(Stage::ClosedWon)], totals.by_stage[static_cast<std::size_t>(Stage::ClosedLost)]);
        append_stage_values(out, totals, base);
        append_distributions(out, totals);
    }
    out += '}';
}

} // namespace tributary

// Step 6: the metrics object of the answers, from the ranks (ranks.hpp moves them as deals change). Exact decimals.
#include "deal/json.hpp"
#include "pipeline/ranks.hpp"

namespace tributary {
namespace {

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

void append_distributions(std::string& out, const MetricTotals& totals) {
    append_key(out, "average_health");
    if (totals.active == 0) out += "null";
    else append_json_number(out, static_cast<double>(totals.health_sum) / static_cast<double>(totals.active));
    append_key(out, "risk_distribution");
    out += '{';
    for (const Risk risk : {Risk::Low, Risk::Medium, Risk::High}) append_count(out, risk_key(risk), totals.by_risk[static_cast<std::size_t>(risk)]);
    out += '}';
    append_key(out, "by_source");
    out += '{';
    for (std::size_t at = 0; at < kSourceCount; ++at) append_count(out, source_key(static_cast<Source>(at)), totals.by_source[at]);
    out += '}';
}

} // namespace

void append_metrics(std::string& out, const MetricTotals& totals, const Settings& settings, const std::optional<Standing>& standing, MetricsShape shape) {
    constexpr int kProbabilityDigits = 4; // weighted sums are in 1/10,000 of a minor unit
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
        append_distributions(out, totals);
    }
    out += '}';
}

} // namespace tributary

// See day_figures.hpp.
#include "pipeline/day_figures.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary {
namespace {

constexpr std::string_view kForm = "1"; // of the text, first in it
constexpr std::size_t kDigitsMax = 38;  // a 128-bit number holds any of them

std::string wide_text(Wide value) {
    const bool negative = value < 0;
    std::string text;
    do {
        const int digit = static_cast<int>(value % 10);
        text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (negative) text += '-';
    std::ranges::reverse(text);
    return text;
}

std::optional<Wide> parse_wide(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
    Wide value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
}

} // namespace

Figures figures_of(const MetricTotals& totals, Currency base) {
    return {.currency = base,
            .active = totals.active,
            .won = totals.by_stage[static_cast<std::size_t>(Stage::ClosedWon)],
            .lost = totals.by_stage[static_cast<std::size_t>(Stage::ClosedLost)],
            .health_sum = totals.health_sum,
            .pipeline_value = totals.pipeline_value,
            .weighted_value = totals.weighted_value};
}

std::string figures_text(const Figures& figures) {
    std::string text(kForm);
    text += ' ';
    text += figures.currency.text();
    for (const Wide number : {Wide{figures.active}, Wide{figures.won}, Wide{figures.lost}, Wide{figures.health_sum}, figures.pipeline_value,
                              figures.weighted_value}) {
        text += ' ' + wide_text(number);
    }
    return text;
}

std::optional<Figures> parse_figures(std::string_view text) {
    constexpr std::size_t kParts = 8;
    std::array<std::string_view, kParts> parts;
    for (std::size_t at = 0; at < kParts; ++at) {
        const std::size_t end = text.find(' ');
        if ((end == std::string_view::npos) != (at + 1 == kParts)) return std::nullopt;
        parts[at] = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), parts[at].size() + 1));
    }
    Figures figures;
    if (parts[0] != kForm || parts[1].size() != figures.currency.code.size()) return std::nullopt;
    std::ranges::copy(parts[1], figures.currency.code.begin());
    std::array<Wide, kParts - 2> numbers{};
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        const auto number = parse_wide(parts[at + 2]);
        if (!number) return std::nullopt;
        numbers[at] = *number;
    }
    figures.active = static_cast<std::uint64_t>(numbers[0]);
    figures.won = static_cast<std::uint64_t>(numbers[1]);
    figures.lost = static_cast<std::uint64_t>(numbers[2]);
    figures.health_sum = static_cast<std::int64_t>(numbers[3]);
    figures.pipeline_value = numbers[4];
    figures.weighted_value = numbers[5];
    return figures;
}

std::int32_t day_of(std::int64_t now_ms) {
    constexpr std::int64_t kDayMs = 86'400'000;
    return static_cast<std::int32_t>(now_ms / kDayMs);
}

void keep_day(Turn& turn, std::int32_t day) {
    turn.ledger.put_day({.day = day, .figures = figures_text(figures_of(turn.ranks.ranks().totals(), turn.settings.base_currency))});
}

Compared compared_with(LedgerReader& ledger, const Figures& now, std::int64_t now_ms, std::uint32_t days) {
    const std::int32_t wanted = day_of(now_ms) - static_cast<std::int32_t>(days) + 1;
    const DayHistory history = ledger.day_history(wanted);
    if (!history.first_day) return {};
    const std::int32_t since = std::max(wanted, *history.first_day);
    if (!history.at) return {.figures = now, .since_day = since}; // nothing was written since
    auto figures = parse_figures(history.at->figures);
    if (!figures || figures->currency != now.currency) return {};
    return {.figures = std::move(figures), .since_day = since};
}

} // namespace tributary

// The figures a workspace is compared with: as they were when a UTC day began. The writer keeps them before the first write of a day, in
// the transaction of that write, so a day costs one small row and every other turn one comparison.
#pragma once
#include "pipeline/ranks.hpp"
#include "pipeline/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// What `change` is told of. Money as in MetricTotals.
struct Figures {
    Currency currency; // the base currency of the time: figures in another one are not compared
    std::uint64_t active = 0;
    std::uint64_t won = 0;
    std::uint64_t lost = 0;
    std::int64_t health_sum = 0;
    Wide pipeline_value = 0;
    Wide weighted_value = 0;
    friend bool operator==(const Figures&, const Figures&) = default;
};

[[nodiscard]] Figures figures_of(const MetricTotals& totals, Currency base);
// As stored, and back; nullopt for a text that figures_text() did not make.
[[nodiscard]] std::string figures_text(const Figures& figures);
[[nodiscard]] std::optional<Figures> parse_figures(std::string_view text);

[[nodiscard]] std::int32_t day_of(std::int64_t now_ms); // days since 1970, UTC
// Keeps the figures as they are before the turn's work.
void keep_day(Turn& turn, std::int32_t day);

// The figures at the beginning of the day that lies `days` - 1 before that of `now_ms` (1: of today), or the oldest kept.
struct Compared {
    std::optional<Figures> figures; // nullopt: nothing to compare with
    std::int32_t since_day = 0;
};
[[nodiscard]] Compared compared_with(LedgerReader& ledger, const Figures& now, std::int64_t now_ms, std::uint32_t days);

// As fractions of 1, and points; nullopt when there is nothing to count.
[[nodiscard]] std::optional<double> win_rate(std::uint64_t won, std::uint64_t lost);
[[nodiscard]] std::optional<double> average_health(std::int64_t health_sum, std::uint64_t active);
// {"since","pipeline_value","weighted_pipeline_value","total_active_deals","win_rate","average_health"}: differences, exact for money.
void append_change(std::string& out, const Figures& now, const std::optional<Figures>& before, std::int32_t since_day);

} // namespace tributary

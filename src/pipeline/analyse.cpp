// Step 5: the health score. Deterministic: the deal's own facts and a time in, points with their reasons out; no import and
// no system event counts as engagement, and what is unknown is neither good nor bad (SPEC-NOTES 14).
//
// A deal starts at the specification's 70 and every factor adds or takes points; the sum is cut to [0, 100].
// An open deal can reach both ends: +8 +12 +10 +3 from 70, or -25 -20 -16 -25 -4. Won is 100, lost is 0.
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int32_t kStart = 70;        // specification: health_score defaults to 70
constexpr std::int32_t kHighBelow = 40;    // SPEC-NOTES 14
constexpr std::int32_t kMediumBelow = 70;

// Days a deal usually spends in a stage, until a workspace has a history of its own to say better.
constexpr std::array<std::int64_t, kStageCount> kUsualDays = {14, 21, 21, 14, 0, 0};

std::int64_t days_between(std::int64_t from_ms, std::int64_t to_ms) { return from_ms >= to_ms ? 0 : (to_ms - from_ms) / kDayMs; }

std::int32_t velocity_points(std::int64_t days, std::int64_t usual) {
    if (days * 2 <= usual) return 8;
    if (days <= usual) return 4;
    if (days <= usual * 2) return -8;
    return days <= usual * 3 ? -16 : -25;
}

std::int32_t engagement_points(std::int64_t last_engaged_at, std::int64_t now_ms) {
    if (last_engaged_at == 0) return 0;
    const std::int64_t days = days_between(last_engaged_at, now_ms);
    if (days <= 7) return 12;
    if (days <= 14) return 6;
    if (days <= 30) return 0;
    return days <= 60 ? -12 : -20;
}

std::int32_t value_points(const Deal& deal) {
    const std::int32_t percent = deal.probability / 100;
    std::int32_t points = percent >= 70 ? 10 : percent >= 50 ? 4 : percent >= 30 ? 0 : percent >= 10 ? -8 : -16;
    if (deal.value_minor == 0) points = std::min(points, 0);
    return points;
}

std::int32_t close_date_points(const Deal& deal, std::int64_t now_ms) {
    if (!deal.expected_close_date) return -3;
    const std::int32_t today = date_of_ms(now_ms).days;
    const std::int32_t overdue = today - deal.expected_close_date->days;
    if (overdue > 30) return -25;
    if (overdue > 0) return -15;
    return overdue >= -90 ? 3 : 0;
}

std::int32_t data_points(const Deal& deal) { return (deal.contact_email.empty() ? -2 : 0) + (deal.value_minor == 0 ? -2 : 0); }

std::int32_t bounded(std::int32_t score) { return std::clamp(score, 0, 100); }

std::string plural(std::int64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string close_date_reason(const Deal& deal, std::int64_t now_ms) {
    if (!deal.expected_close_date) return "No expected close date.";
    const std::int32_t overdue = date_of_ms(now_ms).days - deal.expected_close_date->days;
    if (overdue > 0) return "The expected close date passed " + plural(overdue, "day") + " ago.";
    return "Expected to close on " + date_text(*deal.expected_close_date) + ".";
}

std::string engagement_reason(const Deal& deal, std::int64_t now_ms) {
    if (deal.last_engaged_at == 0) return "No call, mail, meeting or note is logged yet; unknown counts as neither good nor bad.";
    return "Last engagement " + plural(days_between(deal.last_engaged_at, now_ms), "day") + " ago.";
}

std::string data_reason(const Deal& deal) {
    if (deal.contact_email.empty() && deal.value_minor == 0) return "No contact address and no value.";
    if (deal.contact_email.empty()) return "No contact address.";
    return deal.value_minor == 0 ? "No value." : "Contact and value are known.";
}

std::string probability_text(std::int32_t probability) {
    std::string text = std::to_string(probability / 100);
    return text + " percent";
}

} // namespace

Risk risk_of(std::int32_t score) { return score < kHighBelow ? Risk::High : score < kMediumBelow ? Risk::Medium : Risk::Low; }

std::int32_t health_score(const Deal& deal, std::int64_t now_ms) {
    if (deal.stage == Stage::ClosedWon) return 100;
    if (deal.stage == Stage::ClosedLost) return 0;
    const std::int64_t usual = kUsualDays[static_cast<std::size_t>(deal.stage)];
    return bounded(kStart + velocity_points(days_between(deal.stage_entered_at, now_ms), usual) + engagement_points(deal.last_engaged_at, now_ms) +
                   value_points(deal) + close_date_points(deal, now_ms) + data_points(deal));
}

Analysis analyse(const Deal& deal, std::int64_t now_ms) {
    Analysis analysis;
    analysis.health_score = health_score(deal, now_ms);
    analysis.risk = risk_of(analysis.health_score);
    if (is_closed(deal.stage)) {
        const bool won = deal.stage == Stage::ClosedWon;
        analysis.factors.push_back({"outcome", won ? 100 : 0, won ? "The deal is won." : "The deal is lost."});
        return analysis;
    }
    const std::int64_t usual = kUsualDays[static_cast<std::size_t>(deal.stage)];
    const std::int64_t days = days_between(deal.stage_entered_at, now_ms);
    analysis.factors = {
        {"base", kStart, "Every open deal starts from 70."},
        {"velocity", velocity_points(days, usual),
         plural(days, "day") + " in " + std::string(stage_label(deal.stage)) + "; " + std::to_string(usual) + " are usual."},
        {"engagement", engagement_points(deal.last_engaged_at, now_ms), engagement_reason(deal, now_ms)},
        {"value", value_points(deal),
         deal.value_minor == 0 ? "No value to weigh at " + probability_text(deal.probability) + "."
                               : amount_text(deal.value_minor, deal.currency) + " " + std::string(deal.currency.text()) + " at " +
                                     probability_text(deal.probability) + "."},
        {"close_date", close_date_points(deal, now_ms), close_date_reason(deal, now_ms)},
        {"data", data_points(deal), data_reason(deal)},
    };
    return analysis;
}

} // namespace tributary

// The rules behind the offline insights. See insight.hpp.
#include "pipeline/insight.hpp"

#include "pipeline/pipeline.hpp"

#include <algorithm>

namespace tributary {
namespace {

const Factor* weakest(const Analysis& analysis) {
    const auto found = std::ranges::min_element(analysis.factors, {}, &Factor::points);
    return found == analysis.factors.end() || found->points >= 0 ? nullptr : &*found;
}

Insight risk_or_opportunity(const Deal& deal, const Analysis& analysis) {
    if (deal.stage == Stage::ClosedWon) return {"opportunity", "The deal is won; ask for a reference and look for what else they need.", {"stage: closed_won"}};
    if (deal.stage == Stage::ClosedLost) {
        const std::string why = deal.lost_reason.empty() ? "No reason is recorded; note one while it is fresh." : "Recorded reason: " + deal.lost_reason;
        return {"risk", "The deal is lost. " + why, {"stage: closed_lost"}};
    }
    const Factor* factor = weakest(analysis);
    if (factor != nullptr && analysis.risk != Risk::Low) {
        return {"risk", factor->why, {std::string(factor->name) + ": " + std::to_string(factor->points) + " points"}};
    }
    if (deal.probability >= 7'000) {
        return {"opportunity", "The chance is good and the deal is moving; agree on the last steps and a date.", {"probability: " + std::to_string(deal.probability / 100)}};
    }
    return {"opportunity", "Nothing speaks against this deal so far; its score is " + std::to_string(analysis.health_score) + ".",
            {"health_score: " + std::to_string(analysis.health_score)}};
}

// The first thing that is missing, in the order in which it hurts.
Insight next_action(const Deal& deal, std::int64_t now_ms) {
    if (is_closed(deal.stage)) return {"next_action", "Nothing is left to do on the deal itself.", {"stage: " + std::string(stage_key(deal.stage))}};
    if (deal.contact_email.empty() && deal.contact_phone.empty()) {
        return {"next_action", "Find a contact: there is neither an address nor a phone number.", {"contact_email: none", "contact_phone: none"}};
    }
    if (deal.expected_close_date && *deal.expected_close_date < date_of_ms(now_ms)) {
        const std::string date = date_text(*deal.expected_close_date);
        return {"next_action", "Settle a new close date with the customer; " + date + " has passed.", {"expected_close_date: " + date}};
    }
    if (deal.value_estimated) return {"next_action", "Ask for the budget: the value is our own estimate.", {"value_estimated: true"}};
    if (deal.last_engaged_at == 0) return {"next_action", "Make the first contact and log it.", {"activities: none"}};
    if (!deal.expected_close_date) return {"next_action", "Ask when they want to decide, and set the close date.", {"expected_close_date: none"}};
    static constexpr std::string_view kByStage[] = {"Qualify the need: who decides, what budget, by when.", "Agree on what the proposal has to show.",
                                                    "Follow up on the proposal and ask for objections.", "Clear the open points of the contract."};
    return {"next_action", std::string(kByStage[static_cast<std::size_t>(deal.stage)]), {"stage: " + std::string(stage_key(deal.stage))}};
}

} // namespace

std::vector<Insight> insights_by_rule(const Deal& deal, std::int64_t now_ms) {
    const Analysis analysis = analyse(deal, now_ms);
    return {risk_or_opportunity(deal, analysis), next_action(deal, now_ms),
            {"market", "There is no market data for this deal; nothing is claimed about competitors.", {}}};
}

} // namespace tributary

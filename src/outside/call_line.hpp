// The one place every call to an account of a CRM goes through: budget, breaker, token, attempts. Thread-safe; blocks.
#pragma once
#include "outside/call_budget.hpp"
#include "outside/circuit_breaker.hpp"
#include "outside/https_client.hpp"
#include "outside/retry_policy.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace tributary::outside {

// The token to call with. `expired`: the last one was not taken any more, so get another (called so at most once a call). A
// failure of it is the call's failure. May block; must be thread-safe.
using TokenSource = std::function<Called<std::string>(bool expired)>;

// How a CRM's answers are read.
struct Dialect {
    // Nothing when the answer is what was hoped for.
    std::function<std::optional<CallFailure>(const HttpsAnswer&)> failure_of;
    std::function<LimitNotice(const HttpsAnswer&)> limits_of; // may be empty
    std::function<bool(const CallFailure&)> is_expired;       // whether a new token would help
    std::function<std::int64_t()> day_ends_in_ms;             // until the daily limit starts anew; empty: kDayRest_ms
};

// What all jobs of one account share. The clock outlives it.
struct AccountPace {
    explicit AccountPace(PaceClock& pace_clock, BudgetSettings budget_settings = {}, BreakerSettings breaker_settings = {})
        : clock(pace_clock), budget(pace_clock, budget_settings), breaker(pace_clock, breaker_settings) {}
    PaceClock& clock;
    CallBudget budget;
    CircuitBreaker breaker;
};

struct CallLineSettings {
    RetryPolicy retry;
    std::function<double()> dice; // 0..1, for the jitter; empty: the machine's own
};

class CallLine {
  public:
    // How long the account rests when the daily limit is met and nobody knows when it ends.
    static constexpr std::int64_t kDayRest_ms = 60LL * 60 * 1000;

    // `client` and `pace` outlive the line.
    CallLine(HttpsClient& client, AccountPace& pace, TokenSource tokens, Dialect dialect, CallLineSettings settings = {});

    // Sends the call with "Authorization: Bearer ..." added, again as the policy says. Only for calls that may be made twice.
    // With a sink a 2xx body goes there, and a call that broke off after its first byte is not made again.
    [[nodiscard]] Called<HttpsAnswer> ask(const HttpsCall& call, CallLane lane, const std::stop_token& stop,
                                          const BodySink* sink = nullptr);

    [[nodiscard]] const AccountPace& pace() const { return pace_; }

  private:
    [[nodiscard]] Called<HttpsAnswer> attempt(const HttpsCall& call, const std::string& token, CallLane lane, const std::stop_token& stop,
                                              const BodySink* sink);
    [[nodiscard]] Called<HttpsAnswer> send(const HttpsCall& call, const std::string& token, const std::stop_token& stop,
                                           const BodySink* sink);
    void tell_budget(const CallFailure& failure);
    [[nodiscard]] bool wait(std::int64_t wait_ms, const CallFailure& failure, CallLane lane, const std::stop_token& stop);

    HttpsClient& client_;
    AccountPace& pace_;
    const TokenSource tokens_;
    const Dialect dialect_;
    const CallLineSettings settings_;
};

} // namespace tributary::outside

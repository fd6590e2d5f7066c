#include "outside/call_line.hpp"

#include <random>
#include <utility>

namespace tributary::outside {
namespace {

double machine_dice() {
    thread_local std::minstd_rand random{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

// What they said may quote the token back.
void hide(const std::string& token, std::string& said) {
    constexpr std::size_t kTokenBytesMin = 8; // a shorter one is no token, and a word of it would be hidden everywhere
    if (token.size() < kTokenBytesMin) return;
    for (std::size_t at = said.find(token); at != std::string::npos; at = said.find(token, at)) said.replace(at, token.size(), "[token]");
}

// Ends its turn also when reading the answer throws.
class Turn {
  public:
    Turn(CallBudget& budget, CallTurn turn) : budget_(budget), turn_(turn) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { budget_.end(turn_, notice); }
    LimitNotice notice;

  private:
    CallBudget& budget_;
    CallTurn turn_;
};

class Trial {
  public:
    Trial(CircuitBreaker& breaker, CircuitBreaker::Pass pass) : breaker_(breaker), pass_(pass) {}
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    ~Trial() { breaker_.record(pass_, outcome); }
    Attempt outcome = Attempt::Unknown;

  private:
    CircuitBreaker& breaker_;
    CircuitBreaker::Pass pass_;
};

} // namespace

CallLine::CallLine(HttpsClient& client, AccountPace& pace, TokenSource tokens, Dialect dialect, CallLineSettings settings)
    : client_(client), pace_(pace), tokens_(std::move(tokens)), dialect_(std::move(dialect)), settings_(std::move(settings)) {}

Called<HttpsAnswer> CallLine::send(const HttpsCall& call, const std::string& token, const std::stop_token& stop, const BodySink* sink) {
    HttpsCall signed_call = call;
    signed_call.headers.push_back({"Authorization", "Bearer " + token});
    Called<HttpsAnswer> answer = sink == nullptr ? client_.send(signed_call, stop) : client_.stream(signed_call, *sink, stop);
    return answer;
}

Called<HttpsAnswer> CallLine::attempt(const HttpsCall& call, const std::string& token, CallLane lane, const std::stop_token& stop,
                                      const BodySink* sink) {
    const auto pass = pace_.breaker.admit(); // first: who rests does not queue for a turn
    if (!pass) return std::unexpected(pass.error());
    Trial trial(pace_.breaker, *pass);
    const auto taken = pace_.budget.take(lane, stop);
    if (!taken) return std::unexpected(taken.error());
    Turn turn(pace_.budget, *taken);
    Called<HttpsAnswer> answer = send(call, token, stop, sink);
    if (answer) {
        if (dialect_.limits_of) turn.notice = dialect_.limits_of(*answer);
        const bool went_to_sink = sink != nullptr && answer->status >= 200 && answer->status < 300; // nothing is left to be read
        if (auto failure = went_to_sink ? std::nullopt : dialect_.failure_of(*answer)) answer = std::unexpected(*std::move(failure));
    }
    trial.outcome = answer ? Attempt::Good : attempt_of(answer.error());
    if (!answer) {
        hide(token, answer.error().said);
        tell_budget(answer.error());
    }
    return answer;
}

void CallLine::tell_budget(const CallFailure& failure) {
    if (failure.kind == FailureKind::Throttled) pace_.budget.note_throttled();
    if (failure.kind != FailureKind::DailyLimit) return;
    pace_.budget.note_throttled();
    std::int64_t rest_ms = failure.retry_after_ms;
    if (rest_ms <= 0) rest_ms = dialect_.day_ends_in_ms ? dialect_.day_ends_in_ms() : kDayRest_ms;
    pace_.budget.stop_for_the_day(pace_.clock.now_ms() + rest_ms);
}

// A limit that was met holds back every job of the account, trouble only this call.
bool CallLine::wait(std::int64_t wait_ms, const CallFailure& failure, CallLane lane, const std::stop_token& stop) {
    pace_.budget.note_retry();
    const std::int64_t at_ms = pace_.clock.now_ms() + wait_ms;
    if (failure.kind != FailureKind::Throttled) return pace_.clock.sleep_until(at_ms, stop);
    pace_.budget.hold_until(lane, at_ms);
    return !stop.stop_requested();
}

Called<HttpsAnswer> CallLine::ask(const HttpsCall& call, CallLane lane, const std::stop_token& stop, const BodySink* sink) {
    bool delivered = false;
    const BodySink noting = [&](std::string_view bytes) {
        delivered = true;
        return (*sink)(bytes);
    };
    bool renewed = false;
    bool expired = false;
    for (int tries = 1;;) { // ends by the policy's limits of tries, and one new token
        const Called<std::string> token = tokens_(std::exchange(expired, false));
        if (!token) return std::unexpected(token.error());
        Called<HttpsAnswer> answer = attempt(call, *token, lane, stop, sink == nullptr ? nullptr : &noting);
        if (answer || delivered) return answer;
        const CallFailure& failure = answer.error();
        if (!renewed && dialect_.is_expired && dialect_.is_expired(failure)) {
            renewed = expired = true;
            continue;
        }
        const auto wait_ms = settings_.retry.wait_ms(failure, lane, tries++, settings_.dice ? settings_.dice() : machine_dice());
        if (!wait_ms) return answer;
        if (!wait(*wait_ms, failure, lane, stop)) return std::unexpected(call_failure(FailureKind::Cancelled, "stopped"));
    }
}

} // namespace tributary::outside

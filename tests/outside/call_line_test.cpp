// The line every call goes through: a real client against a loopback server, in told time.
#include "loopback_server.hpp"
#include "outside/hubspot_answers.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace tributary::outside {
namespace {

constexpr const char* kToken = "token-that-nobody-may-see";

struct Line {
    explicit Line(LoopbackServer::Answering answering, BreakerSettings breaker = {})
        : server(std::move(answering)), pace(clock, {}, breaker), line(client, pace,
                                                                       [this](bool expired) -> Called<std::string> {
                                                                           expired ? ++renewals : ++tokens;
                                                                           return renewals > 0 ? "new-token" : kToken;
                                                                       },
                                                                       hubspot_dialect(), {.retry = {}, .dice = [] { return 0.0; }}) {}

    Called<HttpsAnswer> ask(CallLane lane = CallLane::Plain) { return line.ask({.url = server.url("/x"), .deadline_ms = 2'000}, lane, {}); }

    ToldPaceClock clock;
    LoopbackServer server;
    HttpsClient client;
    AccountPace pace;
    int tokens = 0;
    int renewals = 0;
    CallLine line;
};

// Answers with each of these in turn, then with the last one.
LoopbackServer::Answering in_turn(std::vector<Reply> replies) {
    return [replies = std::move(replies), at = std::make_shared<std::atomic<std::size_t>>(0)](const Asked&) {
        return replies[std::min(at->fetch_add(1), replies.size() - 1)];
    };
}

Reply problem(int status, const std::string& category, std::vector<std::string> headers = {}) {
    return {.status = status,
            .body = R"({"status":"error","message":"Bearer )" + std::string(kToken) + R"( of ann@example.com","category":")" + category +
                    R"("})",
            .headers = std::move(headers)};
}

Reply over_limit(const std::string& policy, std::vector<std::string> headers = {}) {
    return {.status = 429,
            .body = R"({"status":"error","message":"too much","errorType":"RATE_LIMIT","policyName":")" + policy + R"("})",
            .headers = std::move(headers)};
}

const Reply kGood{.body = "{}"};

TEST(CallLine, TroubleThatPassesIsWaitedOut) {
    Line line(in_turn({{.status = 503, .body = "<html>down</html>"}, {.status = 522}, kGood}));
    ASSERT_TRUE(line.ask());
    EXPECT_EQ(line.server.asked().size(), 3U);
    EXPECT_EQ(line.clock.slept_ms(), 600);
    EXPECT_EQ(line.pace.budget.counts().retries, 2U);
    EXPECT_EQ(line.pace.budget.counts().calls, 3U);
    EXPECT_EQ(line.server.asked().at(0).header("authorization"), "Bearer " + std::string(kToken));
}

TEST(CallLine, TroubleThatStaysIsToldAfterTheLastTry) {
    Line line(in_turn({{.status = 500}}));
    const auto answer = line.ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Broken);
    EXPECT_EQ(answer.error().status, 500);
    EXPECT_EQ(line.server.asked().size(), 4U);
}

TEST(CallLine, ABrokenOffOrGarbledAnswerIsAskedAgain) {
    Line line(in_turn(
        {{.body = "{", .way = Reply::Way::CutShort}, {.way = Reply::Way::CloseAtOnce}, {.body = "<!doctype html><p>soon back"}, kGood}));
    ASSERT_TRUE(line.ask());
    EXPECT_EQ(line.server.asked().size(), 4U);
}

TEST(CallLine, TheLimitOfTenSecondsHoldsBackEverybody) {
    Line line(in_turn({over_limit("TEN_SECONDLY_ROLLING"), over_limit("TEN_SECONDLY_ROLLING"), kGood}));
    ASSERT_TRUE(line.ask());
    EXPECT_EQ(line.clock.slept_ms(), 30'000);
    EXPECT_EQ(line.pace.budget.counts().throttled, 2U);
    EXPECT_EQ(line.pace.budget.counts().waited_ms, 30'000);
}

TEST(CallLine, ASearchWaitsSecondsAndRetryAfterIsHonoured) {
    Line search(in_turn({over_limit("SECONDLY"), over_limit("SECONDLY"), kGood}));
    ASSERT_TRUE(search.ask(CallLane::Search));
    EXPECT_EQ(search.clock.slept_ms(), 3'000);
    Line told(in_turn({over_limit("TEN_SECONDLY_ROLLING", {"Retry-After: 3"}), kGood}));
    ASSERT_TRUE(told.ask());
    EXPECT_EQ(told.clock.slept_ms(), 3'000);
}

TEST(CallLine, TheDailyLimitStopsTheAccountUntilTheDayEnds) {
    Line line(in_turn({over_limit("DAILY", {"Retry-After: 7200"}), kGood}));
    const auto first = line.ask();
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, FailureKind::DailyLimit);
    const auto second = line.ask();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, FailureKind::DailyLimit);
    EXPECT_EQ(second.error().retry_after_ms, 7'200'000);
    EXPECT_EQ(line.server.asked().size(), 1U);
    EXPECT_EQ(line.clock.slept_ms(), 0);
    line.clock.move_ms(7'200'000);
    EXPECT_TRUE(line.ask());
}

TEST(CallLine, AnExpiredTokenIsRenewedOnceAndTheCallMadeAgain) {
    Line line(in_turn({problem(401, "EXPIRED_AUTHENTICATION"), kGood}));
    ASSERT_TRUE(line.ask());
    EXPECT_EQ(line.renewals, 1);
    EXPECT_EQ(line.server.asked().at(1).header("authorization"), "Bearer new-token");
    Line stays(in_turn({problem(401, "EXPIRED_AUTHENTICATION")}));
    const auto answer = stays.ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Unauthorised);
    EXPECT_EQ(stays.renewals, 1);
    EXPECT_EQ(stays.server.asked().size(), 2U);
}

TEST(CallLine, AnyOther401IsNotAReasonToRenew) {
    Line line(in_turn({problem(401, "INVALID_AUTHENTICATION"), kGood}));
    const auto answer = line.ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Unauthorised);
    EXPECT_EQ(answer.error().code, "INVALID_AUTHENTICATION");
    EXPECT_EQ(line.renewals, 0);
}

TEST(CallLine, EachAnswerOfHubspotHasItsKindAndOnlyTroubleIsAskedAgain) {
    using enum FailureKind;
    struct Case {
        int status;
        const char* category;
        FailureKind kind;
        std::size_t asked;
    };
    for (const Case& one : {Case{400, "VALIDATION_ERROR", Rejected, 1}, Case{403, "MISSING_SCOPES", Forbidden, 1},
                            Case{404, "OBJECT_NOT_FOUND", NotFound, 1}, Case{409, "CONFLICT", Rejected, 1}, Case{414, "", Rejected, 1},
                            Case{302, "", Rejected, 1}, Case{502, "", Broken, 4}, Case{429, "RATE_LIMITS", Throttled, 6}}) {
        Line line(in_turn({problem(one.status, one.category)}));
        const auto answer = line.ask();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, one.kind) << one.status;
        EXPECT_EQ(answer.error().code, one.category);
        EXPECT_EQ(line.server.asked().size(), one.asked) << one.status;
    }
}

TEST(CallLine, NoFailureCarriesTheTokenAndItsTextNobodysData) {
    for (const int status : {302, 400, 401, 403, 404, 429, 500}) {
        Line line(in_turn({problem(status, "X")}));
        const auto answer = line.ask();
        ASSERT_FALSE(answer);
        EXPECT_EQ((answer.error().text + answer.error().said + answer.error().code).find(kToken), std::string::npos);
        EXPECT_EQ((answer.error().text + answer.error().code).find("ann@"), std::string::npos);
        EXPECT_NE(answer.error().said.find("ann@"), std::string::npos);
    }
}

TEST(CallLine, AfterManyFailuresTheCrmIsLeftAlone) {
    Line line(in_turn({{.status = 500}}), {.failures_max = 6, .cool_down_ms = 9'000});
    EXPECT_EQ(line.ask().error().kind, FailureKind::Broken);
    EXPECT_EQ(line.ask().error().kind, FailureKind::Resting); // opened under way
    const auto resting = line.ask();
    EXPECT_EQ(resting.error().kind, FailureKind::Resting);
    EXPECT_GT(resting.error().retry_after_ms, 0);
    EXPECT_EQ(line.server.asked().size(), 6U);
    line.clock.move_ms(9'000);
    EXPECT_EQ(line.ask().error().kind, FailureKind::Resting); // the trial failed, so no second try of the same call
    EXPECT_EQ(line.server.asked().size(), 7U);
}

TEST(CallLine, AFailureOfTheTokensIsTheCalls) {
    LoopbackServer server(in_turn({kGood}));
    HttpsClient client;
    ToldPaceClock clock;
    AccountPace pace(clock);
    CallLine line(
        client, pace, [](bool) -> Called<std::string> { return std::unexpected(call_failure(FailureKind::Unauthorised, "invalid_grant")); },
        hubspot_dialect());
    const auto answer = line.ask({.url = server.url("/")}, CallLane::Plain, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "invalid_grant");
    EXPECT_TRUE(server.asked().empty());
}

TEST(CallLine, ABodyThatStartedToFlowIsNotAskedForAgain) {
    Line line(in_turn({{.body = "{\"rows\":", .way = Reply::Way::CutShort}}));
    std::string taken;
    const BodySink sink = [&](std::string_view bytes) {
        taken += bytes;
        return true;
    };
    const auto answer = line.line.ask({.url = line.server.url("/x")}, CallLane::Plain, {}, &sink);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, "cut_off");
    EXPECT_EQ(taken, "{\"rows\":");
    EXPECT_EQ(line.server.asked().size(), 1U);
}

TEST(HubspotAnswers, TheLimitsAreReadFromTheHeaders) {
    const LimitNotice notice = hubspot_limits({.status = 200,
                                               .headers = {{"X-HubSpot-RateLimit-Max", "190"},
                                                           {"x-hubspot-ratelimit-remaining", "0"},
                                                           {"X-HubSpot-RateLimit-Interval-Milliseconds", "10000"},
                                                           {"X-HubSpot-RateLimit-Daily-Remaining", "649999"}},
                                               .body = {}});
    EXPECT_EQ(notice.calls_max, 190);
    EXPECT_EQ(notice.remaining, 0);
    EXPECT_EQ(notice.window_ms, 10'000);
    EXPECT_EQ(notice.day_remaining, 649'999);
    EXPECT_FALSE(hubspot_limits({.status = 200, .headers = {{"X-HubSpot-RateLimit-Max", "many"}}, .body = {}}).calls_max);
}

TEST(HubspotAnswers, EachElementKeepsItsBytes) {
    const std::string text = R"({"a" : {"results":[1]}, "b\"]":"]", "results" : [ {"x":"],\"}","n":1.50} , 2,[ 3 ],"s" ], "z":0})";
    EXPECT_EQ(raw_elements(text, "results"), (std::vector<std::string_view>{R"({"x":"],\"}","n":1.50})", "2", "[ 3 ]", R"("s")"}));
    EXPECT_TRUE(raw_elements(R"({"results":[]})", "results").empty());
    EXPECT_TRUE(raw_elements(R"({"results":null})", "results").empty());
    EXPECT_TRUE(raw_elements(R"({"results":)", "results").empty());
    EXPECT_TRUE(raw_elements("", "results").empty());
    EXPECT_TRUE(raw_elements("[]", "results").empty());
}

} // namespace
} // namespace tributary::outside

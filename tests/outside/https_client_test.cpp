// The HTTPS client against a server on a loopback socket that answers rightly, wrongly, slowly and never.
#include "loopback_server.hpp"
#include "outside/https_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>

namespace tributary::outside {
namespace {

using Way = Reply::Way;

std::int64_t ms_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

TEST(HttpsClient, AnAnswerComesWithItsStatusHeadersAndBody) {
    LoopbackServer server([](const Asked& asked) {
        return Reply{.status = 207, .body = asked.method + asked.target + asked.body + asked.header("x-one"), .headers = {"X-Two:  b "}};
    });
    HttpsClient client;
    const auto answer = client.send({.method = "POST", .url = server.url("/a?b=c"), .headers = {{"X-One", "1"}}, .body = "body"});
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->status, 207);
    EXPECT_EQ(answer->body, "POST/a?b=cbody1");
    EXPECT_EQ(answer->header("x-two"), "b");
    EXPECT_EQ(answer->header("x-three"), "");
    EXPECT_EQ(server.asked().at(0).header("user-agent"), "Tributary/" TRIBUTARY_VERSION);
    EXPECT_EQ(server.asked().at(0).header("content-type"), "");
}

TEST(HttpsClient, OneConnectionCarriesManyCalls) {
    LoopbackServer server([](const Asked& asked) { return Reply{.body = asked.method}; });
    HttpsClient client;
    for (const char* method : {"GET", "POST", "PATCH", "DELETE", "GET"}) {
        const auto answer = client.send({.method = method, .url = server.url("/")});
        ASSERT_TRUE(answer) << answer.error().text;
        EXPECT_EQ(answer->body, method);
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpsClient, ManyThreadsMayCallAtOnce) {
    LoopbackServer server([](const Asked& asked) { return Reply{.body = asked.target}; });
    HttpsClient client;
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 8; ++thread)
            threads.emplace_back([&, thread] {
                for (int call = 0; call < 20; ++call) {
                    const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(call);
                    const auto answer = client.send({.url = server.url(path)});
                    if (answer && answer->body == path) ++right;
                }
            });
    }
    EXPECT_EQ(right, 160);
    EXPECT_LE(server.connections(), 8);
}

TEST(HttpsClient, AStopEndsAHangingCallAtOnce) {
    std::latch hanging(1);
    LoopbackServer server([&](const Asked&) {
        hanging.count_down();
        return Reply{.way = Way::Hang};
    });
    HttpsClient client;
    std::stop_source stop;
    std::chrono::steady_clock::time_point asked;
    std::jthread stopping([&] {
        hanging.wait();
        asked = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    const auto answer = client.send({.url = server.url("/")}, stop.get_token());
    const auto took_ms = ms_since(asked);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Cancelled);
    EXPECT_LT(took_ms, 200);
    EXPECT_FALSE(client.send({.url = server.url("/")}, stop.get_token()));
    EXPECT_EQ(server.asked().size(), 1U); // what is stopped already is not asked at all
}

TEST(HttpsClient, AnAnswerThatDoesNotComeInTimeIsTimedOut) {
    LoopbackServer server([](const Asked&) { return Reply{.way = Way::Hang}; });
    HttpsClient client;
    const auto start = std::chrono::steady_clock::now();
    const auto answer = client.send({.url = server.url("/"), .deadline_ms = 150});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::TimedOut);
    EXPECT_EQ(answer.error().code, "deadline");
    EXPECT_LT(ms_since(start), 1000);
}

TEST(HttpsClient, AnAnswerCutShortIsNoAnswer) {
    LoopbackServer server(
        [](const Asked& asked) { return Reply{.body = "half", .way = asked.target == "/cut" ? Way::CutShort : Way::CloseAtOnce}; });
    HttpsClient client;
    for (const char* path : {"/cut", "/none"}) {
        const auto answer = client.send({.url = server.url(path)});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().kind, FailureKind::Unreachable);
        EXPECT_EQ(answer.error().code, "cut_off");
    }
}

TEST(HttpsClient, ABodyWithoutEndIsCutAtItsLimit) {
    LoopbackServer server([](const Asked&) { return Reply{.way = Way::Endless}; });
    HttpsClient client;
    const auto answer = client.send({.url = server.url("/"), .body_bytes_max = 100'000});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Garbled);
    EXPECT_EQ(answer.error().code, "too_large");
}

TEST(HttpsClient, AHeadWithoutEndIsCutAtItsLimit) {
    LoopbackServer server([](const Asked&) { return Reply{.headers = std::vector<std::string>(2000, "X-Long: " + std::string(60, 'x'))}; });
    HttpsClient client;
    const auto answer = client.send({.url = server.url("/")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Garbled);
}

TEST(HttpsClient, APeerNobodyListensAtIsUnreachable) {
    std::string url;
    {
        LoopbackServer server([](const Asked&) { return Reply{}; });
        url = server.url("/");
    }
    HttpsClient client;
    const auto answer = client.send({.url = url});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, FailureKind::Unreachable);
    EXPECT_EQ(answer.error().code, "no_connection");
}

} // namespace
} // namespace tributary::outside

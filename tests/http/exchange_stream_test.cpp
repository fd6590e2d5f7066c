// The conversation of one connection: streamed bodies, limits of time (told, not slept), upgrades.
#include "plain_exchange.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tributary::http {
namespace {

using std::chrono::seconds;
using Wants = Exchange::Wants;

// Keeps what it is given; full and refusing when told.
class KeepingTaker final : public BodyTaker {
  public:
    [[nodiscard]] bool write(std::string_view bytes) override {
        if (throws) throw std::runtime_error("disk gone");
        kept.append(bytes);
        ++writes;
        return kept.size() <= refuse_above;
    }
    [[nodiscard]] bool full() override { return is_full; }
    void finish(Reply given) override {
        ++finished;
        if (answers_at_once)
            given({.status = 201, .body = kept});
        else
            reply = std::move(given);
    }
    void abandon() override { ++abandoned; }

    std::string kept;
    std::size_t refuse_above = 1 << 20;
    bool is_full = false;
    bool answers_at_once = true;
    bool throws = false;
    int writes = 0;
    int finished = 0;
    int abandoned = 0;
    Reply reply;
    std::function<void()> resume;
};

RecordingRouter::Route streamed(const std::shared_ptr<KeepingTaker>& taker) {
    return [taker](const Request&) {
        Admission admission;
        admission.stream = [taker](const Request&, std::function<void()> resume) {
            taker->resume = std::move(resume);
            return taker;
        };
        return admission;
    };
}

TEST(Exchange, AStreamedBodyPausesWhenItsTakerIsFull) {
    Conversation f;
    const auto taker = std::make_shared<KeepingTaker>();
    f.router.routes["/up"] = streamed(taker);
    taker->is_full = true;
    f.exchange->feed("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\naaaaa");
    EXPECT_EQ(f.exchange->wants(), Wants::Wake);
    f.exchange->feed("bbb");
    EXPECT_EQ(taker->kept, "aaaaa");
    EXPECT_FALSE(f.exchange->expire(Moment{} + seconds(3600))); // it is the taker who is slow
    taker->is_full = false;
    std::thread(taker->resume).join();
    f.exchange->run_tasks();
    EXPECT_EQ(taker->kept, "aaaaabbb");
    EXPECT_EQ(f.exchange->wants(), Wants::Bytes);
    f.exchange->feed("cc" + get("/none"));
    EXPECT_EQ(taker->finished, 1);
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 201 "));
    EXPECT_EQ(taker->abandoned, 0);
}

TEST(Exchange, ATakerThatRefusesIsFinishedAtOnceAndTheConnectionEnds) {
    Conversation f;
    const auto taker = std::make_shared<KeepingTaker>();
    taker->refuse_above = 4;
    f.router.routes["*"] = streamed(taker);
    f.exchange->feed(chunked("/", "8\r\n12345678\r\n8\r\n12345678\r\n"));
    EXPECT_EQ(taker->writes, 1);
    EXPECT_EQ(taker->finished, 1);
    EXPECT_EQ(taker->abandoned, 0);
    EXPECT_NE(f.exchange->said.find("Connection: close"), std::string::npos);
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
}

TEST(Exchange, ABodyCutOffIsAbandonedOnce) {
    Conversation f;
    const auto taker = std::make_shared<KeepingTaker>();
    f.router.routes["*"] = streamed(taker);
    f.exchange->feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    f.exchange->gone();
    f.exchange->gone();
    EXPECT_EQ(taker->abandoned, 1);
    EXPECT_EQ(taker->finished, 0);
    taker->resume(); // harmless
    f.exchange->run_tasks();
}

TEST(Exchange, ATakerThatThrowsIsAbandonedAndAnswered500) {
    Conversation f;
    const auto taker = std::make_shared<KeepingTaker>();
    taker->throws = true;
    f.router.routes["*"] = streamed(taker);
    f.exchange->feed(post("/", "abc"));
    EXPECT_EQ(taker->abandoned, 1);
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 500 "));
}

TEST(Exchange, AnEmptyStreamIsFinishedWithoutAWrite) {
    Conversation f;
    const auto taker = std::make_shared<KeepingTaker>();
    taker->answers_at_once = false;
    f.router.routes["*"] = streamed(taker);
    f.exchange->feed("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(taker->writes, 0);
    ASSERT_EQ(taker->finished, 1);
    taker->reply({.status = 200});
    f.exchange->run_tasks();
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 200 "));
}

TEST(Exchange, TheWholeHeadMustArriveInTime) {
    Conversation f;
    f.exchange->feed("GET / HT", Moment{} + seconds(5));
    f.exchange->feed("TP/1.1\r\nHost: a\r\nX:", Moment{} + seconds(14)); // a byte now and then buys nothing
    EXPECT_FALSE(f.exchange->expire(Moment{} + seconds(14)));
    EXPECT_TRUE(f.exchange->expire(Moment{} + seconds(15)));
    f.exchange->settle();
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
    EXPECT_EQ(f.router.refused_so_far(), std::vector<std::string>{"head_timeout"});
}

TEST(Exchange, AConnectionThatSaysNothingIsClosedWithoutAWord) {
    Conversation f;
    EXPECT_FALSE(f.exchange->expire(Moment{} + seconds(9)));
    EXPECT_TRUE(f.exchange->expire(Moment{} + seconds(10)));
    f.exchange->settle();
    EXPECT_EQ(f.exchange->said, "");
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
}

TEST(Exchange, BetweenRequestsAConnectionMayIdleLonger) {
    Conversation f;
    f.router.routes["*"] = say_back();
    const Moment now = Clock::now();
    f.exchange->feed(get("/"), now);
    EXPECT_TRUE(f.exchange->idle());
    EXPECT_FALSE(f.exchange->expire(now + seconds(74)));
    EXPECT_TRUE(f.exchange->expire(now + seconds(80)));
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
}

TEST(Exchange, ABodyMustKeepItsLeastPace) {
    Limits limits;
    limits.body_rate_min_bytes_per_s = 100;
    RecordingRouter router;
    router.routes["*"] = say_back();
    Station station = station_for(router, limits);
    const auto exchange = std::make_shared<PlainExchange>(station);
    exchange->feed("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    // 100 bytes a second are enough for ever, even after the grace of 10 seconds.
    int at = 0;
    for (; at < 60; ++at) {
        exchange->feed(std::string(100, 'x'), Moment{} + seconds(at));
        ASSERT_FALSE(exchange->expire(Moment{} + seconds(at)));
    }
    // 10 bytes a second are not, and what was saved up is the grace at most.
    bool expired = false;
    for (; at < 80 && !expired; ++at) {
        exchange->feed(std::string(10, 'x'), Moment{} + seconds(at));
        expired = exchange->expire(Moment{} + seconds(at));
    }
    EXPECT_TRUE(expired);
    EXPECT_GE(at, 69);
    exchange->settle();
    EXPECT_TRUE(exchange->said.starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(router.refused_so_far(), std::vector<std::string>{"body_too_slow"});
}

const std::string kUpgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

RecordingRouter::Route live(Result<void> verdict) {
    return [verdict = std::move(verdict)](const Request&) {
        Admission admission;
        admission.live = [verdict](const Request&, const std::shared_ptr<LiveSocket>&) { return verdict; };
        return admission;
    };
}

TEST(Exchange, AnUpgradeIsCheckedAndThenHandedOver) {
    Conversation f;
    f.router.routes["/live"] = live({});
    f.exchange->feed(get("/live", kUpgrade + "Sec-WebSocket-Version: 13\r\n") + "frames");
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_NE(f.exchange->said.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
    EXPECT_EQ(f.exchange->wants(), Wants::Upgrade);
    EXPECT_EQ(f.exchange->unread, "frames");
    EXPECT_EQ(f.router.answered_so_far()[0].status, 101);
}

TEST(Exchange, WhatIsNoProperUpgradeIsToldSo) {
    struct Bad {
        std::string request;
        std::string status;
        std::string header;
    };
    const std::string version = "Sec-WebSocket-Version: 13\r\n";
    const std::vector<Bad> all = {
        {get("/live"), "426", "Upgrade: websocket\r\n"},
        {get("/live", kUpgrade), "426", "Sec-WebSocket-Version: 13\r\n"},
        {get("/live", kUpgrade + "Sec-WebSocket-Version: 8\r\n"), "426", "Sec-WebSocket-Version: 13\r\n"},
        {get("/live", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + version), "400", ""},
        {get("/live", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short\r\n" + version), "400", ""},
        {"POST /live HTTP/1.1\r\nHost: a\r\n" + kUpgrade + version + "\r\n", "426", ""},
    };
    for (const Bad& bad : all) {
        Conversation f;
        f.router.routes["/live"] = live({});
        f.exchange->feed(bad.request);
        EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 " + bad.status)) << bad.request;
        EXPECT_NE(f.exchange->said.find(bad.header), std::string::npos);
        EXPECT_EQ(f.exchange->wants(), Wants::Close);
    }
}

TEST(Exchange, ARouteMayRefuseAWatcher) {
    Conversation f;
    f.router.routes["/live"] = live(refuse(Reason::Unauthorized, "no_key", "Who are you?"));
    f.router.routes["/ok"] = say_back();
    f.exchange->feed(get("/live", kUpgrade + "Sec-WebSocket-Version: 13\r\n") + get("/ok"));
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 401 "));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 200"), 1);
    EXPECT_EQ(f.exchange->sockets_dropped, 1);
}

} // namespace
} // namespace tributary::http

// The conversation of one connection, without a socket and with time that is told.
#include "plain_exchange.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tributary::http {
namespace {

using std::chrono::seconds;
using Wants = Exchange::Wants;

TEST(Exchange, AnAnswerCarriesTheHeadersEveryAnswerHas) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed(get("/x", "X-Request-Id: abc.DEF_1-2\r\n"));
    EXPECT_EQ(f.exchange->said, "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nX-Request-Id: abc.DEF_1-2\r\n"
                                "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Type: text/plain\r\n"
                                "Content-Length: 7\r\n\r\nGET /x ");
    EXPECT_EQ(f.exchange->wants(), Wants::Bytes);
    const auto answered = f.router.answered_so_far();
    ASSERT_EQ(answered.size(), 1U);
    EXPECT_EQ(answered[0].method, "GET");
    EXPECT_EQ(answered[0].path, "/x");
    EXPECT_EQ(answered[0].request_id, "abc.DEF_1-2");
    EXPECT_EQ(answered[0].bytes_out, f.exchange->said.size());
}

TEST(Exchange, ARequestIdThatIsNoneIsReplaced) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed(get("/x", "X-Request-Id: a b\r\n") + get("/x", "X-Request-Id: " + std::string(65, 'a') + "\r\n") + get("/x"));
    const auto answered = f.router.answered_so_far();
    ASSERT_EQ(answered.size(), 3U);
    for (const Answered& one : answered) {
        EXPECT_EQ(one.request_id.size(), 16U);
        EXPECT_EQ(one.request_id.find_first_not_of("0123456789abcdef"), std::string::npos);
    }
    EXPECT_NE(answered[0].request_id, answered[1].request_id);
}

TEST(Exchange, HeadIsAnsweredLikeGetWithoutTheBody) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
    EXPECT_NE(f.exchange->said.find("Content-Length: 7\r\n\r\nHTTP/1.1 200 OK"), std::string::npos);
    EXPECT_TRUE(f.exchange->said.ends_with("GET /y "));
    EXPECT_EQ(f.router.answered_so_far()[0].method, "HEAD");
}

TEST(Exchange, HandlersCannotSplitAnAnswerNorSpeakOfFraming) {
    Conversation f;
    f.router.routes["/split"] =
        RecordingRouter::buffered([](const Request&) { return Response{.headers = {{"X-Name", "a\r\nSet-Cookie: b"}}}; });
    f.router.routes["/frame"] = RecordingRouter::buffered([](const Request&) {
        return Response{.body = "ok",
                        .headers = {{"content-length", "99"}, {"Connection", "close"}, {"ETag", "\"1\""}, {"cache-control", "private"}}};
    });
    f.exchange->feed(get("/frame"));
    EXPECT_EQ(count(f.exchange->said, "ontent-"), 3); // X-Content-Type-Options, Content-Type, Content-Length
    EXPECT_NE(f.exchange->said.find("ETag: \"1\"\r\n"), std::string::npos);
    EXPECT_EQ(f.exchange->said.find("no-store"), std::string::npos);
    EXPECT_EQ(f.exchange->said.find("Connection"), std::string::npos);
    f.exchange->said.clear();
    f.exchange->feed(get("/split"));
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 500 "));
    EXPECT_EQ(f.exchange->said.find("Set-Cookie"), std::string::npos);
    EXPECT_EQ(f.router.broken_so_far().size(), 1U);
}

TEST(Exchange, NoContentHasNoBodyAndNoLength) {
    Conversation f;
    f.router.routes["*"] = RecordingRouter::buffered([](const Request&) { return Response{.status = 204, .body = "never sent"}; });
    f.exchange->feed(get("/x"));
    EXPECT_EQ(f.exchange->said.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(f.exchange->said.ends_with("\r\n\r\n"));
}

TEST(Exchange, PipelinedRequestsAreAnsweredInOrder) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed(get("/1") + post("/2", "two") + chunked("/3", "3\r\nthr\r\n2\r\nee\r\n0\r\nX-Trailer: 1\r\n\r\n") + get("/4"));
    const std::string& said = f.exchange->said;
    EXPECT_EQ(count(said, "HTTP/1.1 200 OK"), 4);
    EXPECT_LT(said.find("GET /1"), said.find("POST /2 two"));
    EXPECT_LT(said.find("POST /2 two"), said.find("POST /3 three"));
    EXPECT_LT(said.find("POST /3 three"), said.find("GET /4"));
}

TEST(Exchange, AnswersPiledUpAreSentBeforeMoreIsRead) {
    Conversation f;
    f.router.routes["*"] = RecordingRouter::buffered([](const Request&) { return Response{.body = std::string(40'000, 'x')}; });
    const std::string three = get("/") + get("/") + get("/");
    const std::size_t used = f.exchange->take(three, Moment{});
    EXPECT_EQ(used, get("/").size() * 2);
    EXPECT_EQ(f.exchange->wants(), Wants::Flush);
    f.exchange->out().clear();
    EXPECT_EQ(f.exchange->take(three.substr(used), Moment{}), get("/").size());
    EXPECT_EQ(f.exchange->wants(), Wants::Bytes);
}

TEST(Exchange, TrailersNeverBecomeHeaders) {
    Conversation f;
    std::string seen;
    f.router.routes["*"] = RecordingRouter::buffered([&seen](const Request& request) {
        seen = request.header("authorization");
        return Response{};
    });
    f.exchange->feed(chunked("/", "1\r\na\r\n0\r\nAuthorization: Bearer admin\r\n\r\n"));
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 200"));
    EXPECT_EQ(seen, "");
}

TEST(Exchange, AfterARefusalNothingOnTheConnectionCounts) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" + get("/smuggled"));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 "), 1);
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 501 "));
    EXPECT_NE(f.exchange->said.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
    EXPECT_EQ(f.router.refused_so_far(), std::vector<std::string>{"transfer_encoding_not_implemented"});
    ASSERT_EQ(f.router.answered_so_far().size(), 1U);
    EXPECT_EQ(f.router.answered_so_far()[0].status, 501);
    EXPECT_EQ(f.router.answered_so_far()[0].path, "");
}

TEST(Exchange, ABadChunkEndsTheConnection) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed(chunked("/", "3\r\nabcX\r\n") + get("/smuggled"));
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 "), 1);
    EXPECT_EQ(f.router.refused_so_far(), std::vector<std::string>{"bad_chunk"});
}

TEST(Exchange, TooLargeABodyIsRefusedByItsLengthOrInItsMiddle) {
    for (const std::string& bytes : {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + std::string("some"),
                                     chunked("/", "6\r\nsixsix\r\n6\r\nsixsix\r\n0\r\n\r\n")}) {
        Conversation f;
        f.router.routes["*"] = RecordingRouter::buffered([](const Request&) { return Response{}; }, 10);
        f.exchange->feed(bytes);
        EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 413 "));
        EXPECT_EQ(f.exchange->wants(), Wants::Close);
        EXPECT_EQ(f.router.refused_so_far(), std::vector<std::string>{"body_too_large"});
    }
    Conversation f;
    f.router.routes["*"] = RecordingRouter::buffered([](const Request&) { return Response{}; }, 10);
    f.exchange->feed(chunked("/", "a\r\n0123456789\r\n0\r\n\r\n") + post("/", "0123456789"));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 200"), 2);
}

TEST(Exchange, ASmallBodyThatIsRefusedEarlyCostsNotTheConnection) {
    Conversation f;
    f.router.routes["/ok"] = say_back();
    f.exchange->feed(post("/absent", std::string(1000, 'x')) + get("/ok"));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 404"), 1);
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 200"), 1);
    f.exchange->feed("POST /absent HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
    Conversation g;
    g.exchange->feed(chunked("/absent", ""));
    EXPECT_EQ(g.exchange->wants(), Wants::Close);
    Conversation h; // who waits for 100 Continue may or may not send the body: nobody can tell what follows
    h.exchange->feed("POST /absent HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_TRUE(h.exchange->said.starts_with("HTTP/1.1 404"));
    EXPECT_EQ(h.exchange->wants(), Wants::Close);
}

TEST(Exchange, ContinueIsSaidOnlyAfterAdmission) {
    Conversation f;
    f.router.routes["/ok"] = say_back();
    f.exchange->feed("POST /ok HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(f.exchange->said, "HTTP/1.1 100 Continue\r\n\r\n");
    f.exchange->feed("hello");
    EXPECT_TRUE(f.exchange->said.ends_with("POST /ok hello"));
}

TEST(Exchange, AnAnswerFromAnotherThreadIsWaitedFor) {
    Conversation f;
    Reply reply;
    f.router.routes["/later"] = [&reply](const Request&) {
        Admission admission;
        admission.handle = [&reply](const Request&, Reply given) { reply = std::move(given); };
        return admission;
    };
    f.router.routes["/now"] = say_back();
    f.exchange->feed(get("/later") + get("/now"));
    EXPECT_EQ(f.exchange->said, "");
    EXPECT_EQ(f.exchange->wants(), Wants::Wake);
    EXPECT_FALSE(f.exchange->expire(Moment{} + seconds(3600)));
    std::thread([&reply] { reply({.status = 202}); }).join();
    EXPECT_EQ(f.exchange->said, "");
    f.exchange->run_tasks();
    EXPECT_EQ(f.exchange->wakes, 1);
    EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 202 "));
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 200"), 1);
    reply({.status = 500}); // a second call changes nothing
    f.exchange->run_tasks();
    EXPECT_EQ(count(f.exchange->said, "HTTP/1.1 500"), 0);
}

TEST(Exchange, AReplyThrownAwayAndAHandlerThatThrowsAreAnswered500) {
    for (int way = 0; way < 4; ++way) {
        Conversation f;
        Reply kept;
        f.router.routes["*"] = [&kept, way](const Request&) {
            if (way == 0) throw std::runtime_error("admit broke");
            Admission admission;
            if (way == 1) admission.handle = [](const Request&, const Reply&) { throw std::runtime_error("handle broke"); };
            if (way == 2) admission.handle = [](const Request&, const Reply&) {};
            if (way == 3) admission.handle = [&kept](const Request&, Reply reply) { kept = std::move(reply); };
            return admission;
        };
        f.exchange->feed(get("/x"));
        if (way == 3) {
            EXPECT_EQ(f.exchange->wants(), Wants::Wake);
            kept = nullptr;
            f.exchange->run_tasks();
        }
        EXPECT_TRUE(f.exchange->said.starts_with("HTTP/1.1 500 ")) << way;
        EXPECT_EQ(f.exchange->wants(), Wants::Close);
        EXPECT_EQ(f.router.broken_so_far().size(), 1U);
    }
}

TEST(Exchange, AReplyAfterTheEndFallsOnTheFloor) {
    Conversation f;
    Reply reply;
    f.router.routes["*"] = [&reply](const Request&) {
        Admission admission;
        admission.handle = [&reply](const Request&, Reply given) { reply = std::move(given); };
        return admission;
    };
    f.exchange->feed(get("/x"));
    f.exchange->gone();
    reply({});
    f.exchange->run_tasks();
    EXPECT_EQ(f.exchange->said, "");
    f.exchange.reset();
    reply = nullptr;
    EXPECT_TRUE(f.router.answered_so_far().empty());
}

TEST(Exchange, OldClientsAreToldWhatBecomesOfTheConnection) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.exchange->feed("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(f.exchange->said.find("Connection: keep-alive\r\n"), std::string::npos);
    f.exchange->said.clear();
    f.exchange->feed("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    EXPECT_NE(f.exchange->said.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
}

TEST(Exchange, ADrainingServerKeepsNoConnection) {
    Conversation f;
    f.router.routes["*"] = say_back();
    f.station.draining = true;
    f.exchange->feed(get("/"));
    EXPECT_NE(f.exchange->said.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
}

RC_GTEST_PROP(Exchange, AnySplitOfTheStreamGivesTheSameRequests, ()) {
    const std::string bytes =
        get("/1?a=b", "X-Request-Id: one\r\n") + post("/2", "hello", "Expect: 100-continue\r\n") + post("/absent", "skipped") +
        chunked("/3", "5;x=y\r\nthree\r\n0\r\nT: t\r\n\r\n") + "\r\nHEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n" +
        *rc::gen::elementOf(std::vector<std::string>{get("/5"), "GET /5 HTTP/1.1\r\nBad Header: x\r\n\r\n", "GET /5\nHost: a\n\n", ""});
    const auto run = [&bytes](const std::vector<std::size_t>& sizes) {
        Conversation f;
        for (const char* path : {"/1", "/2", "/3", "/4", "/5"}) f.router.routes[path] = say_back();
        std::size_t at = 0;
        for (const std::size_t size : sizes) {
            f.exchange->feed(std::string_view(bytes).substr(at, size));
            at += std::min(size, bytes.size() - at);
        }
        f.exchange->feed(std::string_view(bytes).substr(at));
        return f.exchange->said;
    };
    const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 40));
    RC_ASSERT(run(sizes) == run({}));
}

RC_GTEST_PROP(Exchange, RandomBytesNeverBreakIt, (const std::vector<std::string>& noise)) {
    Conversation f;
    f.router.routes["*"] = say_back();
    for (const std::string& bytes : noise) f.exchange->feed(bytes);
    f.exchange->feed(get("/"));
    RC_ASSERT(f.exchange->said.empty() || f.exchange->said.starts_with("HTTP/1.1 "));
}

} // namespace
} // namespace tributary::http

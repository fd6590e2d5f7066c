// The server on real sockets: its limits of time and number, and how it stops.
#include "echo_server.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/resource.h>

#include <atomic>
#include <ctime>
#include <future>
#include <thread>

namespace tributary::http {
namespace {

TEST(Server, ASlowHeadIsAnswered408AndAnEmptyConnectionClosed) {
    Limits limits;
    limits.head_timeout_s = 1;
    EchoServer f(limits);
    f.start();
    WireClient silent = f.client();
    WireClient slow = f.client();
    slow.send("GET /echo HTTP/1.1\r\nHost: loc");
    const WireAnswer answer = slow.answer();
    EXPECT_EQ(answer.status, 408);
    EXPECT_TRUE(answer.has("head_timeout"));
    EXPECT_TRUE(slow.ended());
    EXPECT_TRUE(silent.ended());
}

TEST(Server, ASlowBodyIsAnswered408) {
    Limits limits;
    limits.body_grace_s = 1;
    EchoServer f(limits);
    f.start();
    WireClient slow = f.client();
    slow.send("POST /echo HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\nabc");
    EXPECT_EQ(slow.answer().status, 408);
}

TEST(Server, AReaderThatStallsIsCut) {
    Limits limits;
    limits.body_grace_s = 1;
    EchoServer f(limits);
    f.router.routes["/large"] = RecordingRouter::buffered([](const Request&) { return Response{.body = std::string(20'000'000, 'x')}; });
    f.start();
    WireClient client(f.server->port(), 4096);
    client.send(get("/large"));
    EXPECT_TRUE(soon([&] { return f.router.answered_so_far().size() == 1 && f.server->counts().connections == 0; }));
}

TEST(Server, AnIdleConnectionIsClosed) {
    Limits limits;
    limits.idle_timeout_s = 1;
    EchoServer f(limits);
    f.start();
    WireClient client = f.client();
    EXPECT_EQ(client.ask(get("/echo")).status, 200);
    EXPECT_TRUE(client.ended());
}

TEST(Server, OneConnectionTooManyIsTurnedAway) {
    Limits limits;
    limits.connections_max = 2;
    EchoServer f(limits, 1);
    f.start();
    WireClient first = f.client();
    WireClient second = f.client();
    EXPECT_EQ(first.ask(get("/echo")).status, 200);
    EXPECT_EQ(second.ask(get("/echo")).status, 200);
    WireClient third = f.client();
    const WireAnswer answer = third.answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.has("too_many_connections"));
    EXPECT_TRUE(third.ended());
    EXPECT_EQ(f.server->counts().connections_refused, 1U);
    first.close();
    ASSERT_TRUE(soon([&] { return f.server->counts().connections == 1; }));
    EXPECT_EQ(f.client().ask(get("/echo")).status, 200);
}

#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define TRIBUTARY_UBSAN 1
#endif
#endif
#ifdef TRIBUTARY_UBSAN
constexpr bool kUndefinedBehaviourIsWatched = true;
#else
constexpr bool kUndefinedBehaviourIsWatched = false;
#endif

TEST(Server, WithoutAFreeDescriptorItWaitsQuietlyAndThenGoesOn) {
    // The sanitizer looks at memory through a pipe and reports an error when it gets none.
    if (kUndefinedBehaviourIsWatched) GTEST_SKIP() << "needs a build without UBSan (the tsan and release presets run it)";
    EchoServer f(Limits{}, 1);
    f.start();
    const std::uint16_t port = f.server->port();
    EXPECT_EQ(f.client().ask(get("/echo")).status, 200);
    ASSERT_TRUE(soon([&] { return f.server->counts().connections == 0; }));
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few{.rlim_cur = std::min<rlim_t>(before.rlim_cur, 256), .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::vector<int> taken;
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken.push_back(fd);
    ASSERT_FALSE(taken.empty());
    ::close(taken.back()); // one for the client, none for the server
    taken.pop_back();
    WireClient client(port);
    client.send(get("/echo"));
    const std::clock_t cpu_before = std::clock();
    pollfd answer{.fd = client.fd(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(::poll(&answer, 1, 500), 0); // nobody can accept it now
    EXPECT_LT(std::clock() - cpu_before, CLOCKS_PER_SEC / 4);
    for (const int fd : taken) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, ManyClientsAtOnceAreAllAnswered) {
    EchoServer f;
    f.start();
    std::atomic<int> right{0};
    std::vector<std::thread> clients;
    for (int c = 0; c < 16; ++c)
        clients.emplace_back([&] {
            WireClient client = f.client();
            for (int i = 0; i < 100; ++i)
                if (client.ask(post("/echo", "x")).body == "POST /echo 127.0.0.1 x") ++right;
        });
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(right, 1600);
}

bool accepts(std::uint16_t port) {
    try {
        const WireClient client(port);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

TEST(Server, StoppingLetsARequestInFlightFinish) {
    EchoServer f;
    std::promise<Reply> asked;
    f.router.routes["/later"] = [&](const Request&) {
        Admission admission;
        admission.handle = [&](const Request&, Reply reply) { asked.set_value(std::move(reply)); };
        return admission;
    };
    f.start();
    const std::uint16_t port = f.server->port();
    WireClient idle = f.client();
    EXPECT_EQ(idle.ask(get("/echo")).status, 200);
    WireClient busy = f.client();
    busy.send(get("/later"));
    const Reply reply = asked.get_future().get();
    std::thread stopper([&] { f.server->stop(); });
    EXPECT_TRUE(idle.ended());                            // closed at once: nothing was asked
    EXPECT_TRUE(soon([port] { return !accepts(port); })); // no thread listens any more
    reply({.body = "done"});
    const WireAnswer answer = busy.answer();
    EXPECT_EQ(answer.body, "done");
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(busy.ended());
    stopper.join();
    f.server->stop();
}

TEST(Server, StoppingDoesNotWaitForEver) {
    Limits limits;
    limits.drain_s = 1;
    EchoServer f(limits);
    std::promise<Reply> asked;
    f.router.routes["/never"] = [&](const Request&) {
        Admission admission;
        admission.handle = [&](const Request&, Reply reply) { asked.set_value(std::move(reply)); };
        return admission;
    };
    f.start();
    WireClient busy = f.client();
    busy.send(get("/never"));
    const Reply reply = asked.get_future().get();
    f.server->stop();
    EXPECT_TRUE(busy.ended());
    f.server.reset();
    reply({}); // falls on the floor, even without a server
}

TEST(Server, APortInUseIsRefusedAtOnce) {
    EchoServer f;
    f.start();
    EXPECT_THROW((void)serve({.port = f.server->port()}, f.router), std::exception);
    EXPECT_THROW((void)serve({.host = "no address", .port = 0}, f.router), std::exception);
}

} // namespace
} // namespace tributary::http

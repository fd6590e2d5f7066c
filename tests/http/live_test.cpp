// Live sockets on real connections: the upgrade, what the client may say, and what becomes of one that is too slow.
// The checklist of ../shared/data/ws-autobahn-cases.json is walked in frames_test.cpp; here its sections that need a server.
#include "client_frames.hpp"
#include "http/frames.hpp"
#include "recording_router.hpp"
#include "requests.hpp"
#include "wire_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace tributary::http {
namespace {

// Everyone who watches /live; clients' texts are echoed.
struct Hub {
    explicit Hub(const Limits& limits = {}, unsigned threads = 2) {
        router.routes["/live"] = [this](const Request&) {
            Admission admission;
            admission.live = [this](const Request&, const std::shared_ptr<LiveSocket>& socket) -> Result<void> {
                socket->on_text = [raw = socket.get()](std::string_view text) {
                    if (text == "throw") throw std::runtime_error("a watcher's text broke it");
                    (void)raw->send(make_frame(text));
                };
                socket->on_closed = [this, raw = socket.get()] {
                    ++closed;
                    const std::lock_guard lock(mutex);
                    std::erase_if(sockets, [raw](const auto& one) { return one.get() == raw; });
                };
                if (welcome != nullptr) (void)socket->send(welcome);
                const std::lock_guard lock(mutex);
                sockets.push_back(socket);
                return {};
            };
            return admission;
        };
        server = serve({.port = 0, .threads = threads, .limits = limits}, router);
    }
    std::size_t broadcast(const std::shared_ptr<const std::string>& frame) {
        std::vector<std::shared_ptr<LiveSocket>> all;
        {
            const std::lock_guard lock(mutex);
            all = sockets;
        }
        std::size_t taken = 0;
        for (const auto& socket : all) taken += socket->send(frame) ? 1 : 0;
        return taken;
    }
    std::shared_ptr<LiveSocket> only() {
        const std::lock_guard lock(mutex);
        return sockets.at(0);
    }

    RecordingRouter router;
    std::mutex mutex;
    std::vector<std::shared_ptr<LiveSocket>> sockets;
    std::shared_ptr<const std::string> welcome;
    std::atomic<int> closed{0};
    std::unique_ptr<Server> server; // last: its threads use the rest
};

const std::string kUpgrade =
    "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class Watcher : public WireClient {
  public:
    explicit Watcher(Hub& hub, const std::string& behind = {}, int receive_bytes = 0) : WireClient(hub.server->port(), receive_bytes) {
        send(kUpgrade + behind);
        const std::string head = read_line_end("\r\n\r\n");
        if (!head.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("not upgraded: " + head);
    }
    struct Frame {
        unsigned opcode = 0;
        std::string payload;
        bool operator==(const Frame&) const = default;
    };
    Frame frame() {
        const std::string head = read(2);
        Frame frame{.opcode = static_cast<unsigned char>(head[0]) & 0x0fU, .payload = {}};
        std::size_t size = static_cast<unsigned char>(head[1]);
        const int length_bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (length_bytes > 0) size = 0;
        for (int i = 0; i < length_bytes; ++i) size = size << 8U | static_cast<unsigned char>(read(1)[0]);
        frame.payload = read(size);
        return frame;
    }
    // The code and reason of the close frame that must come next.
    std::pair<int, std::string> close_frame() {
        const Frame last = frame();
        if (last.opcode != 8) return {-1, last.payload};
        if (last.payload.empty()) return {0, ""};
        return {static_cast<unsigned char>(last.payload[0]) << 8 | static_cast<unsigned char>(last.payload[1]), last.payload.substr(2)};
    }
};

const Watcher::Frame kHello{.opcode = 1, .payload = "hello"};

TEST(Live, TextIsEchoedAndPingsAreAnswered) {
    Hub hub;
    Watcher watcher(hub);
    watcher.send(client_frame("hello"));
    EXPECT_EQ(watcher.frame(), kHello);
    for (int i = 0; i < 10; ++i) watcher.send(client_frame("ping " + std::to_string(i), {.opcode = 9})); // case 2.10
    for (int i = 0; i < 10; ++i) EXPECT_EQ(watcher.frame(), (Watcher::Frame{.opcode = 10, .payload = "ping " + std::to_string(i)}));
    watcher.send(client_frame("nobody asked", {.opcode = 10})); // case 2.7: an unsolicited pong is ignored
    watcher.send(client_frame("hel", {.opcode = 1, .final = false}) + client_frame("x", {.opcode = 9}) +
                 client_frame("lo", {.opcode = 0})); // case 5.6
    EXPECT_EQ(watcher.frame(), (Watcher::Frame{.opcode = 10, .payload = "x"}));
    EXPECT_EQ(watcher.frame(), kHello);
    EXPECT_EQ(hub.server->counts().live_sockets, 1U);
}

TEST(Live, FramesSentBehindTheRequestOrByteByByteArrive) {
    Hub hub;
    Watcher watcher(hub, client_frame("hello"));
    EXPECT_EQ(watcher.frame(), kHello);
    const std::string frame = client_frame(std::string(300, 'x'));
    for (const char c : frame) watcher.send({&c, 1});
    EXPECT_EQ(watcher.frame().payload, std::string(300, 'x'));
}

TEST(Live, WhatTheRouteSendsBeforeTheUpgradeComesBehindIt) {
    Hub hub;
    hub.welcome = make_frame("hello");
    Watcher watcher(hub);
    EXPECT_EQ(watcher.frame(), kHello);
}

TEST(Live, TheClosingHandshakeIsAnswered) {
    Hub hub;
    for (const auto& [sent, code] : std::vector<std::pair<std::string, int>>{
             {client_close(1000, "bye"), 1000}, {client_close(4001), 4001}, {client_frame("", {.opcode = 8}), 0}}) {
        Watcher watcher(hub);
        watcher.send(sent + client_frame("after the end"));
        EXPECT_EQ(watcher.close_frame().first, code);
        EXPECT_TRUE(watcher.ended());
    }
    EXPECT_TRUE(soon([&] { return hub.closed == 3 && hub.server->counts().connections == 0; }));
}

TEST(Live, WhoBreaksTheProtocolIsToldTheCode) {
    Hub hub;
    const std::vector<std::pair<std::string, int>> all = {
        {client_frame("x", {.masked = false}), 1002},
        {client_frame("x", {.reserved = 4}), 1002},
        {client_frame("x", {.opcode = 3}), 1002},
        {client_frame("x", {.opcode = 2}), 1003},
        {client_frame("x", {.opcode = 0}), 1002},
        {client_frame("\xff"), 1007},
        {client_frame(std::string(20'000, 'x')), 1009},
        {client_close(1005), 1002},
        {client_frame("x", {.opcode = 9, .final = false}), 1002},
    };
    for (const auto& [bytes, code] : all) {
        Watcher watcher(hub);
        watcher.send(client_frame("hello") + bytes + client_frame("ignored", {.opcode = 9}));
        EXPECT_EQ(watcher.frame(), kHello);
        EXPECT_EQ(watcher.close_frame().first, code);
        EXPECT_TRUE(watcher.ended());
    }
    EXPECT_TRUE(soon([&] { return hub.closed == static_cast<int>(all.size()); }));
}

TEST(Live, ATextThatBreaksItsHandlerClosesWith1011) {
    Hub hub;
    Watcher watcher(hub);
    watcher.send(client_frame("throw"));
    EXPECT_EQ(watcher.close_frame().first, 1011);
    EXPECT_EQ(hub.router.broken_so_far(), std::vector<std::string>{"a watcher's text broke it"});
}

TEST(Live, TwoHundredWatchersGetEveryFrameInOrder) {
    constexpr int kWatchers = 200;
    constexpr int kFrames = 20;
    Hub hub;
    std::vector<Watcher> watchers;
    for (int i = 0; i < kWatchers; ++i) watchers.emplace_back(hub);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == kWatchers; }));
    for (int i = 0; i < kFrames; ++i)
        EXPECT_EQ(hub.broadcast(make_frame("event " + std::to_string(i))), static_cast<std::size_t>(kWatchers));
    for (Watcher& watcher : watchers)
        for (int i = 0; i < kFrames; ++i) ASSERT_EQ(watcher.frame().payload, "event " + std::to_string(i));
    watchers.clear();
    EXPECT_TRUE(soon([&] { return hub.closed == kWatchers; }));
}

TEST(Live, SeveralThreadsMaySendAtOnce) {
    Hub hub;
    Watcher watcher(hub);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
    std::vector<std::thread> senders;
    for (int t = 0; t < 4; ++t)
        senders.emplace_back([&hub, t] {
            const auto socket = hub.only();
            for (int i = 0; i < 250; ++i) EXPECT_TRUE(socket->send(make_frame(std::to_string(t) + ":" + std::to_string(i))));
        });
    std::multiset<std::string> got;
    std::vector<int> last(4, -1);
    for (int i = 0; i < 1000; ++i) {
        const std::string text = watcher.frame().payload;
        got.insert(text);
        const int number = std::stoi(text.substr(2));
        EXPECT_EQ(number, ++last[static_cast<std::size_t>(text[0] - '0')]); // one sender's frames stay in order
    }
    for (std::thread& sender : senders) sender.join();
    EXPECT_EQ(got.size(), 1000U);
}

TEST(Live, WhatTheKernelDoesNotTakeAtOnceFollowsWholeAndInOrder) {
    constexpr int kFrames = 60;
    Limits limits;
    limits.live_queue_bytes_max = 64 * 1024 * 1024;
    Hub hub(limits);
    Watcher watcher(hub, {}, 4096);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
    const auto socket = hub.only();
    const auto frame = [](int n) { return std::string(200'000, static_cast<char>('0' + n)); };
    for (int n = 0; n < kFrames / 2; ++n) ASSERT_TRUE(socket->send(make_frame(frame(n))));
    EXPECT_GT(socket->queued_bytes(), 0U) << "the kernel took it all: the frames are too small for this test";
    // The rest is sent while the first half is being read: whoever writes, nothing overtakes.
    std::thread sender([&] {
        for (int n = kFrames / 2; n < kFrames; ++n) EXPECT_TRUE(socket->send(make_frame(frame(n))));
    });
    for (int n = 0; n < kFrames; ++n) EXPECT_EQ(watcher.frame().payload, frame(n)) << n;
    sender.join();
    EXPECT_TRUE(soon([&] { return socket->queued_bytes() == 0; }));
    EXPECT_TRUE(socket->send(make_frame("hello")));
    EXPECT_EQ(watcher.frame(), kHello);
}

TEST(Live, ASlowWatcherIsToldSoAndOthersAreNotHeldUp) {
    Limits limits;
    limits.live_queue_bytes_max = 64 * 1024;
    Hub hub(limits, 1);
    Watcher slow(hub, {}, 4096);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
    const auto socket = hub.only();
    Watcher quick(hub);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 2; }));
    const auto frame = make_frame(std::string(10'000, 'x'));
    // Nobody reads `slow`: the kernel's buffers fill, then its queue does.
    int sent = 0;
    while (socket->send(frame)) {
        ASSERT_LT(++sent, 100'000);
        ASSERT_LE(socket->queued_bytes(), limits.live_queue_bytes_max);
    }
    EXPECT_FALSE(socket->send(frame));
    EXPECT_EQ(hub.server->counts().live_too_slow, 1U);
    quick.send(client_frame("hello"));
    EXPECT_EQ(quick.frame(), kHello);
    // When it reads at last, it finds whole frames and then the reason.
    int received = 0;
    Watcher::Frame last = slow.frame();
    for (; last.opcode == 1; last = slow.frame(), ++received) ASSERT_EQ(last.payload.size(), 10'000U);
    EXPECT_LT(received, sent);
    EXPECT_EQ(last, (Watcher::Frame{.opcode = 8, .payload = "\x03\xf5too slow"}));
    slow.send(client_close(1013));
    EXPECT_TRUE(slow.ended());
    EXPECT_TRUE(soon([&] { return hub.closed == 1; }));
}

TEST(Live, AWatcherThatAnswersNoPingIsClosed) {
    Limits limits;
    limits.live_ping_s = 1;
    Hub hub(limits);
    Watcher dead(hub);
    Watcher alive(hub);
    std::atomic<bool> done{false};
    std::thread answering([&] {
        while (!done) {
            const auto frame = alive.frame();
            if (frame.opcode == 9) alive.send(client_frame(frame.payload, {.opcode = 10}));
            if (frame.opcode == 1) done = true;
        }
    });
    EXPECT_EQ(dead.frame().opcode, 9U);
    EXPECT_EQ(dead.frame().opcode, 9U);
    EXPECT_TRUE(dead.ended());
    EXPECT_TRUE(soon([&] { return hub.closed == 1; }));
    EXPECT_EQ(hub.broadcast(make_frame("hello")), 1U);
    answering.join();
}

TEST(Live, TheServerMayCloseAWatcher) {
    Hub hub;
    Watcher watcher(hub);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
    const auto socket = hub.only();
    EXPECT_TRUE(socket->send(make_frame("hello")));
    socket->close(4003, "key revoked");
    EXPECT_FALSE(socket->send(make_frame("too late")));
    EXPECT_EQ(watcher.frame(), kHello);
    EXPECT_EQ(watcher.close_frame(), (std::pair<int, std::string>{4003, "key revoked"}));
    watcher.send(client_close(4003));
    EXPECT_TRUE(watcher.ended());
}

TEST(Live, StoppingClosesWatchersWith1012) {
    Limits limits;
    limits.drain_s = 5;
    Hub hub(limits);
    Watcher watcher(hub);
    Watcher gone(hub);
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 2; }));
    gone.reset();
    ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
    std::thread stopper([&] { hub.server->stop(); });
    EXPECT_EQ(watcher.close_frame().first, 1012);
    watcher.send(client_close(1012));
    EXPECT_TRUE(watcher.ended());
    stopper.join();
    EXPECT_EQ(hub.closed, 2);
}

TEST(Live, ASendAfterTheServerIsGoneIsRefused) {
    std::shared_ptr<LiveSocket> socket;
    {
        Limits limits;
        limits.drain_s = 1;
        Hub hub(limits);
        Watcher watcher(hub);
        ASSERT_TRUE(soon([&] { return hub.server->counts().live_sockets == 1; }));
        socket = hub.only();
        watcher.close();
    }
    EXPECT_FALSE(socket->send(make_frame("x")));
    EXPECT_EQ(socket->queued_bytes(), 0U);
    socket->close(1000, "");
}

} // namespace
} // namespace tributary::http

// The server on real sockets: what a client sees on the wire.
#include "echo_server.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

namespace tributary::http {
namespace {

TEST(Server, ARequestIsAnsweredAndTheConnectionKept) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    for (int i = 0; i < 3; ++i) {
        const WireAnswer answer = client.ask(post("/echo", "hello"));
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "POST /echo 127.0.0.1 hello");
        EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(answer.header("Cache-Control"), "no-store");
        EXPECT_EQ(answer.header("X-Request-Id").size(), 16U);
        EXPECT_EQ(answer.header("Date").size(), 29U);
        EXPECT_EQ(answer.header("Connection"), "");
        EXPECT_EQ(answer.header("Server"), "");
    }
    EXPECT_EQ(f.server->counts().connections, 1U);
    client.close();
    EXPECT_TRUE(soon([&] { return f.server->counts().connections == 0; }));
    EXPECT_EQ(f.router.answered_so_far().size(), 3U);
}

TEST(Server, AThousandPipelinedRequestsAreAnsweredInOrder) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    std::string all;
    for (int i = 0; i < 1000; ++i) all += post("/echo", std::to_string(i));
    std::thread sender([&] { client.send(all); });
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.answer().body, "POST /echo 127.0.0.1 " + std::to_string(i));
    sender.join();
}

TEST(Server, ManyPipelinedLargeAnswersReachASlowReader) {
    EchoServer f;
    f.router.routes["/large"] = RecordingRouter::buffered([](const Request&) { return Response{.body = std::string(200'000, 'x')}; });
    f.start();
    WireClient client = f.client();
    std::string all;
    for (int i = 0; i < 100; ++i) all += get("/large");
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 100; ++i) ASSERT_EQ(client.answer().body.size(), 200'000U);
}

TEST(Server, AChunkedBodySentByteByByteArrivesWhole) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    for (const char c : std::string(
             "POST /echo HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-T: t\r\n\r\n"))
        ASSERT_TRUE(client.send({&c, 1}));
    EXPECT_EQ(client.answer().body, "POST /echo 127.0.0.1 hello!");
    EXPECT_EQ(client.ask(get("/echo")).status, 200);
}

TEST(Server, ARefusedHeadIsAnsweredInTheOneShapeAndTheConnectionEnds) {
    for (const std::string& bytes :
         {"GET / HTTP/1.1\nHost: a\n\n" + get("/echo"),
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + get("/echo"),
          std::string("GET /echo HTTP/1.1\r\n\r\n") + get("/echo")}) {
        EchoServer f;
        f.start();
        WireClient client = f.client();
        const WireAnswer answer = client.ask(bytes);
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.header("Connection"), "close");
        EXPECT_TRUE(answer.has(R"("status":"error")"));
        EXPECT_TRUE(answer.has(answer.header("X-Request-Id")));
        EXPECT_TRUE(client.ended()); // what followed was never a request
        EXPECT_EQ(f.router.answered_so_far().size(), 1U);
    }
}

TEST(Server, HeadHasTheLengthAndNoBody) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    client.send("HEAD /echo HTTP/1.1\r\nHost: a.test\r\n\r\n");
    const WireAnswer answer = client.answer(true);
    EXPECT_EQ(answer.header("Content-Length"), "20");
    EXPECT_EQ(client.ask(get("/echo")).body.size(), 20U);
}

TEST(Server, TooLargeABodyIsRefusedBeforeItIsSent) {
    EchoServer f;
    f.router.routes["/small"] = echo(100);
    f.start();
    WireClient client = f.client();
    client.send("POST /small HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n");
    const WireAnswer answer = client.answer();
    EXPECT_EQ(answer.status, 413);
    EXPECT_TRUE(answer.has("body_too_large"));
    EXPECT_TRUE(client.ended());
}

TEST(Server, AClientThatGoesOnSendingStillSeesWhyItWasRefused) {
    EchoServer f;
    f.router.routes["/small"] = echo(100);
    f.start();
    for (const std::string framing : {"Content-Length: 20000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n10000\r\n"}) {
        WireClient client = f.client();
        std::thread sender([&] {
            if (!client.send("POST /small HTTP/1.1\r\nHost: a.test\r\n" + framing)) return;
            const std::string piece(50'000, 'x');
            for (int i = 0; i < 400 && client.send(piece); ++i) {
            }
        });
        const WireAnswer answer = client.answer();
        EXPECT_EQ(answer.status, 413);
        sender.join();
    }
}

TEST(Server, ContinueComesOnlyWhenTheBodyIsWanted) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    client.send("POST /echo HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read(25), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.ask("hi").body, "POST /echo 127.0.0.1 hi");
    EXPECT_EQ(client.ask("POST /absent HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").status, 404);
    EXPECT_TRUE(client.ended());
}

TEST(Server, AnAnswerMayComeFromAnotherThread) {
    EchoServer f;
    std::vector<std::thread> threads;
    std::mutex mutex;
    f.router.routes["/later"] = [&](const Request&) {
        Admission admission;
        admission.handle = [&](const Request& request, const Reply& reply) {
            const std::lock_guard lock(mutex);
            threads.emplace_back([reply, path = request.target] { reply({.body = path}); });
        };
        return admission;
    };
    f.start();
    WireClient client = f.client();
    std::string all;
    for (int i = 0; i < 200; ++i) all += get("/later?" + std::to_string(i));
    client.send(all);
    for (int i = 0; i < 200; ++i) ASSERT_EQ(client.answer().body, "/later?" + std::to_string(i));
    f.server->stop();
    for (std::thread& thread : threads) thread.join();
}

TEST(Server, ARequestWhoseSenderHasEndedSendingIsAnswered) {
    EchoServer f;
    f.start();
    WireClient client = f.client();
    client.send(get("/echo"));
    client.end_of_sending();
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_TRUE(client.ended());
}

// Takes a body slowly: it is full after every piece until another thread has counted it.
class SlowTaker final : public BodyTaker, public std::enable_shared_from_this<SlowTaker> {
  public:
    explicit SlowTaker(std::function<void()> resume) : resume_(std::move(resume)), worker_([this] { work(); }) {}
    ~SlowTaker() override {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        changed_.notify_all();
        worker_.join();
    }
    [[nodiscard]] bool write(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        pending_ += bytes.size();
        pending_max = std::max(pending_max, pending_);
        changed_.notify_all();
        return true;
    }
    [[nodiscard]] bool full() override {
        const std::lock_guard lock(mutex_);
        is_full_ = pending_ > 0;
        return is_full_;
    }
    void finish(Reply reply) override {
        std::size_t total = 0;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return pending_ == 0; });
            total = total_;
        }
        reply({.body = std::to_string(total)});
    }
    void abandon() override { abandoned = true; }

    std::size_t pending_max = 0;
    std::atomic<bool> abandoned{false};

  private:
    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [&] { return ended_ || pending_ > 0; });
            if (ended_) return;
            total_ += std::exchange(pending_, 0);
            const bool was_full = std::exchange(is_full_, false);
            changed_.notify_all();
            lock.unlock();
            if (was_full) resume_();
            lock.lock();
        }
    }

    std::function<void()> resume_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t pending_ = 0;
    std::size_t total_ = 0;
    bool is_full_ = false;
    bool ended_ = false;
    std::thread worker_; // last: it uses the rest
};

std::size_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::size_t pages = 0;
    in >> pages >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Server, ALargeUploadStreamsThroughASlowTakerInConstantMemory) {
    constexpr std::size_t kBytes = 64 << 20;
    EchoServer f;
    std::shared_ptr<SlowTaker> taker;
    f.router.routes["/upload"] = [&](const Request&) {
        Admission admission;
        admission.stream = [&](const Request&, std::function<void()> resume) {
            return taker = std::make_shared<SlowTaker>(std::move(resume));
        };
        return admission;
    };
    f.start();
    WireClient client = f.client();
    const std::string piece(1 << 20, 'x');
    client.send("POST /upload HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
    const std::size_t before = resident_bytes();
    for (std::size_t i = 0; i < kBytes / piece.size(); ++i) ASSERT_TRUE(client.send(piece));
    EXPECT_EQ(client.answer().body, std::to_string(kBytes));
    EXPECT_LT(resident_bytes(), before + (16 << 20));
    EXPECT_LE(taker->pending_max, 128U << 10U); // a piece or two of 64 KiB, never the upload
    EXPECT_EQ(client.ask(get("/echo")).status, 200);
}

TEST(Server, AnUploadWhoseSenderGoesAwayIsAbandoned) {
    for (const bool polite : {true, false}) {
        EchoServer f;
        std::shared_ptr<SlowTaker> taker;
        std::atomic<bool> made{false};
        f.router.routes["/upload"] = [&](const Request&) {
            Admission admission;
            admission.stream = [&](const Request&, std::function<void()> resume) {
                taker = std::make_shared<SlowTaker>(std::move(resume));
                made = true;
                return taker;
            };
            return admission;
        };
        f.start();
        WireClient client = f.client();
        client.send("POST /upload HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nsome");
        ASSERT_TRUE(soon([&] { return made.load(); }));
        if (polite)
            client.close();
        else
            client.reset();
        EXPECT_TRUE(soon([&] { return taker->abandoned.load(); }));
        EXPECT_TRUE(soon([&] { return f.server->counts().connections == 0; }));
        EXPECT_TRUE(f.router.answered_so_far().empty());
    }
}

} // namespace
} // namespace tributary::http

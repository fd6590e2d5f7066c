// Answers that come piece by piece, over real sockets: clients that are slow, go away, or see the server stop.
#include "echo_server.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

namespace tributary::http {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr int kPieces = 1'000; // 64 MB: more than the kernel holds for a client that does not read

char letter(int piece) { return static_cast<char>('a' + piece % 26); }

class CountedGiver final : public BodyGiver {
  public:
    CountedGiver(std::shared_ptr<std::atomic<int>> asked, int cut_at) : asked_(std::move(asked)), cut_at_(cut_at) {}
    void next(Give give) override {
        const int at = asked_->fetch_add(1);
        if (at == cut_at_) return give(std::nullopt);
        give(at < kPieces ? std::string(kPieceBytes, letter(at)) : std::string());
    }

  private:
    std::shared_ptr<std::atomic<int>> asked_;
    int cut_at_;
};

struct PiecesServer : EchoServer {
    explicit PiecesServer(int cut_at = -1, unsigned threads = 1) : EchoServer({}, threads) {
        router.routes["/list"] = [this, cut_at](const Request&) {
            Admission admission;
            admission.handle = [this, cut_at](const Request&, const Reply& reply) {
                const auto giver = std::make_shared<CountedGiver>(asked, cut_at);
                {
                    const std::lock_guard lock(mutex);
                    last = giver;
                }
                reply({.body = "first", .rest = giver});
            };
            return admission;
        };
        start();
    }
    [[nodiscard]] bool is_held() {
        const std::lock_guard lock(mutex);
        return !last.expired();
    }

    std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);
    std::mutex mutex;
    std::weak_ptr<BodyGiver> last;
};

// One chunk; empty for the last.
std::string chunk(WireClient& client) {
    const std::string size = client.read_line_end("\r\n");
    std::string bytes = client.read(std::stoul(size, nullptr, 16));
    if (client.read(2) != "\r\n") throw std::runtime_error("a chunk has no end");
    return bytes;
}

TEST(ServerPieces, WhoReadsSlowlyHoldsBackWhoeverMakesThePiecesAndNobodyElse) {
    PiecesServer f;
    WireClient slow(f.server->port(), 4'096);
    slow.send(get("/list") + get("/echo"));
    WireClient other = f.client();
    // The one thread serves both: each of these answers comes after whatever it could do for the slow one.
    for (int at = 0; at < 2'000; ++at) ASSERT_EQ(other.ask(get("/echo")).status, 200);
    const int held_back_at = *f.asked;
    EXPECT_LT(held_back_at, kPieces) << "all was made though nobody took it";

    EXPECT_EQ(slow.answer(true).header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(chunk(slow), "first");
    for (int at = 0; at < kPieces; ++at) ASSERT_TRUE(chunk(slow) == std::string(kPieceBytes, letter(at))) << at;
    EXPECT_EQ(chunk(slow), "");
    EXPECT_EQ(slow.answer().status, 200) << "the connection goes on with the request behind";
    EXPECT_FALSE(f.is_held());
}

TEST(ServerPieces, AClientThatGoesAwayMidwayIsForgotten) {
    PiecesServer f;
    for (const bool politely : {true, false}) {
        WireClient client(f.server->port(), 4'096);
        client.send(get("/list"));
        (void)client.answer(true);
        EXPECT_EQ(chunk(client), "first");
        if (politely)
            client.close();
        else
            client.reset();
        EXPECT_TRUE(soon([&] { return !f.is_held(); })) << "what makes the pieces is let go";
        *f.asked = 0;
    }
    EXPECT_EQ(f.client().ask(get("/echo")).status, 200);
    EXPECT_TRUE(soon([&] { return f.server->counts().connections <= 1; }));
}

TEST(ServerPieces, AnAnswerThatIsCutOffEndsTheConnectionBeforeItsLastChunk) {
    PiecesServer f(3);
    WireClient client = f.client();
    client.send(get("/list") + get("/echo"));
    (void)client.answer(true);
    EXPECT_EQ(chunk(client), "first");
    for (int at = 0; at < 3; ++at) EXPECT_TRUE(chunk(client) == std::string(kPieceBytes, letter(at)));
    EXPECT_EQ(client.rest(), "") << "neither the last chunk nor another answer";
    EXPECT_TRUE(client.ended());
}

TEST(ServerPieces, AServerThatStopsFinishesWhatIsRead) {
    PiecesServer f(-1, 2);
    WireClient client(f.server->port(), 4'096);
    client.send(get("/list"));
    (void)client.answer(true);
    EXPECT_EQ(chunk(client), "first");
    std::thread stopping([&] { f.server->stop(); });
    for (int at = 0; at < kPieces; ++at) ASSERT_TRUE(chunk(client) == std::string(kPieceBytes, letter(at))) << at;
    EXPECT_EQ(chunk(client), "");
    EXPECT_TRUE(client.ended());
    stopping.join();
}

} // namespace
} // namespace tributary::http

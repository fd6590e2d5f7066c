// Answers that come piece by piece, without a socket: framing, pace, ends that are none, and what comes behind them.
#include "plain_exchange.hpp"
#include "requests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <stdexcept>
#include <thread>

namespace tributary::http {
namespace {

using Wants = Exchange::Wants;

// Gives what it was told to, at once.
class ListGiver final : public BodyGiver {
  public:
    explicit ListGiver(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
    void next(Give give) override {
        ++asked;
        give(at_ < pieces_.size() ? pieces_[at_++] : std::string());
    }
    int asked = 0;

  private:
    std::vector<std::string> pieces_;
    std::size_t at_ = 0;
};

// Keeps every Give until the test has something for it.
class HeldGiver final : public BodyGiver {
  public:
    void next(Give give) override {
        ++asked;
        held = std::move(give);
        if (when_asked) when_asked();
    }
    std::function<void()> when_asked;
    void give(std::optional<std::string> piece) { std::exchange(held, nullptr)(std::move(piece)); }
    Give held;
    int asked = 0;
};

class ThrowingGiver final : public BodyGiver {
  public:
    void next(Give /*give*/) override { throw std::runtime_error("nothing to read from"); }
};

RecordingRouter::Route in_pieces(std::shared_ptr<BodyGiver> rest, std::string first = "first") {
    return RecordingRouter::buffered([rest = std::move(rest), first = std::move(first)](const Request&) {
        return Response{.content_type = "text/plain", .body = first, .rest = rest};
    });
}

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

struct Unchunked {
    std::string body;
    std::string behind; // what stands behind the last chunk
    bool whole = false;
};

// RFC 9112 section 7.1, strictly; no trailers.
Unchunked unchunk(std::string_view bytes) {
    Unchunked out;
    while (true) {
        const std::size_t end = bytes.find("\r\n");
        if (end == std::string_view::npos || end == 0) return out;
        std::size_t size = 0;
        const auto read = std::from_chars(bytes.data(), bytes.data() + end, size, 16);
        if (read.ptr != bytes.data() + end || bytes.size() < end + 2 + size + 2) return out;
        if (bytes.substr(end + 2 + size, 2) != "\r\n") return out;
        out.body += bytes.substr(end + 2, size);
        bytes.remove_prefix(end + 2 + size + 2);
        if (size > 0) continue;
        out.whole = true;
        out.behind = bytes;
        return out;
    }
}

TEST(ExchangePieces, AnyPiecesArriveAsOneBodyWithWhatComesBehindIt) {
    EXPECT_TRUE(rc::check("any sizes", [] {
        const auto sizes = *rc::gen::container<std::vector<std::size_t>>(
            rc::gen::element<std::size_t>(1, 2, 15, 16, 255, 256, 4'095, 65'535, 65'536, 70'000));
        const auto first_size = *rc::gen::element<std::size_t>(0, 1, 10, 100'000);
        const bool old = *rc::gen::arbitrary<bool>();
        std::vector<std::string> pieces;
        std::string whole(first_size, 'f');
        for (const std::size_t size : sizes) {
            pieces.emplace_back(size, static_cast<char>('a' + pieces.size() % 26));
            whole += pieces.back();
        }
        const auto giver = std::make_shared<ListGiver>(pieces);
        Conversation f;
        f.router.routes["/list"] = in_pieces(giver, std::string(first_size, 'f'));
        f.router.routes["*"] = say_back();
        f.exchange->feed((old ? "GET /list HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n" : get("/list")) + get("/behind"));
        while (f.exchange->wants() == Wants::Wake) f.exchange->run_tasks();
        const std::string head = f.exchange->said.substr(0, f.exchange->said.find("\r\n\r\n"));
        RC_ASSERT(head.find("Content-Length") == std::string::npos);
        RC_ASSERT((head.find("Transfer-Encoding: chunked") != std::string::npos) == !old);
        RC_ASSERT(giver->asked == static_cast<int>(pieces.size()) + 1);
        const auto answered = f.router.answered_so_far();
        RC_ASSERT(answered.front().path == "/list");
        if (old) {
            RC_ASSERT(body_of(f.exchange->said) == whole);
            RC_ASSERT(f.exchange->wants() == Wants::Close);
            RC_ASSERT(answered.front().bytes_out == f.exchange->said.size());
            return;
        }
        const Unchunked got = unchunk(body_of(f.exchange->said));
        RC_ASSERT(got.whole);
        RC_ASSERT(got.body == whole);
        RC_ASSERT(got.behind.ends_with("\r\n\r\nGET /behind "));
        RC_ASSERT(answered.size() == 2U);
        RC_ASSERT(answered.front().bytes_out + got.behind.size() == f.exchange->said.size());
        RC_ASSERT(f.exchange->wants() == Wants::Bytes);
    }));
}

TEST(ExchangePieces, NothingIsAskedForBeforeTheOneBeforeHasGoneOut) {
    const auto giver = std::make_shared<HeldGiver>();
    Conversation f;
    giver->when_asked = [&] { EXPECT_EQ(f.exchange->out(), ""); };
    f.router.routes["*"] = in_pieces(giver);
    EXPECT_EQ(f.exchange->take(get("/"), Moment{}), get("/").size());
    EXPECT_EQ(giver->asked, 0) << "the head and the first piece are still here";
    EXPECT_EQ(f.exchange->wants(), Wants::Flush);
    f.exchange->settle();
    EXPECT_EQ(giver->asked, 1);
    EXPECT_EQ(f.exchange->wants(), Wants::Wake);
    f.exchange->settle(); // woken for nothing
    EXPECT_EQ(giver->asked, 1) << "one piece is asked for once";
    std::thread([&] { giver->give("second"); }).join();
    EXPECT_EQ(f.exchange->wakes, 0) << "a piece from another thread is taken on the connection's own";
    f.exchange->run_tasks();
    EXPECT_GT(f.exchange->wakes, 0);
    EXPECT_EQ(giver->asked, 2);
    giver->give(std::string());
    f.exchange->run_tasks();
    EXPECT_EQ(unchunk(body_of(f.exchange->said)).body, "firstsecond");
    EXPECT_EQ(f.exchange->wants(), Wants::Bytes);
}

TEST(ExchangePieces, ARequestBehindWaitsForTheLastPiece) {
    const auto giver = std::make_shared<HeldGiver>();
    Conversation f;
    f.router.routes["/list"] = in_pieces(giver);
    f.router.routes["*"] = say_back();
    f.exchange->feed(get("/list") + get("/behind"));
    EXPECT_EQ(f.exchange->unread, get("/behind"));
    EXPECT_EQ(f.exchange->said.find("GET /behind"), std::string::npos);
    EXPECT_FALSE(f.exchange->expire(Moment::max() - std::chrono::seconds(1))) << "who makes the pieces is not hurried";
    giver->give(std::string());
    f.exchange->run_tasks();
    EXPECT_TRUE(unchunk(body_of(f.exchange->said)).behind.ends_with("GET /behind "));
}

TEST(ExchangePieces, APieceThatCannotBeHadCutsTheConnection) {
    const auto cut = [](const std::shared_ptr<BodyGiver>& rest, const std::function<void()>& refuse) {
        Conversation f;
        f.router.routes["/list"] = in_pieces(rest);
        f.router.routes["*"] = say_back();
        f.exchange->feed(get("/list") + get("/behind"));
        refuse();
        f.exchange->run_tasks();
        EXPECT_EQ(f.exchange->wants(), Wants::Close);
        const Unchunked got = unchunk(body_of(f.exchange->said));
        EXPECT_EQ(got.body, "first");
        EXPECT_FALSE(got.whole) << "an answer that was cut off must not look whole";
        EXPECT_EQ(f.exchange->said.find("GET /behind"), std::string::npos);
        EXPECT_FALSE(f.router.broken_so_far().empty());
        EXPECT_EQ(f.router.answered_so_far().size(), 1U);
    };
    const auto refusing = std::make_shared<HeldGiver>();
    cut(refusing, [&] { refusing->give(std::nullopt); });
    const auto forgetful = std::make_shared<HeldGiver>();
    cut(forgetful, [&] { forgetful->held = nullptr; }); // thrown away uncalled
    cut(std::make_shared<ThrowingGiver>(), [] {});
}

TEST(ExchangePieces, OnlyTheFirstWordOfAGiverCounts) {
    const auto giver = std::make_shared<HeldGiver>();
    Conversation f;
    f.router.routes["*"] = in_pieces(giver);
    f.exchange->feed(get("/"));
    const BodyGiver::Give twice = giver->held;
    twice("second");
    twice("again");
    twice(std::nullopt);
    f.exchange->run_tasks();
    EXPECT_EQ(giver->asked, 2);
    giver->give(std::string());
    f.exchange->run_tasks();
    const Unchunked got = unchunk(body_of(f.exchange->said));
    EXPECT_TRUE(got.whole);
    EXPECT_EQ(got.body, "firstsecond");
}

TEST(ExchangePieces, AClientThatGoesAwayMidwayLeavesNothingBehind) {
    auto giver = std::make_shared<HeldGiver>();
    const std::weak_ptr<HeldGiver> watched = giver;
    Conversation f;
    f.router.routes["*"] = [&giver](const Request&) {
        Admission admission;
        admission.handle = [&giver](const Request&, const Reply& reply) { reply({.body = "first", .rest = giver}); };
        return admission;
    };
    f.exchange->feed(get("/"));
    BodyGiver::Give late = std::exchange(giver->held, nullptr);
    f.exchange->gone();
    giver.reset();
    EXPECT_TRUE(watched.expired()) << "what made the pieces is let go at once";
    const std::string said = f.exchange->said;
    late("too late");
    f.exchange->run_tasks();
    EXPECT_EQ(f.exchange->said, said);
    f.exchange.reset();
    late("later still"); // and when even the connection is no more
}

TEST(ExchangePieces, AServerThatStopsMeanwhileFinishesTheAnswerAndThenCloses) {
    const auto giver = std::make_shared<HeldGiver>();
    Conversation f;
    f.router.routes["*"] = in_pieces(giver);
    f.exchange->feed(get("/") + get("/behind"));
    f.station.draining = true;
    EXPECT_FALSE(f.exchange->idle());
    giver->give("second");
    f.exchange->run_tasks();
    giver->give(std::string());
    f.exchange->run_tasks();
    EXPECT_EQ(f.exchange->wants(), Wants::Close);
    const Unchunked got = unchunk(body_of(f.exchange->said));
    EXPECT_TRUE(got.whole);
    EXPECT_EQ(got.body, "firstsecond");
    EXPECT_EQ(got.behind, "");
}

TEST(ExchangePieces, HeadAsksForNoPieceAndTellsTheSameHead) {
    const auto giver = std::make_shared<HeldGiver>();
    Conversation f;
    f.router.routes["/list"] = in_pieces(giver);
    f.router.routes["*"] = say_back();
    f.exchange->feed("HEAD /list HTTP/1.1\r\nHost: a\r\n\r\n" + get("/behind"));
    EXPECT_EQ(giver->asked, 0);
    EXPECT_NE(f.exchange->said.find("Transfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK"), std::string::npos) << f.exchange->said;
    EXPECT_TRUE(f.exchange->said.ends_with("GET /behind "));
}

TEST(ExchangePieces, AnEmptyAnswerInPiecesIsAnEmptyBody) {
    Conversation f;
    f.router.routes["*"] = in_pieces(std::make_shared<ListGiver>(std::vector<std::string>{}), "");
    f.exchange->feed(get("/"));
    f.exchange->run_tasks();
    EXPECT_EQ(body_of(f.exchange->said), "0\r\n\r\n");
}

} // namespace
} // namespace tributary::http

// A WebSocket on its TCP connection (RFC 6455, server's side): frames made once by others, queued here and written with
// gather writes; a client that reads too slowly is told so and closed. For the files of this room only.
#pragma once
#include "http/frames.hpp"
#include "http/shard.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http {

class OpenSocket final : public LiveSocket, public Watched, public Flushed, public std::enable_shared_from_this<OpenSocket> {
  public:
    explicit OpenSocket(std::shared_ptr<Shard> shard) : shard_(std::move(shard)) {}

    // Any thread.
    [[nodiscard]] bool send(std::shared_ptr<const std::string> frame) override;
    [[nodiscard]] std::size_t queued_bytes() const override { return queued_.load(std::memory_order_relaxed); }
    void close(std::uint16_t code, std::string_view reason) override;

    // The rest: the shard's thread only.
    // Takes the connection over after the 101 was sent; `first` is what the client sent right behind its request.
    void open(Socket socket, std::string_view first);
    void open_failed() { end(); } // the connection broke before
    void never_opened();          // the route refused it: on_closed is not called

    void tick(Moment now) override;
    void drain() override;
    void cut() override { end(); }
    void flush_posted() override { settle(flush()); }

  private:
    enum class State { Opening, Open, Closing, Gone };
    enum class Sent { All, Blocked, Broken };

    void read();
    void take(std::string_view bytes);
    void react(const ClientEvent& event);
    void deliver(std::string_view text);
    void queue_control(Opcode opcode, std::string_view payload);
    void flush_if_needed();
    // Pre: mutex_ is held, the state is Opening or Open. The close frame goes behind what is queued.
    void close_locked(std::uint16_t code, std::string_view reason);
    // Pre: mutex_ is held. True: the caller must see to it that flush() is called.
    [[nodiscard]] bool claim_flush_locked();
    // Pre: mutex_ is held. Puts a pending close frame into the queue, behind what must still be said.
    void settle_queue_locked();
    void drop_sent_locked(std::size_t bytes);
    [[nodiscard]] Sent flush();
    void await_room();
    void settle(Sent sent);
    void shut();
    void end();
    [[nodiscard]] State state() const;

    const std::shared_ptr<Shard> shard_;
    std::optional<Socket> socket_;
    Moment next_ping_ = Moment::max();
    Moment close_deadline_ = Moment::max();
    int pings_unanswered_ = 0;
    bool peer_closed_ = false; // its close frame came
    bool peer_broken_ = false; // it broke the protocol: what it says is read away
    bool shut_ = false;        // our side is shut down

    mutable std::mutex mutex_; // guards what follows; frames leave the queue on the shard's thread only
    State state_ = State::Opening;
    bool flush_claimed_ = false; // a flush is on its way, or room in the kernel's buffer is waited for
    bool too_slow_ = false;      // what is queued and not begun is to be dropped
    std::size_t first_ = 0;      // queue_[first_] is the next to go
    std::size_t offset_ = 0;     // bytes of it already gone
    std::vector<std::shared_ptr<const std::string>> queue_;
    std::shared_ptr<const std::string> closing_frame_;
    std::atomic<std::size_t> queued_{0};

    // Last, and seldom touched: a broadcast walks over thousands of sockets and should find the rest in few cache lines.
    FrameReader reader_;
    std::array<char, 512> in_{}; // clients say little; this is most of what an idle watcher costs
};

} // namespace tributary::http

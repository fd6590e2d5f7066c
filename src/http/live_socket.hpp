// A WebSocket on its TCP connection (RFC 6455, server's side). A frame, made once by others, goes to the kernel on the sender's
// own thread; what the kernel does not take waits here, bounded, for the shard's thread. A client that reads too slowly is told
// so and closed. For the files of this room only.
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

class OpenSocket final : public LiveSocket, public Watched, public std::enable_shared_from_this<OpenSocket> {
  public:
    explicit OpenSocket(std::shared_ptr<Shard> shard) : shard_(std::move(shard)) {}

    // Any thread.
    [[nodiscard]] bool send(const std::shared_ptr<const std::string>& frame) override;
    void expect_send() const override;
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

  private:
    enum class State { Opening, Open, Gone };
    enum class Sent { All, Blocked, Broken };

    void read();
    void take(std::string_view bytes);
    void react(const ClientEvent& event);
    void deliver(std::string_view text);
    void queue_control(Opcode opcode, std::string_view payload);
    void flush_if_needed();
    // Pre: flush_called_. Writes what is queued, waits for room where there is none, and ends the socket when all was said.
    void flush();
    void await_room();
    void shut();
    void end();
    [[nodiscard]] bool closing() const;

    // Pre of the following: mutex_ is held.
    [[nodiscard]] bool refuses_locked() const { return state_ == State::Gone || closing_; }
    [[nodiscard]] bool has_room_locked(std::size_t more_bytes) const;
    // The kernel has `taken` bytes of the frame already; not 0 only when the queue is empty.
    void queue_locked(std::shared_ptr<const std::string> frame, std::size_t taken = 0);
    void close_locked(std::uint16_t code, std::string_view reason); // its frame goes behind what is queued
    void drop_unbegun_locked();
    void drop_sent_locked(std::size_t bytes);
    void call_flush_locked(); // on the shard's thread; while Opening, open() will
    [[nodiscard]] Sent write_queue_locked();

    const std::shared_ptr<Shard> shard_;

    // A broadcast walks over thousands of sockets, and most of its time is waiting for memory: what it touches stands together.
    mutable std::mutex mutex_; // guards the following, and every write: whoever writes holds it, so frames never mix
    State state_ = State::Opening;
    bool closing_ = false;      // the close frame is queued or sent: nothing comes behind it
    bool flush_called_ = false; // one flush() is on its way, or room in the kernel's buffer is waited for
    int fd_ = -1;               // socket_'s, while Open
    std::atomic<std::size_t> queued_{0};
    std::vector<std::shared_ptr<const std::string>> queue_;
    std::size_t first_ = 0;  // queue_[first_] is the next to go
    std::size_t offset_ = 0; // bytes of it already gone

    // The shard's thread only.
    std::optional<Socket> socket_;
    Moment next_ping_ = Moment::max();
    Moment close_deadline_ = Moment::max();
    int pings_unanswered_ = 0;
    bool peer_closed_ = false; // its close frame came
    bool peer_broken_ = false; // it broke the protocol: what it says is read away
    bool shut_ = false;        // our side is shut down
    FrameReader reader_;
    std::array<char, 512> in_{}; // clients say little; this is most of what an idle watcher costs
};

} // namespace tributary::http

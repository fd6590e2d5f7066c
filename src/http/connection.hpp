// One TCP connection that speaks HTTP: moves bytes between its socket and its exchange. For the files of this room only;
// everything runs on the shard's thread.
#pragma once
#include "http/live_socket.hpp"
#include "http/shard.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tributary::http {

class Connection final : public Exchange, public Watched {
  public:
    Connection(std::shared_ptr<Shard> shard, Socket socket, std::string peer, Moment now);
    ~Connection() override;
    // Begins to read. The shard must be watching it.
    void start() { pump(); }

    void tick(Moment now) override;
    void drain() override;
    void cut() override { end(); }

  private:
    void on_own_thread(Task task) override;
    void woken() override { pump(); }
    [[nodiscard]] std::shared_ptr<LiveSocket> make_live() override;
    void drop_live() override;

    // Goes on until it must wait for bytes, for room in the socket, or for an answer.
    void pump();
    void consume();
    // Sends what lies in out(). False: it waits for the socket, or the connection has ended.
    [[nodiscard]] bool flush();
    void read();
    void fit_buffer();
    void hand_over();
    void linger();
    void linger_read();
    void end();
    [[nodiscard]] std::shared_ptr<Connection> self() { return std::static_pointer_cast<Connection>(shared_from_this()); }

    const std::shared_ptr<Shard> shard_; // before the socket: the socket needs its event loop to the end
    Socket socket_;
    std::shared_ptr<OpenSocket> live_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0; // buffer_[begin_, end_) is read and not yet taken
    std::size_t end_ = 0;
    std::size_t sent_ = 0; // bytes of out() the kernel has
    std::size_t lingered_bytes_ = 0;
    Moment write_deadline_ = Moment::max();
    bool reading_ = false;
    bool writing_ = false;
    bool lingering_ = false;
    bool ended_ = false;
};

} // namespace tributary::http

// One I/O thread: its event loop, its acceptor, everything open on it, and the mailbox through which other threads reach it.
// The only file of the project that includes Asio; for this room's shard, connection, live_socket and server files only.
#pragma once
#include "http/exchange.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace tributary::http {

namespace asio = boost::asio;
// Concrete executor types: the type-erased one costs a virtual call and an allocation per operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

inline constexpr std::chrono::milliseconds kTick{250}; // how late a limit of time may be noticed

// Figures of the whole server, written by all its shards.
struct Totals {
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> live_sockets{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> live_too_slow{0};
};

// What a shard keeps open. All calls come on the shard's thread.
class Watched {
  public:
    virtual ~Watched() = default;
    virtual void tick(Moment now) = 0; // every kTick: look at your limits of time
    virtual void drain() = 0;          // the server is stopping: end as soon as it is polite
    virtual void cut() = 0;            // end now
  private:
    friend class Shard;
    std::size_t place_ = 0;
};

class Shard : public std::enable_shared_from_this<Shard> {
  public:
    Shard(Router& router, const Limits& limits, std::shared_ptr<Totals> totals, std::uint64_t id_seed);

    // Listens with SO_REUSEPORT: each shard has an acceptor of its own on the one port. Throws when it cannot. Returns the
    // port (asked for 0, the kernel chose).
    std::uint16_t listen(const asio::ip::tcp::endpoint& endpoint);
    // The thread's whole life: serves until stop() was called and everything is closed.
    void run();
    // Any thread.
    void stop();

    // Runs `task` on this shard's thread; drops it when the thread has ended. Any thread.
    void post(Task task);

    void watch(std::shared_ptr<Watched> watched);
    void unwatch(Watched& watched);
    // Something of ours or a callback threw outside any request.
    void report(std::string_view what) noexcept;

    Station station;
    const std::shared_ptr<Totals> totals;

  private:
    void accept();
    void accepted(const boost::system::error_code& error, Socket socket);
    void turn_away(Socket socket);
    void schedule_tick();
    void tick();
    void set_date();
    void drain();
    void end_when_empty();
    void ring();
    void open_mailbox();
    void deliver(Task& task);

    asio::io_context context_;
    asio::executor_work_guard<Executor> work_;
    Acceptor acceptor_;
    Timer ticker_;
    Timer accept_pause_;
    asio::ip::tcp::endpoint peer_;
    std::vector<std::shared_ptr<Watched>> watched_;
    Moment drain_until_ = Moment::max();
    bool empty_ = false; // drained, and nothing is open any more
    std::time_t date_second_ = 0;
    std::vector<Task> opened_tasks_;

    std::mutex mailbox_mutex_; // guards what follows
    bool rung_ = false;        // open_mailbox is on its way
    bool ended_ = false;
    std::vector<Task> tasks_;
};

} // namespace tributary::http

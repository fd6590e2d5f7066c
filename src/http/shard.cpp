// One I/O thread: see shard.hpp.
#include "http/shard.hpp"

#include "http/answer.hpp"
#include "http/connection.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <system_error>

namespace tributary::http {

namespace {

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kAcceptPause{100}; // no descriptor is free: trying again at once would spin
constexpr std::size_t kMailboxKeptSlots = 4096;

} // namespace

// UNSAFE_IO: Asio's sockets of this context are used on its own thread only, so their locks are left out; posting stays locked.
Shard::Shard(Router& router, const Limits& limits, std::shared_ptr<Totals> counted, std::uint64_t id_seed)
    : station{.router = &router, .limits = limits, .date = {}, .id_state = id_seed, .thread = {}, .draining = false},
      totals(std::move(counted)), context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), work_(context_.get_executor()), acceptor_(context_),
      ticker_(context_), accept_pause_(context_) {}

std::uint16_t Shard::listen(const asio::ip::tcp::endpoint& endpoint) {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    const int on = 1;
    if (::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        throw std::system_error(errno, std::generic_category(), "SO_REUSEPORT");
    acceptor_.bind(endpoint);
    acceptor_.listen(kBacklog);
    return acceptor_.local_endpoint().port();
}

void Shard::run() {
    station.thread = std::this_thread::get_id();
    set_date();
    schedule_tick();
    accept();
    for (bool done = false; !done;) {
        try {
            context_.run();
            done = true;
        } catch (const std::exception& problem) {
            report(problem.what());
        }
    }
    std::vector<Task> dropped_tasks;
    const std::lock_guard lock(mailbox_mutex_); // released before the dropped tasks, which may post again, are destroyed
    ended_ = true;
    dropped_tasks.swap(tasks_);
}

void Shard::report(std::string_view what) noexcept {
    try {
        station.router->broke(Request(), what);
    } catch (...) { // the log is broken; serving goes on
    }
}

void Shard::stop() {
    post([this] { drain(); });
}

void Shard::post(Task task) {
    {
        const std::lock_guard lock(mailbox_mutex_);
        if (ended_) return;
        tasks_.push_back(std::move(task));
        if (std::exchange(rung_, true)) return;
    }
    ring();
}

// One wake-up for a whole burst of letters.
void Shard::ring() {
    asio::post(context_, [this] { open_mailbox(); });
}

// One task that throws must not take the others with it.
void Shard::deliver(Task& task) {
    try {
        task();
    } catch (const std::exception& problem) {
        report(problem.what());
    }
}

void Shard::open_mailbox() {
    {
        const std::lock_guard lock(mailbox_mutex_);
        rung_ = false;
        opened_tasks_.swap(tasks_);
    }
    for (Task& task : opened_tasks_) deliver(task);
    opened_tasks_.clear();
    if (opened_tasks_.capacity() > kMailboxKeptSlots) opened_tasks_.shrink_to_fit();
}

void Shard::watch(std::shared_ptr<Watched> watched) {
    watched->place_ = watched_.size();
    watched_.push_back(std::move(watched));
}

void Shard::unwatch(Watched& watched) {
    const std::size_t place = watched.place_;
    watched_.back()->place_ = place;
    watched_[place].swap(watched_.back());
    watched_.pop_back();
    end_when_empty();
}

void Shard::accept() {
    acceptor_.async_accept(peer_, [this](const boost::system::error_code& error, Socket socket) { accepted(error, std::move(socket)); });
}

void Shard::accepted(const boost::system::error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (error && error != asio::error::connection_aborted) {
        accept_pause_.expires_after(kAcceptPause);
        accept_pause_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled && acceptor_.is_open()) accept();
        });
        return;
    }
    if (!error && totals->connections.load(std::memory_order_relaxed) >= station.limits.connections_max) {
        turn_away(std::move(socket));
    } else if (!error) {
        boost::system::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        const auto connection =
            std::make_shared<Connection>(shared_from_this(), std::move(socket), peer_.address().to_string(), Clock::now());
        watch(connection);
        connection->start();
    }
    accept();
}

// Over the bound: told so in one non-blocking write, and no memory is spent on it.
void Shard::turn_away(Socket socket) {
    totals->connections_refused.fetch_add(1, std::memory_order_relaxed);
    const Refusal refusal{.reason = Reason::Unavailable,
                          .code = "too_many_connections",
                          .message = "Too many connections are open; try again.",
                          .details = {},
                          .retry_after_s = 1};
    std::string out;
    try {
        Response response = station.router->refuse(refusal, "");
        if (!headers_are_safe(response)) return;
        append_answer(out, response, {.date = station.date, .request_id = "none", .close = true, .http_1_0 = false, .without_body = false});
    } catch (const std::exception& problem) {
        report(problem.what());
        return;
    }
    std::array<char, 4096> unread{};
    (void)::recv(socket.native_handle(), unread.data(), unread.size(), MSG_DONTWAIT); // a close with unread bytes is a reset
    (void)::send(socket.native_handle(), out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    boost::system::error_code ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
}

void Shard::schedule_tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](const boost::system::error_code& cancelled) {
        // A tick that was due already when the end came is not cancelled any more: it must not order the next.
        if (!cancelled && !empty_) tick();
    });
}

void Shard::set_date() {
    const std::time_t second = ::time(nullptr);
    if (second == date_second_) return;
    date_second_ = second;
    station.date = http_date(second);
}

void Shard::tick() {
    schedule_tick();
    set_date();
    const Moment now = Clock::now();
    const bool over = now >= drain_until_;
    // Backwards: whoever ends in its tick is replaced by the last one, which had its turn.
    for (std::size_t i = watched_.size(); i-- > 0;) {
        if (i >= watched_.size()) continue;
        const auto watched = watched_[i];
        if (over)
            watched->cut();
        else
            watched->tick(now);
    }
}

void Shard::drain() {
    if (station.draining) return;
    station.draining = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    drain_until_ = Clock::now() + std::chrono::seconds(station.limits.drain_s);
    const auto open = watched_;
    for (const auto& watched : open) watched->drain();
    end_when_empty();
}

void Shard::end_when_empty() {
    if (!station.draining || !watched_.empty()) return;
    empty_ = true;
    ticker_.cancel();
    accept_pause_.cancel();
    work_.reset();
}

} // namespace tributary::http

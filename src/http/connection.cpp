// The socket's side of a connection: see connection.hpp.
#include "http/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace tributary::http {

namespace {

constexpr std::size_t kSmallReadBytes = 4 * 1024;
constexpr std::size_t kLargeReadBytes = 64 * 1024;
constexpr std::size_t kKeptOutBytes = 16 * 1024;    // a larger answer's memory is given back
constexpr std::size_t kLingerBytesMax = 256 * 1024; // read away after the last answer, so that the client sees it
constexpr std::chrono::seconds kLinger{2};

} // namespace

Connection::Connection(std::shared_ptr<Shard> shard, Socket socket, std::string peer, Moment now)
    : Exchange(shard->station, std::move(peer), now), shard_(std::move(shard)), socket_(std::move(socket)), buffer_(kSmallReadBytes) {
    shard_->totals->connections.fetch_add(1, std::memory_order_relaxed);
}

Connection::~Connection() = default;

void Connection::on_own_thread(Task task) { shard_->post(std::move(task)); }

std::shared_ptr<LiveSocket> Connection::make_live() {
    live_ = std::make_shared<OpenSocket>(shard_);
    return live_;
}

void Connection::drop_live() {
    live_->never_opened();
    live_.reset();
}

void Connection::pump() {
    while (!ended_ && !writing_ && !lingering_) {
        consume();
        if (!flush()) return;
        switch (wants()) {
        case Wants::Flush: continue;
        case Wants::Bytes: return read();
        case Wants::Wake: return;
        case Wants::Upgrade: return hand_over();
        case Wants::Close: return linger();
        }
    }
}

void Connection::consume() {
    begin_ += take({buffer_.data() + begin_, end_ - begin_}, Clock::now());
    if (begin_ == end_) begin_ = end_ = 0;
}

bool Connection::flush() {
    std::string& bytes = out();
    while (sent_ < bytes.size()) {
        // Straight to the kernel: a socket with room, the usual case, then costs one system call and no turn of the loop.
        const ssize_t size = ::send(socket_.native_handle(), bytes.data() + sent_, bytes.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size >= 0) {
            sent_ += static_cast<std::size_t>(size);
            if (write_deadline_ != Moment::max())
                write_deadline_ = paced(write_deadline_, static_cast<std::size_t>(size), Clock::now(), shard_->station.limits);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            end();
            return false;
        }
        if (write_deadline_ == Moment::max()) write_deadline_ = Clock::now() + std::chrono::seconds(shard_->station.limits.body_grace_s);
        writing_ = true;
        socket_.async_wait(Socket::wait_write, [self = self()](const boost::system::error_code& error) {
            self->writing_ = false;
            if (error)
                self->end();
            else
                self->pump();
        });
        return false;
    }
    sent_ = 0;
    write_deadline_ = Moment::max();
    if (bytes.capacity() > kKeptOutBytes) std::string().swap(bytes);
    bytes.clear();
    return true;
}

// Room for the next read: a head may fill 8 KiB and more, an upload is worth 64 KiB, an idle connection keeps little.
void Connection::fit_buffer() {
    const std::size_t pending = end_ - begin_;
    std::size_t wanted = wants_large_reads() ? kLargeReadBytes : kSmallReadBytes;
    const std::size_t head_room = shard_->station.limits.head_bytes_max + kSmallReadBytes;
    if (pending * 2 > wanted) wanted = std::max(wanted, head_room);
    if (wanted == buffer_.size() && end_ < buffer_.size() && begin_ == 0) return;
    if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, pending);
    begin_ = 0;
    end_ = pending;
    if (wanted > buffer_.size() || (wanted < buffer_.size() && pending == 0)) {
        std::vector<char> fresh(std::max(wanted, pending + kSmallReadBytes));
        std::memcpy(fresh.data(), buffer_.data(), pending);
        buffer_.swap(fresh);
    }
}

void Connection::read() {
    if (reading_) return;
    fit_buffer();
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
                            [self = self()](const boost::system::error_code& error, std::size_t size) {
                                self->reading_ = false;
                                self->end_ += size;
                                // Cancelled by tick(): there is an answer to send, or the end was decided.
                                if (error && error != asio::error::operation_aborted)
                                    self->end();
                                else
                                    self->pump();
                            });
}

void Connection::tick(Moment now) {
    if (ended_) return;
    if (lingering_ || writing_) {
        if (now >= write_deadline_) end();
        return;
    }
    if (!expire(now)) return;
    if (reading_)
        socket_.cancel();
    else
        pump();
}

void Connection::drain() {
    if (!ended_ && idle() && !writing_) end();
}

// The live socket takes the TCP connection and what was read behind the head; this object is done.
void Connection::hand_over() {
    const auto keep = self();
    const auto live = std::move(live_);
    live_.reset();
    ended_ = true;
    live->open(std::move(socket_), {buffer_.data() + begin_, end_ - begin_});
    gone();
    shard_->unwatch(*this);
}

// Closing a socket with unread bytes resets it, and a reset may overtake the answer: so say that no more comes, read away a
// bounded amount, and only then close.
void Connection::linger() {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    lingering_ = true;
    begin_ = end_ = 0;
    write_deadline_ = Clock::now() + kLinger;
    if (shard_->station.draining) {
        // A stopping server does not wait for goodbyes: what has arrived is read away, and that is all.
        (void)::recv(socket_.native_handle(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        return end();
    }
    linger_read();
}

void Connection::linger_read() {
    if (reading_) return;
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_), [self = self()](const boost::system::error_code& error, std::size_t size) {
        self->reading_ = false;
        self->lingered_bytes_ += size;
        if (error && error != asio::error::operation_aborted) return self->end();
        // Past the bound nothing more is read; the client has until the deadline to see the answer.
        if (!self->ended_ && self->lingered_bytes_ < kLingerBytesMax) self->linger_read();
    });
}

void Connection::end() {
    if (ended_) return;
    ended_ = true;
    const auto keep = self();
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (live_ != nullptr) {
        live_->open_failed();
        live_.reset();
    }
    gone();
    shard_->totals->connections.fetch_sub(1, std::memory_order_relaxed);
    shard_->unwatch(*this);
}

} // namespace tributary::http

// A WebSocket on its TCP connection: see live_socket.hpp.
#include "http/live_socket.hpp"

#include <cerrno>
#include <exception>
#include <sys/socket.h>
#include <sys/uio.h>

namespace tributary::http {

namespace {

constexpr std::size_t kGatherFramesMax = 64;
constexpr std::size_t kQueueFramesMax = 4096; // very small frames: their slots count, too
constexpr std::size_t kKeptQueueSlots = 16;
constexpr int kPingsUnansweredMax = 2;
constexpr std::chrono::seconds kCloseWait{5}; // for the other side's close frame, or for a slow one to read ours

// Bytes the kernel took; -1 with errno set, never EINTR.
ssize_t write_some(int fd, iovec* parts, std::size_t count) {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    ssize_t size = 0;
    do size = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (size < 0 && errno == EINTR);
    return size;
}

} // namespace

bool OpenSocket::closing() const {
    const std::lock_guard lock(mutex_);
    return refuses_locked();
}

bool OpenSocket::has_room_locked(std::size_t more_bytes) const {
    return queued_.load(std::memory_order_relaxed) + more_bytes <= shard_->station.limits.live_queue_bytes_max &&
           queue_.size() - first_ < kQueueFramesMax;
}

void OpenSocket::queue_locked(std::shared_ptr<const std::string> frame, std::size_t taken) {
    queued_.fetch_add(frame->size() - taken, std::memory_order_relaxed);
    if (taken > 0) offset_ = taken;
    queue_.push_back(std::move(frame));
}

void OpenSocket::close_locked(std::uint16_t code, std::string_view reason) {
    queue_locked(std::make_shared<const std::string>(close_frame(code, reason)));
    closing_ = true;
}

void OpenSocket::call_flush_locked() {
    if (state_ != State::Open || flush_called_) return;
    flush_called_ = true;
    shard_->post([self = shared_from_this()] { self->flush(); });
}

bool OpenSocket::send(const std::shared_ptr<const std::string>& frame) {
    const std::lock_guard lock(mutex_);
    if (refuses_locked()) return false;
    if (!has_room_locked(frame->size())) {
        shard_->totals->live_too_slow.fetch_add(1, std::memory_order_relaxed);
        drop_unbegun_locked();
        close_locked(close_code::kTryLater, "too slow");
        call_flush_locked();
        return false;
    }
    std::size_t taken = 0;
    if (state_ == State::Open && queued_.load(std::memory_order_relaxed) == 0) {
        // The usual broadcast: one system call here, and the shard's thread is left to its requests.
        const ssize_t size = ::send(fd_, frame->data(), frame->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size == static_cast<ssize_t>(frame->size())) return true;
        if (size > 0) taken = static_cast<std::size_t>(size);
    }
    // No room in the kernel's buffer, or a broken connection: on_closed must not be called in here, so both are left to flush().
    queue_locked(frame, taken);
    call_flush_locked();
    return true;
}

void OpenSocket::expect_send() const {
    __builtin_prefetch(&shard_);
    __builtin_prefetch(&mutex_);
    __builtin_prefetch(&queue_);
}

void OpenSocket::close(std::uint16_t code, std::string_view reason) {
    const std::lock_guard lock(mutex_);
    if (refuses_locked()) return;
    close_locked(code, reason);
    call_flush_locked();
}

void OpenSocket::open(Socket socket, std::string_view first) {
    socket_.emplace(std::move(socket));
    shard_->watch(shared_from_this());
    shard_->totals->live_sockets.fetch_add(1, std::memory_order_relaxed);
    next_ping_ = Clock::now() + std::chrono::seconds(shard_->station.limits.live_ping_s);
    {
        const std::lock_guard lock(mutex_);
        state_ = State::Open;
        fd_ = socket_->native_handle();
    }
    take(first);
    flush_if_needed();
    if (shard_->station.draining) drain();
    read();
}

void OpenSocket::never_opened() {
    on_closed = nullptr;
    end();
}

void OpenSocket::read() {
    if (!socket_->is_open()) return;
    socket_->async_read_some(asio::buffer(in_), [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        if (error) return self->end();
        self->take({self->in_.data(), size});
        self->flush_if_needed();
        self->read();
    });
}

void OpenSocket::take(std::string_view bytes) {
    while (!bytes.empty() && !peer_broken_ && !peer_closed_) react(reader_.read(bytes));
}

void OpenSocket::react(const ClientEvent& event) {
    switch (event.kind) {
    case ClientEvent::Kind::None: return;
    case ClientEvent::Kind::Text: return deliver(event.payload);
    case ClientEvent::Kind::Ping: return queue_control(Opcode::Pong, event.payload);
    case ClientEvent::Kind::Pong: pings_unanswered_ = 0; return;
    case ClientEvent::Kind::Close: peer_closed_ = true; break;
    case ClientEvent::Kind::Broken: peer_broken_ = true; break;
    }
    const std::lock_guard lock(mutex_);
    if (!refuses_locked()) close_locked(event.code, peer_broken_ ? "not a valid WebSocket message" : "");
}

void OpenSocket::deliver(std::string_view text) {
    if (!on_text || closing()) return;
    try {
        on_text(text);
    } catch (const std::exception& problem) {
        shard_->report(problem.what());
        close(close_code::kInternal, "internal error");
    }
}

void OpenSocket::queue_control(Opcode opcode, std::string_view payload) {
    auto frame = std::make_shared<const std::string>(frame_bytes(opcode, payload));
    const std::lock_guard lock(mutex_);
    // A client that pings and does not read gets no pong: its queue is bounded like any other.
    if (!refuses_locked() && has_room_locked(frame->size())) queue_locked(std::move(frame));
}

void OpenSocket::flush_if_needed() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(flush_called_, true)) return;
    }
    flush();
}

// A client that must resume anyway has no use for the rest; only a begun frame has to be ended.
void OpenSocket::drop_unbegun_locked() {
    queue_.resize(offset_ > 0 ? first_ + 1 : first_);
    queued_.store(offset_ > 0 ? queue_[first_]->size() - offset_ : 0, std::memory_order_relaxed);
}

void OpenSocket::drop_sent_locked(std::size_t bytes) {
    queued_.fetch_sub(bytes, std::memory_order_relaxed);
    while (bytes > 0) {
        const std::size_t left = queue_[first_]->size() - offset_;
        if (bytes < left) {
            offset_ += bytes;
            break;
        }
        bytes -= left;
        offset_ = 0;
        queue_[first_++].reset();
    }
    if (first_ == queue_.size()) {
        queue_.clear();
        first_ = 0;
        if (queue_.capacity() > kKeptQueueSlots) queue_.shrink_to_fit();
    } else if (first_ >= kGatherFramesMax && first_ * 2 > queue_.size()) {
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

OpenSocket::Sent OpenSocket::write_queue_locked() {
    while (!queue_.empty()) {
        std::array<iovec, kGatherFramesMax> parts;
        std::size_t count = 0;
        for (std::size_t i = first_; i < queue_.size() && count < parts.size(); ++i, ++count) {
            const std::size_t skip = i == first_ ? offset_ : 0;
            parts[count].iov_base = const_cast<char*>(queue_[i]->data()) + skip; // the kernel only reads it
            parts[count].iov_len = queue_[i]->size() - skip;
        }
        const ssize_t size = write_some(fd_, parts.data(), count);
        if (size < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::Blocked : Sent::Broken;
        drop_sent_locked(static_cast<std::size_t>(size));
    }
    return Sent::All;
}

void OpenSocket::flush() {
    Sent sent = Sent::All;
    bool closing = false;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::Gone) return;
        sent = write_queue_locked();
        flush_called_ = sent == Sent::Blocked;
        closing = closing_;
    }
    if (sent == Sent::Broken) return end();
    if (sent == Sent::Blocked) return await_room();
    if (!closing) return;
    // Both sides have said goodbye, or only we will: then the other's last words are read away, so that no reset
    // overtakes ours.
    if (peer_closed_) return end();
    if (peer_broken_) shut();
}

void OpenSocket::await_room() {
    socket_->async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error)
            self->end();
        else
            self->flush();
    });
}

void OpenSocket::shut() {
    if (shut_) return;
    shut_ = true;
    boost::system::error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
}

void OpenSocket::tick(Moment now) {
    if (closing()) {
        if (close_deadline_ == Moment::max())
            close_deadline_ = now + kCloseWait;
        else if (now >= close_deadline_)
            end();
        return;
    }
    if (now < next_ping_) return;
    if (pings_unanswered_ >= kPingsUnansweredMax) return end();
    ++pings_unanswered_;
    next_ping_ = now + std::chrono::seconds(shard_->station.limits.live_ping_s);
    queue_control(Opcode::Ping, {});
    flush_if_needed();
}

void OpenSocket::drain() { close(close_code::kRestart, "the server restarts"); }

void OpenSocket::end() {
    std::vector<std::shared_ptr<const std::string>> unsent;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::Gone) return;
        state_ = State::Gone;
        unsent.swap(queue_);
        first_ = 0;
        queued_.store(0, std::memory_order_relaxed);
    }
    const auto keep = shared_from_this();
    if (socket_) {
        boost::system::error_code ignored;
        socket_->close(ignored);
        shard_->totals->live_sockets.fetch_sub(1, std::memory_order_relaxed);
        shard_->totals->connections.fetch_sub(1, std::memory_order_relaxed);
        shard_->unwatch(*this);
    }
    const auto closed = std::exchange(on_closed, nullptr);
    on_text = nullptr; // it may hold what holds this socket
    try {
        if (closed) closed();
    } catch (const std::exception& problem) {
        shard_->report(problem.what());
    }
}

} // namespace tributary::http

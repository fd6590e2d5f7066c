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

ssize_t gather(int fd, iovec* parts, std::size_t count) {
    // One frame, the usual broadcast, goes the shorter way through the kernel.
    if (count == 1) return ::send(fd, parts->iov_base, parts->iov_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    return ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace

OpenSocket::State OpenSocket::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

bool OpenSocket::claim_flush_locked() {
    // While Opening, frames wait: open() flushes.
    if (flush_claimed_ || state_ == State::Opening || state_ == State::Gone) return false;
    flush_claimed_ = true;
    return true;
}

void OpenSocket::close_locked(std::uint16_t code, std::string_view reason) {
    closing_frame_ = std::make_shared<const std::string>(close_frame(code, reason));
    if (state_ == State::Open) state_ = State::Closing;
}

bool OpenSocket::send(std::shared_ptr<const std::string> frame) {
    bool queued = false;
    {
        const std::lock_guard lock(mutex_);
        if ((state_ != State::Opening && state_ != State::Open) || closing_frame_ != nullptr) return false;
        const std::size_t bytes = queued_.load(std::memory_order_relaxed) + frame->size();
        queued = bytes <= shard_->station.limits.live_queue_bytes_max && queue_.size() - first_ < kQueueFramesMax;
        if (queued) {
            queued_.store(bytes, std::memory_order_relaxed);
            queue_.push_back(std::move(frame));
        } else {
            shard_->totals->live_too_slow.fetch_add(1, std::memory_order_relaxed);
            too_slow_ = true;
            close_locked(close_code::kTryLater, "too slow");
        }
        if (!claim_flush_locked()) return queued;
    }
    if (!queued || !shard_->on_this_thread()) {
        shard_->post_flush(shared_from_this());
    } else if (flush() == Sent::Broken) {
        // The caller may hold its own locks: on_closed must not be called from in here.
        shard_->post([self = shared_from_this()] { self->end(); });
    }
    return queued;
}

void OpenSocket::close(std::uint16_t code, std::string_view reason) {
    {
        const std::lock_guard lock(mutex_);
        if ((state_ != State::Opening && state_ != State::Open) || closing_frame_ != nullptr) return;
        close_locked(code, reason);
        if (!claim_flush_locked()) return;
    }
    shard_->post_flush(shared_from_this());
}

void OpenSocket::open(Socket socket, std::string_view first) {
    socket_.emplace(std::move(socket));
    shard_->watch(shared_from_this());
    shard_->totals->live_sockets.fetch_add(1, std::memory_order_relaxed);
    next_ping_ = Clock::now() + std::chrono::seconds(shard_->station.limits.live_ping_s);
    {
        const std::lock_guard lock(mutex_);
        state_ = closing_frame_ == nullptr ? State::Open : State::Closing;
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
    if (state_ == State::Open) close_locked(event.code, peer_broken_ ? "not a valid WebSocket message" : "");
}

void OpenSocket::deliver(std::string_view text) {
    if (!on_text || state() != State::Open) return;
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
    const std::size_t bytes = queued_.load(std::memory_order_relaxed) + frame->size();
    // A client that pings and does not read gets no pong: its queue is bounded like any other.
    if (state_ != State::Open || bytes > shard_->station.limits.live_queue_bytes_max || queue_.size() - first_ >= kQueueFramesMax) return;
    queued_.store(bytes, std::memory_order_relaxed);
    queue_.push_back(std::move(frame));
}

void OpenSocket::flush_if_needed() {
    {
        const std::lock_guard lock(mutex_);
        if (!claim_flush_locked()) return; // whoever has the claim settles, too
    }
    settle(flush());
}

void OpenSocket::settle_queue_locked() {
    if (too_slow_) {
        // A client that must resume anyway has no use for the rest; only a begun frame has to be ended.
        too_slow_ = false;
        queue_.resize(offset_ > 0 ? first_ + 1 : first_);
        queued_.store(offset_ > 0 ? queue_[first_]->size() - offset_ : 0, std::memory_order_relaxed);
    }
    if (closing_frame_ == nullptr) return;
    queued_.fetch_add(closing_frame_->size(), std::memory_order_relaxed);
    queue_.push_back(std::exchange(closing_frame_, nullptr));
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

OpenSocket::Sent OpenSocket::flush() {
    std::size_t sent = 0;
    while (true) {
        std::array<iovec, kGatherFramesMax> parts;
        std::size_t count = 0;
        {
            const std::lock_guard lock(mutex_);
            if (state_ == State::Gone) return Sent::Blocked;
            drop_sent_locked(sent);
            settle_queue_locked();
            for (std::size_t i = first_; i < queue_.size() && count < parts.size(); ++i, ++count) {
                const std::size_t skip = i == first_ ? offset_ : 0;
                parts[count].iov_base = const_cast<char*>(queue_[i]->data()) + skip; // the kernel only reads it
                parts[count].iov_len = queue_[i]->size() - skip;
            }
            if (count == 0) {
                flush_claimed_ = false;
                return Sent::All;
            }
        }
        ssize_t size = 0;
        do size = gather(socket_->native_handle(), parts.data(), count);
        while (size < 0 && errno == EINTR);
        if (size < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) return Sent::Broken;
            await_room();
            return Sent::Blocked;
        }
        sent = static_cast<std::size_t>(size);
    }
}

// The claim on the flush stays with this wait.
void OpenSocket::await_room() {
    socket_->async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error)
            self->end();
        else
            self->settle(self->flush());
    });
}

void OpenSocket::settle(Sent sent) {
    if (sent == Sent::Broken) return end();
    if (sent == Sent::Blocked || state() != State::Closing) return;
    // Both sides have said goodbye, or only we will: then the other's last words are read away, so that no reset
    // overtakes ours.
    if (peer_closed_) return end();
    if (peer_broken_) shut();
}

void OpenSocket::shut() {
    if (shut_) return;
    shut_ = true;
    boost::system::error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
}

void OpenSocket::tick(Moment now) {
    const State state = this->state();
    if (state == State::Closing) {
        if (close_deadline_ == Moment::max())
            close_deadline_ = now + kCloseWait;
        else if (now >= close_deadline_)
            end();
        return;
    }
    if (state != State::Open || now < next_ping_) return;
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

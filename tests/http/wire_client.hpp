// A blocking client on a real socket, for tests: sends exactly the bytes it is given and reads answers strictly.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::http {

struct WireAnswer {
    int status = 0;
    std::string head; // status line and headers
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    [[nodiscard]] bool has(const std::string& text) const { return body.find(text) != std::string::npos; }
};

// Waits at most this long for anything: a test that hangs is a test that fails.
inline constexpr int kPatience_s = 30;

class WireClient {
  public:
    // `receive_bytes` shrinks the kernel's receive buffer, for clients that shall be slow.
    explicit WireClient(std::uint16_t port, int receive_bytes = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval patience{.tv_sec = kPatience_s, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        const int on = 1;
        ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (receive_bytes > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("cannot connect");
    }
    WireClient(WireClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}
    WireClient(const WireClient&) = delete;
    WireClient& operator=(const WireClient&) = delete;
    WireClient& operator=(WireClient&&) = delete;
    ~WireClient() { close(); }

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    // The peer sees a reset, not a polite end.
    void reset() {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }
    void end_of_sending() { ::shutdown(fd_, SHUT_WR); }

    // False when the server no longer takes it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }

    // Exactly `size` bytes; throws when the server ends or says nothing.
    std::string read(std::size_t size) {
        while (buffer_.size() < size)
            if (!fill()) throw std::runtime_error("the connection ended early, after: " + buffer_);
        std::string bytes = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return bytes;
    }
    std::string read_line_end(std::string_view mark) {
        while (buffer_.find(mark) == std::string::npos)
            if (!fill()) throw std::runtime_error("the connection ended early, after: " + buffer_);
        return read(buffer_.find(mark) + mark.size());
    }
    WireAnswer answer(bool without_body = false) {
        WireAnswer answer;
        answer.head = read_line_end("\r\n\r\n");
        if (!answer.head.starts_with("HTTP/1.1 ")) throw std::runtime_error("no status line: " + answer.head);
        answer.status = std::stoi(answer.head.substr(9, 3));
        const std::string length = answer.header("Content-Length");
        if (!without_body && !length.empty()) answer.body = read(std::stoul(length));
        return answer;
    }
    WireAnswer ask(std::string_view bytes) {
        send(bytes);
        return answer();
    }
    // True when the server ends the connection and says nothing more.
    bool ended() { return buffer_.empty() && !fill() && !timed_out_; }
    std::string rest() {
        while (fill()) {
        }
        return std::exchange(buffer_, {});
    }
    [[nodiscard]] int fd() const { return fd_; }

  private:
    bool fill() {
        std::array<char, 65536> bytes{};
        const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) timed_out_ = true;
        if (size <= 0) return false;
        buffer_.append(bytes.data(), static_cast<std::size_t>(size));
        return true;
    }

    int fd_;
    std::string buffer_;
    bool timed_out_ = false;
};

} // namespace tributary::http

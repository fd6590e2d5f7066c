// A small HTTP server on a loopback socket that answers what a test tells it to, also wrongly: cut short, slowly, never.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tributary::outside {

struct Asked {
    std::string method;
    std::string target;                         // path and query
    std::map<std::string, std::string> headers; // names in lower case
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
    [[nodiscard]] bool has(std::string_view text) const {
        return target.find(text) != std::string::npos || body.find(text) != std::string::npos;
    }
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::string> headers; // whole lines, without their end
    enum class Way { Whole, CutShort, Hang, CloseAtOnce, Endless } way = Way::Whole;
};

class LoopbackServer {
  public:
    using Answering = std::function<Reply(const Asked&)>;

    explicit LoopbackServer(Answering answering)
        : answering_(std::move(answering)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(listener_, 64) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
            throw std::runtime_error("no loopback listener");
        port_ = ntohs(at.sin_port);
        accepting_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
    }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer() {
        stopping_ = true;
        accepting_ = {};
        connections_.clear();
        ::close(listener_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url(std::string_view path = "") const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    [[nodiscard]] int connections() const { return accepted_; }
    [[nodiscard]] std::vector<Asked> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

  private:
    static constexpr int kTick_ms = 20; // how soon a thread notices that the server stops

    bool readable(int fd) const {
        while (!stopping_) {
            pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
            if (::poll(&one, 1, kTick_ms) > 0) return true;
        }
        return false;
    }

    void accept_all(const std::stop_token& stop) {
        while (!stop.stop_requested() && readable(listener_)) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) continue;
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ++accepted_;
            connections_.emplace_back([this, fd] {
                std::string buffer;
                while (serve_one(fd, buffer)) {
                }
                ::close(fd);
            });
        }
    }

    bool fill(int fd, std::string& buffer) const {
        if (!readable(fd)) return false;
        char bytes[16384];
        const ssize_t got = ::recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        buffer.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    bool read(int fd, std::string& buffer, Asked& asked) const {
        while (buffer.find("\r\n\r\n") == std::string::npos)
            if (!fill(fd, buffer)) return false;
        const std::size_t end = buffer.find("\r\n\r\n");
        std::size_t line = buffer.find("\r\n");
        const std::string first = buffer.substr(0, line);
        asked.method = first.substr(0, first.find(' '));
        asked.target = first.substr(asked.method.size() + 1, first.rfind(' ') - asked.method.size() - 1);
        while (line < end) {
            const std::size_t next = buffer.find("\r\n", line + 2);
            const std::string text = buffer.substr(line + 2, next - line - 2);
            std::string name = text.substr(0, text.find(':'));
            std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            asked.headers[name] = text.size() > name.size() + 2 ? text.substr(name.size() + 2) : "";
            line = next;
        }
        const std::string length = asked.header("content-length");
        const std::size_t bytes = length.empty() ? 0 : std::stoul(length);
        while (buffer.size() < end + 4 + bytes)
            if (!fill(fd, buffer)) return false;
        asked.body = buffer.substr(end + 4, bytes);
        buffer.erase(0, end + 4 + bytes);
        return true;
    }

    static bool send_all(int fd, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    bool serve_one(int fd, std::string& buffer) {
        Asked asked;
        if (!read(fd, buffer, asked)) return false;
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(asked);
        }
        const Reply reply = answering_(asked);
        if (reply.way == Reply::Way::CloseAtOnce) return false;
        if (reply.way == Reply::Way::Hang) return readable(fd) && false;
        std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Told\r\nContent-Type: " + reply.content_type + "\r\n";
        for (const std::string& header : reply.headers) head += header + "\r\n";
        const bool cut = reply.way == Reply::Way::CutShort;
        if (reply.way != Reply::Way::Endless) head += "Content-Length: " + std::to_string(reply.body.size() + (cut ? 10 : 0)) + "\r\n";
        if (!send_all(fd, head + "\r\n" + (asked.method == "HEAD" ? "" : reply.body))) return false;
        while (reply.way == Reply::Way::Endless && !stopping_)
            if (!send_all(fd, std::string(16384, 'x'))) return false;
        return !cut;
    }

    Answering answering_;
    int listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> accepted_ = 0;
    mutable std::mutex mutex_;
    std::vector<Asked> asked_;
    std::list<std::jthread> connections_;
    std::jthread accepting_;
};

} // namespace tributary::outside

// Plain loopback sockets for the load programs, so that the client is cheap beside the server. Used by bench/ only.
#pragma once
#include "arguments.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tributary::bench {

[[nodiscard]] inline sockaddr_in loopback(long port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A connected socket to 127.0.0.1, still blocking.
[[nodiscard]] inline int connect_to(long port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("cannot make a socket: " + std::string(std::strerror(errno)));
    const sockaddr_in address = loopback(port);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("cannot connect to 127.0.0.1:" + std::to_string(port) + ": " + std::strerror(errno));
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

inline void make_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

inline void watch_readable(int epoll, int fd, std::uint32_t tag) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = tag;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl: " + std::string(std::strerror(errno)));
}

// Waits for events. With a nap, a reader that had read everything lets what comes next lie for so long: whoever sends to
// thousands of sockets has finished by then, and is not charged for a reader that is woken, or reads, in the middle of it.
[[nodiscard]] inline int wait_for_events(int epoll, std::span<epoll_event> events, long nap_ms) {
    const int room = static_cast<int>(events.size());
    if (const int ready = epoll_wait(epoll, events.data(), room, 0); ready > 0 || nap_ms == 0)
        return ready > 0 ? ready : epoll_wait(epoll, events.data(), room, -1);
    (void)epoll_wait(epoll, events.data(), 1, -1);
    usleep(static_cast<useconds_t>(nap_ms) * 1'000);
    return epoll_wait(epoll, events.data(), room, 0);
}

// Sends all of it on a blocking socket, or small enough texts on a non-blocking one.
inline void send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (sent <= 0) fail("the server closed the connection: " + std::string(std::strerror(errno)));
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

} // namespace tributary::bench

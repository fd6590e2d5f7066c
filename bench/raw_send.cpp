// The floor of a broadcast: one loop that sends the same bytes to N loopback sockets, and nothing else.
//   bench_raw_send --sockets 10000 --bytes 600 --rounds 20 --pause_ms 400 --nap_ms 200
// Prints one JSON line: CPU microseconds per send, the median of the rounds. A round every pause_ms; nap_ms: see wire.hpp.
#include "arguments.hpp"
#include "measure.hpp"
#include "wire.hpp"

#include <sys/wait.h>

namespace {

using namespace tributary::bench;

// The other end, in a process of its own so that its work is not counted: reads all it can until everything is closed.
[[noreturn]] void read_all(long port, long sockets, long nap_ms) {
    const int epoll = epoll_create1(0);
    std::vector<int> fds;
    for (long at = 0; at < sockets; ++at) {
        fds.push_back(connect_to(port));
        make_nonblocking(fds.back());
        watch_readable(epoll, fds.back(), static_cast<std::uint32_t>(at));
    }
    char buffer[65'536];
    epoll_event events[512];
    for (long open = sockets; open > 0;) {
        const int ready = wait_for_events(epoll, events, nap_ms);
        for (int at = 0; at < ready; ++at) {
            const int fd = fds[events[at].data.u32];
            const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
            if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) continue;
            close(fd);
            --open;
        }
    }
    std::_Exit(0);
}

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    const long sockets = arguments.number("sockets", 1'000);
    const long rounds = arguments.number("rounds", 10);
    const long pause_ms = arguments.number("pause_ms", 100);
    const std::string frame(static_cast<std::size_t>(arguments.number("bytes", 600)), 'x');
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 4'096) != 0) fail("cannot listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    const pid_t reader = fork();
    if (reader == 0) read_all(ntohs(address.sin_port), sockets, arguments.number("nap_ms", 0));
    std::vector<int> fds;
    for (long at = 0; at < sockets; ++at) fds.push_back(accept(listener, nullptr, nullptr));
    std::vector<std::int64_t> round_ns;
    for (long round = 0; round < rounds; ++round) {
        const std::int64_t before = cpu_ns();
        for (const int fd : fds)
            if (send(fd, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT) != static_cast<ssize_t>(frame.size()))
                fail("a send was not taken whole");
        round_ns.push_back(cpu_ns() - before);
        usleep(static_cast<useconds_t>(pause_ms) * 1'000); // the reader drains; a full queue would be measured as something else
    }
    std::printf("{\"cpu_us_per_send\":%.3f}\n", static_cast<double>(quantile(round_ns, 0.5)) / 1e3 / static_cast<double>(sockets));
    for (const int fd : fds) close(fd);
    int status = 0;
    waitpid(reader, &status, 0);
    return 0;
}

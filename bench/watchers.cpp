// Many WebSocket watchers of the live feed, in one thread.
//   bench_watchers --port 8080 --key KEY --watchers 10000 [--nap_ms 200]
// Prints {"ready":N} once all are connected. Every line on stdin then prints one JSON line of what came since the last one;
// the end of stdin ends the program. nap_ms: see wire.hpp; it is for measuring CPU, not the times at which frames come.
#include "arguments.hpp"
#include "measure.hpp"
#include "wire.hpp"

#include <limits>

namespace {

using namespace tributary::bench;

struct Watcher {
    int fd = -1;
    std::string received;
    std::int64_t last_seq = 0;
    std::vector<std::int64_t> arrived_ns; // when its frames came, since the last line on stdin
};

struct Counted {
    long frames = 0, bytes = 0, closed = 0;
    std::size_t frame_bytes_max = 0;
};

// The newest journal number a frame speaks of: "seq" of a hello or an event, "to" of a range. 0 without one.
std::int64_t last_seq_in(std::string_view text) {
    std::int64_t last = 0;
    for (const std::string_view key : {"\"seq\":", "\"to\":"})
        for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1))
            last = std::max<std::int64_t>(last, std::strtoll(text.data() + at + key.size(), nullptr, 10));
    return last;
}

struct Frame {
    int opcode = 0;
    std::size_t head = 0, length = 0; // head 0: incomplete
};

// A server's frames carry no mask (RFC 6455, 5.1).
Frame frame_at_front(std::string_view text) {
    if (text.size() < 2) return {};
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(text[at])); };
    Frame frame{.opcode = static_cast<int>(byte(0) & 0x0F), .head = 2, .length = byte(1) & 0x7F};
    const std::size_t extra = frame.length == 126 ? 2 : frame.length == 127 ? 8 : 0;
    frame.head += extra;
    if (text.size() < frame.head) return {};
    if (extra > 0) frame.length = 0;
    for (std::size_t at = 0; at < extra; ++at) frame.length = frame.length << 8 | byte(2 + at);
    return text.size() < frame.head + frame.length ? Frame{} : frame;
}

void send_pong(int fd, std::string_view payload) {
    std::string frame{static_cast<char>(0x8A), static_cast<char>(0x80 | payload.size())};
    frame.append(4, '\0'); // a mask of zeros
    send_all(fd, frame.append(payload));
}

int open_watcher(long port, const std::string& key) {
    const int fd = connect_to(port);
    send_all(fd, "GET /api/sales/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key +
                     "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                     "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    std::string head;
    char c = 0;
    while (!head.ends_with("\r\n\r\n") && recv(fd, &c, 1, 0) == 1) head += c;
    if (!head.starts_with("HTTP/1.1 101")) fail("no upgrade: " + head);
    make_nonblocking(fd);
    return fd;
}

// The most frames within any second.
long most_in_a_second(const std::vector<std::int64_t>& arrived_ns) {
    long most = 0;
    for (std::size_t from = 0, to = 0; to < arrived_ns.size(); ++to) {
        while (arrived_ns[to] - arrived_ns[from] >= 1'000'000'000) ++from;
        most = std::max(most, static_cast<long>(to + 1 - from));
    }
    return most;
}

class Crowd {
  public:
    Crowd(long port, const std::string& key, long watchers, long nap_ms) : epoll_(epoll_create1(0)), nap_ms_(nap_ms) {
        for (long at = 0; at < watchers; ++at) {
            watchers_.push_back({.fd = open_watcher(port, key), .received = {}, .arrived_ns = {}});
            watch_readable(epoll_, watchers_.back().fd, static_cast<std::uint32_t>(at));
        }
        watch_readable(epoll_, STDIN_FILENO, kStdin);
        std::printf("{\"ready\":%ld}\n", watchers);
        std::fflush(stdout);
    }

    void run() {
        epoll_event events[512];
        for (bool open = true; open;) {
            const int ready = wait_for_events(epoll_, events, nap_ms_);
            for (int at = 0; at < ready; ++at) {
                if (events[at].data.u32 == kStdin)
                    open = answer_stdin();
                else
                    take(watchers_[events[at].data.u32]);
            }
        }
    }

  private:
    static constexpr std::uint32_t kStdin = std::numeric_limits<std::uint32_t>::max();

    bool answer_stdin() {
        char line[256];
        if (read(STDIN_FILENO, line, sizeof line) <= 0) return false;
        long least = std::numeric_limits<long>::max(), most = 0, in_a_second = 0;
        std::int64_t seq_least = std::numeric_limits<std::int64_t>::max(), seq_most = 0;
        for (Watcher& watcher : watchers_) {
            const auto frames = static_cast<long>(watcher.arrived_ns.size());
            least = std::min(least, frames);
            most = std::max(most, frames);
            in_a_second = std::max(in_a_second, most_in_a_second(watcher.arrived_ns));
            seq_least = std::min(seq_least, watcher.last_seq);
            seq_most = std::max(seq_most, watcher.last_seq);
            watcher.arrived_ns.clear();
        }
        std::printf("{\"frames\":%ld,\"bytes\":%ld,\"closed\":%ld,\"frame_bytes_max\":%zu,", counted_.frames, counted_.bytes,
                    counted_.closed, counted_.frame_bytes_max);
        std::printf("\"frames_least\":%ld,\"frames_most\":%ld,\"frames_in_a_second\":%ld,", least, most, in_a_second);
        std::printf("\"seq_least\":%lld,\"seq_most\":%lld}\n", static_cast<long long>(seq_least), static_cast<long long>(seq_most));
        std::fflush(stdout);
        counted_ = Counted{.closed = counted_.closed};
        return true;
    }

    void take(Watcher& watcher) {
        char buffer[65'536];
        const ssize_t got = recv(watcher.fd, buffer, sizeof buffer, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            close(watcher.fd);
            ++counted_.closed;
            return;
        }
        counted_.bytes += got;
        watcher.received.append(buffer, static_cast<std::size_t>(got));
        std::size_t used = 0;
        for (Frame frame = frame_at_front(watcher.received); frame.head > 0;
             frame = frame_at_front(std::string_view(watcher.received).substr(used))) {
            handle(watcher, frame.opcode, std::string_view(watcher.received).substr(used + frame.head, frame.length));
            used += frame.head + frame.length;
        }
        watcher.received.erase(0, used);
    }

    void handle(Watcher& watcher, int opcode, std::string_view payload) {
        if (opcode == 0x9) send_pong(watcher.fd, payload);
        if (opcode != 0x1) return;
        ++counted_.frames;
        watcher.arrived_ns.push_back(now_ns());
        counted_.frame_bytes_max = std::max(counted_.frame_bytes_max, payload.size());
        watcher.last_seq = std::max(watcher.last_seq, last_seq_in(payload));
    }

    int epoll_;
    long nap_ms_;
    std::vector<Watcher> watchers_;
    Counted counted_;
};

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    Crowd crowd(arguments.number("port", 8080), arguments.text("key"), arguments.number("watchers", 100), arguments.number("nap_ms", 0));
    crowd.run();
    return 0;
}

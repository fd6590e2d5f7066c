// HTTP load from one thread over keep-alive connections, closed loop or at a fixed rate; prints one JSON line.
//   bench_posts --port 8080 --key KEY --deals x --connections 16 --count 5000     POST /api/sales/deals/api, ids x0, x1, ...
//   bench_posts --port 8080 --key KEY --get /api/sales/deals/metrics --count 100 --rate 50
// --first N starts the ids elsewhere, --ids M repeats them after M, --seconds S stops early, --until_gone PID stops with that process,
// --body FILE posts the file to --path.
// At a fixed rate a latency counts from the moment the request was due, so a stall is not hidden.
#include "arguments.hpp"
#include "measure.hpp"
#include "sample_deals.hpp"
#include "wire.hpp"

#include <csignal>
#include <fstream>
#include <iterator>

namespace {

using namespace tributary::bench;

struct Connection {
    int fd = -1;
    bool busy = false;
    std::int64_t due_ns = 0;
    std::string received;
};

struct Plan {
    std::string key, get, deals, path, body;
    long count = 0, rate = 0, seconds = 0, first = 0, ids = 0, until_gone = 0;
};

struct Outcome {
    std::vector<std::int64_t> latencies_ns;
    long ok = 0, refused = 0;
    int last_refusal = 0;
};

std::string deal_body(const Plan& plan, long n) {
    const long id = plan.first + (plan.ids > 0 ? n % plan.ids : n);
    const SampleDeal deal = sample_deal(static_cast<std::uint64_t>(id) + 100'000'000);
    std::string body = R"({"name":")" + deal.name + R"(","company":")" + deal.company + R"(","value":)" + std::to_string(deal.value);
    body += R"(,"stage":"proposal","probability":)" + std::to_string(deal.probability) + R"(,"expected_close_date":")" + deal.close_date;
    body += R"(","contact_email":")" + deal.email + R"(","contact_name":")" + deal.contact + R"(","external_id":")" + plan.deals +
            std::to_string(id);
    return body + R"(","metadata":{"integration":"bench"}})";
}

std::string request_text(const Plan& plan, long n) {
    const std::string common = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + plan.key + "\r\n";
    if (!plan.get.empty()) return "GET " + plan.get + common + "\r\n";
    const std::string body = plan.body.empty() ? deal_body(plan, n) : plan.body;
    const std::string path = plan.path.empty() ? "/api/sales/deals/api" : plan.path;
    return "POST " + path + common + "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The whole length of the answer at the front of `text`; 0 while its head or body is incomplete.
std::size_t answer_length(std::string_view text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    std::size_t body = 0;
    for (std::size_t at = text.find("\r\n"); at < head; at = text.find("\r\n", at + 2)) {
        constexpr std::string_view kName = "content-length:";
        const std::string_view line = text.substr(at + 2, kName.size());
        if (std::ranges::equal(line, kName, [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
            body = std::strtoul(text.data() + at + 2 + kName.size(), nullptr, 10);
    }
    return text.size() >= head + 4 + body ? head + 4 + body : 0;
}

// Takes what has come on one connection; true when its answer is complete.
bool take_answer(Connection& connection, Outcome& outcome) {
    char buffer[16'384];
    const ssize_t got = recv(connection.fd, buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) fail("the server closed a connection");
    connection.received.append(buffer, static_cast<std::size_t>(got));
    const std::size_t length = answer_length(connection.received);
    if (length == 0) return false;
    const int status = std::atoi(connection.received.c_str() + 9);
    if (status >= 200 && status < 300) {
        ++outcome.ok;
    } else {
        ++outcome.refused;
        outcome.last_refusal = status;
    }
    outcome.latencies_ns.push_back(now_ns() - connection.due_ns);
    connection.received.erase(0, length);
    connection.busy = false;
    return true;
}

class Load {
  public:
    Load(const Plan& plan, long port, long connections) : plan_(plan), epoll_(epoll_create1(0)) {
        for (long at = 0; at < connections; ++at) {
            connections_.push_back({.fd = connect_to(port), .received = {}});
            make_nonblocking(connections_.back().fd);
            watch_readable(epoll_, connections_.back().fd, static_cast<std::uint32_t>(at));
        }
    }

    Outcome run() {
        started_ns_ = now_ns();
        const std::int64_t end_ns = started_ns_ + plan_.seconds * 1'000'000'000;
        while (answered_ < plan_.count) {
            const bool gone = plan_.until_gone > 0 && kill(static_cast<pid_t>(plan_.until_gone), 0) != 0;
            const bool late = gone || (plan_.seconds > 0 && now_ns() >= end_ns);
            if (late && answered_ == sent_) break;
            if (!late) send_due();
            wait();
        }
        return std::move(outcome_);
    }

  private:
    [[nodiscard]] std::int64_t due_ns(long n) const { return plan_.rate == 0 ? 0 : started_ns_ + n * 1'000'000'000 / plan_.rate; }

    void send_due() {
        for (Connection& connection : connections_) {
            if (connection.busy || sent_ == plan_.count) continue;
            const std::int64_t now = now_ns();
            if (due_ns(sent_) > now) return;
            connection.due_ns = plan_.rate == 0 ? now : due_ns(sent_);
            connection.busy = true;
            send_all(connection.fd, request_text(plan_, sent_));
            ++sent_;
        }
    }

    void wait() {
        constexpr std::int64_t kLongestWaitNs = 50'000'000;
        epoll_event events[64];
        std::int64_t wait_ns = kLongestWaitNs;
        const bool idle = std::ranges::any_of(connections_, [](const Connection& connection) { return !connection.busy; });
        if (plan_.rate > 0 && idle) wait_ns = std::clamp<std::int64_t>(due_ns(sent_) - now_ns(), 0, kLongestWaitNs);
        const timespec limit{.tv_sec = 0, .tv_nsec = wait_ns};
        const int ready = epoll_pwait2(epoll_, events, 64, &limit, nullptr);
        for (int at = 0; at < ready; ++at)
            if (take_answer(connections_[events[at].data.u32], outcome_)) ++answered_;
    }

    Plan plan_;
    int epoll_;
    std::vector<Connection> connections_;
    Outcome outcome_;
    long sent_ = 0;
    long answered_ = 0;
    std::int64_t started_ns_ = 0;
};

std::string file_text(const std::string& path) {
    if (path.empty()) return {};
    std::ifstream in(path, std::ios::binary);
    if (!in) fail("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

int main(int count, char** values) {
    const Arguments arguments(count, values);
    Plan plan;
    plan.key = arguments.text("key");
    plan.get = arguments.text("get");
    plan.deals = arguments.text("deals", "bench-");
    plan.path = arguments.text("path");
    plan.body = file_text(arguments.text("body"));
    plan.count = arguments.number("count", 1'000);
    plan.rate = arguments.number("rate", 0);
    plan.seconds = arguments.number("seconds", 0);
    plan.first = arguments.number("first", 0);
    plan.ids = arguments.number("ids", 0);
    plan.until_gone = arguments.number("until_gone", 0);
    Load load(plan, arguments.number("port", 8080), arguments.number("connections", 1));
    const std::int64_t started = now_ns();
    Outcome outcome = load.run();
    const double seconds = static_cast<double>(now_ns() - started) / 1e9;
    const std::size_t answered = outcome.latencies_ns.size();
    const auto us = [&](double part) { return static_cast<double>(quantile(outcome.latencies_ns, part)) / 1e3; };
    std::printf("{\"answered\":%zu,\"ok\":%ld,\"refused\":%ld,\"last_refusal\":%d,\"seconds\":%.6f,\"per_second\":%.1f,\"p50_us\":%.1f,"
                "\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
                answered, outcome.ok, outcome.refused, outcome.last_refusal, seconds, static_cast<double>(answered) / seconds, us(0.5),
                us(0.9), us(0.99), us(1.0));
    return 0;
}

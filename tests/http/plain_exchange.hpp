// An exchange without a socket, for tests: bytes in and out are strings, tasks for its thread are run when told.
#pragma once
#include "http/exchange.hpp"
#include "recording_router.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace tributary::http {

class PlainSocket final : public LiveSocket {
  public:
    [[nodiscard]] bool send(const std::shared_ptr<const std::string>& frame) override {
        sent.append(*frame);
        return true;
    }
    [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
    void close(std::uint16_t /*code*/, std::string_view /*reason*/) override {}
    std::string sent;
};

inline Station station_for(Router& router, const Limits& limits = {}) {
    return {.router = &router,
            .limits = limits,
            .date = "Mon, 01 Jan 2024 00:00:00 GMT",
            .id_state = 1,
            .thread = std::this_thread::get_id(),
            .draining = false};
}

class PlainExchange final : public Exchange {
  public:
    explicit PlainExchange(Station& station, Moment now = Moment{}) : Exchange(station, "192.0.2.7", now) {}

    // Hands the bytes over as a connection would: what is not taken comes again in front of the next.
    void feed(std::string_view bytes, Moment now = Moment{}) {
        unread.append(bytes);
        settle(now);
    }
    // Runs what other threads asked for, then goes on.
    void run_tasks(Moment now = Moment{}) {
        while (true) {
            Task task;
            {
                const std::lock_guard lock(mutex_);
                if (tasks_.empty()) break;
                task = std::move(tasks_.front());
                tasks_.pop_front();
            }
            task();
        }
        settle(now);
    }
    void settle(Moment now = Moment{}) {
        while (true) {
            unread.erase(0, take(unread, now));
            said.append(out());
            out().clear();
            if (wants() != Wants::Flush) return;
        }
    }

    std::string said; // everything sent so far
    std::string unread;
    int wakes = 0;
    int sockets_dropped = 0;
    std::shared_ptr<PlainSocket> socket;

  private:
    void on_own_thread(Task task) override {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    void woken() override { ++wakes; }
    [[nodiscard]] std::shared_ptr<LiveSocket> make_live() override {
        socket = std::make_shared<PlainSocket>();
        return socket;
    }
    void drop_live() override { ++sockets_dropped; }

    std::mutex mutex_;
    std::deque<Task> tasks_;
};

// An exchange and what it talks to.
struct Conversation {
    RecordingRouter router;
    Station station = station_for(router);
    std::shared_ptr<PlainExchange> exchange = std::make_shared<PlainExchange>(station);
};

// A route that says back what it was asked.
inline RecordingRouter::Route say_back() {
    return RecordingRouter::buffered([](const Request& request) {
        return Response{.status = 200, .content_type = "text/plain", .body = request.method + " " + request.target + " " + request.body};
    });
}

} // namespace tributary::http

// A router for tests: routes are set by path, and what was answered, refused and broken is remembered.
#pragma once
#include "http/http.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tributary::http {

struct Answered {
    std::string method;
    std::string path;
    std::string request_id;
    int status = 0;
    std::size_t bytes_in = 0;
    std::size_t bytes_out = 0;
};

class RecordingRouter final : public Router {
  public:
    using Route = std::function<Admission(const Request&)>;
    std::map<std::string, Route> routes; // set before the server starts

    // Answers at once with what `answer` makes of the request.
    static Route buffered(std::function<Response(const Request&)> answer, std::size_t body_bytes_max = 1 << 20) {
        return [answer = std::move(answer), body_bytes_max](const Request&) {
            Admission admission;
            admission.body_bytes_max = body_bytes_max;
            admission.handle = [answer](Request request, const Reply& reply) { reply(answer(request)); };
            return admission;
        };
    }

    Admission admit(const Request& head) override {
        const auto found = routes.find(head.path);
        if (found != routes.end()) return found->second(head);
        if (const auto other = routes.find("*"); other != routes.end()) return other->second(head);
        Admission admission;
        admission.refuse = refuse({.reason = Reason::NotFound, .code = "not_found", .message = "Nothing is here."}, head.request_id);
        return admission;
    }
    Response refuse(const Refusal& refusal, std::string_view request_id) override {
        const std::lock_guard lock(mutex_);
        refused_.push_back(refusal.code);
        int status = 400;
        if (refusal.reason == Reason::NotFound) status = 404;
        if (refusal.reason == Reason::Unauthorized) status = 401;
        if (refusal.reason == Reason::TooLarge) status = 413;
        if (refusal.reason == Reason::Unavailable) status = 503;
        return {.status = status,
                .body = R"({"status":"error","code":")" + refusal.code + R"(","request_id":")" + std::string(request_id) + "\"}"};
    }
    void broke(const Request& /*head*/, std::string_view what) override {
        const std::lock_guard lock(mutex_);
        broken_.emplace_back(what);
    }
    void answered(const Request& head, int status, std::int64_t duration_us, std::size_t bytes_in, std::size_t bytes_out) override {
        const std::lock_guard lock(mutex_);
        durations_ok_ = durations_ok_ && duration_us >= 0;
        answered_.push_back({head.method, head.path, head.request_id, status, bytes_in, bytes_out});
    }

    [[nodiscard]] std::vector<Answered> answered_so_far() const {
        const std::lock_guard lock(mutex_);
        return answered_;
    }
    [[nodiscard]] std::vector<std::string> refused_so_far() const {
        const std::lock_guard lock(mutex_);
        return refused_;
    }
    [[nodiscard]] std::vector<std::string> broken_so_far() const {
        const std::lock_guard lock(mutex_);
        return broken_;
    }

  private:
    mutable std::mutex mutex_;
    bool durations_ok_ = true;
    std::vector<Answered> answered_;
    std::vector<std::string> refused_;
    std::vector<std::string> broken_;
};

} // namespace tributary::http

// The conversation's outgoing half: tickets for answers, refusals, upgrades. See exchange.hpp.
#include "http/answer.hpp"
#include "http/exchange.hpp"
#include "http/fields.hpp"
#include "http/frames.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace tributary::http {

namespace {

constexpr std::size_t kRequestIdBytesMax = 64;
// Said when even the router cannot say it.
constexpr std::string_view kBroken =
    R"({"status":"error","error":"Something went wrong on our side.","source":"system","code":"internal_error"})";

bool is_request_id(std::string_view id) {
    if (id.empty() || id.size() > kRequestIdBytesMax) return false;
    return std::ranges::all_of(
        id, [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '.' || c == '_' || c == '-'; });
}

// 16 hexadecimal digits, unique enough to find a request in a log; no secret (splitmix64 over a counter).
void make_request_id(std::uint64_t& state, std::string& id) {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    mixed ^= mixed >> 31U;
    id.resize(16);
    for (char& digit : id) {
        digit = "0123456789abcdef"[mixed & 15U];
        mixed >>= 4U;
    }
}

} // namespace

// One request's right to be answered, shared by all copies of its Reply. When the last copy goes unused, the request is
// answered all the same: a connection never waits for a reply that cannot come.
struct Exchange::Ticket {
    explicit Ticket(std::weak_ptr<Exchange> owner) : exchange(std::move(owner)) {}
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() {
        if (used.load(std::memory_order_relaxed)) return;
        if (const auto owner = exchange.lock()) owner->answer_lost();
    }
    void answer(Response&& response) {
        if (used.exchange(true)) return;
        if (const auto owner = exchange.lock()) owner->take_answer(std::move(response));
    }

    std::weak_ptr<Exchange> exchange;
    std::atomic<bool> used{false};
};

Reply Exchange::make_reply() {
    return [ticket = std::make_shared<Ticket>(weak_from_this())](Response response) { ticket->answer(std::move(response)); };
}

std::function<void()> Exchange::make_resume() {
    return [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_own_thread([self] { self->unpause(); });
    };
}

void Exchange::take_answer(Response&& response) {
    if (station_.thread == std::this_thread::get_id() && in_handler_) {
        answer_.emplace(std::move(response));
        return;
    }
    on_own_thread([self = shared_from_this(), response = std::move(response)]() mutable { self->arrive(std::move(response)); });
}

void Exchange::answer_lost() {
    if (station_.thread == std::this_thread::get_id() && in_handler_) {
        answer_lost_ = true;
        return;
    }
    on_own_thread([self = shared_from_this()] {
        if (self->state_ != State::Waiting) return;
        self->report("a reply was thrown away");
        self->answer_broken();
        self->woken();
    });
}

void Exchange::arrive(Response&& response) {
    if (state_ != State::Waiting) return;
    answer(std::move(response));
    woken();
}

void Exchange::handler_ran(bool ended) {
    if (answer_) {
        Response response = std::move(*answer_);
        answer_.reset();
        return answer(std::move(response));
    }
    if (ended && answer_lost_) report("a reply was thrown away");
    if (!ended || answer_lost_) answer_broken();
}

void Exchange::report(std::string_view what) {
    try {
        station_.router->broke(noted_, what);
    } catch (...) { // the log itself is broken: the request is still answered, and with 500
    }
}

void Exchange::note(Head& head, std::size_t head_bytes, Moment now) {
    Request& request = head.request;
    noted_.method = request.method;
    noted_.path = request.path;
    noted_.target = request.target;
    noted_.peer = peer_;
    noted_.content_length = request.content_length;
    const std::string_view given = request.header("x-request-id");
    if (is_request_id(given))
        noted_.request_id = given;
    else
        make_request_id(station_.id_state, noted_.request_id);
    request.peer = peer_;
    request.request_id = noted_.request_id;
    head_only_ = request.method == "HEAD";
    http_1_0_ = head.http_1_0;
    close_after_ = !head.keep_alive;
    expect_continue_ = head.expect_continue;
    skip_after_ = false;
    bytes_in_ = head_bytes;
    started_ = now;
}

void Exchange::note_nothing(Moment now) {
    noted_ = Request();
    noted_.peer = peer_;
    make_request_id(station_.id_state, noted_.request_id);
    head_only_ = false;
    http_1_0_ = false;
    skip_after_ = false;
    bytes_in_ = 0;
    started_ = now;
}

Response Exchange::refusal_response(const Refusal& refusal) {
    Response response;
    if (guarded([&] { response = station_.router->refuse(refusal, noted_.request_id); })) return response;
    return {.status = 500, .content_type = "application/json", .body = std::string(kBroken), .headers = {}, .close = true};
}

void Exchange::refuse(int status, Reason reason, std::string_view code, std::string_view message) {
    Response response = refusal_response({.reason = reason, .code = std::string(code), .message = std::string(message)});
    response.status = status;
    close_after_ = true;
    answer(std::move(response));
}

void Exchange::refuse_head(const HeadRefusal& refused, Moment now) {
    note_nothing(now);
    Response response = refusal_response(refused.refusal);
    response.status = refused.status;
    close_after_ = true;
    answer(std::move(response));
}

void Exchange::answer_broken() { refuse(500, Reason::Unavailable, "internal_error", "Something went wrong on our side."); }

// An answer before the body was read: a small body is read away, a large or unknown one costs the connection.
void Exchange::answer_early(Response&& response) {
    const bool has_body = body_.left() > 0 || body_.chunked();
    if (has_body) {
        skip_after_ = !body_.chunked() && body_.left() <= kSkippedBytesMax && !expect_continue_;
        close_after_ = close_after_ || !skip_after_;
    }
    answer(std::move(response));
}

void Exchange::answer(Response&& response) {
    if (!headers_are_safe(response)) {
        report("an answer had a header that must not be sent");
        response =
            refusal_response({.reason = Reason::Unavailable, .code = "internal_error", .message = "Something went wrong on our side."});
        response.status = 500;
        response.close = true;
    }
    const bool in_pieces = response.rest != nullptr;
    const bool close = close_after_ || response.close || station_.draining || (in_pieces && http_1_0_);
    const std::size_t before = out_.size();
    append_answer(
        out_, response,
        {.date = station_.date, .request_id = noted_.request_id, .close = close, .http_1_0 = http_1_0_, .without_body = head_only_, .in_pieces = in_pieces});
    const Moment now = Clock::now();
    sent_status_ = response.status;
    sent_bytes_ = out_.size() - before;
    taker_.reset();
    handle_ = nullptr;
    if (in_pieces && !head_only_) return begin_pieces(std::move(response), close, now);
    answered(close, now);
}

// The answer is whole: what comes next.
void Exchange::answered(bool close, Moment now) {
    const std::int64_t duration_us = std::chrono::duration_cast<std::chrono::microseconds>(now - started_).count();
    tell_answered(sent_status_, duration_us, sent_bytes_);
    if (close) {
        state_ = State::Closing;
        deadline_ = Moment::max();
    } else if (skip_after_) {
        skip_after_ = false;
        state_ = State::Skip;
        deadline_ = now + std::chrono::seconds(station_.limits.body_grace_s);
    } else {
        next_request(now);
    }
}

void Exchange::next_request(Moment now) {
    state_ = State::Head;
    head_started_ = false;
    searched_ = 0;
    deadline_ = now + std::chrono::seconds(station_.limits.idle_timeout_s);
    std::string().swap(request_.body);
}

void Exchange::refuse_upgrade(std::string_view message, bool version) {
    Response response = refusal_response({.reason = Reason::Invalid, .code = "upgrade_required", .message = std::string(message)});
    response.status = 426;
    response.headers.emplace_back("Upgrade", "websocket");
    if (version) response.headers.emplace_back("Sec-WebSocket-Version", "13");
    close_after_ = true;
    answer(std::move(response));
}

void Exchange::begin_live(Head& head, Admission& admission) {
    if (!head.websocket) return refuse_upgrade("This address speaks WebSocket only.", false);
    if (head.request.header("sec-websocket-version") != "13") return refuse_upgrade("Only version 13 of WebSocket is spoken here.", true);
    const auto accept = accept_key(head.request.header("sec-websocket-key"));
    if (!accept) return refuse(400, Reason::Invalid, "bad_websocket_key", "The Sec-WebSocket-Key header is not valid.");

    Result<void> allowed;
    const auto socket = make_live();
    const bool ended = guarded([&] { allowed = admission.live(std::move(head.request), socket); });
    if (!ended || !allowed) {
        drop_live();
        return ended ? answer(refusal_response(allowed.error())) : answer_broken();
    }
    const std::size_t before = out_.size();
    out_.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ").append(*accept);
    out_.append("\r\nDate: ").append(station_.date).append("\r\nX-Request-Id: ").append(noted_.request_id).append("\r\n\r\n");
    const std::int64_t duration_us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started_).count();
    state_ = State::Live;
    deadline_ = Moment::max();
    tell_answered(101, duration_us, out_.size() - before);
}

// A log that throws is reported and changes nothing: the answer stands.
void Exchange::tell_answered(int status, std::int64_t duration_us, std::size_t bytes_out) {
    (void)guarded([&] { station_.router->answered(noted_, status, duration_us, bytes_in_, bytes_out); });
}

} // namespace tributary::http

// The conversation's incoming half: heads, bodies, limits of time. See exchange.hpp; answers are in exchange_answer.cpp.
#include "http/exchange.hpp"

#include <algorithm>

namespace tributary::http {

namespace {

constexpr std::size_t kLargeBodyBytes = 16 * 1024;
constexpr std::size_t kReservedBytesMax = 64 * 1024; // a body's memory is not given on the word of its Content-Length
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Moment after(Moment now, int seconds) { return now + std::chrono::seconds(seconds); }

} // namespace

Moment paced(Moment deadline, std::size_t bytes, Moment now, const Limits& limits) {
    const auto bought = std::chrono::milliseconds(bytes * 1000 / std::max<std::size_t>(limits.body_rate_min_bytes_per_s, 1));
    return std::min(deadline + bought, after(now, limits.body_grace_s));
}

Exchange::Exchange(Station& station, std::string peer, Moment now)
    : station_(station), deadline_(after(now, station.limits.head_timeout_s)), started_(now), peer_(std::move(peer)) {}

std::size_t Exchange::take(std::string_view bytes, Moment now) {
    std::size_t used = 0;
    stalled_ = false;
    if (state_ == State::Sending && !piece_asked_ && out_.empty()) ask_piece(); // what was there has gone out
    while (true) {
        const State before = state_;
        const std::size_t step = take_step(bytes.substr(used), now);
        used += step;
        if (step == 0 && state_ == before) return used;
        if (out_.size() >= kOutBytesHigh) {
            stalled_ = true;
            return used;
        }
    }
}

std::size_t Exchange::take_step(std::string_view bytes, Moment now) {
    if (bytes.empty()) return 0;
    switch (state_) {
    case State::Head: return take_head(bytes, now);
    case State::Body: return paused_ ? 0 : take_body(bytes, now);
    case State::Skip: return skip_body(bytes);
    case State::Closing: return bytes.size();
    case State::Waiting:
    case State::Sending:
    case State::Live: return 0;
    }
    return 0;
}

Exchange::Wants Exchange::wants() const {
    if (state_ == State::Closing) return Wants::Close;
    if (state_ == State::Live) return Wants::Upgrade;
    if (state_ == State::Sending) return piece_asked_ ? Wants::Wake : Wants::Flush;
    if (state_ == State::Waiting || (state_ == State::Body && paused_)) return Wants::Wake;
    return stalled_ ? Wants::Flush : Wants::Bytes;
}

bool Exchange::wants_large_reads() const { return state_ == State::Body && (taker_ != nullptr || body_.left() > kLargeBodyBytes); }

std::size_t Exchange::take_head(std::string_view bytes, Moment now) {
    if (!head_started_) {
        head_started_ = true;
        deadline_ = after(now, station_.limits.head_timeout_s);
    }
    const auto span = find_head(bytes, searched_, station_.limits);
    if (!span) {
        refuse_head(span.error(), now);
        return 0;
    }
    if (!*span) return 0;
    const std::size_t used = (*span)->begin + (*span)->size;
    auto head = read_head(bytes.substr((*span)->begin, (*span)->size), station_.limits);
    if (!head) {
        refuse_head(head.error(), now);
        return used;
    }
    begin(std::move(*head), used, now);
    return used;
}

void Exchange::begin(Head head, std::size_t head_bytes, Moment now) {
    note(head, head_bytes, now);
    if (head_only_) head.request.method = "GET";
    Admission admission;
    const Request& request = head.request;
    if (!guarded([&] { admission = station_.router->admit(request); })) return answer_broken();
    body_.start(head.framing, head.length);
    if (admission.refuse) return answer_early(std::move(*admission.refuse));
    if (admission.live && (head.websocket || !admission.handle)) return begin_live(head, admission);
    if (admission.stream) return begin_stream(head, admission);
    if (admission.handle) return begin_buffered(head, admission);
    report("no route took the request");
    answer_broken();
}

void Exchange::begin_buffered(Head& head, Admission& admission) {
    if (head.framing == Framing::None) {
        run_handler([&] { admission.handle(std::move(head.request), make_reply()); });
        return;
    }
    body_bytes_max_ = admission.body_bytes_max;
    if (head.length > body_bytes_max_) {
        const Refusal refusal{.reason = Reason::TooLarge,
                              .code = "body_too_large",
                              .message = "The body is larger than " + std::to_string(body_bytes_max_) + " bytes."};
        return answer_early(refusal_response(refusal));
    }
    handle_ = std::move(admission.handle);
    request_ = std::move(head.request);
    request_.body.reserve(std::min<std::size_t>(head.length, kReservedBytesMax));
    await_body(head, started_);
}

void Exchange::begin_stream(Head& head, Admission& admission) {
    if (!guarded([&] { taker_ = admission.stream(std::move(head.request), make_resume()); })) return answer_broken();
    if (taker_ == nullptr) {
        report("a route gave no taker for its stream");
        return answer_broken();
    }
    if (head.framing == Framing::None) return body_complete();
    await_body(head, started_);
}

void Exchange::await_body(const Head& head, Moment now) {
    state_ = State::Body;
    paused_ = false;
    deadline_ = after(now, station_.limits.body_grace_s);
    if (head.expect_continue) out_.append(kContinue);
}

std::size_t Exchange::take_body(std::string_view bytes, Moment now) {
    const BodyStep step = body_.read(bytes);
    bytes_in_ += step.used;
    deadline_ = paced(deadline_, step.used, now, station_.limits);
    if (step.state == BodyStep::State::Bad) {
        drop_taker();
        refuse(400, Reason::Invalid, "bad_chunk", "The chunked body is not valid.");
        return step.used;
    }
    if (!step.data.empty()) {
        if (taker_ != nullptr)
            stream_piece(step.data);
        else
            keep_piece(step.data);
    }
    if (step.state == BodyStep::State::Done && state_ == State::Body) body_complete();
    return step.used;
}

void Exchange::keep_piece(std::string_view piece) {
    if (piece.size() > body_bytes_max_ - request_.body.size()) {
        close_after_ = true;
        answer(refusal_response({.reason = Reason::TooLarge,
                                 .code = "body_too_large",
                                 .message = "The body is larger than " + std::to_string(body_bytes_max_) + " bytes."}));
        return;
    }
    request_.body.append(piece);
}

void Exchange::stream_piece(std::string_view piece) {
    bool wanted = false;
    bool full = false;
    const bool ended = guarded([&] {
        wanted = taker_->write(piece);
        full = wanted && taker_->full();
    });
    if (!ended) {
        drop_taker();
        return answer_broken();
    }
    if (!wanted) {
        close_after_ = true;
        return body_complete();
    }
    paused_ = full;
    if (full) deadline_ = Moment::max();
}

void Exchange::body_complete() {
    paused_ = false;
    if (taker_ != nullptr) {
        run_handler([this] { taker_->finish(make_reply()); });
        return;
    }
    run_handler([this] {
        const auto handle = std::move(handle_);
        handle_ = nullptr;
        handle(std::move(request_), make_reply());
    });
}

std::size_t Exchange::skip_body(std::string_view bytes) {
    const BodyStep step = body_.read(bytes);
    if (step.state == BodyStep::State::Done) next_request(Clock::now());
    return step.used;
}

void Exchange::unpause() {
    if (state_ != State::Body || !paused_) return;
    paused_ = false;
    deadline_ = after(Clock::now(), station_.limits.body_grace_s);
    woken();
}

bool Exchange::expire(Moment now) {
    if (now < deadline_) return false;
    deadline_ = Moment::max();
    switch (state_) {
    case State::Head:
        if (!head_started_) {
            state_ = State::Closing;
            return true;
        }
        note_nothing(now);
        refuse(408, Reason::Invalid, "head_timeout", "The request did not arrive in time.");
        return true;
    case State::Body:
        drop_taker();
        refuse(408, Reason::Invalid, "body_too_slow", "The body did not arrive in time.");
        return true;
    case State::Skip: state_ = State::Closing; return true;
    case State::Waiting:
    case State::Sending:
    case State::Live:
    case State::Closing: return false;
    }
    return false;
}

void Exchange::gone() {
    drop_taker();
    handle_ = nullptr;
    giver_.reset();
    state_ = State::Closing;
    deadline_ = Moment::max();
}

// The taker has not heard finish(): it hears abandon(), exactly once.
void Exchange::drop_taker() {
    const auto taker = std::move(taker_);
    taker_.reset();
    if (taker == nullptr || state_ != State::Body) return;
    (void)guarded([&] { taker->abandon(); }); // what it throws is reported; nobody else is left to tell
}

} // namespace tributary::http

// One connection's conversation without its socket: bytes in, bytes out, and what to wait for next. The socket's side is
// connection.cpp; tests drive an exchange with plain strings. One I/O thread owns an exchange; only Reply and resume, which
// it hands out, may be used from other threads.
#pragma once
#include "http/body.hpp"
#include "http/gate.hpp"
#include "http/http.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace tributary::http {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;
using Task = std::move_only_function<void()>;

inline constexpr std::size_t kOutBytesHigh = 64 * 1024;    // pipelined requests wait while this much is unsent
inline constexpr std::size_t kSkippedBytesMax = 64 * 1024; // a refused body up to this size is read away, then the next request

// What all exchanges of one I/O thread share.
struct Station {
    Router* router = nullptr;
    Limits limits;
    std::string date;           // of the present second
    std::uint64_t id_state = 0; // request ids come from here
    std::thread::id thread;
    bool draining = false; // no connection is kept alive any more
};

// The deadline of something that must move at `rate` bytes per second: each byte buys its time, and no more than the grace
// is ever saved up, so a stall is noticed however fast it went before.
[[nodiscard]] Moment paced(Moment deadline, std::size_t bytes, Moment now, const Limits& limits);

class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    // Bytes: call take() with more. Flush: send out(), then call take() again with what it left. Wake: woken() will be
    // called. Upgrade: send out(), then the live socket takes over. Close: send out(), then close.
    enum class Wants { Bytes, Flush, Wake, Upgrade, Close };

    Exchange(Station& station, std::string peer, Moment now);
    virtual ~Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Takes what it can from the front of `bytes` and returns how many; the rest comes again in front of what follows.
    [[nodiscard]] std::size_t take(std::string_view bytes, Moment now);
    [[nodiscard]] Wants wants() const;
    [[nodiscard]] std::string& out() { return out_; }
    // A body is coming that deserves a large read buffer.
    [[nodiscard]] bool wants_large_reads() const;
    // Between two requests, with nothing of the next one read.
    [[nodiscard]] bool idle() const { return state_ == State::Head && !head_started_; }
    // True when a limit of time has passed and something changed: an answer lies in out(), or it wants Close.
    [[nodiscard]] bool expire(Moment now);
    // The connection is over; a body in the middle is abandoned, a later Reply falls on the floor.
    void gone();

  protected:
    // Runs `task` on the thread that owns this exchange, or drops it when that thread has ended. Any thread.
    virtual void on_own_thread(Task task) = 0;
    // Something changed outside take(); wants() has the news.
    virtual void woken() = 0;
    // A live socket that will take this connection over; its frames wait until then.
    [[nodiscard]] virtual std::shared_ptr<LiveSocket> make_live() = 0;
    // The socket made last will not be opened after all.
    virtual void drop_live() = 0;

  private:
    enum class State { Head, Body, Skip, Waiting, Sending, Live, Closing };
    struct Ticket;
    struct PieceTicket;

    [[nodiscard]] std::size_t take_step(std::string_view bytes, Moment now);
    [[nodiscard]] std::size_t take_head(std::string_view bytes, Moment now);
    [[nodiscard]] std::size_t take_body(std::string_view bytes, Moment now);
    [[nodiscard]] std::size_t skip_body(std::string_view bytes);
    void begin(Head head, std::size_t head_bytes, Moment now);
    void begin_buffered(Head& head, Admission& admission);
    void begin_stream(Head& head, Admission& admission);
    void begin_live(Head& head, Admission& admission);
    void await_body(const Head& head, Moment now);
    void keep_piece(std::string_view piece);
    void stream_piece(std::string_view piece);
    void body_complete();
    void unpause();

    void note(Head& head, std::size_t head_bytes, Moment now);
    void note_nothing(Moment now);
    [[nodiscard]] Reply make_reply();
    [[nodiscard]] std::function<void()> make_resume();
    // Waits for an answer; `call` is what will give it, at once or later.
    template <typename Call>
    void run_handler(Call&& call) {
        state_ = State::Waiting;
        deadline_ = Moment::max();
        answer_lost_ = false;
        in_handler_ = true;
        const bool ended = guarded(call);
        in_handler_ = false;
        handler_ran(ended);
    }
    void handler_ran(bool ended);
    // False when `call` threw.
    template <typename Call>
    [[nodiscard]] bool guarded(Call&& call) {
        try {
            call();
            return true;
        } catch (const std::exception& problem) {
            report(problem.what());
        } catch (...) {
            report("something that is no std::exception");
        }
        return false;
    }
    void report(std::string_view what);
    void take_answer(Response&& response); // any thread
    void answer_lost();                    // any thread
    void arrive(Response&& response);

    void answer(Response&& response);
    void answer_early(Response&& response);
    void answered(bool close, Moment now);
    void begin_pieces(Response&& response, bool close, Moment now);
    void ask_piece();
    void piece_came(std::optional<std::string>&& piece);
    void append_piece(std::string_view piece);
    void answer_broken();
    [[nodiscard]] Response refusal_response(const Refusal& refusal);
    void refuse(int status, Reason reason, std::string_view code, std::string_view message);
    void refuse_head(const HeadRefusal& refused, Moment now);
    void refuse_upgrade(std::string_view message, bool version);
    void tell_answered(int status, std::int64_t duration_us, std::size_t bytes_out);
    void next_request(Moment now);
    void drop_taker();

    Station& station_;
    State state_ = State::Head;
    bool head_started_ = false;
    bool stalled_ = false; // take() stopped because out_ is full, not for want of bytes
    bool paused_ = false;  // the taker is full
    bool close_after_ = false;
    bool skip_after_ = false;
    bool expect_continue_ = false;
    bool head_only_ = false;
    bool http_1_0_ = false;
    bool in_handler_ = false;
    bool answer_lost_ = false;
    Moment deadline_;
    Moment started_;
    std::size_t searched_ = 0;
    std::size_t bytes_in_ = 0;
    std::size_t body_bytes_max_ = 0;
    std::string out_;
    std::string peer_;
    BodyReader body_;
    Request noted_;   // what answered() will be told
    Request request_; // buffered, its body growing
    std::function<void(Request, Reply)> handle_;
    std::shared_ptr<BodyTaker> taker_;
    std::shared_ptr<BodyGiver> giver_; // of the answer being sent
    bool piece_asked_ = false;
    int sent_status_ = 0;
    std::size_t sent_bytes_ = 0;
    std::optional<Response> answer_; // given while the handler still ran
};

} // namespace tributary::http

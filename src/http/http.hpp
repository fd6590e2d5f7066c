// The wire, without a word of sockets: what a request is, how it is answered, how a body streams, what a live socket is.
// Everything above (api/) is written against this page only. Handlers run on an I/O thread and must not block;
// a Reply may be called from any thread, exactly once (the connection waits for it; a Reply thrown away uncalled, or a
// handler that throws, is answered 500). A HEAD request arrives as GET; the wire leaves the body out.
#pragma once
#include "deal/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::http {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;             // upper case
    std::string path;               // percent-decoded, without query; never contains NUL
    std::string target;             // as received
    Pairs query;                    // decoded, in order
    Pairs headers;                  // names lower-cased, as they stood at the end of the head (trailers are dropped)
    std::string body;               // whole body when buffered, empty when streamed
    std::string peer;               // address, no port
    std::string request_id;         // given by us, or a valid X-Request-Id of the sender
    std::optional<std::uint64_t> content_length;

    [[nodiscard]] std::string_view header(std::string_view lower_name) const; // empty when absent
    [[nodiscard]] std::string_view param(std::string_view name) const;        // first, empty when absent
};

// Gives the body of an answer piece by piece, when it is too large to be made at once.
class BodyGiver {
  public:
    // An empty piece: that was all. nullopt: the rest cannot be had; the connection is cut, so that the client sees an unfinished body.
    using Give = std::function<void(std::optional<std::string> piece)>;
    virtual ~BodyGiver() = default;
    // The next piece, asked for when the one before has gone to the kernel, on the connection's I/O thread: it must not block. `give` is
    // called once, from any thread; thrown away uncalled it stands for nullopt.
    virtual void next(Give give) = 0;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;             // close the connection after this answer
    std::shared_ptr<BodyGiver> rest; // what follows `body`; without it `body` is all
};

class LiveSocket;
using Reply = std::function<void(Response)>;

// Takes a streamed body. All calls come from the connection's I/O thread, one after the other.
class BodyTaker {
  public:
    virtual ~BodyTaker() = default;
    // False: stop reading, finish() is called at once and the answer is sent with Connection: close.
    [[nodiscard]] virtual bool write(std::string_view bytes) = 0;
    // True: no more bytes are read until `resume` (given to start()) is called. Asked after every write().
    [[nodiscard]] virtual bool full() = 0;
    // The body is complete (or was refused by write); answer through `reply`.
    virtual void finish(Reply reply) = 0;
    // The peer went away in the middle. No answer is possible.
    virtual void abandon() = 0;
};

// What the routes decide after the head alone, before a byte of the body is read: refuse early.
struct Admission {
    std::optional<Response> refuse;     // answered at once; the body is not read
    std::size_t body_bytes_max = 0;     // for buffered bodies; more is 413
    std::function<void(Request, Reply)> handle;                                              // buffered
    std::function<std::shared_ptr<BodyTaker>(Request, std::function<void()> resume)> stream; // streamed; resume: any thread
    std::function<Result<void>(Request, std::shared_ptr<LiveSocket>)> live;            // WebSocket upgrade
};

// A WebSocket as the hub sees it. Thread-safe. Frames are text, shared between sockets: made once.
class LiveSocket {
  public:
    virtual ~LiveSocket() = default;
    // A ready-made unmasked server text frame (see make_frame): goes to the kernel at once, without waiting, and what the
    // kernel does not take is queued. False: the queue is over its bound or the socket is closed; the frame was not taken
    // and the socket is being closed with 1013 (too slow) or is gone.
    [[nodiscard]] virtual bool send(const std::shared_ptr<const std::string>& frame) = 0;
    // A hint that send() follows at once: what it will touch is fetched from memory, nothing else happens.
    virtual void expect_send() const {}
    // Bytes queued and not yet taken by the kernel.
    [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    // Set before the first frame is read. on_text may be null: client text is then ignored.
    std::function<void(std::string_view)> on_text;
    std::function<void()> on_closed;    // exactly once, from the socket's thread
};
[[nodiscard]] std::shared_ptr<const std::string> make_frame(std::string_view text);

class Router {
  public:
    virtual ~Router() = default;
    // Called with head only (body empty). Runs on the I/O thread.
    [[nodiscard]] virtual Admission admit(const Request& head) = 0;
    // The answer to a request that never became one: gate refusals, 413 in the middle of a body, timeouts. The wire sets
    // the status itself where no Reason stands for it (400, 408, 414, 417, 426, 431, 500, 501, 505).
    [[nodiscard]] virtual Response refuse(const Refusal& refusal, std::string_view request_id) = 0;
    // A handler, taker or live callback threw; `what` is for the log only. The client gets 500, a live socket 1011.
    virtual void broke(const Request& /*head*/, std::string_view /*what*/) {}
    // Every answered request once, for logs and metrics. `head` keeps method, path, target, peer, request_id and
    // content_length; headers and query went to the handler. Method and path are empty when the gate refused the head.
    virtual void answered(const Request& head, int status, std::int64_t duration_us, std::size_t bytes_in, std::size_t bytes_out) = 0;
};

// Named limits (RELIABILITY rule 35).
struct Limits {
    std::size_t head_bytes_max = 8 * 1024;
    std::size_t headers_max = 100;
    std::size_t connections_max = 18'000;      // file descriptors here end at 20,000
    std::size_t live_queue_bytes_max = 256 * 1024;
    int head_timeout_s = 10;
    int body_grace_s = 10;                     // after which the body must come with at least body_rate_min
    std::size_t body_rate_min_bytes_per_s = 1024;
    int idle_timeout_s = 75;
    int live_ping_s = 20;                      // a socket that answers no ping for two intervals is closed
    int drain_s = 10;
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;                 // 0: any free port
    unsigned threads = 2;
    Limits limits;
};

// Figures for /metrics.
struct Counts {
    std::size_t connections = 0;           // open now, live sockets included
    std::size_t live_sockets = 0;          // open now
    std::uint64_t connections_refused = 0; // 503, over connections_max
    std::uint64_t live_too_slow = 0;       // closed with 1013
};

class Server {
  public:
    virtual ~Server() = default;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual Counts counts() const = 0; // any thread
    // Stops accepting, lets requests in flight finish (at most drain_s), closes live sockets with 1012, joins its threads.
    // Not from a handler. A second call does nothing; the destructor calls it.
    virtual void stop() = 0;
};
// Binds at once (throws when it cannot), then serves on its own threads. `host` is an address, or "localhost".
// `router` must outlive the server.
[[nodiscard]] std::unique_ptr<Server> serve(const ServerOptions& options, Router& router);

} // namespace tributary::http

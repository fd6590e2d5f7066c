// The one way out: blocking HTTP calls over TLS. Whoever calls waits on its own thread (a job's, never an I/O thread).
// Thread-safe; connections are kept and used again. Any status is an answer; only what gave no whole answer is a failure.
#pragma once
#include "outside/call_failure.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::outside {

struct HttpsHeader {
    std::string name;
    std::string value;
};

struct HttpsAnswer {
    int status = 0;
    std::vector<HttpsHeader> headers; // as sent, of the last answer when redirects were followed
    std::string body;                 // decompressed; empty when it went to a sink
    // The first header of this name, letter case aside; empty when absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpsCall {
    std::string method = "GET";
    std::string url; // absolute, https or (loopback only, see HttpsSettings) http; no user and password in it
    std::vector<HttpsHeader> headers;
    std::string body;
    std::int64_t deadline_ms = 30'000; // of the whole call, connecting and redirects included
    std::int64_t connect_ms = 5'000;   // name, connection and TLS
    std::int64_t stall_ms = 0;         // > 0: given up when nothing moves for so long (for long bodies with a long deadline); whole seconds
    std::size_t body_bytes_max = std::size_t{16} * 1024 * 1024; // of the decompressed answer; more is Garbled too_large
    int redirects_max = 0;                                      // 0: a redirect is an answer like any other
};

struct HttpsSettings {
    std::string user_agent;           // empty: Tributary/<version>
    std::string authorities_file;     // PEM of further certificate authorities trusted instead of the system's; empty: the system's
    bool plain_anywhere = false;      // http to other than loopback addresses
    bool guard_private = false;       // only public addresses are connected to, checked on the address itself after the name is resolved
    std::vector<std::uint16_t> ports; // the only ports that may be connected to; empty: any
};

// Takes the next bytes of a 2xx body; false stops the call (Cancelled, sink_refused).
using BodySink = std::function<bool(std::string_view)>;

class HttpsClient {
  public:
    static constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;
    static constexpr std::size_t kHandlesKeptMax = 16; // idle ones, each with its open connections

    explicit HttpsClient(HttpsSettings settings = {});
    ~HttpsClient();
    HttpsClient(const HttpsClient&) = delete;
    HttpsClient& operator=(const HttpsClient&) = delete;

    // Unreachable (cut_off, certificate, no_connection, no_such_host), TimedOut (connect, deadline), Cancelled at once when `stop` is
    // asked to, Garbled (too_large, bad_http), Rejected when the call itself is not allowed (bad_url, bad_header, not_https,
    // private_address, port).
    [[nodiscard]] Called<HttpsAnswer> send(const HttpsCall& call, const std::stop_token& stop = {});

    // The same, but a 2xx body goes to `sink` piece by piece, on the caller's thread; body_bytes_max holds for it as well.
    // Other answers' bodies are in the answer, cut to kUnsunkBytesMax.
    static constexpr std::size_t kUnsunkBytesMax = std::size_t{64} * 1024;
    [[nodiscard]] Called<HttpsAnswer> stream(const HttpsCall& call, const BodySink& sink, const std::stop_token& stop = {});

  private:
    class Wire;
    std::unique_ptr<Wire> wire_;
};

} // namespace tributary::outside

// A server on a real socket whose /echo says back what it was asked, for tests; other routes are set before start().
#pragma once
#include "recording_router.hpp"
#include "wire_client.hpp"

#include <memory>

namespace tributary::http {

inline RecordingRouter::Route echo(std::size_t body_bytes_max = 1 << 20) {
    return RecordingRouter::buffered(
        [](const Request& request) {
            return Response{.status = 200,
                            .content_type = "text/plain",
                            .body = request.method + " " + request.path + " " + request.peer + " " + request.body};
        },
        body_bytes_max);
}

struct EchoServer {
    explicit EchoServer(const Limits& limits = {}, unsigned threads = 2) : limits(limits), threads(threads) {
        router.routes["/echo"] = echo();
    }
    void start() { server = serve({.host = "127.0.0.1", .port = 0, .threads = threads, .limits = limits}, router); }
    [[nodiscard]] WireClient client() const { return WireClient(server->port()); }

    Limits limits;
    unsigned threads;
    RecordingRouter router;
    std::unique_ptr<Server> server;
};

} // namespace tributary::http

// The server: binds, gives each thread its shard, and stops them all.
#include "http/shard.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace tributary::http {

namespace {

class ShardedServer final : public Server {
  public:
    ShardedServer(const ServerOptions& options, Router& router);
    ~ShardedServer() override { stop(); }
    [[nodiscard]] std::uint16_t port() const override { return port_; }
    [[nodiscard]] Counts counts() const override;
    void stop() override;

  private:
    std::shared_ptr<Totals> totals_ = std::make_shared<Totals>();
    std::vector<std::shared_ptr<Shard>> shards_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

// SO_REUSEPORT would let a second server of the same user share the port unseen, each getting half of the requests: so the
// port is first taken without it, which fails while anyone listens there.
void require_free(const asio::ip::tcp::endpoint& endpoint) {
    if (endpoint.port() == 0) return;
    asio::io_context context;
    asio::ip::tcp::acceptor probe(context);
    probe.open(endpoint.protocol());
    probe.set_option(asio::socket_base::reuse_address(true));
    probe.bind(endpoint);
    probe.listen(1);
}

ShardedServer::ShardedServer(const ServerOptions& options, Router& router) {
    const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host);
    asio::ip::tcp::endpoint endpoint(address, options.port);
    require_free(endpoint);
    std::random_device random;
    const unsigned threads = std::max(options.threads, 1U);
    for (unsigned i = 0; i < threads; ++i) {
        const std::uint64_t seed = std::uint64_t{random()} << 32U | random();
        shards_.push_back(std::make_shared<Shard>(router, options.limits, totals_, seed));
        port_ = shards_.back()->listen(endpoint);
        endpoint.port(port_);
    }
    for (const auto& shard : shards_) threads_.emplace_back([shard] { shard->run(); });
}

Counts ShardedServer::counts() const {
    return {.connections = totals_->connections.load(std::memory_order_relaxed),
            .live_sockets = totals_->live_sockets.load(std::memory_order_relaxed),
            .connections_refused = totals_->connections_refused.load(std::memory_order_relaxed),
            .live_too_slow = totals_->live_too_slow.load(std::memory_order_relaxed)};
}

void ShardedServer::stop() {
    for (const auto& shard : shards_) shard->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

} // namespace

std::unique_ptr<Server> serve(const ServerOptions& options, Router& router) { return std::make_unique<ShardedServer>(options, router); }

} // namespace tributary::http

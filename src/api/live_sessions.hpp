// Open live sockets by the key that opened them, so that a revoked key's sockets close (within a second, also when another
// process revoked it). Thread-safe.
#pragma once
#include "http/http.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace tributary {

class LiveSessions {
  public:
    [[nodiscard]] std::uint64_t add(std::string key_id, const std::shared_ptr<http::LiveSocket>& socket);
    void remove(std::uint64_t session);
    // Asks the registry about every key in use and closes the sockets of revoked ones with 1008.
    void close_revoked(Registry& registry);

  private:
    struct Session { std::string key_id; std::weak_ptr<http::LiveSocket> socket; };
    std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::map<std::uint64_t, Session> sessions_;
};

} // namespace tributary

// Open live sockets by the key that opened them, so that a revoked key's sockets close (within a second, also when another
// process revoked it). Thread-safe.
#pragma once
#include "http/http.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace tributary {

class LiveSessions {
  public:
    // Answers the session's number, for remove().
    [[nodiscard]] std::uint64_t add(const std::string& key_id, const std::shared_ptr<http::LiveSocket>& socket);
    void remove(const std::string& key_id, std::uint64_t session);
    // Asks the registry about every key in use and closes the sockets of revoked ones with 1008.
    void close_revoked(Registry& registry);

  private:
    using Sockets = std::map<std::uint64_t, std::weak_ptr<http::LiveSocket>>; // by session
    std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::map<std::string, Sockets> by_key_; // keys in use only: thousands of watchers share a few
};

} // namespace tributary

// Open live sockets by the credential that opened them, so that the sockets of a revoked key (also when another process revoked it)
// and of an ended session close within a second. Thread-safe.
#pragma once
#include "api/credentials.hpp"
#include "http/http.hpp"

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
    // Asks about every credential in use and closes the sockets of those that are over with 1008.
    void close_revoked(Credentials& credentials);

  private:
    using Sockets = std::map<std::uint64_t, std::weak_ptr<http::LiveSocket>>; // by session
    std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::map<std::string, Sockets> by_key_; // keys in use only: thousands of watchers share a few
};

} // namespace tributary

// Idempotency keys of imports that are running: single deals need none, for the writer takes them one after the other.
// Thread-safe.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tributary {

class InFlight {
  public:
    // Lets the key go when it ends.
    using Hold = std::shared_ptr<const std::string>;
    [[nodiscard]] Hold take(const std::string& key); // nullptr: somebody holds it

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::weak_ptr<const std::string>> held_;
};

} // namespace tributary

// Signatures that were accepted lately, so that a captured request is not taken twice. Any thread may call.
#pragma once
#include "crm/recent_keys.hpp"
#include "deal/clock.hpp"

#include <mutex>
#include <string>

namespace tributary {

inline constexpr std::int64_t kReplayKept_ms = 10 * 60 * 1'000; // the signature's window on both sides, so nothing outlives its memory
inline constexpr std::size_t kReplaysMax = 100'000;             // about 20 MB; 166 requests a second for ten minutes

// Only signatures that were verified go in: what strangers send costs no memory. Where more come than fit, a replay of the oldest would
// pass; what it brings is then found to be known by its events and versions.
class ReplayMemory {
  public:
    explicit ReplayMemory(const Clock& clock, std::size_t signatures_max = kReplaysMax)
        : clock_(clock), signatures_(signatures_max, kReplayKept_ms) {}

    // False: this very signature was taken already. Answer such a request as the first one was: HubSpot may have missed that answer.
    [[nodiscard]] bool take(const std::string& signature_v3) {
        const std::lock_guard lock(mutex_);
        return signatures_.take(signature_v3, clock_.now_ms());
    }
    // The request was not stored after all; the sender may come again with it.
    void give_back(const std::string& signature_v3) {
        const std::lock_guard lock(mutex_);
        signatures_.give_back(signature_v3);
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return signatures_.size();
    }

  private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    RecentKeys<std::string> signatures_;
};

} // namespace tributary

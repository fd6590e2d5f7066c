// Events of app webhooks that were taken lately. HubSpot delivers at least once; a repeated event asks for nothing new. It is only a cache
// that saves calls: what makes a repeated or late event harmless is the version of the record that is fetched. Any thread may call.
#pragma once
#include "crm/recent_keys.hpp"
#include "deal/clock.hpp"

#include <cstdint>
#include <mutex>

namespace tributary {

inline constexpr std::int64_t kEventKept_ms = 3LL * 24 * 60 * 60 * 1'000; // HubSpot tries again for a day
inline constexpr std::size_t kEventsRememberedMax = 250'000;              // about 40 MB

// An event's own id is not unique by HubSpot's word, hence the others.
struct EventKey {
    std::uint64_t portal = 0;
    std::uint64_t subscription = 0;
    std::uint64_t event = 0;
    std::uint64_t object = 0;
    std::int64_t occurred_at_ms = 0;
    friend bool operator==(const EventKey&, const EventKey&) = default;
};

struct EventKeyHash {
    [[nodiscard]] std::size_t operator()(const EventKey& key) const noexcept {
        std::uint64_t hash = 0;
        for (const std::uint64_t part :
             {key.portal, key.subscription, key.event, key.object, static_cast<std::uint64_t>(key.occurred_at_ms)}) {
            hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL;
            hash ^= hash >> 32U;
        }
        return static_cast<std::size_t>(hash);
    }
};

class EventMemory {
  public:
    explicit EventMemory(const Clock& clock, std::size_t events_max = kEventsRememberedMax)
        : clock_(clock), events_(events_max, kEventKept_ms) {}

    // False: this very event was taken already.
    [[nodiscard]] bool take(const EventKey& key) {
        const std::lock_guard lock(mutex_);
        return events_.take(key, clock_.now_ms());
    }
    // Its work was not stored after all.
    void give_back(const EventKey& key) {
        const std::lock_guard lock(mutex_);
        events_.give_back(key);
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return events_.size();
    }

  private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    RecentKeys<EventKey, EventKeyHash> events_;
};

} // namespace tributary

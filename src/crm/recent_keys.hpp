// Keys that were seen lately: a bounded memory in order of arrival. When it is full the oldest go, so it may forget and never refuses
// what it has not seen. For replay_memory and event_memory. Not thread safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

namespace tributary {

template <typename Key, typename Hash = std::hash<Key>>
class RecentKeys {
  public:
    RecentKeys(std::size_t keys_max, std::int64_t kept_ms) : keys_max_(keys_max), kept_ms_(kept_ms) {}

    // True when the key is new; it is remembered from now on. Seen again, it does not live longer.
    bool take(const Key& key, std::int64_t now_ms) {
        forget_old(now_ms);
        const auto [place, is_new] = known_.try_emplace(key, next_);
        if (!is_new) return false;
        order_.push_back({key, next_++, now_ms});
        if (known_.size() > keys_max_) forget_first();
        return true;
    }

    // As if it had not been taken.
    void give_back(const Key& key) { known_.erase(key); }

    [[nodiscard]] std::size_t size() const { return known_.size(); }

  private:
    struct Entry {
        Key key;
        std::uint64_t number = 0;
        std::int64_t taken_ms = 0;
    };

    // A clock that steps back makes keys live longer, never shorter.
    void forget_old(std::int64_t now_ms) {
        while (!order_.empty() && now_ms - order_.front().taken_ms > kept_ms_) forget_first();
        while (order_.size() > 2 * keys_max_) forget_first(); // those given back leave their place in the order
    }

    void forget_first() {
        const Entry& first = order_.front();
        const auto found = known_.find(first.key);
        if (found != known_.end() && found->second == first.number) known_.erase(found); // else given back, perhaps taken again later
        order_.pop_front();
    }

    std::size_t keys_max_;
    std::int64_t kept_ms_;
    std::uint64_t next_ = 0;
    std::unordered_map<Key, std::uint64_t, Hash> known_; // -> the number of its entry
    std::deque<Entry> order_;
};

} // namespace tributary

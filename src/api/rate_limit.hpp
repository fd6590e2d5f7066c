// Token buckets, one per key (and per address and e-mail for form keys). In memory, bounded; thread-safe.
#pragma once
#include "deal/clock.hpp"
#include "deal/names.hpp"
#include "deal/result.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary {

class RateLimits {
  public:
    static constexpr std::int32_t kFormKeyPerMinute = 120;
    static constexpr std::int32_t kFormAddressPerMinute = 10; // one address or one e-mail through one form key
    static constexpr std::int32_t kMemberPerMinute = 6'000;
    static constexpr std::size_t kBucketsMax = 100'000;

    explicit RateLimits(const Clock& clock) : clock_(clock) {}
    // Takes one token of the bucket; refuses with rate_limited and Retry-After when there is none. per_minute <= 0: unlimited.
    [[nodiscard]] Result<void> take(std::string_view bucket, std::int32_t per_minute);
    // Admin and intake keys have none by default (SPEC-NOTES 1).
    [[nodiscard]] static std::int32_t default_per_minute(Role role);

  private:
    struct Bucket { double tokens = 0; std::int64_t at_ms = 0; };
    const Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Bucket> buckets_;
};

} // namespace tributary

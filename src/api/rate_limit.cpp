// See rate_limit.hpp.
#include "api/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace tributary {

std::int32_t RateLimits::default_per_minute(Role role) {
    switch (role) {
    case Role::Form: return kFormKeyPerMinute;
    case Role::Member:
    case Role::Viewer: return kMemberPerMinute;
    case Role::Admin:
    case Role::Intake: return 0;
    }
    return 0;
}

Result<void> RateLimits::take(std::string_view bucket, std::int32_t per_minute) {
    if (per_minute <= 0) return {};
    const std::int64_t now = clock_.now_ms();
    const double per_ms = per_minute / 60'000.0;
    const std::lock_guard lock(mutex_);
    if (buckets_.size() >= kBucketsMax) {
        constexpr std::int64_t kFullAgainMs = 60'000; // a bucket untouched for a minute is full: forgetting it changes nothing
        std::erase_if(buckets_, [&](const auto& pair) { return now - pair.second.at_ms > kFullAgainMs; });
        if (buckets_.size() >= kBucketsMax) buckets_.clear();
    }
    auto [found, fresh] = buckets_.try_emplace(std::string(bucket), Bucket{static_cast<double>(per_minute), now});
    Bucket& held = found->second;
    if (!fresh) {
        held.tokens = std::min<double>(per_minute, held.tokens + static_cast<double>(std::max<std::int64_t>(0, now - held.at_ms)) * per_ms);
        held.at_ms = now;
    }
    if (held.tokens >= 1) {
        held.tokens -= 1;
        return {};
    }
    Refusal refusal{.reason = Reason::RateLimited, .code = "rate_limited", .message = "Too many requests; try again later.", .details = {}};
    refusal.retry_after_s = std::max(1, static_cast<int>(std::ceil((1 - held.tokens) / per_ms / 1'000.0)));
    return std::unexpected(std::move(refusal));
}

} // namespace tributary

// Clocks and quantiles of the benchmark programs. Used by bench/ only.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace tributary::bench {

[[nodiscard]] inline std::int64_t clock_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
[[nodiscard]] inline std::int64_t now_ns() { return clock_ns(CLOCK_MONOTONIC); }
// CPU time of all threads of this process, user and kernel.
[[nodiscard]] inline std::int64_t cpu_ns() { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

// The value below which `part` (0..1) of the samples lie; 0 without samples. Sorts them.
[[nodiscard]] inline std::int64_t quantile(std::vector<std::int64_t>& samples, double part) {
    if (samples.empty()) return 0;
    std::ranges::sort(samples);
    const auto at = static_cast<std::size_t>(part * static_cast<double>(samples.size() - 1) + 0.5);
    return samples[at];
}

} // namespace tributary::bench

#include "outside/pace_clock.hpp"

#include <chrono>

namespace tributary::outside {

using Steady = std::chrono::steady_clock;

std::int64_t SteadyPaceClock::now_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now().time_since_epoch()).count();
}

bool SteadyPaceClock::sleep_until(std::int64_t at_ms, const std::stop_token& stop) {
    const Steady::time_point at{std::chrono::milliseconds(at_ms)};
    std::unique_lock lock(mutex_);
    never_.wait_until(lock, stop, at, [&] { return Steady::now() >= at; });
    return !stop.stop_requested();
}

} // namespace tributary::outside

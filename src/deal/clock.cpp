// The machine's clock. Only main hands it out; everything else is handed a Clock.
#include "deal/clock.hpp"

#include <chrono>

namespace tributary {

std::int64_t SystemClock::now_ms() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace tributary

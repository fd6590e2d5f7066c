// Time is told, not taken: everything that needs "now" is handed a Clock, so that tests can move it.
#pragma once
#include <cstdint>

namespace tributary {

class Clock {
  public:
    virtual ~Clock() = default;
    // Milliseconds since 1970-01-01 UTC.
    [[nodiscard]] virtual std::int64_t now_ms() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] std::int64_t now_ms() const override;
};

// A clock for tests: it stands still until moved.
class ToldClock final : public Clock {
  public:
    explicit ToldClock(std::int64_t now_ms) : now_ms_(now_ms) {}
    [[nodiscard]] std::int64_t now_ms() const override { return now_ms_; }
    void move_ms(std::int64_t by_ms) { now_ms_ += by_ms; }

  private:
    std::int64_t now_ms_;
};

} // namespace tributary

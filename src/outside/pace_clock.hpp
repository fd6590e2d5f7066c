// The clock that paces calls: it never steps back, and whoever waits on it is woken when asked to stop. Thread-safe.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace tributary::outside {

class PaceClock {
  public:
    virtual ~PaceClock() = default;
    // Milliseconds since some start; only differences mean anything.
    [[nodiscard]] virtual std::int64_t now_ms() const = 0;
    // Waits until that instant. False: stopped before it came.
    [[nodiscard]] virtual bool sleep_until(std::int64_t at_ms, const std::stop_token& stop) = 0;
};

class SteadyPaceClock final : public PaceClock {
  public:
    [[nodiscard]] std::int64_t now_ms() const override;
    [[nodiscard]] bool sleep_until(std::int64_t at_ms, const std::stop_token& stop) override;

  private:
    std::mutex mutex_;
    std::condition_variable_any never_; // nobody notifies it: only time or a stop ends a wait
};

// A clock for tests with one thread: sleeping moves it, and it remembers how long was slept.
class ToldPaceClock final : public PaceClock {
  public:
    explicit ToldPaceClock(std::int64_t now_ms = 1'000'000) : now_ms_(now_ms) {}
    [[nodiscard]] std::int64_t now_ms() const override { return now_ms_; }
    [[nodiscard]] bool sleep_until(std::int64_t at_ms, const std::stop_token& stop) override {
        if (stop.stop_requested()) return false;
        if (at_ms > now_ms_) {
            slept_ms_ += at_ms - now_ms_;
            now_ms_ = at_ms;
        }
        return true;
    }
    void move_ms(std::int64_t by_ms) { now_ms_ += by_ms; }
    [[nodiscard]] std::int64_t slept_ms() const { return slept_ms_; }

  private:
    std::int64_t now_ms_;
    std::int64_t slept_ms_ = 0;
};

} // namespace tributary::outside

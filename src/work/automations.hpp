// The automation follower: reads the journal's due rows and fires, exactly once each, also across crashes: the activity it
// writes and its place in the journal move in one transaction. One thread.
#pragma once
#include "pipeline/writer.hpp"
#include "store/store.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

namespace tributary {

class Automations {
  public:
    static constexpr std::uint32_t kRowsPerTurn = 256;
    static constexpr int kRetryMs = 1'000; // after a failed transaction

    // Starts by catching up with every tenant: what was due before a crash fires now.
    // Hears of what failed, for the log.
    using OnFailure = std::function<void(std::string_view why)>;
    Automations(Store& store, Writer& writer, const Clock& clock, OnFailure on_failure);
    ~Automations();
    Automations(const Automations&) = delete;
    Automations& operator=(const Automations&) = delete;

    // Something of this tenant has become due.
    void wake(const TenantScope& scope);
    void stop();
    // True when nothing is due and nothing runs; for tests and draining.
    [[nodiscard]] bool idle() const;

  private:
    void run();
    // Fires what is due for the tenant; false when it must be tried again.
    [[nodiscard]] bool follow(const TenantScope& some_workspace);

    Store& store_;
    Writer& writer_;
    const Clock& clock_;
    OnFailure on_failure_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::map<TenantNo, TenantScope> due_; // any workspace of the tenant: the rows name their own
    bool busy_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace tributary

// One connected account at work: its own thread keeps its deals as the CRM has them (sync.hpp), its own budget bounds what is asked, and
// it says how it does. One account that hangs holds up no other. Made and ended by crm.cpp; thread-safe.
#pragma once
#include "crm/crm_settings.hpp"
#include "crm/hubspot_remote.hpp"
#include "crm/sync.hpp"
#include "crm/token_keeper.hpp"
#include "outside/hubspot_live.hpp"
#include "sources/crm_reading.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace tributary {

// What all accounts stand on; outlives them.
struct CrmGround {
    Store& store;
    Writer& writer;
    const Clock& clock;
    CrmIntake& intake;
    TokenKeeper& tokens;
    outside::HttpsClient& https;
    outside::PaceClock& pace;
    const CrmSettings& settings;
    std::function<void(const Id& connection)> account_changed;
    std::function<void(std::string_view event, std::string_view what)> log; // no tenant data
};

// How an account does, for people and for /metrics.
struct CrmHealth {
    outside::BudgetCounts calls;
    std::int64_t last_ok_at = 0; // ms; 0: not since the start
    std::int64_t failed_at = 0;  // ms; 0: the last call went well
    std::string code, text;      // of that failure
    WantedFigures wanted;
    CrmSyncState sync;
};

class CrmAccount {
  public:
    // `properties`: of deals, asked for beside the usual ones, because the connection's map names them.
    CrmAccount(const CrmGround& ground, const CrmConnection& row, CrmSyncOptions options, std::vector<std::string> properties);
    ~CrmAccount(); // ends the thread; a call under way is given up
    CrmAccount(const CrmAccount&) = delete;
    CrmAccount& operator=(const CrmAccount&) = delete;

    [[nodiscard]] const CrmOrigin& origin() const { return origin_; }
    [[nodiscard]] CrmRemote& remote() { return *remote_; }
    // One record with the properties that the reading's map names: the one with that id, or any when it is empty. An empty id: there is
    // none.
    [[nodiscard]] CrmResult<CrmRecord> sample(const std::string& id, const CrmReading& reading);
    // Something was wanted, and is due soon.
    void wake();
    void compare_now();
    void poll_now();
    void look_now();
    [[nodiscard]] CrmHealth health() const;
    // False: a person must connect it again.
    [[nodiscard]] bool is_at_work() const { return !signed_out_; }

  private:
    void run();
    void note(const CrmFailure* failure);

    const CrmGround ground_;
    const CrmOrigin origin_;
    std::stop_source stop_;
    outside::AccountPace pace_;
    std::unique_ptr<outside::HubspotApi> api_;
    std::unique_ptr<CrmRemote> remote_;
    std::unique_ptr<CrmSync> sync_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    bool woken_ = false;
    std::atomic<bool> signed_out_{false};
    CrmHealth health_;
    std::jthread thread_; // last: it uses all the others
};

[[nodiscard]] CrmOrigin crm_origin(const CrmConnection& row);

} // namespace tributary

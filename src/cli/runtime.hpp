// The long-lived objects of the program, each a member in dependency order: the order of destruction is the order of shutdown.
#pragma once
#include "api/app.hpp"
#include "crm/crm.hpp"
#include "work/automations.hpp"

#include <memory>
#include <string>
#include <thread>

namespace tributary {

// Holds DIR/tributary.lock while it lives, so that two servers (or a server and an offline import) never share a directory.
class DataLock {
  public:
    explicit DataLock(const std::string& directory); // throws when somebody else holds it
    ~DataLock();
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

  private:
    int file_ = -1;
};

class Runtime {
  public:
    struct Options {
        std::string data = "./data";
        unsigned readers = 2;
        bool trusts_proxy = false;
        CrmSettings crm;
        bool connects = false; // accounts of CRMs go to work
        Secret secret_keys; // of the vault (store/vault.hpp); empty: those of the data directory
    };
    explicit Runtime(const Options& options);
    ~Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;

    [[nodiscard]] App& app() { return app_; }
    [[nodiscard]] Store& store() { return *store_; }
    void begin_draining() { draining_ = true; }
    // Ends readers, automations, writer and hub, in that order; everything that was accepted is durable afterwards.
    void stop();

  private:
    [[nodiscard]] Crm::Ports crm_ports();
    void go_on_where_it_stopped(bool connects);
    [[nodiscard]] std::vector<Unit> running_units(const TenantScope& scope);
    void close_cut_off(const TenantScope& scope, Unit unit);
    void tidy_until_stopped();
    void keep_sources();

    SystemClock clock_;
    DataLock lock_;
    std::unique_ptr<Store> store_;
    RankBook ranks_;
    Hub hub_;
    std::unique_ptr<Writer> writer_;
    Automations automations_;
    Credentials credentials_;
    RateLimits rates_;
    Tickets tickets_;
    InFlight in_flight_;
    LiveSessions sessions_;
    Readers readers_;
    Readers hashers_;
    Readers long_readers_;
    DealViews views_;
    SourceBook sources_;
    Observer observer_;
    std::atomic<bool> draining_{false};
    ImportRuns imports_;
    ImportJobs jobs_;
    Vault vault_;
    Readers callers_;
    Readers fetchers_;
    ReplayMemory replays_;
    Crm crm_;
    App app_;
    std::mutex tidy_mutex_;
    std::condition_variable tidy_wake_;
    bool stopping_ = false;
    std::thread tidy_thread_;
};

} // namespace tributary

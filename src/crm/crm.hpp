// The front page of this room: accounts of CRMs are connected, disconnected and kept at work here.
//
//   door of a CRM's webhooks --wants--> store --account's thread (account, sync)--> remote --records--> intake --> pipeline
//
// Everything blocks and may be called from any thread but the writer's and the I/O threads.
#pragma once
#include "crm/account.hpp"
#include "crm/crm_settings.hpp"
#include "deal/result.hpp"
#include "sources/crm_reading.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tributary {

// Where HubSpot sends people back to, below the public address: its tab of the web app.
inline constexpr std::string_view kConsentPage = "/add/hubspot";

class Crm {
  public:
    struct Ports {
        Store& store;
        Writer& writer;
        RankBook& ranks;
        const Clock& clock;
        const Vault& vault;
        CrmIntake::Counted counted;
        std::function<void(std::string_view event, std::string_view what)> log;
    };
    Crm(Ports ports, CrmSettings settings);
    ~Crm();
    Crm(const Crm&) = delete;
    Crm& operator=(const Crm&) = delete;

    void start(); // every connected account goes to work
    void stop();  // all of them end; calls under way are given up
    [[nodiscard]] const CrmSettings& settings() const { return settings_; }
    [[nodiscard]] const Vault& vault() const { return ports_.vault; }

    // A connection that was made, and the secret for the address of its webhooks, which is not kept and is shown once.
    struct Connected {
        CrmConnection row;
        Secret hook;
    };
    // A person has brought a private app's token: it is tried, and tells which account it is of. With `again`, that connection gets the
    // new token, when it is of the same account. Refusals: invalid_token, account_bound_elsewhere, already_connected,
    // too_many_accounts, another_account, crm_unavailable.
    struct PrivateApp {
        std::string name;
        Secret token;
        Secret signing_secret; // may be empty: no webhooks of that app
    };
    [[nodiscard]] Result<Connected> connect_private_app(const TenantScope& scope, std::string_view actor, const PrivateApp& app,
                                                        const std::optional<Id>& again);
    // By consent: the address of the CRM's page, and what the person brings back from there. Only when asks_for_consent(). Refusals as
    // above, and consent_unknown.
    struct Person {
        std::string_view actor;
        std::string_view session;
    };
    [[nodiscard]] bool asks_for_consent() const; // the server is an app of HubSpot, and knows its own address
    [[nodiscard]] std::string begin_consent(const TenantScope& scope, const Person& person, std::string_view name,
                                            const std::optional<Id>& again);
    [[nodiscard]] Result<Connected> end_consent(const TenantScope& scope, const Person& person, std::string_view code,
                                                std::string_view state);
    void disconnect(const CrmConnection& row);

    // How records of the connection are read, as of now; null: there is no such connection. Kept until what it is made of changes.
    [[nodiscard]] std::shared_ptr<const CrmReading> reading(const Id& id);
    void forget_reading(const Id& id);
    // A new version of the connection's map, checked before (connection_map.hpp); what is read from now on is read by it. 0: there are too
    // many.
    [[nodiscard]] std::uint32_t put_map(const CrmConnection& row, std::string_view map, std::string_view actor);

    // Null: it is not at work (another state, or the program ends).
    [[nodiscard]] std::shared_ptr<CrmAccount> account(const Id& id);
    void wake(const Id& id);

  private:
    void put_to_work(const CrmConnection& row);
    [[nodiscard]] outside::Called<FreshTokens> renew(const OpenedConnection& connection, const std::stop_token& stop);
    [[nodiscard]] Result<Connected> add(CrmConnection row);
    [[nodiscard]] Result<Connected> settle(CrmConnection row, bool again);
    [[nodiscard]] CrmConnection new_row(const TenantScope& scope, std::string_view actor, const std::optional<Id>& again) const;
    [[nodiscard]] outside::Called<outside::HubspotAccount> try_token(const Secret& token);
    void revoke(const CrmConnection& row);

    Ports ports_;
    const CrmSettings settings_;
    outside::HttpsClient https_;
    outside::SteadyPaceClock pace_;
    TokenKeeper tokens_;
    CrmIntake intake_;
    std::mutex mutex_;
    bool stopping_ = false;
    std::map<Id, std::shared_ptr<CrmAccount>> accounts_;
    std::map<Id, std::shared_ptr<const CrmReading>> readings_;
};

} // namespace tributary

// Keeping the deals of one account as the CRM has them: what events have named is read, what no event told is found by asking, and once a
// day both sides are counted and summed, and what differs is read again.
//
// One thread at a time. step() does one piece of work, which may wait for the CRM, and says when there is something to do again; all that
// must survive a stop is in the store. tests/crm/sync_test.cpp runs it against a CRM with every fault, on a told clock.
#pragma once
#include "crm/intake.hpp"
#include "crm/remote.hpp"
#include "store/store.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace tributary {

// What the last comparison of both sides has found. Amounts in major units as decimals, by currency.
struct CrmBalance {
    std::int64_t at = 0; // ms; 0: never
    std::uint64_t theirs = 0, ours = 0;
    std::uint64_t missing = 0;   // there and not here
    std::uint64_t surplus = 0;   // here and no longer there
    std::uint64_t differing = 0; // in amount
    std::map<std::string, std::string> theirs_sum, ours_sum;
    std::uint64_t wanted = 0; // records that are read again because of it
};

struct CrmSyncOptions {
    std::int64_t poll_every_ms = 60'000;
    std::int64_t compare_every_ms = 86'400'000;
    std::int64_t account_every_ms = 3'600'000;
    bool polls = true;
};

// What survives a stop beside the wanted records; one JSON text on the connection.
struct CrmSyncState {
    std::string cursor;         // of changed()
    std::int64_t polled_at = 0; // when it last came to its end
    std::int64_t account_at = 0;
    CrmBalance balance;
    std::int64_t since_ms = 0; // from when on changes are asked for, when there is no cursor yet
};
[[nodiscard]] std::string crm_sync_state_text(const CrmSyncState& state);
[[nodiscard]] CrmSyncState parse_crm_sync_state(std::string_view text); // an empty one for a text that is none

class CrmSync {
  public:
    static constexpr std::int64_t kRestMs = 1'000;       // after a piece of work with nothing else due
    static constexpr std::int64_t kFirstPauseMs = 2'000; // after a failure; doubled with each that follows
    static constexpr std::int64_t kPauseMsMax = 600'000;
    static constexpr std::uint32_t kAttemptsAlone = 3;   // a record that failed so often with others is read alone
    static constexpr std::uint32_t kAttemptsMax = 12;    // and then left to the comparison of both sides
    static constexpr std::size_t kWantedAtOnce = 10'000; // of a comparison, in one transaction

    struct Ports {
        CrmOrigin origin;
        CrmRemote& remote;
        CrmIntake& intake;
        Store& store;
        Writer& writer;
        const Clock& clock;
        std::function<void(const CrmSyncState&)> keep;        // durable before it returns
        std::function<void(const std::string& json)> account; // what account() gave
        std::function<void(const CrmFailure*)> health;        // the last call failed so; null: it went well
    };
    CrmSync(Ports ports, CrmSyncOptions options, CrmSyncState state);

    struct Next {
        std::int64_t at_ms = 0;  // when to call again, unless something is wanted before
        bool signed_out = false; // a person must connect the account again: do not call before
    };
    [[nodiscard]] Next step();
    // The next comparison, poll or look at the account is due at once. Any thread.
    void compare_now() { compare_asked_ = true; }
    void poll_now() { poll_asked_ = true; }
    void look_now() { look_asked_ = true; }
    [[nodiscard]] const CrmSyncState& state() const { return state_; }

  private:
    [[nodiscard]] bool read_wanted(std::int64_t now);
    [[nodiscard]] bool read_some(std::vector<Wanted> wanted);
    void put_off(const std::vector<Wanted>& wanted, const CrmFailure& failure);
    [[nodiscard]] bool poll(std::int64_t now);
    [[nodiscard]] bool look(std::int64_t now);
    [[nodiscard]] bool compare(std::int64_t now);
    [[nodiscard]] bool write(std::function<void(Turn&)> work);
    [[nodiscard]] std::int64_t due_next(std::int64_t now);
    [[nodiscard]] std::int64_t compared_at() const;
    [[nodiscard]] bool failed(const CrmFailure& failure);
    void went_well();

    Ports ports_;
    const CrmSyncOptions options_;
    CrmSyncState state_;
    std::atomic<bool> compare_asked_{false}, poll_asked_{false}, look_asked_{false};
    std::int64_t not_before_ = 0; // the account rests
    std::uint32_t failures_ = 0;  // in a row
    bool signed_out_ = false;
};

} // namespace tributary

// Who is signed in, in memory: read when the server starts, and written to the store first at every change, so that a request with a
// session costs no read of the database. One server at most uses a data directory (DataLock), so nobody else changes sessions.
// Thread-safe. find() runs on I/O threads; what writes waits for the disk and does not.
#pragma once
#include "api/principal.hpp"
#include "deal/clock.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary {

class SessionBook {
  public:
    static constexpr std::int64_t kDayMs = 86'400'000;
    static constexpr std::int64_t kUnseenMsMax = 30 * kDayMs; // a session ends when it was not used for so long
    static constexpr std::int64_t kAgeMsMax = 90 * kDayMs;    // and in any case when it is so old
    static constexpr std::int64_t kSeenStepMs = 3'600'000;    // how stale the stored moment of use may be
    static constexpr std::int64_t kHouseStepMs = 60'000;
    static constexpr std::size_t kPerPersonMax = 20; // signing in once more ends the one that was used least lately

    SessionBook(Store& store, const Clock& clock);

    // The person whose live session that is; it counts as used now.
    [[nodiscard]] std::optional<Principal> find(std::string_view token);
    // As known here, without the hash of the password.
    [[nodiscard]] std::optional<Person> person(const Id& id);
    [[nodiscard]] bool is_alive(const std::string& key_id);         // of a Principal that find() gave
    [[nodiscard]] std::unordered_map<Id, std::int64_t> last_seen(); // of those who have a session

    // Signs a person in whose password was just proved. nullopt: they were disabled or their password was changed meanwhile.
    [[nodiscard]] std::optional<std::string> open(const Person& person); // the token
    // Makes the person an invitation stands for. `token` is set when it is Yes.
    [[nodiscard]] People::Joined join(std::string_view invitation_hash, const Person& person, std::string& token);
    void end(std::string_view token);
    // Ends the person's sessions but that of `kept_key_id`. False: the password is another by now.
    [[nodiscard]] bool change_password(const Person& person, std::string_view new_hash, const std::string& kept_key_id);
    [[nodiscard]] People::Changed change_person(TenantNo tenant, const Id& id, const PersonChange& change);

    // Writes down who was seen and drops what has expired; does something once a minute. Called by the housekeeping thread.
    void keep_house();

  private:
    struct Entry {
        PersonSession session;
        std::int64_t written_at = 0; // the seen_at of the store
    };
    [[nodiscard]] bool is_over(const PersonSession& session, std::int64_t now_ms) const;
    void remember(const Person& person, const PersonSession& session);
    void forget_sessions(const Id& person, std::string_view kept_key_id);
    [[nodiscard]] std::optional<std::string> crowded_out(const Id& person);

    Store& store_;
    const Clock& clock_;
    std::mutex changing_; // held over a change of the store and of the memory together; taken before mutex_
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> sessions_; // by key_id
    std::unordered_map<Id, Person> people_;           // those who have a session
    std::int64_t house_at_ = 0;
};

} // namespace tributary

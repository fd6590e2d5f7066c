// PORT. What a connected CRM may be asked, the same for every CRM: its records whole, with their contacts and companies, as the door of its
// source reads them; what has changed; everything; and a census to compare with. The adapters (hubspot_remote, salesforce_remote) stand
// on outside/; tests have one that remembers.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace tributary {

// Why a CRM gave no answer, as far as it decides what to do next.
struct CrmFailure {
    enum class Kind : std::uint8_t {
        Passing,   // try again, with growing pauses
        Resting,   // not before retry_at_ms: a limit of calls, an account that is being moved
        SignedOut, // the account must be connected again by a person
        Refused,   // asking again will not help: a permission is missing, a record is no deal
        Stopped,   // the program ends, or the account was disconnected
    };
    Kind kind = Kind::Passing;
    std::int64_t retry_at_ms = 0;
    std::string code; // stable, for health and logs
    std::string text; // a sentence for a person; holds no token and nothing of a record
};
template <typename T>
using CrmResult = std::expected<T, CrmFailure>;

struct CrmRecord {
    std::string id;
    std::int64_t version_ms = 0; // when it was last changed, by the CRM's clock; 0: not known
    bool deleted = false;
    std::string text; // a JSON object, in the form that the door of the source reads
};

struct CrmPage {
    std::vector<CrmRecord> records;
    std::string next;  // the adapter's own: where to go on; it stays good over a restart
    bool more = false; // there is more at once
};

// One record as far as counts and sums go.
struct CrmCensusRow {
    std::string id;
    std::string amount;   // as written; empty: none
    std::string currency; // empty: the account's own
};
struct CrmCensusPage {
    std::vector<CrmCensusRow> rows; // records that are there, not deleted ones
    std::string next;               // empty: that was all
};

// Called by one thread at a time, but for `list` and `read`, which an import calls while the connection's own thread goes on. Calls wait
// for the account's limit of calls by themselves, and end soon after the program does.
class CrmRemote {
  public:
    static constexpr std::size_t kRecordsPerRead = 100;
    virtual ~CrmRemote() = default;
    // The records as they are now, deleted ones too; one that is no longer known at all comes as deleted. A record that was merged into
    // another brings that one. At most kRecordsPerRead.
    [[nodiscard]] virtual CrmResult<std::vector<CrmRecord>> read(std::span<const std::string> ids) = 0;
    // Records changed since `cursor`, oldest change first, with an overlap: some come twice. An empty cursor: from `since_ms` on.
    [[nodiscard]] virtual CrmResult<CrmPage> changed(const std::string& cursor, std::int64_t since_ms) = 0;
    // All records, deleted ones after the others. An empty cursor: from the first. The last page has an empty `next`.
    [[nodiscard]] virtual CrmResult<CrmPage> list(const std::string& cursor) = 0;
    // How many there are, for showing progress; 0: the CRM does not say.
    [[nodiscard]] virtual CrmResult<std::uint64_t> count() = 0;
    [[nodiscard]] virtual CrmResult<CrmCensusPage> census(const std::string& cursor) = 0;
    // Stages, owners, currency and time zone of the account as JSON, to be kept for reading its records (crm_reading.hpp).
    [[nodiscard]] virtual CrmResult<std::string> account() = 0;
};

} // namespace tributary

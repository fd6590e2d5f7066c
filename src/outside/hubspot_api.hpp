// The port to HubSpot: what the program reads of an account. The live one asks over the network (hubspot_live.hpp). All calls
// block, may be made from many threads at once, end soon after `stop`, and are bounded by the account's budget.
#pragma once
#include "outside/call_failure.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::outside {

enum class HubspotType { Deal, Contact, Company };
[[nodiscard]] std::string_view hubspot_type_path(HubspotType type); // deals, contacts, companies

// An object as it was sent. Ids are text: they outgrow 32 bits and may become words.
struct HubspotRecord {
    std::string id;
    std::int64_t updated_ms = 0; // hs_lastmodifieddate (lastmodifieddate of contacts), else updatedAt; 0: not told
    bool archived = false;
    std::string json; // the bytes of the object: id, properties, createdAt, updatedAt, archived, associations when asked for
};

struct HubspotPage {
    std::vector<HubspotRecord> records;
    std::string after;       // for the next page; empty: this was the last
    std::int64_t total = -1; // of a search; -1: not told
};

// A record that was asked for under an id that died in a merge.
struct HubspotMerge {
    std::string asked_id;
    std::string survivor_id;
};

struct HubspotBatch {
    std::vector<HubspotRecord> records; // one per living object, whatever ids led to it
    std::vector<std::string> missing;   // asked for, and neither found nor merged into one of them
    std::vector<HubspotMerge> merged;
};

struct HubspotLink {
    std::string to_id;
    bool is_primary = false; // labelled so; where none is, the first is what HubSpot shows
};
struct HubspotLinks {
    std::string from_id;
    std::vector<HubspotLink> to; // each id once, in their order
};

struct HubspotStage {
    std::string id;
    std::string label;
    int order = 0;
    std::string probability; // "0.9" as written; empty when not told
    bool is_closed = false;
    bool is_won = false; // closed with a probability of 1
    bool archived = false;
};
struct HubspotPipeline {
    std::string id;
    std::string label;
    int order = 0;
    bool archived = false;
    std::vector<HubspotStage> stages;
};

struct HubspotOwner {
    std::string id;
    std::string email;
    std::string first_name;
    std::string last_name;
    bool archived = false;
};

struct HubspotAccount {
    std::string portal_id;
    std::string time_zone; // IANA, e.g. Europe/Berlin
    std::string currency;  // ISO 4217 of amounts without one of their own
    std::vector<std::string> further_currencies;
};

struct HubspotListAsk {
    std::string after;       // of the page before; empty: from the start
    bool archived = false;   // only archived ones instead of only living ones
    int limit = 100;         // at most kHubspotListMax
    bool with_links = false; // contacts and companies inside the record, the first ones of each
};

// Ascending by the instant of their last change, then as HubSpot likes.
struct HubspotSearchAsk {
    std::int64_t modified_since_ms = 0; // at or after
    // Instead: the ones changed in exactly that millisecond with an id above `id_above`, ascending by id. For masses of one millisecond.
    bool exactly_then = false;
    std::string id_above = "0";
    std::string after; // row offset; rows at or beyond kHubspotSearchRowsMax are refused
    int limit = 200;   // at most kHubspotSearchMax
};

inline constexpr int kHubspotListMax = 100;
inline constexpr int kHubspotSearchMax = 200;
inline constexpr int kHubspotSearchRowsMax = 9'800; // HubSpot refuses at 10,000
inline constexpr std::size_t kHubspotBatchMax = 100;
inline constexpr std::size_t kHubspotLinksBatchMax = 1'000;

class HubspotApi {
  public:
    virtual ~HubspotApi() = default;

    [[nodiscard]] virtual Called<HubspotPage> list_deals(const HubspotListAsk& ask, const std::stop_token& stop) = 0;
    // Any number of ids; repeated ones are asked once.
    [[nodiscard]] virtual Called<HubspotBatch> read_records(HubspotType type, std::span<const std::string> ids,
                                                            const std::stop_token& stop) = 0;
    // The same among archived ones only.
    [[nodiscard]] virtual Called<HubspotBatch> read_archived(HubspotType type, std::span<const std::string> ids,
                                                             const std::stop_token& stop) = 0;
    // One, which also tells whether an id was merged: record.id differs from `id` then. NotFound when it is gone.
    [[nodiscard]] virtual Called<HubspotRecord> read_record(HubspotType type, const std::string& id, const std::stop_token& stop) = 0;
    // From each of these deals to its contacts or companies, in the order asked; deals without any, or unknown ones, have no links.
    [[nodiscard]] virtual Called<std::vector<HubspotLinks>> read_links(HubspotType to, std::span<const std::string> deal_ids,
                                                                       const std::stop_token& stop) = 0;
    // Never finds archived deals, and finds a change only some seconds after it happened.
    [[nodiscard]] virtual Called<HubspotPage> search_deals(const HubspotSearchAsk& ask, const std::stop_token& stop) = 0;
    [[nodiscard]] virtual Called<std::int64_t> count_deals(const std::stop_token& stop) = 0;               // living ones
    [[nodiscard]] virtual Called<std::vector<HubspotPipeline>> pipelines(const std::stop_token& stop) = 0; // of deals
    [[nodiscard]] virtual Called<std::vector<HubspotOwner>> owners(const std::stop_token& stop) = 0;       // archived ones too
    [[nodiscard]] virtual Called<HubspotAccount> account(const std::stop_token& stop) = 0;
};

// Every deal changed at or after `since_ms`, ascending, each state once; `take` is handed the new ones of a page and says whether to go on.
// Goes on by the last instant seen instead of by row, so that a deal which changes meanwhile pushes no other one out of
// sight, and HubSpot's 10,000 rows are never reached. `reached_ms` is where the next walk starts (less the overlap its caller wants).
struct HubspotWalk {
    std::int64_t reached_ms = 0; // of the last record; `since_ms` when there was none
    std::uint64_t records = 0;
    bool finished = false; // false: `take` said stop, or kHubspotWalkPagesMax
};
inline constexpr int kHubspotWalkPagesMax = 50'000;
[[nodiscard]] Called<HubspotWalk> walk_modified(HubspotApi& api, std::int64_t since_ms,
                                                const std::function<bool(const std::vector<HubspotRecord>&)>& take,
                                                const std::stop_token& stop);

} // namespace tributary::outside

// The pipeline: what happens to a deal between its door and its commit. One file a step, ingest.cpp tells the story.
// Plain synchronous functions. normalise() is pure and runs on any thread; everything else runs on the writer's thread,
// inside one transaction (SPEC-NOTES 20).
//
//   Draft --normalise--> Candidate --dedupe, upsert, associate, analyse, trigger--> Plan --record--> ledger
#pragma once
#include "deal/deal.hpp"
#include "deal/draft.hpp"
#include "deal/journal.hpp"
#include "deal/settings.hpp"
#include "deal/unit.hpp"
#include "pipeline/ranks.hpp"
#include "store/store.hpp"

#include <bitset>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tributary {

using GivenFields = std::bitset<kFieldCount>;

// A draft believed: every field converted and within its limits, the match key made.
struct Candidate {
    Source source = Source::Manual;
    GivenFields given;               // fields that were present and not blank
    GivenFields fill_only;           // of the given: a deal that has a value keeps it
    GivenFields cleared;             // set to nothing on purpose (an explicit null of a person's edit)
    Deal values;                     // only the given fields, match_key and spam marks mean anything
    std::vector<ExternalId> external_ids;
    std::vector<ExternalId> merged_ids; // of records that the CRM has merged into this one
    std::string metadata;            // JSON object text or empty
    std::string metadata_fill_only;  // likewise: keys that a deal keeps when it has them
    std::string lead_metadata;
    std::string company_size;
    std::int64_t event_time_ms = 0;
    std::string default_name;        // on create, when no name came
    std::optional<std::int64_t> default_value_minor;
    std::string_view default_value_rule;
    std::string lead_email;          // lower-cased valid address; empty: no lead
    std::string spam_reason;
    bool deleted = false;
    bool versioned = false;          // event_time_ms is the version of the whole record (deal/draft.hpp)
    std::int64_t read_at_ms = 0;     // 0: not read by us
    std::vector<FieldProblem> warnings;
};

// Step 1. Draft to Candidate; every problem of the draft is named at once; the refusal's code is that of the first.
[[nodiscard]] Result<Candidate> normalise(const Draft& draft, const Settings& settings, std::int64_t now_ms);

// The normal form of a name or company: NFKC, case-folded, punctuation and spaces collapsed; for companies the legal
// suffixes (Inc, GmbH, S.A., Co. Ltd...) are cut. SPEC-NOTES 18.
[[nodiscard]] std::string normal_name(std::string_view text);
[[nodiscard]] std::string normal_company(std::string_view text);
// Of normalised name and company; without a company the source takes its place, so that such a deal only meets its like.
[[nodiscard]] MatchKey match_key(std::string_view name, std::string_view company, Source source);

enum class MatchRule : std::uint8_t { None, ExternalId, NameAndCompany };
[[nodiscard]] std::string_view match_rule_key(MatchRule rule);

// Why a deal was taken to be the same as one already there (or as a related one that it is not).
struct Match {
    MatchRule rule = MatchRule::None;
    Id deal;
    std::vector<std::string> evidence;
    Id related;                      // a closed deal of the same name: an old customer's earlier chance
};

struct Factor {
    std::string_view name;           // velocity, engagement, value, close_date, data
    std::int32_t points = 0;
    std::string why;
};
// Step 5. The health score from the deal's own facts at a given time, in [0, 100], and how it came to be.
struct Analysis {
    std::int32_t health_score = 70;
    Risk risk = Risk::Low;
    std::vector<Factor> factors;
};
[[nodiscard]] Analysis analyse(const Deal& deal, std::int64_t now_ms);
[[nodiscard]] Risk risk_of(std::int32_t health_score);
// The same score without its sentences: what an import needs, at a fraction of the cost.
[[nodiscard]] std::int32_t health_score(const Deal& deal, std::int64_t now_ms);

// One deal that a batch has touched: as it was and as it is.
struct Working {
    bool existed = false;
    bool changed = false;
    bool confirmed = false;          // only the times of its fields moved: written, not told
    Deal before;                     // meaningful when existed
    Deal now;
};
struct WorkingLead {
    bool existed = false;
    bool changed = false;
    Lead now;
};

// What became of one row, for its answer and its outcome.
struct RowResult {
    std::uint32_t row = 0;
    std::uint64_t line = 0;
    RowAction action = RowAction::Rejected;
    std::size_t deal = 0;            // index into Plan::deals; unless rejected or skipped
    std::optional<std::size_t> lead; // index into Plan::leads
    Match match;
    std::vector<FieldProblem> warnings;
    std::optional<Refusal> refusal;  // when rejected
    std::string raw;                 // the refused row as received
    std::size_t journal = SIZE_MAX;  // index into Plan::journal; SIZE_MAX when nothing changed
    std::uint64_t fingerprint = 0;   // of what the row decides; 0 when not asked for
};

// What one row changes, for its journal row: a row of an arrival leaves at most one, which tells of its deal, its lead or both.
struct RowChange {
    std::optional<Deal> before;      // the deal before this row; none: the row made it, or left it as it was
    std::string rules;               // {field: rule} of a new deal's values, or of confirmed ones (precede.hpp); or empty
    bool lead = false;               // the row made or changed its lead (RowResult::lead)
    std::optional<Lead> lead_before; // none: the row made it
};

// Everything a batch of one unit is going to do, decided and not yet written. Rows later in the batch see what earlier ones did.
struct Plan {
    std::vector<Working> deals;
    std::vector<WorkingLead> leads;
    std::vector<JournalEntry> journal;
    std::vector<std::size_t> journal_deal; // beside journal: index into deals of the one the row changed, or kNoDeal
    static constexpr std::size_t kNoDeal = SIZE_MAX;
    std::vector<RowResult> rows;
    UnitCounts counts;

    boost::unordered_flat_map<Id, std::size_t, std::hash<Id>> by_id;
    struct ExternalHash { std::size_t operator()(const ExternalId& id) const noexcept; };
    boost::unordered_flat_map<ExternalId, std::size_t, ExternalHash> by_external;
    struct KeyHash { std::size_t operator()(const MatchKey& key) const noexcept; };
    boost::unordered_flat_map<MatchKey, std::vector<std::size_t>, KeyHash> by_key;
    struct TextHash { std::size_t operator()(const std::string& text) const noexcept { return std::hash<std::string>{}(text); } };
    boost::unordered_flat_map<std::string, std::size_t, TextHash> lead_by_email;
};

// One row of a batch on its way in: a candidate, or the refusal that its reading or normalising ended in.
struct IncomingRow {
    std::uint32_t row = 0;
    std::uint64_t line = 0;
    Result<Candidate> candidate = Candidate{};
    std::string raw;
};

// What a batch is about: the arrival, who sent it, when.
struct IngestContext {
    const Unit* unit = nullptr;
    std::int64_t now_ms = 0;
    const Settings* settings = nullptr;
    LedgerReader* ledger = nullptr; // for the rare second look: a deal that was renamed or came back
    AutomationPolicy automations = AutomationPolicy::Live;
    std::int64_t written_ms = 0;    // when it is written, if that is not when it was decided; 0: now_ms
    bool fingerprints = false;      // rows get one, to be compared between a plan and its application (plan.hpp)
};

// The steps, in order; each takes the plan further by one row. Called by ingest.cpp only.
void load(LedgerReader& ledger, std::span<const IncomingRow> rows, Plan& plan);                                 // what the rows may meet
bool load_deal(LedgerReader& ledger, const Id& deal, Plan& plan);                                               // one by its id; false when absent
void load_named(LedgerReader& ledger, const MatchKey& key, Plan& plan);                                         // more of the same, by one key
[[nodiscard]] Match dedupe(const Candidate& candidate, const Plan& plan);                                       // 2
[[nodiscard]] Result<RowAction> upsert(const Candidate& candidate, const Match& match, const IngestContext& context, Plan& plan,
                                       RowResult& row, RowChange& change);                                      // 3
// 3, of a merge in the CRM: deals that bear one of the merged ids are deleted and say into which deal they went.
void absorb(const Candidate& candidate, const IngestContext& context, Plan& plan, const RowResult& row);
void associate(const Candidate& candidate, const IngestContext& context, Plan& plan, RowResult& row,
               RowChange& change);                                                                              // 4
// That a unit has begun or ended: {"state", and `members` (",\"name\":value...")}.
[[nodiscard]] JournalEntry about_unit(const Unit& unit, Happening happening, std::int64_t now_ms, std::string_view members = {});
void tell(Plan& plan, const RowResult& row, const RowChange& change, std::uint8_t due);                         // 7: its journal row
void record(Ledger& ledger, const IngestContext& context, Plan& plan);                                          // 7
[[nodiscard]] std::uint8_t trigger(std::optional<Risk> before, const Deal& now, AutomationPolicy automations);       // 9: what is due after the commit
// What an automation logs on its deal; the cause is the journal number of the row in which the deal crossed into high risk.
[[nodiscard]] JournalEntry fired(const Id& deal, std::uint64_t cause, std::int64_t now_ms);

// Steps 1 to 5 and the telling for all rows of a batch, in memory: nothing is written.
[[nodiscard]] Plan decide(LedgerReader& ledger, IngestContext context, std::span<IncomingRow> rows);
// Steps 6 and 7.
void measure_and_record(Ledger& ledger, RankTurn& ranks, const IngestContext& context, Plan& plan);

// The story: rows in, everything written to the ledger, ranks moved. The plan stays for the answer.
// Moves the raw texts of refused rows out. A plan is written whole or, when the ledger throws, not at all.
[[nodiscard]] Plan ingest(Ledger& ledger, RankTurn& ranks, IngestContext context, std::span<IncomingRow> rows);

// A person's change to one known deal: the candidate's fields, its clearings, its deletion (or, not deleted, its restoring).
// No unit is stored: the journal row names the actor. The plan has one row; nothing when there is no such deal.
[[nodiscard]] std::optional<Plan> change(Ledger& ledger, RankTurn& ranks, IngestContext context, const Id& deal, Candidate candidate);

// A call, mail, meeting or note with a customer: engagement, unlike everything that imports and systems do.
struct Engagement {
    std::string_view type; // call | mail | meeting | note
    std::string note;
    std::int64_t at = 0;   // ms, not in the future
};
[[nodiscard]] std::optional<Plan> engage(Ledger& ledger, RankTurn& ranks, IngestContext context, const Id& deal, const Engagement& engagement);

// Outcomes of a plan's rows as they are kept with the unit.
[[nodiscard]] std::vector<RowOutcome> outcomes_of(const Plan& plan);

} // namespace tributary

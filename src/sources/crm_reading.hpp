// What is known of the CRM account that records come from: its stages, currency, time zone, owners, and how its fields are mapped. With it
// records are read exactly; without it (ReadingRules::crm is null) they are read as records of some account nobody has connected.
// Plain data, made once for an account and read by any thread.
#pragma once
#include "deal/field.hpp"
#include "deal/money.hpp"
#include "deal/names.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kCrmStagesMax = 2'000;          // of one account, over all pipelines; further ones are not kept
inline constexpr std::size_t kCrmFieldEntriesMax = 200;      // of a field map; further ones are not read
inline constexpr std::size_t kCrmCustomTextBytesMax = 2'000; // of a mapped value kept in the metadata

// One stage of the account's own table. HubSpot: of a pipeline; Salesforce: OpportunityStage, without pipeline.
struct CrmStageEntry {
    std::string pipeline; // id
    std::string stage;    // id, or ApiName
    std::string label;    // what people read
    std::optional<bool> closed;
    std::optional<bool> won;                 // Salesforce says it; for HubSpot a closed stage of 100 % is won
    std::optional<std::int32_t> probability; // hundredths of a percent
};

class CrmStageTable {
  public:
    void add(CrmStageEntry entry); // one of the same pipeline and stage is replaced
    // By pipeline and stage id in any case, then by label within the pipeline. A record that does not name its pipeline finds the stage
    // wherever only one pipeline has it. Null when the account has no such stage: its table should be read anew.
    [[nodiscard]] const CrmStageEntry* find(std::string_view pipeline, std::string_view stage) const;
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    std::vector<CrmStageEntry> entries_;
};

// What people have decided for one stage of a connection.
struct CrmStageChoice {
    std::string pipeline; // id; empty: of any pipeline
    std::string stage;    // id, ApiName or label, any case
    Stage ours = Stage::Discovery;
};

// How one of their values becomes one of ours.
enum class CrmTransform : std::uint8_t {
    Text,       // blanks around it cut
    Lower,      // a-z only
    Number,     // exact decimal, in its shortest form
    MajorUnits, // an amount as it is: "1500.00"
    MinorUnits, // an amount in cents (by the record's currency): "150000" is 1500
    Share,      // of one, to percent: "0.4" is 40
    Day,        // a date property: the day as written, of an instant its UTC day
    InstantDay, // an instant: its day in the account's time zone
    Bool,       // true, yes, 1; false, no, 0
};

struct CrmFieldEntry {
    std::string property;       // theirs: "hs_acv", "Region__c", "Account.Industry"
    std::optional<Field> field; // ours; stages are mapped by CrmStageChoice, never here
    std::string metadata_key;   // when it is no field of ours: kept under "custom"
    CrmTransform transform = CrmTransform::Text;
    bool in = true; // false: only written to the CRM
};

struct CrmReading {
    std::string account;           // HubSpot: portal id; Salesforce: organisation id, 18 characters; empty: not known
    bool inherits_unbound = false; // records pushed before any connection are this account's (docs/decisions/0020-crm-ids.md)
    CrmStageTable stages;          // empty: not read yet
    std::vector<CrmStageChoice> stage_map;
    std::optional<Currency> home_currency; // of an amount whose record does not say another
    bool several_currencies = false;       // then an amount whose record leaves the currency out altogether is in an unknown one
    std::string zone_id;                   // of the IANA database, "America/New_York"; empty or unknown: UTC
    std::map<std::string, std::string, std::less<>> owners; // their id -> name
    std::vector<CrmFieldEntry> fields;                      // a field that is mapped is read from its mapping alone
    std::int64_t read_at_ms = 0;                            // when we fetched the records, on our clock; 0: they were sent to us
};

} // namespace tributary

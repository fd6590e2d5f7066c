// What HubSpot and Salesforce records have in common: a body of records becomes rows, and what a record says of its stage
// becomes stage and probability of the draft. For the two CRM sources.
#pragma once
#include "sources/crm_stage.hpp"
#include "sources/draft_fill.hpp"
#include "sources/source.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kCrmBodyBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kCrmRecordsMax = 50'000; // of one body; every row lives in memory until committed

// The records of a body, as written: the elements of an array, of the first array among the members `wrappers` of an
// object, or the one object itself. Refuses with empty_body, invalid_json, invalid_body, too_many_rows.
[[nodiscard]] Result<std::vector<std::string_view>> crm_records(std::string_view body, std::span<const std::string_view> wrappers);

// One record parsed. invalid_json concerns the whole body; every other refusal the record alone.
[[nodiscard]] Result<boost::json::object> parse_record(std::string_view text);
[[nodiscard]] ReadRow record_row(std::size_t row, std::string_view text, Result<Draft> draft);

// A scalar member as text; empty when it is absent, null, blank or nested. Keys are matched exactly, then in any case.
[[nodiscard]] const boost::json::value* find_member(const boost::json::object& record, std::string_view key);
[[nodiscard]] std::string text_of(const boost::json::value* value);
[[nodiscard]] std::string member_text(const boost::json::object& record, std::string_view key);
[[nodiscard]] std::optional<bool> truth_of(std::string_view text); // "true", "false" in any case

// Probability in hundredths of a percent out of `text`; `digits` is 2 for percents ("40.5"), 4 for shares of one ("0.405").
[[nodiscard]] std::optional<std::int32_t> read_probability(Draft& draft, std::string_view text, int digits);
[[nodiscard]] std::string probability_text(std::int32_t hundredths); // "40", "40.5"
// Stage and probability together: closed is 100 or 0, else the record's own, else the default of its stage.
void put_stage(Draft& draft, const StageDecision& decision, std::optional<std::int32_t> probability);

// "hubspot:1234567" with an account, else "hubspot"; of the account that inherits what was pushed before, both (decision 20).
void add_crm_id(std::vector<ExternalId>& ids, std::string_view crm, const std::string& id, const CrmReading* account);

// An amount in the currency it came with, else in the account's own where that is certain: it has only one, or `currency_said` (the field
// came, blank).
void put_crm_amount(Draft& draft, std::string_view amount, std::string_view currency, bool currency_said, const ReadingRules* rules);

[[nodiscard]] std::string owner_name(const CrmReading* account, std::string_view id); // empty: not known
// stage_rule, stage_label, stage_unmapped, and stage_not_in_table when the account's table does not know the stage.
void keep_stage(boost::json::object& metadata, const StageDecision& decision);
// The CRM's time of change is the version of the whole record; what we have read was there when we read it, which our own member "read_at"
// tells in ms, or the account.
void put_version(Draft& draft, const boost::json::object& record, const CrmReading* account);

} // namespace tributary

// The deal and the lead as they are stored and shown. Every time is milliseconds since 1970 UTC; 0 means none.
#pragma once
#include "deal/date.hpp"
#include "deal/draft.hpp"
#include "deal/field.hpp"
#include "deal/id.hpp"
#include "deal/money.hpp"
#include "deal/names.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tributary {

// Probability in hundredths of a percent: 6000 is 60 %. Sums of value x probability stay exact integers.
inline constexpr std::int32_t kProbabilityMax = 10'000;

// 128-bit key of the normalised name and company (pipeline/dedupe.cpp says how it is made).
struct MatchKey {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const MatchKey&, const MatchKey&) = default;
};

// When a field was last set, as event time. Absent for a field means: at the deal's base_time_ms.
using FieldTimes = std::vector<std::pair<Field, std::int64_t>>;
// Which source last set a field; deal/field_origin.hpp says what it means when a field is absent.
using FieldOrigins = std::vector<std::pair<Field, Source>>;

struct Deal {
    Id id;
    std::string name;
    std::string company;
    std::int64_t value_minor = 0;
    Currency currency;
    Stage stage = Stage::Discovery;
    std::int32_t probability = 5'000;
    Source source = Source::Manual;
    std::optional<Date> expected_close_date;
    std::string contact_name;
    std::string contact_email;
    std::string contact_phone;
    std::string description;
    std::string owner;
    std::string lost_reason;
    Id lead_id;                       // nil: no lead
    bool value_estimated = false;
    std::int32_t health_score = 70;   // 0..100
    Risk risk = Risk::Low;
    std::int64_t stage_entered_at = 0;
    std::int64_t closed_at = 0;
    std::int64_t last_engaged_at = 0; // newest call, mail, meeting or note; imports and system events are none
    std::int64_t created_at = 0;      // at the source when it says so, else when received
    std::int64_t updated_at = 0;
    std::int64_t deleted_at = 0;      // soft; 0 = not deleted
    bool is_spam = false;
    std::string source_metadata;      // JSON object text, or empty
    std::vector<ExternalId> external_ids; // what it is called elsewhere, in the order learned

    // How duplicates are found and updates are ordered; not shown.
    MatchKey match_key;
    std::int32_t twin = 0;            // deals that rightly share a match key are numbered 0, 1, 2...
    std::int64_t base_time_ms = 0;
    FieldTimes field_times;
    FieldOrigins field_origins;
    std::uint64_t version = 0;        // journal number of the last change; the ETag
    std::uint64_t created_seq = 0;    // journal number of its creation

    [[nodiscard]] bool is_active() const { return !is_closed(stage) && deleted_at == 0 && !is_spam; }
};

struct Lead {
    Id id;
    std::string email;      // lower-cased
    std::string first_name;
    std::string last_name;
    std::string company;
    std::string phone;
    Source source = Source::Manual;
    LeadStatus status = LeadStatus::New;
    std::int32_t ai_score = 0; // 0..100
    std::string ai_qualification_summary;
    bool is_spam = false;
    std::string metadata_json; // JSON object text, or empty; holds first and last touch of UTM and click ids
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
    std::int64_t deleted_at = 0; // taken back by an undo; 0 = not. Such a lead is not found by its address and not listed
};

// The field of a deal as JSON text ("\"Acme\"", "120000", "null"), for change rows and history.
void append_field_json(std::string& out, const Deal& deal, Field field);
[[nodiscard]] bool same_field(const Deal& left, const Deal& right, Field field);

} // namespace tributary

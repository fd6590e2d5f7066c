// The table of the fields arrivals may set.
#include "deal/field.hpp"

namespace tributary {
namespace {

constexpr std::size_t kNameBytesMax = 500;
constexpr std::size_t kCompanyBytesMax = 300;
constexpr std::size_t kContactBytesMax = 320; // the longest e-mail address: 64 + 1 + 255
constexpr std::size_t kDescriptionBytesMax = 32'000;
constexpr std::size_t kOwnerBytesMax = 200;
constexpr std::size_t kLostReasonBytesMax = 1'000;
constexpr std::size_t kStageBytesMax = 100; // customers' own stage names go through the value map
constexpr std::size_t kWordBytesMax = 64;   // numbers, dates, codes

struct FieldRow {
    std::string_view key;
    std::size_t bytes_max;
};

// In the order of the enumeration.
constexpr std::array<FieldRow, kFieldCount> kRows{{
    {"name", kNameBytesMax},
    {"company", kCompanyBytesMax},
    {"value", kWordBytesMax},
    {"currency", kWordBytesMax},
    {"stage", kStageBytesMax},
    {"probability", kWordBytesMax},
    {"expected_close_date", kWordBytesMax},
    {"contact_name", kContactBytesMax},
    {"contact_email", kContactBytesMax},
    {"contact_phone", kContactBytesMax},
    {"description", kDescriptionBytesMax},
    {"owner", kOwnerBytesMax},
    {"lost_reason", kLostReasonBytesMax},
    {"created_at", kWordBytesMax},
    {"stage_entered_at", kWordBytesMax},
    {"closed_at", kWordBytesMax},
    {"value_estimated", kWordBytesMax},
}};

} // namespace

std::string_view field_key(Field field) { return kRows.at(static_cast<std::size_t>(field)).key; }

std::optional<Field> parse_field(std::string_view key) {
    for (const Field field : kFields) {
        if (field_key(field) == key) return field;
    }
    return std::nullopt;
}

std::size_t field_bytes_max(Field field) { return kRows.at(static_cast<std::size_t>(field)).bytes_max; }

} // namespace tributary

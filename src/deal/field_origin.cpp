// See field_origin.hpp.
#include "deal/field_origin.hpp"

#include <algorithm>

namespace tributary {

Field leading_field(Field field) {
    switch (field) {
    case Field::Currency:
    case Field::ValueEstimated: return Field::Value;
    case Field::StageEnteredAt:
    case Field::ClosedAt: return Field::Stage;
    default: return field;
    }
}

bool is_unset(const Deal& deal, Field field) {
    switch (field) {
    case Field::Company: return deal.company.empty();
    case Field::Value: return deal.value_minor == 0 || deal.value_estimated;
    case Field::ExpectedCloseDate: return !deal.expected_close_date;
    case Field::ContactName: return deal.contact_name.empty();
    case Field::ContactEmail: return deal.contact_email.empty();
    case Field::ContactPhone: return deal.contact_phone.empty();
    case Field::Description: return deal.description.empty();
    case Field::Owner: return deal.owner.empty();
    case Field::LostReason: return deal.lost_reason.empty();
    default: return false;
    }
}

std::optional<Source> origin_of(const Deal& deal, Field field) {
    const Field leading = leading_field(field);
    if (leading == Field::Value && deal.value_estimated) return std::nullopt;
    const auto own = std::ranges::find(deal.field_origins, leading, &FieldOrigins::value_type::first);
    if (own != deal.field_origins.end()) return own->second;
    // The defaults of a new deal have no time of their own (pipeline/upsert.cpp).
    const bool is_default = std::ranges::find(deal.field_times, FieldTimes::value_type{leading, 0}) != deal.field_times.end();
    if (is_default || is_unset(deal, leading)) return std::nullopt;
    return deal.source;
}

void set_origin(Deal& deal, Field field, Source source) {
    const Field leading = leading_field(field);
    const auto own = std::ranges::find(deal.field_origins, leading, &FieldOrigins::value_type::first);
    if (own != deal.field_origins.end())
        own->second = source;
    else if (origin_of(deal, leading) != source)
        deal.field_origins.emplace_back(leading, source);
}

bool differs_in_origin_alone(const Deal& left, const Deal& right, Field field) {
    if (left.field_origins.empty() && right.field_origins.empty()) return false;
    if (leading_field(field) != field || origin_of(left, field) == origin_of(right, field)) return false;
    return std::ranges::all_of(kFields, [&](Field member) { return leading_field(member) != field || same_field(left, right, member); });
}

} // namespace tributary

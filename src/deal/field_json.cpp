// See field_json.hpp.
#include "deal/field_json.hpp"

#include "deal/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>

namespace tributary {
namespace {

bool take_text(std::string& text, const boost::json::value& json) {
    auto read = text_of_json(json);
    if (!read) return false;
    text = std::move(*read);
    return true;
}

bool take_instant(std::int64_t& ms, const boost::json::value& json) {
    const auto read = instant_of_json(json);
    if (!read) return false;
    ms = *read;
    return true;
}

bool take_value(Deal& deal, const boost::json::value& json) {
    if (!json.is_number()) return false;
    const auto minor = parse_plain_amount(scalar_text(json), deal.currency);
    if (!minor) return false;
    deal.value_minor = *minor;
    return true;
}

bool take_currency(Deal& deal, const boost::json::value& json) {
    const auto currency = json.is_string() ? parse_currency(json.get_string()) : Result<Currency>(std::unexpect);
    if (!currency) return false;
    deal.currency = *currency;
    return true;
}

bool take_stage(Deal& deal, const boost::json::value& json) {
    const auto stage = json.is_string() ? parse_stage(json.get_string()) : std::nullopt;
    if (!stage) return false;
    deal.stage = *stage;
    return true;
}

bool take_probability(Deal& deal, const boost::json::value& json) {
    constexpr double kHundredths = 100;
    const double percent = json.is_number() ? json.to_number<double>() : -1.0;
    if (!(percent >= 0 && percent * kHundredths <= kProbabilityMax)) return false;
    deal.probability = static_cast<std::int32_t>(std::lround(percent * kHundredths));
    return true;
}

bool take_close_date(Deal& deal, const boost::json::value& json) {
    if (json.is_null()) {
        deal.expected_close_date.reset();
        return true;
    }
    const auto date = json.is_string() ? parse_date(json.get_string()) : Result<Date>(std::unexpect);
    if (!date) return false;
    deal.expected_close_date = *date;
    return true;
}

bool take_estimated(Deal& deal, const boost::json::value& json) {
    if (!json.is_bool()) return false;
    deal.value_estimated = json.get_bool();
    return true;
}

} // namespace

bool take_field_json(Deal& deal, Field field, const boost::json::value& json) {
    switch (field) {
    case Field::Name: return !json.is_null() && take_text(deal.name, json);
    case Field::Company: return take_text(deal.company, json);
    case Field::Value: return take_value(deal, json);
    case Field::Currency: return take_currency(deal, json);
    case Field::Stage: return take_stage(deal, json);
    case Field::Probability: return take_probability(deal, json);
    case Field::ExpectedCloseDate: return take_close_date(deal, json);
    case Field::ContactName: return take_text(deal.contact_name, json);
    case Field::ContactEmail: return take_text(deal.contact_email, json);
    case Field::ContactPhone: return take_text(deal.contact_phone, json);
    case Field::Description: return take_text(deal.description, json);
    case Field::Owner: return take_text(deal.owner, json);
    case Field::LostReason: return take_text(deal.lost_reason, json);
    case Field::CreatedAt: return take_instant(deal.created_at, json);
    case Field::StageEnteredAt: return take_instant(deal.stage_entered_at, json);
    case Field::ClosedAt: return take_instant(deal.closed_at, json);
    case Field::ValueEstimated: return take_estimated(deal, json);
    }
    return false;
}

std::optional<std::int64_t> instant_of_json(const boost::json::value& json) {
    if (json.is_null()) return 0;
    if (!json.is_string()) return std::nullopt;
    const auto ms = parse_instant(json.get_string());
    return ms ? std::optional(*ms) : std::nullopt;
}

std::optional<std::vector<ExternalId>> external_ids_of_json(const boost::json::value& json) {
    if (!json.is_array()) return std::nullopt;
    std::vector<ExternalId> external_ids;
    for (const auto& element : json.get_array()) {
        const auto* object = element.if_object();
        const auto* system = object == nullptr ? nullptr : object->if_contains("system");
        const auto* id = object == nullptr ? nullptr : object->if_contains("id");
        if (system == nullptr || id == nullptr || !system->is_string() || !id->is_string()) return std::nullopt;
        external_ids.push_back({std::string(system->get_string()), std::string(id->get_string())});
    }
    return external_ids;
}

std::optional<std::string> text_of_json(const boost::json::value& json) {
    if (json.is_null()) return std::string();
    if (!json.is_string()) return std::nullopt;
    return std::string(json.get_string());
}

} // namespace tributary

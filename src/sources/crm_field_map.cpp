// An account's own field map; see crm_field_map.hpp.
#include "sources/crm_field_map.hpp"

#include "deal/decimal.hpp"
#include "sources/crm_record.hpp"
#include "sources/draft_fill.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"
#include "sources/zone_day.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace tributary {
namespace {

constexpr int kPercentDigits = 2;

std::span<const CrmFieldEntry> entries_of(const CrmReading& crm) {
    return std::span(crm.fields).first(std::min(crm.fields.size(), kCrmFieldEntriesMax));
}

std::optional<std::string> day_text(std::string_view text, std::string_view zone_id) {
    if (const auto day = plain_day(text)) return date_text(*day);
    const auto instant = parse_instant(text);
    if (!instant) return std::nullopt;
    return date_text(zone_id.empty() ? date_of_ms(*instant) : day_in_zone(*instant, zone_id));
}

std::optional<std::string> truth_text(std::string_view text) {
    static constexpr std::array<std::string_view, 3> kYes = {"true", "yes", "1"};
    static constexpr std::array<std::string_view, 3> kNo = {"false", "no", "0"};
    const auto same = [text](std::string_view each) { return equal_no_case(each, text); };
    if (std::ranges::any_of(kYes, same)) return "true";
    if (std::ranges::any_of(kNo, same)) return "false";
    return std::nullopt;
}

int minor_digits(const Draft& draft, const CrmReading& crm) {
    const auto said = draft[Field::Currency] ? parse_currency(*draft[Field::Currency]) : std::unexpected(Refusal{});
    return (said ? *said : crm.home_currency.value_or(Currency{})).minor_digits();
}

// nullopt: the text is not what the transform expects.
std::optional<std::string> transformed(std::string_view text, CrmTransform transform, const Draft& draft, const CrmReading& crm) {
    switch (transform) {
    case CrmTransform::Lower: return lower_ascii(text);
    case CrmTransform::Number:
    case CrmTransform::MajorUnits: return shortest_decimal(text);
    case CrmTransform::MinorUnits: return shortest_decimal(text, -minor_digits(draft, crm));
    case CrmTransform::Share: return shortest_decimal(text, 2);
    case CrmTransform::Day: return day_text(text, {});
    case CrmTransform::InstantDay: return day_text(text, crm.zone_id);
    case CrmTransform::Bool: return truth_text(text);
    case CrmTransform::Text: break;
    }
    return std::string(text);
}

std::optional<std::string> mapped_text(Draft& draft, const CrmFieldEntry& entry, const CrmReading& crm,
                                       const CrmPropertyText& text_of_property) {
    const std::string said = text_of_property(entry.property);
    const std::string_view text = trimmed(said);
    if (text.empty()) return std::nullopt;
    auto made = transformed(text, entry.transform, draft, crm);
    if (!made) {
        const std::string_view name = entry.field ? field_key(*entry.field) : std::string_view(entry.metadata_key);
        warn(draft, name, "mapped_value", "The mapped value cannot be read as the map says; it was left out.", text);
    }
    return made;
}

void put_mapped(Draft& draft, Field field, std::string_view text, const CrmReading& crm, const ReadingRules* rules) {
    switch (field) {
    case Field::Value: {
        const std::string currency = draft[Field::Currency].value_or(crm.home_currency ? std::string(crm.home_currency->text()) : "");
        return put_amount(draft, text, currency, rules);
    }
    case Field::Currency:
        if (!parse_currency(text)) return warn(draft, field_key(field), "unknown_currency", "This is no currency; it was left out.", text);
        return put_text(draft, field, text);
    case Field::Probability:
        if (const auto share = read_probability(draft, text, kPercentDigits)) draft.offer(field, probability_text(*share));
        return;
    case Field::ExpectedCloseDate: return put_instant_as_day(draft, field, text, crm.zone_id);
    case Field::CreatedAt:
    case Field::StageEnteredAt:
    case Field::ClosedAt: return put_instant(draft, field, text);
    case Field::ValueEstimated:
        if (const auto truth = truth_text(text)) draft.offer(field, *truth);
        return;
    case Field::ContactEmail: return put_text(draft, field, lower_ascii(text));
    default: return put_text(draft, field, text);
    }
}

// Closed deals have 100 or 0 percent, whatever a property of theirs says.
bool may_be_mapped(const Draft& draft, Field field) {
    if (field == Field::Stage) return false;
    const auto stage = field == Field::Probability && draft[Field::Stage] ? parse_stage(*draft[Field::Stage]) : std::nullopt;
    return !stage || !is_closed(*stage);
}

} // namespace

void apply_field_map(Draft& draft, const CrmReading& crm, const CrmPropertyText& text_of_property, const ReadingRules* rules) {
    std::bitset<kFieldCount> mapped;
    const auto take = [&](const CrmFieldEntry& entry) {
        if (!entry.in || !entry.field || !may_be_mapped(draft, *entry.field)) return;
        const auto place = static_cast<std::size_t>(*entry.field);
        const std::optional<std::string> usual = draft[*entry.field];
        if (!mapped.test(place)) draft[*entry.field].reset();
        mapped.set(place);
        if (const auto text = mapped_text(draft, entry, crm, text_of_property)) put_mapped(draft, *entry.field, *text, crm, rules);
        if (*entry.field == Field::Name && !draft[Field::Name]) draft[Field::Name] = usual;
    };
    // The currency first: amounts are read in it.
    for (const CrmFieldEntry& entry : entries_of(crm)) {
        if (entry.field == Field::Currency) take(entry);
    }
    for (const CrmFieldEntry& entry : entries_of(crm)) {
        if (entry.field != Field::Currency) take(entry);
    }
}

boost::json::object custom_values(Draft& draft, const CrmReading& crm, const CrmPropertyText& text_of_property) {
    boost::json::object custom;
    for (const CrmFieldEntry& entry : entries_of(crm)) {
        if (!entry.in || entry.field || entry.metadata_key.empty()) continue;
        if (auto text = mapped_text(draft, entry, crm, text_of_property))
            custom.emplace(entry.metadata_key, utf8_cut(*text, kCrmCustomTextBytesMax));
    }
    return custom;
}

} // namespace tributary

// The fields of a deal as JSON text, and whether two deals agree in one.
#include "deal/deal.hpp"

#include "deal/json.hpp"

#include <charconv>

namespace tributary {
namespace {

void append_text_or_null(std::string& out, std::string_view text) {
    if (text.empty())
        out += "null";
    else
        append_json_string(out, text);
}

void append_instant_or_null(std::string& out, std::int64_t ms) {
    if (ms == 0) {
        out += "null";
        return;
    }
    out += '"';
    append_instant(out, ms);
    out += '"';
}

void append_quoted(std::string& out, std::string_view clean_text) {
    out += '"';
    out += clean_text;
    out += '"';
}

// Hundredths of a percent as percent: 6000 is 60, 6250 is 62.5.
void append_probability(std::string& out, std::int32_t hundredths) {
    char buffer[16];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, hundredths / 100);
    const int rest = hundredths % 100;
    if (rest != 0) {
        *end.ptr++ = '.';
        *end.ptr++ = static_cast<char>('0' + rest / 10);
        if (rest % 10 != 0) *end.ptr++ = static_cast<char>('0' + rest % 10);
    }
    out.append(buffer, end.ptr);
}

// 100 JPY and 1.00 EUR have the same count of minor units and are not the same number.
bool same_amount(const Deal& left, const Deal& right) {
    const auto scaled = [](const Deal& deal) {
        constexpr int kDigitsMax = 4;
        __extension__ __int128 amount = deal.value_minor;
        for (int step = deal.currency.minor_digits(); step < kDigitsMax; ++step) amount *= 10;
        return amount;
    };
    if (left.currency == right.currency) return left.value_minor == right.value_minor;
    return scaled(left) == scaled(right);
}

} // namespace

void append_field_json(std::string& out, const Deal& deal, Field field) {
    switch (field) {
    case Field::Name: append_json_string(out, deal.name); return;
    case Field::Company: append_text_or_null(out, deal.company); return;
    case Field::Value: append_amount(out, deal.value_minor, deal.currency); return;
    case Field::Currency: append_quoted(out, deal.currency.text()); return;
    case Field::Stage: append_quoted(out, stage_key(deal.stage)); return;
    case Field::Probability: append_probability(out, deal.probability); return;
    case Field::ExpectedCloseDate:
        if (deal.expected_close_date)
            append_quoted(out, date_text(*deal.expected_close_date));
        else
            out += "null";
        return;
    case Field::ContactName: append_text_or_null(out, deal.contact_name); return;
    case Field::ContactEmail: append_text_or_null(out, deal.contact_email); return;
    case Field::ContactPhone: append_text_or_null(out, deal.contact_phone); return;
    case Field::Description: append_text_or_null(out, deal.description); return;
    case Field::Owner: append_text_or_null(out, deal.owner); return;
    case Field::LostReason: append_text_or_null(out, deal.lost_reason); return;
    case Field::CreatedAt: append_instant_or_null(out, deal.created_at); return;
    case Field::StageEnteredAt: append_instant_or_null(out, deal.stage_entered_at); return;
    case Field::ClosedAt: append_instant_or_null(out, deal.closed_at); return;
    case Field::ValueEstimated: out += deal.value_estimated ? "true" : "false"; return;
    }
}

bool same_field(const Deal& left, const Deal& right, Field field) {
    switch (field) {
    case Field::Name: return left.name == right.name;
    case Field::Company: return left.company == right.company;
    case Field::Value: return same_amount(left, right);
    case Field::Currency: return left.currency == right.currency;
    case Field::Stage: return left.stage == right.stage;
    case Field::Probability: return left.probability == right.probability;
    case Field::ExpectedCloseDate: return left.expected_close_date == right.expected_close_date;
    case Field::ContactName: return left.contact_name == right.contact_name;
    case Field::ContactEmail: return left.contact_email == right.contact_email;
    case Field::ContactPhone: return left.contact_phone == right.contact_phone;
    case Field::Description: return left.description == right.description;
    case Field::Owner: return left.owner == right.owner;
    case Field::LostReason: return left.lost_reason == right.lost_reason;
    case Field::CreatedAt: return left.created_at == right.created_at;
    case Field::StageEnteredAt: return left.stage_entered_at == right.stage_entered_at;
    case Field::ClosedAt: return left.closed_at == right.closed_at;
    case Field::ValueEstimated: return left.value_estimated == right.value_estimated;
    }
    return false;
}

} // namespace tributary

#include "sources/column_content.hpp"

#include "deal/date.hpp"
#include "deal/money.hpp"
#include "deal/names.hpp"
#include "sources/column_cell.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kCellsLeast = 3;
constexpr std::size_t kCellBytesMax = 254; // the longest address

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n\v\f";
    const std::size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

bool is_address(std::string_view cell) {
    const std::size_t at = cell.find('@');
    if (at == std::string_view::npos || at == 0 || cell.find('@', at + 1) != std::string_view::npos) return false;
    if (cell.find_first_of(" ,;<>\"\t") != std::string_view::npos) return false;
    const std::size_t dot = cell.rfind('.');
    return dot != std::string_view::npos && dot > at + 1 && dot + 2 < cell.size();
}

bool is_day(std::string_view cell) { return split_numeric_date(cell).has_value() || parse_date(cell) || parse_instant(cell); }

// A number with its currency beside it: one without says nothing about what it counts.
bool is_amount(std::string_view cell) {
    const auto number = parse_written_number(cell, '.');
    const auto comma = number ? number : parse_written_number(cell, ',');
    return comma && comma->currency.has_value();
}

bool is_number(std::string_view cell) { return parse_written_number(cell, '.') || parse_written_number(cell, ','); }

bool is_currency_code(std::string_view cell) {
    return cell.size() == 3 && std::ranges::all_of(cell, [](char c) { return c >= 'A' && c <= 'Z'; }) && parse_currency(cell);
}

bool names_one_of(std::string_view header, std::initializer_list<std::string_view> words) {
    const std::string text = lower(header);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// The address of who sells, wrote or changed the row is nobody's lead.
bool names_own_people(std::string_view header) {
    return names_one_of(header,
                        {"owner", "rep",  "agent",  "user",   "creat",   "modif", "chang",   "updat",   "assign",  "manager", "seller",
                         "sales", "from", "sender", "author", "partner", "team",  "support", "invoice", "billing", " by"});
}

bool names_another_time(std::string_view header) {
    return names_one_of(header, {"prev", "old", "last", "next", "former", "initial", "first", "from", "target", "before", "history"});
}

struct Cells {
    std::vector<std::string_view> said; // trimmed, not blank
    std::set<std::string> different;

    explicit Cells(std::span<const std::string_view> cells) {
        for (const std::string_view cell : cells) {
            if (trimmed(cell).empty()) continue;
            said.push_back(trimmed(cell));
            different.insert(lower(said.back().substr(0, kCellBytesMax)));
        }
    }
    [[nodiscard]] bool all(bool (*is)(std::string_view)) const {
        return std::ranges::all_of(said, [is](std::string_view cell) { return cell.size() <= kCellBytesMax && is(cell); });
    }
};

ColumnGuess guess(Field field, int percent, std::size_t cells, std::string_view are, bool sure) {
    return {.hint = {.field = field,
                     .kind = MatchKind::Content,
                     .percent = percent,
                     .reason = "All " + std::to_string(cells) + " cells looked at are " + std::string(are) + "."},
            .sure = sure};
}

} // namespace

std::optional<ColumnGuess> field_by_content(std::string_view header, std::span<const std::string_view> cells) {
    const Cells heard(cells);
    const std::size_t count = heard.said.size();
    if (count < kCellsLeast) return std::nullopt;
    if (heard.all(is_address)) {
        if (names_own_people(header)) return std::nullopt;
        const bool distinct = heard.different.size() * 10 >= count * 8;
        return guess(Field::ContactEmail, distinct ? 75 : 40, count, "e-mail addresses", distinct);
    }
    if (heard.all([](std::string_view cell) { return parse_stage(cell).has_value(); })) {
        const bool sure = heard.different.size() >= 2 && !names_another_time(header);
        return guess(Field::Stage, sure ? 75 : 40, count, "words for stages", sure);
    }
    if (heard.all(is_currency_code)) return guess(Field::Currency, 50, count, "codes of currencies", false);
    if (heard.all(is_amount)) return guess(Field::Value, 50, count, "amounts with a currency", false);
    if (heard.all(is_day)) return guess(Field::ExpectedCloseDate, 40, count, "dates", false);
    return std::nullopt;
}

bool cells_may_be(Field field, std::span<const std::string_view> cells) {
    const Cells heard(cells);
    const auto some = [&](auto is) { return heard.said.empty() || std::ranges::any_of(heard.said, is); };
    switch (field) {
    case Field::ContactEmail: return some(is_address);
    case Field::Value: return some(is_number);
    case Field::Currency: return some([](std::string_view cell) { return parse_currency(cell).has_value(); });
    case Field::Probability: return some([](std::string_view cell) { return percentage_number(cell).has_value(); });
    case Field::ExpectedCloseDate:
    case Field::CreatedAt:
    case Field::StageEnteredAt:
    case Field::ClosedAt: return some([](std::string_view cell) { return is_day(cell) || is_date_serial(cell); });
    case Field::Name:
    case Field::Company:
    case Field::Stage:
    case Field::ContactName:
    case Field::ContactPhone:
    case Field::Description:
    case Field::Owner:
    case Field::LostReason:
    case Field::ValueEstimated: break;
    }
    return true;
}

} // namespace tributary

#include "sources/company_size.hpp"

#include "sources/field_names.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace tributary {
namespace {

struct DefaultRow {
    std::string_view size;
    std::int64_t major;
};

// SPEC-NOTES 16, in major units of the base currency.
constexpr std::array<DefaultRow, 8> kDefaults = {{{"1-10", 5'000},
                                                  {"11-50", 15'000},
                                                  {"51-200", 50'000},
                                                  {"201-500", 100'000},
                                                  {"501-1000", 150'000},
                                                  {"1001-5000", 300'000},
                                                  {"5001+", 500'000},
                                                  {"unknown", 10'000}}};
constexpr std::string_view kUnknown = "unknown";
constexpr std::int64_t kManyPeople = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kPeopleMax = 1'000'000'000;

// A range of people; high is kManyPeople for "1000+".
struct People {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One whole number off the front, with separators of thousands ("5,001", "5.001", "5 001" only before three digits).
std::optional<std::int64_t> take_number(std::string_view& text) {
    while (!text.empty() && !is_digit(text.front())) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::int64_t number = 0;
    while (!text.empty()) {
        if (is_digit(text.front())) {
            number = std::min(number * 10 + (text.front() - '0'), kPeopleMax);
            text.remove_prefix(1);
            continue;
        }
        const bool separator = text.front() == ',' || text.front() == '.' || text.front() == ' ';
        const bool three = text.size() >= 4 && is_digit(text[1]) && is_digit(text[2]) && is_digit(text[3]);
        if (!separator || !three || (text.size() > 4 && is_digit(text[4]))) break;
        text.remove_prefix(1);
    }
    if (!text.empty() && (text.front() == 'k' || text.front() == 'K')) {
        number = std::min(number * 1'000, kPeopleMax);
        text.remove_prefix(1);
    }
    return number;
}

std::optional<People> people_of(std::string_view text) {
    const std::size_t first_digit = text.find_first_of("0123456789");
    if (first_digit == std::string_view::npos) return std::nullopt;
    const std::string lead = folded_name(text.substr(0, first_digit));
    const bool above =
        text.substr(0, first_digit).find('>') != std::string_view::npos || lead == "over" || lead == "morethan" || lead == "above";
    const auto low = take_number(text);
    const bool plus = text.find('+') != std::string_view::npos || text.find("more") != std::string_view::npos;
    const auto high = take_number(text);
    if (high && *high >= *low) return People{*low, *high};
    // "1000+" on a form whose other choices end at 1,000 means more than that.
    if (above || plus) return People{*low % 10 == 0 ? *low + 1 : *low, kManyPeople};
    return People{*low, *low};
}

} // namespace

std::vector<std::pair<std::string, std::int64_t>> default_company_size_values(Currency currency) {
    std::int64_t minor = 1;
    for (int digit = 0; digit < currency.minor_digits(); ++digit) minor *= 10;
    std::vector<std::pair<std::string, std::int64_t>> values;
    for (const DefaultRow& row : kDefaults) values.emplace_back(row.size, row.major * minor);
    return values;
}

namespace {

using SizeTable = std::vector<std::pair<std::string, std::int64_t>>;

std::optional<SizeEstimate> find_row(const SizeTable& table, std::string_view word, const std::optional<People>& people) {
    // A range that straddles two rows counts by its middle.
    const std::int64_t count = !people ? 0 : people->high == kManyPeople ? people->low : people->low + (people->high - people->low) / 2;
    for (const auto& [size, value] : table) {
        const auto row = people_of(size);
        const bool within = people && row && count >= row->low && count <= row->high;
        if (within || (!people && !word.empty() && folded_name(size) == word)) return SizeEstimate{size, value};
    }
    return std::nullopt;
}

} // namespace

SizeEstimate estimate_by_size(std::string_view text, const ReadingRules& rules) {
    const SizeTable defaults = default_company_size_values(rules.base_currency);
    const std::string word = folded_name(text);
    const auto people = people_of(text);
    for (const SizeTable& table : {rules.company_size_values, defaults}) {
        if (word == kUnknown) break;
        if (auto found = find_row(table, word, people)) return *std::move(found);
    }
    const auto own = std::ranges::find(rules.company_size_values, kUnknown, [](const auto& row) { return folded_name(row.first); });
    return {{}, own != rules.company_size_values.end() ? own->second : defaults.back().second};
}

} // namespace tributary

// Amounts as people write them in mails, forms and tables. The number is found, its separators are understood, and what
// is left is a plain decimal for parse_plain_amount.
#include "deal/decimal.hpp"
#include "deal/money.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kWrittenBytesMax = 200; // a longer text is prose, not an amount

Refusal not_a_number(std::string_view text) {
    return field_refusal("value", "not_a_number", "The text cannot be read as an amount.", text);
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// The many blanks, apostrophes and dashes become one each, and lower case, so that the rest looks at single bytes.
std::string plain_marks(std::string_view text) {
    static constexpr std::pair<std::string_view, char> kMarks[] = {
        {"\u00A0", ' '}, {"\u202F", ' '}, {"\u2009", ' '}, {"\u2007", ' '}, {"\u2019", '\''}, {"\u02BC", '\''},
        {"\u2212", '-'}, {"\u2013", '-'}, {"\u2014", '-'}, {"\t", ' '},     {"\n", ' '},      {"\r", ' '},
    };
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto first = static_cast<unsigned char>(text.front());
        if (first >= 0x20 && first < 0x80) {
            out += first >= 'A' && first <= 'Z' ? static_cast<char>(first + 32) : static_cast<char>(first);
            text.remove_prefix(1);
            continue;
        }
        const auto mark = std::ranges::find_if(kMarks, [text](const auto& each) { return text.starts_with(each.first); });
        if (mark != std::end(kMarks)) {
            out += mark->second;
            text.remove_prefix(mark->first.size());
            continue;
        }
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// What stands around the number.
struct Surroundings {
    bool negative = false;
    bool dollar_sign = false; // a bare "$" or "dollars": US dollars, unless a code says which
    std::optional<Currency> currency;
    std::optional<int> power; // of ten, from k, m, b
};

std::optional<int> power_word(std::string_view word) {
    static constexpr std::pair<std::string_view, int> kPowers[] = {
        {"k", 3},  {"tsd", 3}, {"thousand", 3}, {"lakh", 5},     {"lakhs", 5},    {"m", 6},     {"mm", 6},
        {"mn", 6}, {"mio", 6}, {"million", 6},  {"millions", 6}, {"mln", 6},      {"crore", 7}, {"crores", 7},
        {"b", 9},  {"bn", 9},  {"mrd", 9},      {"billion", 9},  {"billions", 9},
    };
    if (word.ends_with('.')) word.remove_suffix(1);
    for (const auto& [key, power] : kPowers) {
        if (key == word) return power;
    }
    return std::nullopt;
}

bool is_dollar(Currency currency) {
    static constexpr std::string_view kDollars =
        "USD AUD CAD NZD SGD HKD TWD MXN CLP COP ARS BBD BMD BND BSD BZD FJD GYD JMD LRD NAD SRD TTD XCD";
    return kDollars.find(currency.text()) != std::string_view::npos;
}

// "$1,200 CAD" and "€5 EUR" name one currency twice; "€5 USD" names two and is none.
bool take_currency(std::string_view word, Surroundings& around) {
    static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
        {"dollar", "$"}, {"dollars", "$"}, {"euro", "€"}, {"euros", "€"}};
    for (const auto& [written, sign] : kWords) {
        if (word == written) word = sign;
    }
    if (word == "$") {
        if (std::exchange(around.dollar_sign, true)) return false;
        return !around.currency || is_dollar(*around.currency);
    }
    const auto currency = parse_currency(word);
    if (!currency || (around.dollar_sign && !is_dollar(*currency))) return false;
    return std::exchange(around.currency, *currency).value_or(*currency) == *currency;
}

// Takes one word: a currency, a power, or both glued ("keur", "m€"). False when it is neither, or at odds with the others.
bool take_word(std::string_view word, Surroundings& around, bool powers_allowed) {
    if (word == "-" || word == "+") return !std::exchange(around.negative, word == "-");
    const auto power = powers_allowed ? power_word(word) : std::nullopt;
    if (power) return !std::exchange(around.power, power).has_value();
    if (take_currency(word, around)) return true;
    if (!powers_allowed || word.size() < 2) return false;
    const auto first = power_word(word.substr(0, 1));
    if (!first || std::exchange(around.power, first)) return false;
    return take_currency(word.substr(1), around);
}

bool take_words(std::string_view text, Surroundings& around, bool powers_allowed) {
    while (!(text = trimmed(text)).empty()) {
        std::size_t size = text.find(' ');
        if (text.front() == '-' || text.front() == '+')
            size = 1;
        else if (const std::size_t sign = text.find_first_of("-+"); sign < size)
            size = sign;
        if (!take_word(text.substr(0, size), around, powers_allowed)) return false;
        text.remove_prefix(std::min(size, text.size()));
    }
    return true;
}

// Between groups of three digits (or Indian twos with a last three) and nowhere else.
bool groups_well(std::string_view whole, char mark) {
    std::vector<std::size_t> sizes{0};
    for (const char letter : whole) {
        if (letter == mark)
            sizes.push_back(0);
        else
            ++sizes.back();
    }
    if (sizes.size() == 1) return true;
    if (sizes.front() < 1 || sizes.front() > 3 || sizes.back() != 3) return false;
    const auto all_are = [&sizes](std::size_t size) {
        return std::all_of(sizes.begin() + 1, sizes.end() - 1, [size](auto each) { return each == size; });
    };
    return all_are(3) || (mark == ',' && sizes.front() <= 2 && all_are(2));
}

struct Marks {
    char group = 0;   // 0: none
    char decimal = 0; // 0: none
};

// One mark and three digits after it: the only shape that reads two ways. "1,234" is taken as thousands, as exports write it.
std::optional<Marks> marks_of_three(char mark, char decimal_mark) {
    if (decimal_mark == mark) return Marks{.decimal = mark};
    if (mark == ',' || decimal_mark != 0) return Marks{.group = mark};
    return std::nullopt;
}

struct MarkCount {
    std::size_t dots = 0, commas = 0;
    char spacer = 0; // blank or apostrophe; these always group
    bool mixed = false;
};

MarkCount count_marks(std::string_view number) {
    MarkCount count;
    for (const char letter : number) {
        if (letter == '.')
            ++count.dots;
        else if (letter == ',')
            ++count.commas;
        else if (!is_digit(letter)) {
            count.mixed = count.mixed || (count.spacer != 0 && count.spacer != letter);
            count.spacer = letter;
        }
    }
    return count;
}

// nullopt: it reads two ways.
std::optional<Marks> understand_marks(std::string_view number, char decimal_mark) {
    const MarkCount count = count_marks(number);
    if (count.dots > 0 && count.commas > 0) {
        const char last = number[number.find_last_of(".,")];
        return Marks{.group = last == '.' ? ',' : '.', .decimal = last};
    }
    const char mark = count.dots > 0 ? '.' : ',';
    const std::size_t marks = count.dots + count.commas;
    if (marks > 1) return Marks{.group = mark};
    if (marks == 0) return Marks{.group = count.spacer};
    if (count.spacer != 0) return Marks{.group = count.spacer, .decimal = mark};
    const std::size_t before = number.find(mark);
    const std::size_t after = number.size() - before - 1;
    const bool may_group = after == 3 && before >= 1 && before <= 3 && number.front() != '0';
    if (!may_group) return Marks{.decimal = mark};
    return marks_of_three(mark, decimal_mark);
}

// The plain decimal of a number with these marks, or empty when the marks stand wrongly.
std::string plain_decimal(std::string_view number, Marks marks) {
    const std::size_t point = marks.decimal == 0 ? std::string_view::npos : number.rfind(marks.decimal);
    const std::string_view whole = number.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
    if (!std::ranges::all_of(fraction, is_digit)) return {};
    if (!std::ranges::all_of(whole, [marks](char letter) { return is_digit(letter) || (marks.group != 0 && letter == marks.group); }))
        return {};
    if (!groups_well(whole, marks.group)) return {};
    std::string out;
    std::ranges::copy_if(whole, std::back_inserter(out), is_digit);
    if (!fraction.empty()) out.append(".").append(fraction);
    return out;
}

// Where the digits begin and end, with the marks between them; a mark before the first digit (".5") belongs to it.
std::pair<std::size_t, std::size_t> find_number(std::string_view text) {
    const auto first_digit = text.find_first_of("0123456789");
    if (first_digit == std::string_view::npos) return {0, 0};
    std::size_t first = first_digit;
    if (first > 0 && (text[first - 1] == '.' || text[first - 1] == ',') &&
        (first == 1 || !std::isalpha(static_cast<unsigned char>(text[first - 2]))))
        --first;
    std::size_t last = first_digit + 1;
    for (std::size_t at = last; at < text.size(); ++at) {
        if (is_digit(text[at]))
            last = at + 1;
        else if (std::string_view(".,' ").find(text[at]) == std::string_view::npos)
            break;
    }
    return {first, last};
}

// "e+07" after the digits, as spreadsheets export large numbers; its length, 0 for none.
std::size_t exponent_size(std::string_view text) {
    if (text.empty() || text.front() != 'e') return 0;
    std::size_t at = text.size() > 1 && (text[1] == '+' || text[1] == '-') ? 2 : 1;
    const std::size_t digits = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at == digits ? 0 : at;
}

// "1.200,-" and "5.--" say that no cents follow: the same as ",00". A lone trailing mark says nothing.
void take_empty_fraction(std::string& number, std::string_view& after) {
    if (after.empty() || (after.front() != '.' && after.front() != ',')) return;
    const char mark = after.front();
    std::size_t dashes = 1;
    while (dashes < after.size() && after[dashes] == '-') ++dashes;
    if (dashes > 1) number.append(1, mark).append("00");
    after.remove_prefix(dashes);
}

// A plain decimal, perhaps with an exponent, and what stood around it.
struct Written {
    std::string decimal;
    Surroundings around;
};

Result<Written> read_written(std::string_view text, char decimal_mark) {
    if (text.size() > kWrittenBytesMax) return std::unexpected(not_a_number(text));
    const std::string plain = plain_marks(text);
    std::string_view rest = trimmed(plain);
    Written written;
    if (rest.starts_with('(') && rest.ends_with(')')) {
        written.around.negative = true; // accountants' minus
        rest = rest.substr(1, rest.size() - 2);
    }
    const auto [first, last] = find_number(rest);
    if (last == 0) return std::unexpected(not_a_number(text));
    std::string number(rest.substr(first, last - first));
    std::string_view after = rest.substr(last);
    take_empty_fraction(number, after);
    const std::string exponent(after.substr(0, exponent_size(after)));
    after.remove_prefix(exponent.size());
    Surroundings& around = written.around;
    if (!take_words(rest.substr(0, first), around, false) || !take_words(after, around, true)) return std::unexpected(not_a_number(text));

    const auto marks = understand_marks(number, decimal_mark);
    if (!marks) {
        return std::unexpected(
            field_refusal("value", "ambiguous_number", "The mark in this amount can be read as thousands or as decimals.", text));
    }
    written.decimal = plain_decimal(number, *marks);
    if (written.decimal.empty() || (!exponent.empty() && around.power)) return std::unexpected(not_a_number(text));
    written.decimal += exponent;
    if (around.power) written.decimal.append("e").append(std::to_string(*around.power));
    if (around.negative) written.decimal.insert(0, "-");
    return written;
}

} // namespace

Result<WrittenNumber> parse_written_number(std::string_view text, char decimal_mark) {
    auto written = read_written(text, decimal_mark);
    if (!written) return std::unexpected(std::move(written.error()));
    auto number = shortest_decimal(written->decimal);
    if (!number) return std::unexpected(not_a_number(text));
    const bool bare_dollar = written->around.dollar_sign && !written->around.currency;
    return WrittenNumber{.number = *std::move(number),
                         .currency = bare_dollar ? std::optional(Currency{}) : written->around.currency,
                         .bare_dollar = bare_dollar};
}

Result<WrittenAmount> parse_written_amount(std::string_view text, Currency fallback, char decimal_mark) {
    const bool plain = !text.empty() && text.size() <= kWrittenBytesMax && std::ranges::all_of(text, is_digit);
    if (plain) { // most cells of most files
        const auto minor = parse_plain_amount(text, fallback);
        if (!minor) return std::unexpected(minor.error());
        return WrittenAmount{.minor = *minor, .currency = fallback};
    }
    auto written = read_written(text, decimal_mark);
    if (!written) return std::unexpected(std::move(written.error()));
    Surroundings& around = written->around;
    if (around.dollar_sign && !around.currency) around.currency = Currency{};
    const Currency currency = around.currency.value_or(fallback);
    const auto minor = parse_plain_amount(written->decimal, currency);
    if (!minor) return std::unexpected(field_refusal("value", minor.error().code, minor.error().message, text));
    return WrittenAmount{.minor = *minor, .named_currency = around.currency.has_value(), .currency = currency};
}

} // namespace tributary

// The amount a mail names; see email_text.hpp. Every number is looked at with the words around it: a number with a currency
// is an amount, one without only where a budget is spoken of.
#include "sources/email_text.hpp"
#include "sources/money_words.hpp"
#include "sources/reader_text.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kSearchedBytesMax = 64 * 1024;
constexpr std::size_t kNumbersMax = 2'000; // looked at; a mail with more is a table
constexpr std::size_t kNumberBytesMax = 40;
constexpr std::size_t kWordsBefore = 80; // bytes of context looked at
constexpr std::size_t kWordsAfter = 40;
constexpr std::int64_t kSensibleMajorMax = 1'000'000'000;             // a mail that names more names a market, not a deal
constexpr std::int64_t kSensibleMajorMaxSmallUnits = 100'000'000'000; // yen, won
constexpr std::int64_t kBareMajorMin = 100;                           // "budget for 5 of them"

constexpr auto kBudgetWords = std::to_array<std::string_view>(
    {"budget", "presupuesto", "bilancio", "orçamento", "willing to pay", "can spend", "to spend", "予算", "预算"});
constexpr auto kValueWords = std::to_array<std::string_view>({
    "price",  "pricing", "cost",     "value",   "worth",    "amount",  "quote",   "quotation", "offer", "spend",
    "invest", "volume",  "approved", "deal",    "contract", "order",   "fee",     "pay",       "preis", "wert",
    "kosten", "betrag",  "angebot",  "auftrag", "volumen",  "prix",    "montant", "valeur",    "devis", "precio",
    "valor",  "importe", "coste",    "prezzo",  "valore",   "importo", "offerta", "見積",      "金額",  "价格",
});
constexpr auto kForeignWords =
    std::to_array<std::string_view>({"revenue", "turnover", "umsatz", "raised", "funding", "valuation", "valued at", "market cap", "profit",
                                     "gewinn", "ebitda", "arr", "chiffre d'affaires", "facturación", "fatturato"});

struct Candidate {
    AmountFound found;
    std::int64_t major = 0;
    bool in_context = false;
};

bool says_word(std::string_view text, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [text](std::string_view word) {
        for (std::size_t at = find_no_case(text, word); at != std::string_view::npos; at = find_no_case(text, word, at + 1)) {
            if (at == 0 || !is_letter(word.front()) || !is_word_byte(text[at - 1])) return true;
        }
        return false;
    });
}

// The end of the sentence is the end of the context: ". ", "! ", "? ", an empty line.
bool ends_sentence(std::string_view text, std::size_t at) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    if (text[at] == '\n') return next == '\n' || next == '\r';
    return (text[at] == '.' || text[at] == '!' || text[at] == '?') && (next == ' ' || next == '\n' || next == '\r');
}

std::string_view context_before(std::string_view text, std::size_t at) {
    const std::size_t first = at > kWordsBefore ? at - kWordsBefore : 0;
    std::size_t start = at;
    while (start > first && !ends_sentence(text, start - 1)) --start;
    return text.substr(start, at - start);
}

std::string_view context_after(std::string_view text, std::size_t at) {
    const std::size_t last = std::min(text.size(), at + kWordsAfter);
    std::size_t end = at;
    while (end < last && !ends_sentence(text, end)) ++end;
    return text.substr(at, end - at);
}

// The size of a mark that may stand between two digits of one number, and whether it only ever groups by three.
struct Mark {
    std::size_t size = 0;
    bool groups_only = false;
};
Mark mark_at(std::string_view text) {
    if (text.starts_with('.') || text.starts_with(',')) return {1, false};
    for (const std::string_view mark : {std::string_view(" "), std::string_view("'"), std::string_view("\u00A0"),
                                        std::string_view("\u202F"), std::string_view("\u2009"), std::string_view("\u2019")}) {
        if (text.starts_with(mark)) return {mark.size(), true};
    }
    return {};
}

std::size_t digits_at(std::string_view text) { return std::min(text.find_first_not_of("0123456789"), text.size()); }

// Where the number that begins at `at` ends, its marks taken along.
std::size_t number_end(std::string_view text, std::size_t at) {
    std::size_t group = digits_at(text.substr(at));
    at += group;
    for (;;) {
        const Mark mark = mark_at(text.substr(at));
        const std::size_t next = mark.size == 0 ? 0 : digits_at(text.substr(at + mark.size));
        if (next == 0 || (mark.groups_only && (next != 3 || group > 3))) return at;
        at += mark.size + next;
        group = next;
    }
}

// Of "80.000" and "80,000": three digits after the only mark are thousands in a mail, unless "m" follows ("1.250m").
char decimal_mark_of(std::string_view number, bool has_power) {
    const std::size_t mark = number.find_first_not_of("0123456789");
    if (mark == std::string_view::npos || (number[mark] != '.' && number[mark] != ',')) return 0;
    if (digits_at(number.substr(mark + 1)) != number.size() - mark - 1) return 0; // more marks decide themselves
    if (has_power) return number[mark];
    return number[mark] == '.' ? ',' : '.';
}

class Search {
  public:
    Search(std::string_view text, Currency fallback) : text_(text), fallback_(fallback) {}

    std::vector<Candidate> run() {
        for (std::size_t at = 0; at < text_.size() && numbers_ < kNumbersMax;) at = step(at);
        return std::move(candidates_);
    }

  private:
    std::size_t step(std::size_t at) {
        if (starts_no_case(text_.substr(at), "http://") || starts_no_case(text_.substr(at), "https://") ||
            starts_no_case(text_.substr(at), "www.")) {
            return std::min(text_.find_first_of(" \t\r\n>", at), text_.size());
        }
        if (text_[at] == '+' && at + 1 < text_.size() && is_digit(text_[at + 1])) { // a telephone number
            return std::min(text_.find_first_not_of("+0123456789 ()./-", at), text_.size());
        }
        if (!is_digit(text_[at])) return at + 1;
        ++numbers_;
        const std::size_t end = number_end(text_, at);
        if (end - at <= kNumberBytesMax) take(at, end);
        return end;
    }

    // Glued to other digits or letters it is a date, a time, a version, a name.
    [[nodiscard]] bool stands_alone(std::size_t start, std::size_t end, bool has_power) const {
        const char before = start > 0 ? text_[start - 1] : ' ';
        const char after = end < text_.size() ? text_[end] : ' ';
        const bool digit_next = end + 1 < text_.size() && is_digit(text_[end + 1]);
        if (is_word_byte(before) || std::string_view("#@/:._&=").find(before) != std::string_view::npos) return false;
        if (before == '-' && !has_power) return false;
        return !is_letter(after) && !(digit_next && std::string_view("-/:").find(after) != std::string_view::npos);
    }

    // A range names its currency once: "EUR 50,000 to 80,000".
    void hand_on(std::size_t end, const std::optional<Currency>& currency) {
        std::string_view rest = text_.substr(end);
        while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
        for (const std::string_view word : {std::string_view("-"), std::string_view("–"), std::string_view("—"), std::string_view("to "),
                                            std::string_view("bis "), std::string_view("and "), std::string_view("und ")}) {
            if (!starts_no_case(rest, word)) continue;
            rest.remove_prefix(word.size());
            while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
            inherited_ = currency;
            inherited_at_ = text_.size() - rest.size();
            return;
        }
    }

    void take(std::size_t start, std::size_t end) {
        const std::string_view number = text_.substr(start, end - start);
        if (says_percent(text_.substr(end))) return;
        const PowerAt power = power_after(text_.substr(end));
        std::size_t stop = end + power.size;
        auto currency = currency_before(text_.substr(0, start));
        std::size_t from = start;
        if (currency)
            from -= currency->size;
        else if (const auto after = currency_after(text_.substr(stop)))
            currency = after, stop += after->size;
        else if (inherited_ && inherited_at_ == start)
            currency = CurrencyAt{*inherited_, 0};

        Candidate candidate;
        if (currency) candidate.found.currency = currency->currency;
        if (currency) hand_on(stop, candidate.found.currency);
        if (!currency && !stands_alone(start, end + power.size, power.size > 0)) return;
        if (says_unit_price(text_.substr(stop))) return;
        if (!judge_context(candidate, start, stop, number, power.size > 0)) return;

        const Currency unit = currency ? currency->currency : fallback_;
        std::string written(number);
        if (power.size > 0) written.append("e").append(std::to_string(power.power));
        const auto amount = parse_written_amount(written, unit, decimal_mark_of(number, power.size > 0));
        if (!amount) return;
        candidate.found.plain = amount_text(amount->minor, unit);
        candidate.found.written = one_line(text_.substr(from, stop - from));
        candidate.major = amount->minor;
        for (int digit = 0; digit < unit.minor_digits(); ++digit) candidate.major /= 10;
        const std::int64_t most = unit.minor_digits() == 0 ? kSensibleMajorMaxSmallUnits : kSensibleMajorMax;
        if (amount->minor <= 0 || candidate.major > most || (!currency && candidate.major < kBareMajorMin)) return;
        candidates_.push_back(std::move(candidate));
    }

    // False when the words around say that this is no amount of a deal.
    bool judge_context(Candidate& candidate, std::size_t start, std::size_t stop, std::string_view number, bool has_power) const {
        const std::string_view before = context_before(text_, start);
        const std::string_view after = context_after(text_, stop);
        const bool budget = says_word(before, kBudgetWords) || starts_no_case(trimmed(after), "budget");
        if (!candidate.found.currency) {
            const bool year = number.size() == 4 && !has_power && (number.starts_with("19") || number.starts_with("20"));
            if (!budget || year || says_counted_thing(text_.substr(stop))) return false;
            candidate.found.rule = "email.budget_number";
            return true;
        }
        if (!budget && (says_word(before, kForeignWords) || says_word(after, kForeignWords))) return false;
        candidate.in_context = budget || says_word(before, kValueWords) || says_word(after, kValueWords);
        candidate.found.rule = candidate.in_context ? "email.amount_in_context" : "email.largest_amount";
        return true;
    }

    std::string_view text_;
    Currency fallback_;
    std::vector<Candidate> candidates_;
    std::size_t numbers_ = 0;
    std::optional<Currency> inherited_;
    std::size_t inherited_at_ = std::string_view::npos;
};

} // namespace

std::optional<AmountFound> find_amount(std::string_view subject, std::string_view text, Currency fallback) {
    std::string searched(subject);
    searched.append("\n\n").append(utf8_cut(text, kSearchedBytesMax));
    std::vector<Candidate> candidates = Search(searched, fallback).run();
    // In a context before out of one, a named currency before a bare number, then the larger.
    const auto rank = [](const Candidate& each) { return std::tuple(each.in_context, each.found.currency.has_value(), each.major); };
    const auto best = std::ranges::max_element(candidates, {}, rank);
    if (best == candidates.end()) return std::nullopt;
    return std::move(best->found);
}

} // namespace tributary

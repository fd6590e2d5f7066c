#include "sources/header_match.hpp"

#include "sources/field_names.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace tributary {
namespace {

constexpr std::size_t kWordsMax = 4;       // every order of them is tried
constexpr std::size_t kWordBytesMax = 24;  // longer ones are no words of ours
constexpr std::size_t kShortestHeader = 5; // letters
constexpr std::size_t kShortestTypo = 5;   // a word of fewer letters is written right, or it is another word
constexpr std::size_t kShortestSwap = 4;   // two letters exchanged make no other word, when the words beside it are right
constexpr std::size_t kShortestTwoTypos = 10;
constexpr int kTyposMax = 2;
constexpr int kRankMax = 1; // looser names than these are not stretched further

using Words = std::vector<std::string>;

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// "closeDate", "Close-Date" and "close date" are two words each. Empty when it cannot be compared: digits, or too many words.
Words words_of(std::string_view header) {
    Words words;
    bool inside = false;
    for (std::size_t at = 0; at < header.size(); ++at) {
        const char c = header[at];
        if (c >= '0' && c <= '9') return {};
        if (!is_lower(c) && !is_upper(c)) {
            inside = false;
            continue;
        }
        const bool hump = is_upper(c) && at > 0 && is_lower(header[at - 1]);
        if (!inside || hump) words.emplace_back();
        inside = true;
        words.back().push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
    }
    std::erase_if(words, [](const std::string& word) { return word == "of" || word == "the"; });
    const bool strange =
        words.size() > kWordsMax || std::ranges::any_of(words, [](const auto& word) { return word.size() > kWordBytesMax; });
    return strange ? Words() : words;
}

std::string singular(std::string_view word) {
    if (word.size() > 4 && word.ends_with("ies")) return std::string(word.substr(0, word.size() - 3)) + "y";
    if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss")) word.remove_suffix(1);
    return std::string(word);
}

struct KnownName {
    Words words;
    NamedWords name;
};
const std::vector<KnownName>& known_names() {
    static const std::vector<KnownName> kNames = [] {
        std::vector<KnownName> all;
        for (const NamedWords& each : header_names()) all.push_back({words_of(each.words), each});
        return all;
    }();
    return kNames;
}

// Words that are right as they stand, however near to one of ours: taking them for a slip would be a wrong guess.
bool is_word_of_its_own(const std::string& word) {
    static constexpr auto kWords = std::to_array<std::string_view>(
        {"agency", "chance",     "charge", "chose",  "clone",  "closed",  "closer", "contract", "contractor", "creator",
         "custom", "descriptor", "noted",  "owned",  "parson", "persona", "phony",  "prone",    "season",     "stake",
         "stale",  "stare",      "state",  "status", "store",  "titled",  "vague",  "valued",   "valve",      "venue"});
    if (std::ranges::binary_search(kWords, std::string_view(singular(word))) || std::ranges::binary_search(kWords, std::string_view(word)))
        return true;
    static const std::vector<std::string> kOurs = [] {
        std::vector<std::string> all;
        for (const KnownName& each : known_names()) all.insert(all.end(), each.words.begin(), each.words.end());
        std::ranges::sort(all);
        return all;
    }();
    return std::ranges::binary_search(kOurs, word) || std::ranges::binary_search(kOurs, singular(word));
}

bool is_swap(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    const auto differ = std::ranges::mismatch(left, right);
    const auto at = static_cast<std::size_t>(differ.in1 - left.begin());
    return at + 1 < left.size() && left[at] == right[at + 1] && left[at + 1] == right[at] && left.substr(at + 2) == right.substr(at + 2);
}

// Letters left out, put in, mistaken or exchanged with their neighbour, at least.
int typing_errors(std::string_view left, std::string_view right) {
    std::array<std::array<int, kWordBytesMax + 1>, kWordBytesMax + 1> cost{};
    for (std::size_t i = 0; i <= left.size(); ++i) cost[i][0] = static_cast<int>(i);
    for (std::size_t j = 0; j <= right.size(); ++j) cost[0][j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= left.size(); ++i) {
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const int mistaken = cost[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, mistaken});
            const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[left.size()][right.size()];
}

// nullopt: another word. `alone`: the header is this word only.
std::optional<int> word_difference(const std::string& theirs, std::string_view ours, bool alone) {
    if (singular(theirs) == singular(ours)) return 0;
    const bool swapped_beside_others = !alone && ours.size() == kShortestSwap && theirs.front() == ours.front() && is_swap(theirs, ours);
    if (swapped_beside_others) return 1; // "Close Dtae"
    const std::size_t shorter = std::min(theirs.size(), ours.size());
    if (shorter < kShortestTypo || theirs.front() != ours.front() || is_word_of_its_own(theirs)) return std::nullopt;
    const int errors = typing_errors(theirs, ours);
    if (errors > (shorter >= kShortestTwoTypos ? 2 : 1)) return std::nullopt;
    return errors;
}

struct Difference {
    int typos = 0;
    bool reordered = false;
};

std::optional<Difference> difference(const Words& theirs, const Words& ours) {
    if (theirs.size() == 1 && ours.size() > 1) { // "dealnmae"
        const std::string joined = std::accumulate(ours.begin(), ours.end(), std::string());
        return is_swap(theirs.front(), joined) ? std::optional(Difference{.typos = 1}) : std::nullopt;
    }
    if (theirs.size() != ours.size()) return std::nullopt;
    Difference sum;
    for (std::size_t at = 0; at < ours.size(); ++at) {
        const auto one = word_difference(theirs[at], ours[at], ours.size() == 1);
        if (!one) {
            Words left = theirs;
            Words right = ours;
            for (Words* each : {&left, &right}) {
                for (std::string& word : *each) word = singular(word);
                std::ranges::sort(*each);
            }
            return left == right ? std::optional(Difference{.reordered = true}) : std::nullopt;
        }
        sum.typos += *one;
    }
    return sum.typos > kTyposMax ? std::nullopt : std::optional(sum);
}

// "Deals" or "Contacts" alone is as often how many there are.
bool is_counted(const Words& header, Field field) {
    return header.size() == 1 && header.front().ends_with('s') &&
           (field == Field::Name || field == Field::Company || field == Field::ContactName);
}

std::string why(const Difference& how, std::string_view words) {
    const std::string quoted = "\"" + std::string(words) + "\".";
    if (how.typos > 0) return (how.typos == 1 ? "One typing error away from " : "Two typing errors away from ") + quoted;
    return (how.reordered ? "The words of " : "As good as ") +
           (how.reordered ? quoted.substr(0, quoted.size() - 1) + " in another order." : quoted);
}

} // namespace

std::string_view match_word(MatchKind kind) {
    switch (kind) {
    case MatchKind::Told: return "told";
    case MatchKind::Exact: return "exact";
    case MatchKind::Alias: return "alias";
    case MatchKind::Similar: return "similar";
    case MatchKind::Content: return "content";
    case MatchKind::None: break;
    }
    return "none";
}

std::optional<ColumnGuess> similar_field(std::string_view header) {
    constexpr std::size_t kHeaderBytesMax = 60;
    if (header.size() > kHeaderBytesMax || folded_name(header).size() < kShortestHeader) return std::nullopt;
    const Words theirs = words_of(header);
    if (theirs.empty()) return std::nullopt;
    std::optional<ColumnGuess> best;
    int least = kTyposMax + 1;
    bool several = false;
    for (const KnownName& known : known_names()) {
        const NamedPlace place = known.name.place;
        if (place.place != Place::DealField || place.rank > kRankMax) continue;
        const auto how = difference(theirs, known.words);
        if (!how || how->typos > least) continue;
        const Field field = place.field;
        if (how->typos == least) {
            several = several || best->hint.field != field;
            continue;
        }
        several = false;
        least = how->typos;
        constexpr std::array kPercents = {90, 80, 70}; // by typing errors
        best = ColumnGuess{
            .hint = {.field = field, .percent = kPercents.at(static_cast<std::size_t>(least)), .reason = why(*how, known.name.words)},
            .sure = !is_counted(theirs, field)};
    }
    return several ? std::nullopt : best;
}

} // namespace tributary

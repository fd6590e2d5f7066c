// See near.hpp. Most deals are told apart by their first letter or by the letters that occur, before anything is normalised.
#include "pipeline/near.hpp"

#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tributary {
namespace {

constexpr std::size_t kBytesPerEdit = 6; // of a name, for each edit that is let pass
constexpr std::size_t kEditsMax = 3;
constexpr std::uint64_t kNotAscii = std::uint64_t{1} << 63U;

// 0..25 a letter in any case, 26..35 a digit, 63 what is not ASCII, 62 anything else.
constexpr std::array<std::uint8_t, 256> kLetterBits = [] {
    std::array<std::uint8_t, 256> bits{};
    for (std::size_t c = 0; c < bits.size(); ++c) {
        bits[c] = c >= 128 ? 63 : 62;
        if (c >= 'a' && c <= 'z') bits[c] = static_cast<std::uint8_t>(c - 'a');
        if (c >= 'A' && c <= 'Z') bits[c] = static_cast<std::uint8_t>(c - 'A');
        if (c >= '0' && c <= '9') bits[c] = static_cast<std::uint8_t>(26 + c - '0');
    }
    return bits;
}();
constexpr std::uint64_t kLettersAndDigits = (std::uint64_t{1} << 36U) - 1;

std::uint64_t letters_of(std::string_view text) {
    std::uint64_t letters = 0;
    for (const unsigned char c : text) letters |= std::uint64_t{1} << kLetterBits[c];
    return letters;
}

// The first letter or digit as a bit number; 62: it has none; 63: not ASCII before one.
std::uint8_t first_letter(std::string_view text) {
    for (const unsigned char c : text) {
        if (kLetterBits[c] != 62) return kLetterBits[c];
    }
    return 62;
}

// Levenshtein's distance, bytes, given up above `most` (at most kEditsMax): only the band of the table that can end below it is filled.
std::size_t edits_between(std::string_view left, std::string_view right, std::size_t most) {
    const std::size_t apart = left.size() > right.size() ? left.size() - right.size() : right.size() - left.size();
    if (apart > most) return most + 1;
    std::array<std::size_t, NearDeals::kNameBytesMax + kEditsMax + 1> row{};
    for (std::size_t at = 0; at <= right.size(); ++at) row[at] = at;
    for (std::size_t down = 1; down <= left.size(); ++down) {
        const std::size_t from = down > most ? down - most : 1;
        const std::size_t to = std::min(right.size(), down + most);
        std::size_t corner = row[from - 1];
        row[from - 1] = from == 1 ? down : most + 1;
        std::size_t least = row[from - 1];
        for (std::size_t across = from; across <= to; ++across) {
            const std::size_t above = across == down + most ? most + 1 : row[across];
            const std::size_t changed = corner + (left[down - 1] == right[across - 1] ? 0 : 1);
            corner = row[across];
            row[across] = std::min({changed, above + 1, row[across - 1] + 1});
            least = std::min(least, row[across]);
        }
        if (least > most) return most + 1;
    }
    return row[right.size()];
}

} // namespace

std::string_view near_why_key(NearWhy why) {
    switch (why) {
    case NearWhy::SimilarNameAndCompany: return "similar_name_and_company";
    case NearWhy::SimilarName: return "similar_name";
    case NearWhy::SameCompany: break;
    }
    return "same_company";
}

NearDeals::NearDeals(std::string_view name, std::string_view company)
    : name_(normal_name(name)), company_(normal_company(company)), edits_max_(std::min(name_.size() / kBytesPerEdit, kEditsMax)),
      letters_(letters_of(name_)) {}

bool NearDeals::is_same_company(std::string_view company) const {
    if (company_.empty() || company.empty()) return false;
    const std::uint8_t first = first_letter(company);
    if (first < 62 && first != first_letter(company_)) return false;
    return normal_company(company) == company_;
}

std::size_t NearDeals::edits_to(std::string_view name) const {
    const std::size_t none = edits_max_ + 1;
    if (name_.empty() || name_.size() > kNameBytesMax || name.size() + edits_max_ < name_.size()) return none;
    const std::uint64_t letters = letters_of(name);
    if (((letters | letters_) & kNotAscii) == 0) {
        // An edit brings in at most one letter and takes out at most one.
        const std::uint64_t apart = (letters ^ letters_) & kLettersAndDigits;
        if (static_cast<std::size_t>(std::popcount(apart)) > 2 * edits_max_) return none;
    }
    return edits_between(name_, normal_name(name), edits_max_);
}

void NearDeals::look(const LedgerReader::NamedDeal& deal) {
    const bool company = is_same_company(deal.company);
    const std::size_t edits = edits_to(deal.name);
    const bool similar = edits <= edits_max_;
    if (!company && !similar) return;
    Found found{.deal = deal.id, .why = NearWhy::SameCompany, .tier = 2, .edits = similar ? edits : 0};
    if (similar && company) {
        found.why = NearWhy::SimilarNameAndCompany;
        found.tier = 0;
    } else if (similar) {
        found.why = NearWhy::SimilarName;
        found.tier = company_.empty() || deal.company.empty() ? 1 : 3;
    }
    keep(found);
}

void NearDeals::keep(const Found& found) {
    const auto nearer = [](const Found& left, const Found& right) {
        return std::pair(left.tier, left.edits) < std::pair(right.tier, right.edits);
    };
    if (found_.size() == kShownMax && !nearer(found, found_.back())) return;
    found_.insert(std::ranges::upper_bound(found_, found, nearer), found);
    if (found_.size() > kShownMax) found_.pop_back();
}

} // namespace tributary

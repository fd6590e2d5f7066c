// The closed word lists, one table each.
#include "deal/names.hpp"

namespace tributary {
namespace {

constexpr std::size_t kNameBytesMax = 40; // no word of any list is longer

// Lower case without blanks, dashes and underscores, so that "Closed Won", "closed-won" and CLOSEDWON are one word.
struct Folded {
    std::array<char, kNameBytesMax> letters{};
    std::size_t size = 0;
    [[nodiscard]] constexpr std::string_view text() const { return {letters.data(), size}; }
};

constexpr std::optional<Folded> fold(std::string_view text) {
    Folded folded;
    for (const char letter : text) {
        if (letter == ' ' || letter == '-' || letter == '_' || letter == '\t') continue;
        if (folded.size == kNameBytesMax) return std::nullopt;
        folded.letters[folded.size++] = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    }
    return folded;
}

template <std::size_t Count>
constexpr std::array<Folded, Count> fold_all(const std::array<std::string_view, Count>& keys) {
    std::array<Folded, Count> folded;
    for (std::size_t at = 0; at < Count; ++at) folded[at] = *fold(keys[at]);
    return folded;
}

template <typename Name, std::size_t Count>
std::optional<Name> find_name(const std::array<Folded, Count>& folded, std::string_view text) {
    const auto wanted = fold(text);
    if (!wanted) return std::nullopt;
    for (std::size_t at = 0; at < Count; ++at) {
        if (folded[at].text() == wanted->text()) return static_cast<Name>(at);
    }
    return std::nullopt;
}

using namespace std::string_view_literals;

// In the order of the enumerations.
constexpr std::array kStageKeys{"discovery"sv, "qualification"sv, "proposal"sv, "negotiation"sv, "closed_won"sv, "closed_lost"sv};
constexpr std::array kStageLabels{"Discovery"sv, "Qualification"sv, "Proposal"sv, "Negotiation"sv, "Closed Won"sv, "Closed Lost"sv};
constexpr std::array kSourceKeys{"manual"sv, "web_form"sv, "csv"sv, "email"sv, "api"sv, "hubspot"sv, "salesforce"sv, "system"sv};
constexpr std::array kRiskKeys{"low"sv, "medium"sv, "high"sv};
constexpr std::array kLeadStatusKeys{"new"sv, "qualified"sv, "contacted"sv, "converted"sv, "disqualified"sv, "spam"sv};
constexpr std::array kRoleKeys{"viewer"sv, "intake"sv, "member"sv, "admin"sv, "form"sv};
constexpr auto kStageFolded = fold_all(kStageKeys);
constexpr auto kSourceFolded = fold_all(kSourceKeys);
constexpr auto kRiskFolded = fold_all(kRiskKeys);
constexpr auto kLeadStatusFolded = fold_all(kLeadStatusKeys);
constexpr auto kRoleFolded = fold_all(kRoleKeys);
static_assert(kStageKeys.size() == kStageCount && kStageLabels.size() == kStageCount && kSourceKeys.size() == kSourceCount + 1);

} // namespace

std::string_view stage_key(Stage stage) { return kStageKeys.at(static_cast<std::size_t>(stage)); }
std::string_view stage_label(Stage stage) { return kStageLabels.at(static_cast<std::size_t>(stage)); }
std::optional<Stage> parse_stage(std::string_view text) { return find_name<Stage>(kStageFolded, text); }

std::string_view source_key(Source source) { return kSourceKeys.at(static_cast<std::size_t>(source)); }
std::optional<Source> parse_source(std::string_view text) { return find_name<Source>(kSourceFolded, text); }

std::string_view risk_key(Risk risk) { return kRiskKeys.at(static_cast<std::size_t>(risk)); }
std::optional<Risk> parse_risk(std::string_view text) { return find_name<Risk>(kRiskFolded, text); }

std::string_view lead_status_key(LeadStatus status) { return kLeadStatusKeys.at(static_cast<std::size_t>(status)); }
std::optional<LeadStatus> parse_lead_status(std::string_view text) { return find_name<LeadStatus>(kLeadStatusFolded, text); }

std::string_view role_key(Role role) { return kRoleKeys.at(static_cast<std::size_t>(role)); }
std::optional<Role> parse_role(std::string_view text) { return find_name<Role>(kRoleFolded, text); }

} // namespace tributary

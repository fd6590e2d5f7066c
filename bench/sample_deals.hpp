// Deals that look like a sales team's, the same ones on every run: number n always makes the same row. Used by bench/ only.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::bench {

// One round of splitmix64: a well-mixed number from a running one, without state.
[[nodiscard]] inline std::uint64_t mixed(std::uint64_t n) {
    n += 0x9E3779B97F4A7C15ULL;
    n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9ULL;
    n = (n ^ (n >> 27)) * 0x94D049BB133111EBULL;
    return n ^ (n >> 31);
}

template <std::size_t N>
[[nodiscard]] std::string_view pick(const std::array<std::string_view, N>& words, std::uint64_t number) {
    return words[number % N];
}

struct SampleDeal {
    std::string name, company, stage, close_date, email, contact, description;
    std::uint64_t value = 0;  // major units
    unsigned probability = 0; // percent
};

inline constexpr std::array<std::string_view, 24> kFirstWords{
    "Northern", "Silver",  "Blue",   "Harbor",  "Summit", "Granite", "Maple", "Crescent", "Orchid", "Falcon", "Copper", "Meadow",
    "Vertex",   "Lantern", "Cobalt", "Juniper", "Atlas",  "Beacon",  "Cedar", "Delta",    "Ember",  "Fjord",  "Grove",  "Horizon"};
inline constexpr std::array<std::string_view, 16> kTrades{"Logistics", "Foods",  "Robotics", "Textiles", "Analytics", "Energy",
                                                          "Motors",    "Dental", "Paper",    "Optics",   "Shipping",  "Software",
                                                          "Hotels",    "Pharma", "Timber",   "Media"};
inline constexpr std::array<std::string_view, 8> kForms{"Inc", "GmbH", "Ltd", "LLC", "S.A.", "AG", "Co", "BV"};
inline constexpr std::array<std::string_view, 10> kProducts{"Enterprise License", "Support Renewal", "Starter Plan",  "Data Migration",
                                                            "Annual Audit",       "Site Rollout",    "Training Days", "Platform Seat",
                                                            "API Access",         "Pilot Project"};
inline constexpr std::array<std::string_view, 20> kGivenNames{"Ana",  "Ben",  "Chloe", "Dev",  "Elif", "Femi", "Greta",
                                                              "Hugo", "Ines", "Jonas", "Kaya", "Liam", "Mona", "Nils",
                                                              "Olga", "Pia",  "Quinn", "Rosa", "Sven", "Tara"};
inline constexpr std::array<std::string_view, 20> kFamilyNames{"Adams",  "Baker", "Costa",  "Duran", "Evans", "Fischer", "Gupta",
                                                               "Hansen", "Ito",   "Jensen", "Khan",  "Lopez", "Meyer",   "Novak",
                                                               "Okafor", "Petit", "Quist",  "Rossi", "Silva", "Tanaka"};
inline constexpr std::array<std::string_view, 6> kStages{"Discovery",   "Qualification", "Proposal",
                                                         "Negotiation", "Closed Won",    "Closed Lost"};
inline constexpr std::array<std::string_view, 8> kNotes{
    "Asked for a quote, 3 sites",       "Wants a demo before the quarter ends",  "Budget approved; legal review, then sign",
    "Referred by an existing customer", "Compares us with two other vendors",    "Needs single sign-on and an audit log",
    "Renewal, price to be discussed",   "Said \"call me in May\", very friendly"};

[[nodiscard]] inline std::string two_digits(std::uint64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

// About one company for every four deals, and no two deals alike in name and company.
[[nodiscard]] inline SampleDeal sample_deal(std::uint64_t n) {
    const std::uint64_t deal = mixed(n);
    const std::uint64_t firm_no = n / 4;
    const std::uint64_t firm = mixed(firm_no ^ 0xF1A3ULL);
    SampleDeal out;
    out.company = std::string(pick(kFirstWords, firm)) + ' ' + std::string(pick(kTrades, firm >> 8)) + ' ' + std::to_string(firm_no) + ' ' +
                  std::string(pick(kForms, firm >> 16));
    out.name = std::string(pick(kProducts, deal)) + ' ' + std::to_string(n);
    const std::string_view given = pick(kGivenNames, deal >> 8);
    const std::string_view family = pick(kFamilyNames, deal >> 16);
    out.contact = std::string(given) + ' ' + std::string(family);
    out.email = std::string(given) + '.' + std::string(family) + std::to_string(n) + "@firm" + std::to_string(firm_no) + ".example";
    for (char& c : out.email)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    out.stage = pick(kStages, (deal >> 24) % 10 < 6 ? (deal >> 24) % 4 : 4 + (deal >> 40) % 2);
    out.value = 500 + (deal >> 28) % 2'000 * 125;
    out.probability = static_cast<unsigned>((deal >> 32) % 19 * 5 + 5);
    out.close_date = "2027-" + two_digits(1 + (deal >> 36) % 12) + "-" + two_digits(1 + (deal >> 44) % 28);
    out.description = pick(kNotes, deal >> 48);
    return out;
}

} // namespace tributary::bench

// Deals that are not the same one but might be meant: nearly the same name, or the same company. For a look before saving only; what is
// the same deal is dedupe's to say. Pure; any thread.
#pragma once
#include "deal/id.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

enum class NearWhy : std::uint8_t { SimilarNameAndCompany, SimilarName, SameCompany };
[[nodiscard]] std::string_view near_why_key(NearWhy why); // similar_name_and_company, similar_name, same_company

// Deals are shown to it one by one; it keeps the nearest.
class NearDeals {
  public:
    static constexpr std::size_t kShownMax = 5;
    static constexpr std::size_t kNameBytesMax = 200; // of a longer normal name no other is nearly the same

    NearDeals(std::string_view name, std::string_view company);
    void look(const LedgerReader::NamedDeal& deal);

    struct Found {
        Id deal;
        NearWhy why = NearWhy::SameCompany;
        // Smaller is nearer: both; the name, where one has no company; the company; the name, of another company.
        std::uint8_t tier = 0;
        std::size_t edits = 0; // between the names, when they are similar
    };
    // Nearest first; of equally near ones in the order they were shown.
    [[nodiscard]] const std::vector<Found>& found() const { return found_; }

  private:
    [[nodiscard]] bool is_same_company(std::string_view company) const;
    [[nodiscard]] std::size_t edits_to(std::string_view name) const; // above edits_max_: not similar
    void keep(const Found& found);

    std::string name_;
    std::string company_;
    std::size_t edits_max_ = 0;
    std::uint64_t letters_ = 0; // that occur in the name
    std::vector<Found> found_;
};

} // namespace tributary

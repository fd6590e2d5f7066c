// Which sources a workspace believes before others: an ordered list of tiers, the first believed most. Part of its settings; asked by
// pipeline/upsert.cpp before a field is overwritten.
#pragma once
#include "deal/names.hpp"
#include "deal/result.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tributary {

class Precedence {
  public:
    // The first tier has the highest rank; 0 is the rank of a source that is not named, and of a value that nobody has said.
    [[nodiscard]] std::uint8_t rank(std::optional<Source> source) const { return source ? ranks_[static_cast<std::size_t>(*source)] : 0; }
    [[nodiscard]] bool empty() const { return tiers_ == 0; }
    [[nodiscard]] std::uint8_t tiers() const { return tiers_; }
    friend bool operator==(const Precedence&, const Precedence&) = default;

  private:
    friend Result<Precedence> parse_precedence(const boost::json::value& json);
    std::array<std::uint8_t, kSourceCount + 1> ranks_{};
    std::uint8_t tiers_ = 0;
};

// [["manual"],["salesforce","hubspot"],["csv"]]; a tier of one source may be the plain text. An empty array is no precedence: the newest
// event wins, whoever sends it. Refuses with invalid_setting; the detail's field is source_precedence.
[[nodiscard]] Result<Precedence> parse_precedence(const boost::json::value& json);
// As arrays of arrays.
void append_precedence(std::string& out, const Precedence& precedence);

} // namespace tributary

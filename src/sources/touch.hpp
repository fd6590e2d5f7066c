// Where a visitor came from: UTM parameters, click ids, referrer and page, as one "touch". Used by web_form.cpp.
#pragma once
#include "sources/metadata_object.hpp"
#include "sources/source.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

inline constexpr std::size_t kTouchTextBytesMax = 2'000; // longer values are cut: they are advertisers' texts, not the lead's

class Touch {
  public:
    // True when the name is one of a touch ("utm_source", "gclid", "referrer", "landing_page", "page"...); the first value that says
    // something is kept.
    bool offer(std::string_view name, std::string_view value);
    // What the body did not say comes from the request's query, then from the query of the page that sent the form (Referer).
    void complete(const Arrival& arrival);
    // {"utm_source":"…",…,"page":"…","at":"2026-…Z"}. A visitor of whom nothing is known was here too: {"at":"…"}.
    [[nodiscard]] std::string json(std::int64_t received_at) const;
    // The same members without the time: sent twice, a form stays the same deal, unchanged.
    void add_to(MetadataObject& metadata) const;

  private:
    // In the order of the table, whatever order they came in.
    template <typename Take>
    void each(Take take) const;

    std::vector<std::pair<std::string_view, std::string>> values_; // names from the table
};

} // namespace tributary

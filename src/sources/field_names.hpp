// What other people call our fields: the names met in JSON bodies and in the headers of files, as two tables. Any source may call it.
#pragma once
#include "deal/field.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tributary {

// Where a named value goes, when not into one of the deal's fields.
enum class Place : std::uint8_t { DealField, ExternalId, ExternalIds, Metadata, EventTime, TenantId, WorkspaceId, Wrapper };

struct NamedPlace {
    Place place = Place::Metadata;
    Field field = Field::Name; // when place is DealField
    int rank = 0;              // of two names for the same place the smaller rank wins
};

// A name in lower-case words: "expected close date".
struct NamedWords {
    std::string_view words;
    NamedPlace place;
};
[[nodiscard]] std::span<const NamedWords> header_names(); // all that header_place knows

// Lower-case letters and digits only ("Expected Close-Date" -> "expectedclosedate"); bytes above ASCII stay.
[[nodiscard]] std::string folded_name(std::string_view name);

// nullopt: none of ours, kept as metadata.
[[nodiscard]] std::optional<NamedPlace> json_place(std::string_view key);
[[nodiscard]] std::optional<NamedPlace> header_place(std::string_view header);

} // namespace tributary

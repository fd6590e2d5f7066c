// Which source last set a field of a deal. Kept with the deal, so that an arrival finds it without reading the journal, which says the
// same at length. Any thread may call.
#pragma once
#include "deal/deal.hpp"

#include <optional>

namespace tributary {

// Amount, currency and whether it is an estimate are said by one; so are the stage and its dates. The field that stands for the others.
[[nodiscard]] Field leading_field(Field field);

// A field that nobody has set yet, or only estimated.
[[nodiscard]] bool is_unset(const Deal& deal, Field field);

// Who set the field, or the field that leads it, last; nullopt: nobody has, what is there is nothing, a default or an estimate.
[[nodiscard]] std::optional<Source> origin_of(const Deal& deal, Field field);
// Call when the field has its new value.
void set_origin(Deal& deal, Field field, Source source);

// A leading field that another source stands for, while its value and those it leads are the same in both.
[[nodiscard]] bool differs_in_origin_alone(const Deal& left, const Deal& right, Field field);

} // namespace tributary

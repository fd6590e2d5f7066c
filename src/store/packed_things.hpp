// Whole deals and leads as bytes, for files of one run of the program: the form may change with every build.
#pragma once
#include "deal/deal.hpp"

#include <string>
#include <string_view>

namespace tributary {

void append_packed(std::string& out, const Deal& deal);
void append_packed(std::string& out, const Lead& lead);
// Throw StoreError for bytes that are not the other's.
[[nodiscard]] Deal unpacked_deal(std::string_view bytes);
[[nodiscard]] Lead unpacked_lead(std::string_view bytes);

} // namespace tributary

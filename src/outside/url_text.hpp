// Text as addresses and forms carry it.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::outside {

// Everything but RFC 3986's unreserved characters as %XX, so that it fits any part of an address and a form's value.
[[nodiscard]] std::string url_encoded(std::string_view text);
// name=value&name=value; pairs with an empty value are left out.
[[nodiscard]] std::string form_text(const std::vector<std::pair<std::string_view, std::string_view>>& pairs);

} // namespace tributary::outside

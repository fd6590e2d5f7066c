// application/x-www-form-urlencoded, as the URL standard reads it. Used by web_form.cpp.
#pragma once
#include "deal/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

inline constexpr std::size_t kFormFieldsMax = 256;
inline constexpr std::size_t kFormFieldBytesMax = 64 * 1024;

// "+" is a space, "%41" a byte, a broken escape stands for itself. Pairs in order, names may repeat.
// Refuses with too_many_fields, field_too_long or invalid_utf8.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_form_urlencoded(std::string_view body);

} // namespace tributary

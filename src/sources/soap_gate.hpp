// Judges an XML text before it is parsed, in one pass and without memory of its own. For the Salesforce files.
#pragma once
#include "deal/result.hpp"

#include <string_view>

namespace tributary {

// UTF-8 only, no DOCTYPE and no ENTITY anywhere, elements nested no deeper and no more of them than salesforce_soap.hpp allows.
// Refuses with doctype_refused, unsupported_encoding, invalid_xml, too_deep, too_many_elements.
[[nodiscard]] Result<void> check_soap_text(std::string_view text);

// Where the tag that opens at `at` has its '>'; npos when it never ends. A '>' inside an attribute's value ends nothing.
[[nodiscard]] std::size_t xml_tag_end(std::string_view text, std::size_t at);

// The end of the comment, CDATA section or processing instruction that begins at `at`; `at` itself when none does, npos
// when it never ends.
[[nodiscard]] std::size_t after_opaque_markup(std::string_view text, std::size_t at);

} // namespace tributary

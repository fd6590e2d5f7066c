// The fields of one submitted form, however it was encoded: JSON, urlencoded or multipart. Used by web_form.cpp.
#pragma once
#include "sources/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tributary {

struct FormField {
    std::string name;
    std::string text;    // scalars, and lists of scalars joined with ", "
    std::string json;    // the value with its type, for metadata
    bool is_text = true; // false: an object, or a list that holds more than scalars; `text` is empty
};

struct FormFields {
    std::vector<FormField> fields;      // in order; nulls are left out; "utm":{"source":…} comes as utm_source
    std::vector<FieldProblem> warnings; // files are not taken
};

// Refuses with unsupported_content_type (415) and the codes of the three parsers.
[[nodiscard]] Result<FormFields> read_form_fields(std::string_view content_type, std::string_view body);

} // namespace tributary

// Content-Type and Content-Disposition values: "word; name=value; name=\"quoted value\"". Any source may call it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tributary {

// "Text/CSV; charset=utf-8" -> "text/csv"; empty when there is none.
[[nodiscard]] std::string media_type(std::string_view header);

// The parameter's value, unquoted; nullopt when it is absent. Names in any case. A backslash escapes only a quote, because
// browsers of old sent Windows paths as file names.
[[nodiscard]] std::optional<std::string> media_parameter(std::string_view header, std::string_view lower_name);

// application/json and every application/...+json; an absent type counts as JSON too.
[[nodiscard]] bool is_json_type(std::string_view header);
// One JSON text a line: application/x-ndjson, application/ndjson, application/jsonl, application/x-jsonlines, application/jsonlines.
[[nodiscard]] bool is_ndjson_type(std::string_view header);

} // namespace tributary

// One deal a line (NDJSON), read as it arrives. Used by api.cpp.
#pragma once
#include "sources/source.hpp"

namespace tributary {

inline constexpr std::size_t kNdjsonLineBytesMax = 1024 * 1024;

// Lines end with LF or CRLF; blank lines are skipped. A line that is no JSON, no deal or too long refuses its row alone:
// invalid_json, line_too_long and the codes of read_json_deal.
[[nodiscard]] std::unique_ptr<RowReader> read_ndjson(Source source, RowSink sink);

} // namespace tributary

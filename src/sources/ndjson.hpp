// One deal a line (NDJSON), read as it arrives. Used by api.cpp and the CRM sources.
#pragma once
#include "sources/source.hpp"

#include <boost/json/value.hpp>

namespace tributary {

inline constexpr std::size_t kNdjsonLineBytesMax = 1024 * 1024;

// Lines end with LF or CRLF; blank lines are skipped. A line that is no JSON, no deal or too long refuses its row alone:
// invalid_json, line_too_long and the codes of read_json_deal.
[[nodiscard]] std::unique_ptr<RowReader> read_ndjson(Source source, RowSink sink);

// The same with another reading of a line's object; the reader takes care of the lines. Keeps the function for as long as it reads.
using NdjsonRow = std::function<ReadRow(const boost::json::value& line)>;
[[nodiscard]] std::unique_ptr<RowReader> read_ndjson(NdjsonRow row, RowSink sink);

} // namespace tributary

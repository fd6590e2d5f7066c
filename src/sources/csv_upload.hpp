// One uploaded file from its first byte to its last row: held until its dialect and options are known, then read in slices.
// Used by csv.cpp.
#pragma once
#include "sources/csv_options.hpp"
#include "sources/file_reading.hpp"
#include "sources/source.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

// Form fields may follow the file: that much of it is held while waiting for them. An option that comes later is refused.
inline constexpr std::size_t kHeldForOptionsBytesMax = 8 * 1024 * 1024;
// multipart/form-data: the file in the part "file" (or the first part with a file name), options in the other parts; they win
// over `options`, which came with the query. Refusals beside those of the parts: invalid_multipart, missing_file, too_many_files,
// option_after_file, empty_file, not_text, invalid_utf8 (header), header_too_long, invalid_gzip, unpacks_too_large, and those of
// workbooks (xlsx_book.hpp).
[[nodiscard]] std::unique_ptr<RowReader> read_csv_form(std::string_view boundary, CsvOptions options, RowSink sink);

// The whole body is the file.
[[nodiscard]] std::unique_ptr<RowReader> read_csv_body(std::string_view content_type, CsvOptions options, RowSink sink);

// What a reader without a sink has heard: how each column is read, decided on all of its cells.
class CsvHeard final : public Heard {
  public:
    explicit CsvHeard(std::vector<ColumnDecision> decisions) : decisions_(std::move(decisions)) {}
    [[nodiscard]] const std::vector<ColumnDecision>& decisions() const { return decisions_; }

  private:
    std::vector<ColumnDecision> decisions_;
};

} // namespace tributary

// One uploaded file from its first byte to its last row: held until its dialect and options are known, then read in slices.
// Used by csv.cpp.
#pragma once
#include "sources/csv_options.hpp"
#include "sources/file_reading.hpp"
#include "sources/source.hpp"

#include <memory>
#include <string>
#include <string_view>
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

// A stored file heard whole, before it is read: what a plan decides on. Its decisions go into the options of the reading that follows.
class CsvHearing {
  public:
    explicit CsvHearing(CsvOptions options);
    ~CsvHearing();
    CsvHearing(const CsvHearing&) = delete;
    CsvHearing& operator=(const CsvHearing&) = delete;

    // The file's bytes as they came, in order. Both refuse as the reading would.
    [[nodiscard]] Result<void> write(std::string_view bytes);
    [[nodiscard]] Result<void> finish();
    // After finish(): by column; and the plan, whose needs_decision says what to ask.
    [[nodiscard]] std::vector<ColumnDecision> decisions() const;
    [[nodiscard]] std::string understood() const;

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

} // namespace tributary

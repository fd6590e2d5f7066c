// A file's bytes to rows: encoding, dialect and columns are decided on its head, then it is read in slices. Used by csv_upload.cpp.
#pragma once
#include "sources/csv_encoding.hpp"
#include "sources/csv_options.hpp"
#include "sources/csv_rows.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// What the head of a file told.
struct CsvPlan {
    CsvEncoding encoding;
    char delimiter = ',';
    std::size_t separator_bytes = 0; // of a "sep=;" line before the header
    std::vector<std::string> header; // as in the file
    CsvColumns columns;
    CsvHabits habits;
};

// Refuses with empty_file, not_text, invalid_utf8, header_too_long and the codes of map_columns. `whole`: the head is all there is.
[[nodiscard]] Result<CsvPlan> plan_csv(std::string_view head, bool whole, const CsvOptions& options);

// The plan as JSON, for the unit's options: {"encoding","delimiter","header":[...],"date_order","decimal_mark",
// "columns":[{"header","field"}],"warnings":[...],"automations"?}.
[[nodiscard]] std::string plan_json(const CsvPlan& plan, const CsvOptions& options);

class CsvFile {
  public:
    CsvFile(CsvPlan plan, const CsvOptions& options, RowSink sink);
    CsvFile(const CsvFile&) = delete; // its parts hold on to each other
    CsvFile& operator=(const CsvFile&) = delete;

    // The file's bytes from its beginning, cut anywhere. False: the sink says stop.
    bool write(std::string_view bytes);
    bool finish();

  private:
    bool read_text(std::string_view text);
    bool take(const CsvRecord& record);

    Transcoder transcoder_;
    std::size_t skip_bytes_;      // byte order mark
    std::size_t skip_text_bytes_; // separator line
    bool header_passed_ = false;
    std::uint64_t lines_before_; // of a separator line
    CsvRows rows_;
    CsvReader reader_;
    std::string text_;
};

} // namespace tributary

// A file's bytes to the records below its header, as its plan says: decoded, cut, and counted in lines of the file. Used by the
// readers of files, once to hear the columns and once to make rows.
#pragma once
#include "sources/csv_plan.hpp"
#include "sources/csv_reader.hpp"

#include <string>
#include <string_view>

namespace tributary {

class CsvRecords {
  public:
    CsvRecords(const CsvPlan& plan, CsvSink sink);
    CsvRecords(const CsvRecords&) = delete; // its parts hold on to each other
    CsvRecords& operator=(const CsvRecords&) = delete;

    // The file's bytes from its beginning, cut anywhere. False: the sink says stop.
    bool write(std::string_view bytes);
    bool finish();

  private:
    bool read_text(std::string_view text);
    bool take(const CsvRecord& record);

    Transcoder transcoder_;
    std::size_t skip_bytes_;      // byte order mark
    std::size_t skip_text_bytes_; // separator line
    std::uint64_t lines_before_;  // of a separator line
    std::uint64_t header_line_;
    CsvSink sink_;
    CsvReader reader_;
    std::string text_;
};

} // namespace tributary

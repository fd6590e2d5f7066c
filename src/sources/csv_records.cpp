#include "sources/csv_records.hpp"

#include <algorithm>

namespace tributary {

CsvRecords::CsvRecords(const CsvPlan& plan, CsvSink sink)
    : transcoder_(plan.encoding), skip_bytes_(plan.encoding.bom_bytes), skip_text_bytes_(plan.separator_bytes),
      lines_before_(plan.separator_bytes > 0 ? 1 : 0), header_line_(plan.header_line), sink_(std::move(sink)),
      reader_(plan.delimiter, [this](const CsvRecord& record) { return take(record); }, plan.quote) {}

bool CsvRecords::write(std::string_view bytes) {
    const std::size_t skipped = std::min(skip_bytes_, bytes.size());
    skip_bytes_ -= skipped;
    bytes.remove_prefix(skipped);
    if (transcoder_.is_identity()) return read_text(bytes);
    text_.clear();
    transcoder_.convert(bytes, false, text_);
    return read_text(text_);
}

bool CsvRecords::finish() {
    text_.clear();
    transcoder_.convert({}, true, text_);
    return read_text(text_) && reader_.finish();
}

bool CsvRecords::read_text(std::string_view text) {
    const std::size_t skipped = std::min(skip_text_bytes_, text.size());
    skip_text_bytes_ -= skipped;
    return reader_.write(text.substr(skipped));
}

bool CsvRecords::take(const CsvRecord& record) {
    if (record.line + lines_before_ <= header_line_) return true; // what stands above the header, and the header itself
    if (lines_before_ == 0) return sink_(record);
    CsvRecord moved = record;
    moved.line += lines_before_;
    if (moved.fault_line > 0) moved.fault_line += lines_before_;
    return sink_(moved);
}

} // namespace tributary

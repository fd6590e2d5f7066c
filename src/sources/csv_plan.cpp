#include "sources/csv_plan.hpp"

#include "sources/csv_dialect.hpp"
#include "sources/csv_reader.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <optional>

namespace tributary {
namespace {

// The head as UTF-8 without byte order mark and separator line.
Result<std::string> head_text(std::string_view head, bool whole, CsvPlan& plan) {
    Transcoder transcoder(plan.encoding);
    std::string text;
    transcoder.convert(head.substr(plan.encoding.bom_bytes), whole, text);
    const SeparatorLine named = separator_line(text);
    plan.separator_bytes = named.bytes;
    if (named.bytes > 0) plan.delimiter = named.delimiter;
    text.erase(0, named.bytes);
    const bool blank = text.find_first_not_of(" \t\r\n,;|") == std::string_view::npos;
    if (blank && whole) return refuse(Reason::Invalid, "empty_file", "The file is empty.");
    return text;
}

// Finds the header.
class HeadReader {
  public:
    HeadReader(const CsvOptions& options, CsvPlan& plan) : options_(options), plan_(plan) {}

    Result<void> read(std::string_view text, bool whole) {
        CsvReader reader(plan_.delimiter, [this](const CsvRecord& record) { return take(record); });
        if (reader.write(text) && whole) reader.finish();
        if (failure_) return std::unexpected(std::move(*failure_));
        if (!header_read_) return refuse(Reason::Invalid, "header_too_long", "The first 1 MiB of the file holds no whole header line.");
        return {};
    }

  private:
    bool take(const CsvRecord& record) {
        header_read_ = true;
        plan_.header_line = record.line + (plan_.separator_bytes > 0 ? 1 : 0);
        auto columns = read_header(record);
        plan_.header.assign(record.cells.begin(), record.cells.end());
        if (columns)
            plan_.columns = *std::move(columns);
        else
            failure_ = std::move(columns.error());
        return false;
    }

    Result<CsvColumns> read_header(const CsvRecord& record) const {
        if (record.fault == CsvFault::TooManyCells)
            return refuse(Reason::Invalid, "too_many_columns", "A file may have at most 1,000 columns.");
        if (record.fault != CsvFault::None)
            return refuse(Reason::Invalid, "invalid_header", "The header line holds a quote that is never closed, or a cell above 1 MiB.");
        if (!is_utf8(record.raw))
            return refuse(Reason::Invalid, "invalid_utf8",
                          "The header is not UTF-8; name the file's encoding, e.g. encoding=windows-1252.");
        return map_columns(record.cells, options_.mapping);
    }

    const CsvOptions& options_;
    CsvPlan& plan_;
    bool header_read_ = false;
    std::optional<Refusal> failure_;
};

} // namespace

Result<CsvPlan> plan_csv(std::string_view head, bool whole, const CsvOptions& options) {
    whole = whole && head.size() <= kHeadBytesMax;
    head = head.substr(0, kHeadBytesMax);
    CsvPlan plan;
    auto encoding = detect_encoding(head, whole, options.encoding);
    if (!encoding) return std::unexpected(std::move(encoding.error()));
    plan.encoding = *encoding;
    const auto text = head_text(head, whole, plan);
    if (!text) return std::unexpected(text.error());
    if (options.delimiter)
        plan.delimiter = *options.delimiter;
    else if (plan.separator_bytes == 0)
        plan.delimiter = sniff_delimiter(*text, whole);
    if (auto read = HeadReader(options, plan).read(*text, whole); !read) return std::unexpected(std::move(read.error()));
    for (CsvColumn& column : plan.columns.columns) column.rules.dates_of_1904 = options.dates_of_1904.value_or(false);
    return plan;
}

} // namespace tributary

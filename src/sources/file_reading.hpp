// One format's way from a file's bytes to rows. Text and workbooks have one each; csv_upload.cpp chooses by the file's first bytes.
#pragma once
#include "sources/csv_options.hpp"
#include "sources/source.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tributary {

class FileReading {
  public:
    virtual ~FileReading() = default;
    // The file's bytes, unpacked, in order. May refuse with workbook_too_large.
    [[nodiscard]] virtual Result<void> take(std::string_view bytes) = 0;
    // No byte and no option comes any more.
    virtual void complete() = 0;
    // Works on a slice of what was taken; true: call again. Nothing else makes rows.
    [[nodiscard]] virtual Result<bool> more() = 0;
    // The options have been used: they cannot change any more.
    [[nodiscard]] virtual bool planned() const = 0;
    [[nodiscard]] virtual std::uint64_t skipped() const = 0;
    [[nodiscard]] virtual std::string understood() const = 0; // empty until the columns are decided
    // By column, once they are decided: all of them when more() has ended a file without a sink.
    [[nodiscard]] virtual std::vector<ColumnDecision> decisions() const = 0;
};

// `options` must outlive the reading and may change until it is planned; then they learn which mapping was chosen. Without a sink no rows
// are made: the columns are heard to the file's end, and decided. Text is planned once held_bytes_max are there.
[[nodiscard]] std::unique_ptr<FileReading> read_text(CsvOptions& options, std::size_t held_bytes_max, RowSink sink);
[[nodiscard]] bool is_workbook(std::string_view head); // by its first four bytes
[[nodiscard]] std::unique_ptr<FileReading> read_workbook(CsvOptions& options, RowSink sink);

// Before the first row goes out, the columns are heard on at least this much text, or all of it when it is less...
inline constexpr std::size_t kSampleBytesMax = 1024 * 1024;
// ...and while that leaves a column undecided, on so much.
inline constexpr std::size_t kHeldForDecisionBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kSliceBytes = 64 * 1024; // worked on by one more()

} // namespace tributary

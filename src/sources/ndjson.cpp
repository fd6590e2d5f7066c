#include "sources/ndjson.hpp"

#include "deal/json.hpp"
#include "sources/json_deal.hpp"
#include "sources/utf8.hpp"

#include <algorithm>

namespace tributary {
namespace {

constexpr std::size_t kShownBytes = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class NdjsonReader final : public RowReader {
  public:
    NdjsonReader(NdjsonRow read_row, RowSink sink) : read_row_(std::move(read_row)), sink_(std::move(sink)) {}

    Result<void> write(std::string_view bytes) override {
        raw_.append(bytes);
        if (!sink_) return {};
        while (!stopped_ && !bytes.empty()) {
            const std::size_t end = bytes.find('\n');
            const bool whole = end != std::string_view::npos;
            const std::string_view piece = bytes.substr(0, end);
            bytes.remove_prefix(whole ? end + 1 : bytes.size());
            if (whole && pending_.empty()) {
                take_line(piece);
                continue;
            }
            // A line over the limit is not kept, only passed over.
            pending_.append(piece.substr(0, kNdjsonLineBytesMax + 1 - std::min(pending_.size(), kNdjsonLineBytesMax + 1)));
            if (!whole) break;
            take_line(std::exchange(pending_, {}));
        }
        return {};
    }

    Result<void> finish() override {
        if (!stopped_ && !pending_.empty()) take_line(std::exchange(pending_, {}));
        return {};
    }

    std::string take_raw() override { return std::exchange(raw_, {}); }

  private:
    void take_line(std::string_view line) {
        ++line_;
        if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
        ReadRow row = read_line(line);
        row.row = next_row_++;
        row.line = line_;
        if (row.draft) row.record = line;
        if (!row.draft) row.raw = utf8_shown(line, kRawRowBytesMax);
        stopped_ = !sink_(std::move(row));
    }

    ReadRow read_line(std::string_view line) const {
        if (line.size() > kNdjsonLineBytesMax) {
            return {.draft = std::unexpected(
                        field_refusal("row", "line_too_long", "The line is longer than 1 MiB.", utf8_shown(line, kShownBytes)))};
        }
        auto parsed = parse_json(line);
        if (parsed) return read_row_(*parsed);
        return {.draft = std::unexpected(field_refusal("row", parsed.error().code, parsed.error().message, utf8_shown(line, kShownBytes)))};
    }

    NdjsonRow read_row_;
    RowSink sink_;
    std::string pending_;
    std::string raw_;
    std::uint64_t line_ = 0;
    std::uint32_t next_row_ = 0;
    bool stopped_ = false;
};

} // namespace

std::unique_ptr<RowReader> read_ndjson(Source source, RowSink sink) {
    return read_ndjson([source](const boost::json::value& line) { return read_json_deal(line, source); }, std::move(sink));
}

std::unique_ptr<RowReader> read_ndjson(NdjsonRow row, RowSink sink) {
    return std::make_unique<NdjsonReader>(std::move(row), std::move(sink));
}

} // namespace tributary

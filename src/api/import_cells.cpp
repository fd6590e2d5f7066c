// See import_cells.hpp.
#include "api/import_cells.hpp"

#include "api/doors.hpp"
#include "api/import_feed.hpp"
#include "deal/json.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace tributary {
namespace {

// Takes the rows it wants off a reader, and stops it behind the last of them.
class RowCatcher {
  public:
    explicit RowCatcher(RowSpan wanted) : wanted_(wanted) {}

    bool take(ReadRow&& row) {
        if (row.row >= wanted_.first && row.row <= wanted_.last) {
            std::string text = row.draft ? std::string(row.record) : std::move(row.raw);
            bytes_ += text.size();
            if (bytes_ <= kCellsShownBytesMax) caught_.emplace(row.row, std::move(text));
        }
        done_ = row.row >= wanted_.last || bytes_ > kCellsShownBytesMax;
        return !done_;
    }
    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] std::map<std::uint32_t, std::string>&& caught() { return std::move(caught_); }

  private:
    RowSpan wanted_;
    std::map<std::uint32_t, std::string> caught_;
    std::size_t bytes_ = 0;
    bool done_ = false;
};

// False: the reader refuses the file, or owes nothing any more to this catcher.
bool pay_out(RowReader& reader, const RowCatcher& catcher) {
    for (;;) {
        const auto more = reader.more();
        (void)reader.take_raw(); // it is stored
        if (!more || catcher.done()) return false;
        if (!*more) return true;
    }
}

// Gives the stored pieces to the reader until the catcher has what it wants.
void read_stored(LedgerReader& ledger, const Id& bytes_of, RowReader& reader, const RowCatcher& catcher) {
    std::uint64_t bytes = 0;
    for (std::uint32_t ordinal = 0;; ++ordinal) {
        const auto pieces = ledger.read_raw(bytes_of, ordinal, 1);
        if (pieces.empty()) break;
        ordinal = pieces.front().ordinal;
        bytes += pieces.front().bytes.size();
        if (bytes > kCellsFileBytesMax || !reader.write(pieces.front().bytes) || !pay_out(reader, catcher)) return;
    }
    if (reader.finish()) (void)pay_out(reader, catcher);
}

} // namespace

CellLayout cell_layout(const Unit& unit) {
    CellLayout layout;
    const auto options = unit.options.empty() ? Result<boost::json::value>(boost::json::value()) : parse_json(unit.options);
    const auto* object = options ? options->if_object() : nullptr;
    if (object == nullptr) return layout;
    if (const auto* columns = object->if_contains("columns"); columns != nullptr && columns->is_array()) {
        for (const auto& column : columns->as_array()) {
            const auto* header = column.is_object() ? column.as_object().if_contains("header") : nullptr;
            layout.header.push_back(header == nullptr ? std::string() : scalar_text(*header));
        }
    }
    if (const auto* delimiter = object->if_contains("delimiter"); delimiter != nullptr && delimiter->is_string()) {
        const std::string_view word = delimiter->as_string();
        layout.delimiter = word == "tab" ? '\t' : word.size() == 1 ? word.front() : ',';
    }
    if (const auto* quote = object->if_contains("quote"); quote != nullptr && quote->is_string()) {
        const std::string_view word = quote->as_string();
        layout.quote = word.size() == 1 ? word.front() : kCsvNoQuote;
    }
    if (const auto* fixes = object->if_contains("fixes"); fixes != nullptr) {
        std::string text;
        append_json(text, *fixes);
        if (auto parsed = parse_cell_fixes(text)) layout.fixes = *std::move(parsed);
    }
    return layout;
}

std::vector<std::string> cells_of(std::string_view raw, std::uint32_t row, const CellLayout& layout) {
    std::vector<std::string> cells;
    if (layout.header.empty()) return {std::string(raw)};
    CsvReader reader(
        layout.delimiter,
        [&](const CsvRecord& record) {
            if (record.fault != CsvFault::None) {
                cells.assign(1, std::string(record.raw));
            } else {
                cells.assign(record.cells.begin(), record.cells.end());
            }
            return false;
        },
        layout.quote);
    if (reader.write(raw)) reader.finish();
    cells.resize(layout.header.size());
    for (const CellFix& fix : layout.fixes) {
        if (fix.row != row) continue;
        for (std::size_t at = 0; at < cells.size(); ++at) {
            if (layout.header[at] == fix.column) cells[at] = fix.value;
        }
    }
    return cells;
}

void append_cells(std::string& out, std::string_view raw, std::uint32_t row, const CellLayout& layout) {
    const auto cells = cells_of(raw, row, layout);
    out += '{';
    for (std::size_t at = 0; at < layout.header.size(); ++at) {
        if (at != 0) out += ',';
        append_json_string(out, layout.header[at]);
        out += ':';
        append_json_string(out, cells[at]);
    }
    out += '}';
}

std::map<std::uint32_t, std::string> stored_rows(LedgerReader& ledger, const Unit& unit, const Settings& settings, RowSpan wanted) {
    const Door* door = door_of(unit);
    if (door == nullptr || !door->stream) return {};
    const ReadingRules rules = reading_rules(settings);
    const Import::Asked asked = asked_of(unit);
    const std::string type = stored_type(unit);
    RowCatcher catcher(wanted);
    const Arrival arrival{.content_type = type, .query = asked, .referer = {}, .user_agent = {}, .received_at = unit.started_at, .rules = &rules};
    const auto reader = door->stream(arrival, [&catcher](ReadRow&& row) { return catcher.take(std::move(row)); });
    if (!reader || *reader == nullptr) return {};
    read_stored(ledger, unit.replay_of.is_nil() ? unit.id : unit.replay_of, **reader, catcher);
    return catcher.caught();
}

} // namespace tributary

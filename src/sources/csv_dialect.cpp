#include "sources/csv_dialect.hpp"

#include "sources/csv_layout.hpp"
#include "sources/csv_reader.hpp"
#include "sources/field_names.hpp"

#include <algorithm>
#include <map>

namespace tributary {
namespace {

constexpr std::size_t kSniffRecordsMax = 200;

// How well a delimiter fits: most of the records of one width is best; known header names break ties.
struct Fit {
    std::map<std::size_t, std::size_t> widths; // how many records have it
    std::size_t records = 0;
    std::size_t known = 0; // of the record with the most known names
    std::size_t known_width = 0;

    void hear(const CsvRecord& record) {
        ++records;
        ++widths[record.cells.size()];
        if (records > kPreambleRecordsMax) return;
        const auto names =
            static_cast<std::size_t>(std::ranges::count_if(record.cells, [](auto cell) { return header_place(cell).has_value(); }));
        if (names <= known) return;
        known = names;
        known_width = record.cells.size();
    }

    // In thousandths: evenness first, then how many headers mean something to us, then a little for width.
    [[nodiscard]] std::size_t score() const {
        std::size_t width = 1;
        std::size_t even = 0;
        for (const auto& [each, count] : widths) {
            if (each > 1 && count >= even) width = each, even = count;
        }
        if (even == 0 || known_width == 1) return 0; // a lone "Deal Name" is a header that this does not cut
        return 10'000 * even / records + std::min<std::size_t>(known, 20) * 500 + std::min<std::size_t>(width, 50);
    }
};

Fit fit_of(std::string_view head, bool whole, CsvDialect dialect) {
    Fit fit;
    CsvReader reader(
        dialect.delimiter,
        [&](const CsvRecord& record) {
            if (record.fault == CsvFault::None) fit.hear(record);
            return fit.records < kSniffRecordsMax;
        },
        dialect.quote);
    if (reader.write(head) && (whole || fit.records == 0)) reader.finish();
    return fit;
}

// Cells that begin, and cells that end, with an apostrophe; a quoted delimiter parts the two.
bool quotes_with_apostrophes(std::string_view head, char delimiter) {
    constexpr std::size_t kQuotedMin = 2;
    std::size_t opened = 0;
    std::size_t closed = 0;
    std::size_t records = 0;
    bool double_quoted = false;
    CsvReader reader(
        delimiter,
        [&](const CsvRecord& record) {
            for (const std::string_view cell : record.cells) {
                opened += cell.starts_with('\'') && cell != "'" ? 1 : 0;
                closed += cell.ends_with('\'') && cell != "'" ? 1 : 0;
                double_quoted = double_quoted || cell.starts_with('"');
            }
            return ++records < kSniffRecordsMax;
        },
        kCsvNoQuote);
    reader.write(head);
    const bool paired = opened <= closed + 1 && closed <= opened + 1; // the head may end inside of one
    return !double_quoted && paired && opened >= kQuotedMin && opened * 2 >= records;
}

} // namespace

CsvDialect sniff_dialect(std::string_view head, bool whole, std::optional<char> told_delimiter, std::optional<char> told_quote) {
    const bool all = whole && head.size() <= kSniffBytesMax;
    head = head.substr(0, kSniffBytesMax);
    CsvDialect best{.delimiter = told_delimiter.value_or(','), .quote = told_quote.value_or('"')};
    std::size_t best_score = 0;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        if (told_delimiter && delimiter != *told_delimiter) continue;
        for (const char quote : {'"', '\''}) {
            if (!told_quote && quote == '\'' && !quotes_with_apostrophes(head, delimiter)) continue;
            if (told_quote && quote != '"') continue;
            const CsvDialect candidate{delimiter, told_quote.value_or(quote)};
            // Where apostrophes may quote, they do: without them the same cells would only be cut more often, never better.
            const std::size_t score = fit_of(head, all, candidate).score() + (quote == '\'' ? 1 : 0);
            if (score <= best_score && best_score > 0) continue;
            if (score <= 1 && quote == '"') continue;
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

SeparatorLine separator_line(std::string_view head) {
    constexpr std::string_view kStart = "sep=";
    const bool named = head.size() > kStart.size() + 1 && folded_name(head.substr(0, 3)) == "sep" && head[3] == '=';
    if (!named || std::string_view(",;\t|").find(head[4]) == std::string_view::npos) return {};
    const std::string_view rest = head.substr(kStart.size() + 1);
    const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.front() == '\n' || rest.front() == '\r' ? 1 : 0;
    if (line_end == 0) return {};
    return {head[4], kStart.size() + 1 + line_end};
}

} // namespace tributary

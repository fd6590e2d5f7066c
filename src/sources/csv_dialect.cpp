#include "sources/csv_dialect.hpp"

#include "sources/csv_reader.hpp"
#include "sources/field_names.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr std::size_t kSniffRecordsMax = 200;

// How well a delimiter fits: all of its records as wide as the header is best; known header names break ties.
struct Fit {
    std::size_t columns = 0;
    std::size_t records = 0;
    std::size_t even = 0;
    std::size_t known = 0;

    // In thousandths: evenness first, then how many headers mean something to us, then a little for width.
    [[nodiscard]] std::size_t score() const {
        if (columns < 2) return 0;
        const std::size_t evenness = records == 0 ? 1'000 : 1'000 * even / records;
        return evenness * 10 + std::min<std::size_t>(known, 20) * 500 + std::min<std::size_t>(columns, 50);
    }
};

Fit fit_of(std::string_view head, bool whole, char delimiter) {
    Fit fit;
    CsvReader reader(delimiter, [&](const CsvRecord& record) {
        if (record.fault != CsvFault::None) return true;
        if (fit.columns == 0) {
            fit.columns = record.cells.size();
            fit.known =
                static_cast<std::size_t>(std::ranges::count_if(record.cells, [](auto cell) { return header_place(cell).has_value(); }));
            return true;
        }
        ++fit.records;
        fit.even += record.cells.size() == fit.columns ? 1 : 0;
        return fit.records < kSniffRecordsMax;
    });
    if (reader.write(head) && (whole || fit.columns == 0)) reader.finish();
    return fit;
}

} // namespace

char sniff_delimiter(std::string_view head, bool whole) {
    const bool all = whole && head.size() <= kSniffBytesMax;
    head = head.substr(0, kSniffBytesMax);
    char best = ',';
    std::size_t best_score = 0;
    for (const char candidate : {',', ';', '\t', '|'}) {
        const std::size_t score = fit_of(head, all, candidate).score();
        if (score > best_score) {
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

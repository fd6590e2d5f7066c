#include "sources/csv_layout.hpp"

#include "deal/money.hpp"
#include "sources/column_cell.hpp"
#include "sources/field_names.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <map>

namespace tributary {
namespace {

constexpr std::size_t kWidthsMax = 200;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n\v\f";
    const std::size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

bool is_number(std::string_view cell) { return parse_written_number(cell, '.').has_value() || percentage_number(cell).has_value(); }

// What the mapping calls this header; null when it does not name it.
const std::optional<std::string>* mapped(const CsvMapping& mapping, std::string_view cell) {
    const std::string folded = folded_name(cell);
    for (const auto& [name, target] : mapping.fields) {
        if (name == cell || (!folded.empty() && folded_name(name) == folded)) return &target;
    }
    return nullptr;
}

// Letters of a label without its count or colon: "Grand Total (42 records):" is "grandtotal".
std::string label_word(std::string_view cell) {
    std::string word = folded_name(cell.substr(0, cell.find_first_of("(:=")));
    while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.pop_back();
    return word;
}

bool is_total_word(std::string_view word) {
    constexpr std::string_view kFirstBytes = "tgsezrcy\xC3\xD0\xE5\xE6\xED"; // of the words below: most labels are none
    if (word.empty() || kFirstBytes.find(word.front()) == std::string_view::npos) return false;
    static constexpr std::string_view kWords[] = {
        "total",
        "totals",
        "grandtotal",
        "grandtotals",
        "subtotal",
        "subtotals",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "gesamtbetrag",
        "gesamtergebnis",
        "endsumme",
        "zwischensumme",
        "ergebnis",
        "teilergebnis",
        "totaal",
        "eindtotaal",
        "subtotaal",
        "totale",
        "totali",
        "totalegenerale",
        "subtotale",
        "totalgeneral",
        "totalg\u00E9n\u00E9ral",
        "soustotal",
        "somme",
        "suma",
        "sumatotal",
        "razem",
        "celkem",
        "\u00F6sszesen",
        "yhteens\u00E4",
        "toplam",
        "\u0438\u0442\u043E\u0433\u043E",
        "\u0432\u0441\u0435\u0433\u043E",
        "\u5408\u8BA1",
        "\u5408\u8A08",
        "\u603B\u8BA1",
        "\uD569\uACC4",
    };
    return std::ranges::find(kWords, word) != std::end(kWords);
}

// What Salesforce prints below a report.
bool is_footer(std::string_view cell) {
    return cell.starts_with("Confidential Information - Do Not Distribute") || cell.starts_with("Copyright (c) ") ||
           cell.starts_with("Copyright \u00A9 ");
}

} // namespace

bool HeaderSearch::hear(const CsvRecord& record) {
    if (options_.header_line) {
        // A "sep=;" line before them is not heard, so the record's own count may be one less.
        if (seen_.size() >= kPreambleRecordsMax) return false;
        if (record.line + 1 < *options_.header_line) return true;
    } else {
        if (widths_.size() >= kWidthsMax) return false;
        widths_.push_back(record.cells.size());
        if (seen_.size() >= kPreambleRecordsMax) return true;
    }
    Seen seen{.line = record.line, .fault = record.fault, .sound = is_utf8(record.raw), .cells = {}};
    if (options_.mapping.defaults.end() != std::ranges::find(options_.mapping.defaults, Field::Name, &std::pair<Field, std::string>::first))
        seen.names_deals = true;
    for (const std::string_view cell : record.cells) {
        seen.cells.emplace_back(cell);
        if (trimmed(cell).empty()) continue;
        ++seen.filled;
        const auto* target = mapped(options_.mapping, trimmed(cell));
        const auto place = header_place(cell);
        seen.known += target != nullptr || place ? 1 : 0;
        const bool is_name =
            target != nullptr ? *target == "name" : place && place->place == Place::DealField && place->field == Field::Name;
        seen.names_deals = seen.names_deals || is_name;
    }
    seen_.push_back(std::move(seen));
    return true;
}

// Of the records with more than one cell; 1 when there are none.
std::size_t HeaderSearch::usual_width() const {
    std::map<std::size_t, std::size_t> counts;
    for (const std::size_t width : widths_) {
        if (width > 1) ++counts[width];
    }
    const auto most = std::ranges::max_element(counts, {}, [](const auto& pair) { return pair.second; });
    return most == counts.end() ? 1 : most->first;
}

const HeaderSearch::Seen* HeaderSearch::choose() const {
    const std::size_t width = usual_width();
    const Seen& first = seen_.front();
    if (first.fault != CsvFault::None || (first.names_deals && first.known > 0 && first.filled * 2 >= width)) return &first;
    const auto fits = [&](const Seen& each) { return each.fault == CsvFault::None && each.filled * 2 >= width; };
    const auto named = std::ranges::find_if(
        seen_, [&](const Seen& each) { return fits(each) && each.names_deals && each.known >= std::min<std::size_t>(2, width); });
    if (named != seen_.end()) return &*named;
    const auto known = std::ranges::find_if(seen_, [&](const Seen& each) { return fits(each) && each.known >= 2; });
    if (known != seen_.end()) return &*known;
    if (first.filled >= width) return &first;
    const auto shaped = std::ranges::find_if(
        seen_, [&](const Seen& each) { return fits(each) && each.filled >= width && std::ranges::none_of(each.cells, is_number); });
    return shaped == seen_.end() ? &first : &*shaped;
}

Result<HeaderSearch::Found> HeaderSearch::find(std::uint64_t lines_before) const {
    const Seen* header = nullptr;
    if (options_.header_line) {
        const auto found = std::ranges::find(seen_, *options_.header_line - std::min(lines_before, *options_.header_line), &Seen::line);
        if (found == seen_.end()) {
            return std::unexpected(
                field_refusal("header_line", "invalid_option",
                              "No row of the file's beginning starts in line " + std::to_string(*options_.header_line) + ".",
                              std::to_string(*options_.header_line)));
        }
        header = &*found;
    } else if (seen_.empty()) {
        return refuse(Reason::Invalid, "header_too_long", "The first 1 MiB of the file holds no whole header line.");
    } else {
        header = choose();
    }
    if (header->fault == CsvFault::TooManyCells)
        return refuse(Reason::Invalid, "too_many_columns", "A file may have at most 1,000 columns.");
    if (header->fault != CsvFault::None)
        return refuse(Reason::Invalid, "invalid_header", "The header line holds a quote that is never closed, or a cell above 1 MiB.");
    if (!header->sound)
        return refuse(Reason::Invalid, "invalid_utf8", "The header is not UTF-8; name the file's encoding, e.g. encoding=windows-1252.");
    Found found{header->line + lines_before, header->cells, {}};
    for (const Seen& each : std::span(seen_).subspan(static_cast<std::size_t>(header - seen_.data()) + 1)) {
        if (each.fault == CsvFault::None && each.sound) found.below.push_back(each.cells);
    }
    return found;
}

std::string_view row_role_word(RowRole role) {
    switch (role) {
    case RowRole::Deal: break;
    case RowRole::RepeatedHeader: return "repeated_header";
    case RowRole::Total: return "total";
    case RowRole::Footer: return "footer";
    }
    return "deal";
}

RowJudge::RowJudge(const CsvColumns& columns, std::vector<std::string> header, const CsvOptions& options)
    : header_(std::move(header)), keep_totals_(options.keep_totals.value_or(false) || header_.size() < 2),
      keep_headers_(options.keep_repeated_headers.value_or(false)) {
    for (const CsvColumn& column : columns.columns) {
        const bool words = column.use == CsvUse::DealField && (column.field == Field::ContactEmail || column.field == Field::Stage ||
                                                               column.field == Field::ExpectedCloseDate);
        is_identity_.push_back(words || column.use == CsvUse::ExternalId);
    }
    while (!header_.empty() && trimmed(header_.back()).empty()) header_.pop_back();
}

RowRole RowJudge::role_of(std::span<const std::string_view> cells) const {
    if (!keep_headers_ && is_header(cells)) return RowRole::RepeatedHeader;
    if (keep_totals_) return RowRole::Deal;
    std::size_t label = 0;
    while (label < cells.size() && trimmed(cells[label]).empty()) ++label;
    if (label == cells.size()) return RowRole::Deal;
    constexpr std::size_t kLabelBytesMax = 60;
    if (cells[label].size() <= kLabelBytesMax && is_total(cells, label)) return RowRole::Total;
    const bool alone = std::ranges::all_of(cells.subspan(label + 1), [](auto cell) { return trimmed(cell).empty(); });
    return alone && is_footer(trimmed(cells[label])) ? RowRole::Footer : RowRole::Deal;
}

bool RowJudge::is_header(std::span<const std::string_view> cells) const {
    if (cells.size() < header_.size() || header_.empty() || cells[0] != header_[0]) return false;
    for (std::size_t at = 0; at < cells.size(); ++at) {
        if (at < header_.size() ? cells[at] != header_[at] : !trimmed(cells[at]).empty()) return false;
    }
    return true;
}

bool RowJudge::is_total(std::span<const std::string_view> cells, std::size_t label) const {
    if (!is_total_word(label_word(trimmed(cells[label])))) return false;
    std::size_t numbers = 0;
    for (std::size_t at = label + 1; at < cells.size(); ++at) {
        const std::string_view cell = trimmed(cells[at]);
        if (cell.empty()) continue;
        const bool identity = at < is_identity_.size() && is_identity_[at];
        if (identity || !is_number(cell)) return false;
        ++numbers;
    }
    return numbers > 0;
}

} // namespace tributary

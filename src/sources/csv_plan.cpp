#include "sources/csv_plan.hpp"

#include "sources/csv_dialect.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_layout.hpp"
#include "sources/csv_reader.hpp"
#include "sources/header_fingerprint.hpp"
#include "sources/mapping_choice.hpp"
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

Result<void> read_header(std::string_view text, bool whole, CsvOptions& options, CsvPlan& plan) {
    if (auto chosen = choose_named_mapping(options); !chosen) return chosen;
    HeaderSearch search(options);
    CsvReader reader(plan.delimiter, [&](const CsvRecord& record) { return search.hear(record); }, plan.quote);
    if (reader.write(text) && whole) reader.finish();
    auto place = search.find(plan.separator_bytes > 0 ? 1 : 0);
    if (!place) return std::unexpected(std::move(place.error()));
    return plan_columns(plan, *std::move(place), options);
}

// A mapping nobody sent with this file must be named when it does not fit, or its refusal would be a riddle.
Refusal told_whose(Refusal&& refusal, const CsvOptions& options) {
    if (options.origin.from != MappingFrom::Saved) return std::move(refusal);
    refusal.message += " (By the saved mapping \"" + options.origin.name + "\"; saved_mapping=none leaves it out.)";
    return std::move(refusal);
}

} // namespace

Result<void> plan_columns(CsvPlan& plan, HeaderSearch::Found&& header, CsvOptions& options) {
    if (auto chosen = choose_mapping_of(options, header.cells); !chosen) return chosen;
    const std::vector<std::string_view> cells(header.cells.begin(), header.cells.end());
    auto columns = map_columns(cells, options.mapping, header.below);
    if (!columns) return std::unexpected(told_whose(std::move(columns.error()), options));
    if (auto kept = keep_mapping(options, header.cells); !kept) return kept;
    plan.fingerprint = header_fingerprint(header.cells);
    plan.header_line = header.line;
    plan.header = std::move(header.cells);
    plan.columns = *std::move(columns);
    const bool dates_of_1904 = options.dates_of_1904.value_or(plan.workbook && plan.workbook->dates_of_1904);
    if (auto known = check_fixed_columns(plan, options.fixes); !known) return known;
    for (CsvColumn& column : plan.columns.columns) column.rules.dates_of_1904 = dates_of_1904;
    return {};
}

Result<CsvPlan> plan_csv(std::string_view head, bool whole, CsvOptions& options) {
    whole = whole && head.size() <= kHeadBytesMax;
    head = head.substr(0, kHeadBytesMax);
    CsvPlan plan;
    auto encoding = detect_encoding(head, whole, options.encoding);
    if (!encoding) return std::unexpected(std::move(encoding.error()));
    plan.encoding = *encoding;
    const auto text = head_text(head, whole, plan);
    if (!text) return std::unexpected(text.error());
    const std::optional<char> named = plan.separator_bytes > 0 ? std::optional(plan.delimiter) : std::nullopt;
    const CsvDialect dialect = sniff_dialect(*text, whole, options.delimiter ? options.delimiter : named, options.quote);
    plan.delimiter = dialect.delimiter;
    plan.quote = dialect.quote;
    if (auto read = read_header(*text, whole, options, plan); !read) return std::unexpected(std::move(read.error()));
    return plan;
}

} // namespace tributary

#include "sources/csv_options.hpp"

#include "deal/unit.hpp"

#include "sources/csv_fixes.hpp"
#include "sources/csv_reader.hpp"
#include "sources/field_names.hpp"
#include "sources/mapping_choice.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary {
namespace {

constexpr std::uint64_t kHeaderLineMax = 1'000;

std::unexpected<Refusal> bad_option(std::string_view name, std::string message, std::string_view value) {
    return std::unexpected(field_refusal(name, "invalid_option", std::move(message), value));
}

Result<void> set_encoding(CsvOptions& options, std::string_view value) {
    if (folded_name(value) == "auto") return {};
    options.encoding = parse_encoding(value);
    if (!options.encoding) return bad_option("encoding", "The encoding is one of: " + encoding_names() + ".", value);
    return {};
}

Result<void> set_delimiter(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    if (value == "tab" || value == "\t" || value == "\\t")
        options.delimiter = '\t';
    else if (value == "," || value == ";" || value == "|")
        options.delimiter = value.front();
    else if (value == "comma")
        options.delimiter = ',';
    else if (value == "semicolon")
        options.delimiter = ';';
    else if (value == "pipe")
        options.delimiter = '|';
    else
        return bad_option("delimiter", "The delimiter is one of , ; tab |", value);
    return {};
}

Result<void> set_quote(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    if (value == "\"" || value == "double")
        options.quote = '"';
    else if (value == "'" || value == "single")
        options.quote = '\'';
    else if (value == "none")
        options.quote = kCsvNoQuote;
    else
        return bad_option("quote", "The quote is double, single or none.", value);
    return {};
}

Result<void> set_header_line(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    std::uint64_t line = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), line);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || line < 1 || line > kHeaderLineMax)
        return bad_option("header_line", "The header's line is a number from 1 to 1000.", value);
    options.header_line = line;
    return {};
}

Result<void> set_keeping(std::optional<bool>& keep, std::string_view name, std::string_view value) {
    if (value != "keep" && value != "skip")
        return bad_option(name, "These rows are kept as deals (keep) or skipped and listed (skip).", value);
    keep = value == "keep";
    return {};
}

Result<void> set_totals_rows(CsvOptions& options, std::string_view value) { return set_keeping(options.keep_totals, "totals_rows", value); }

Result<void> set_repeated_headers(CsvOptions& options, std::string_view value) {
    return set_keeping(options.keep_repeated_headers, "repeated_headers", value);
}

Result<void> set_sheet(CsvOptions& options, std::string_view value) {
    options.sheet = value;
    return {};
}

Result<void> set_reading(std::optional<ColumnReading>& reading, ColumnKind kind, std::string_view value, std::string message) {
    if (value == "auto") return {};
    reading = parse_reading(value, kind);
    if (!reading) return bad_option(reading_option(kind), std::move(message), value);
    return {};
}

Result<void> set_date_order(CsvOptions& options, std::string_view value) {
    return set_reading(options.date_order, ColumnKind::Day, value, "The date order is one of mdy, dmy, ymd, iso.");
}

Result<void> set_decimal_mark(CsvOptions& options, std::string_view value) {
    return set_reading(options.decimal_mark, ColumnKind::Amount, value, "The decimal mark is . or ,");
}

Result<void> set_probability_scale(CsvOptions& options, std::string_view value) {
    return set_reading(options.probability_scale, ColumnKind::Percentage, value, "The probability scale is percent or fraction.");
}

Result<void> set_date_system(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    if (value != "1900" && value != "1904") return bad_option("date_system", "The date system is 1900 or 1904.", value);
    options.dates_of_1904 = value == "1904";
    return {};
}

// Whoever takes the rows in looks at these, in `asked`.
Result<void> set_automations(CsvOptions& /*options*/, std::string_view value) {
    if (!parse_automations(value)) return bad_option("automations", "automations is live, held or off.", value);
    return {};
}

Result<void> set_dry_run(CsvOptions& /*options*/, std::string_view value) {
    if (!yes_or_no(value)) return bad_option("dry_run", "dry_run is true or false.", value);
    return {};
}

Result<void> set_mapping(CsvOptions& options, std::string_view value) {
    auto mapping = parse_csv_mapping(value);
    if (!mapping) return std::unexpected(std::move(mapping.error()));
    options.mapping = *std::move(mapping);
    options.origin = {.from = MappingFrom::Request, .by = {}, .name = {}, .text = std::string(value), .saved_as = {}};
    return {};
}

// Rows are known by their places only when the file has been read once.
Result<void> set_fixes(CsvOptions& options, std::string_view value) {
    if (options.shelf != nullptr) return bad_option("fixes", "Cells are mended when an import is replayed: POST /api/sales/imports/{id}/replay.", {});
    auto fixes = parse_cell_fixes(value);
    if (!fixes) return std::unexpected(std::move(fixes.error()));
    options.fixes = *std::move(fixes);
    return {};
}

Result<void> set_saved_mapping(CsvOptions& options, std::string_view value) {
    if (value != "none" && value != "auto" && !is_mapping_name(value))
        return bad_option("saved_mapping", "This is the name of a saved mapping, none or auto.", value);
    options.saved_mapping = value;
    return {};
}

Result<void> set_save_mapping(CsvOptions& options, std::string_view value) {
    if (!is_mapping_name(value))
        return bad_option("save_mapping", "A mapping's name has 1 to 100 bytes, no slash, and is not none or auto.", value);
    options.save_mapping = value;
    return {};
}

Result<void> set_tenant_id(CsvOptions& options, std::string_view value) {
    options.tenant_id = value;
    return {};
}

Result<void> set_workspace_id(CsvOptions& options, std::string_view value) {
    options.workspace_id = value;
    return {};
}

// That it was saved, of a stored file read again: only told.
Result<void> set_mapping_saved(CsvOptions& options, std::string_view value) {
    options.origin.saved_as = value;
    return {};
}

struct Option {
    std::string_view name;
    Result<void> (*set)(CsvOptions&, std::string_view);
};
constexpr std::array<Option, 21> kOptions = {{{"encoding", set_encoding},
                                              {"quote", set_quote},
                                              {"header_line", set_header_line},
                                              {"totals_rows", set_totals_rows},
                                              {"repeated_headers", set_repeated_headers},
                                              {"sheet", set_sheet},
                                              {"delimiter", set_delimiter},
                                              {"date_order", set_date_order},
                                              {"decimal_mark", set_decimal_mark},
                                              {"probability_scale", set_probability_scale},
                                              {"date_system", set_date_system},
                                              {"automations", set_automations},
                                              {"dry_run", set_dry_run},
                                              {"mapping", set_mapping},
                                              {"fixes", set_fixes},
                                              {"mapping_used", set_mapping_used},
                                              {"saved_mapping", set_saved_mapping},
                                              {"save_mapping", set_save_mapping},
                                              {"mapping_saved", set_mapping_saved},
                                              {"tenant_id", set_tenant_id},
                                              {"workspace_id", set_workspace_id}}};

} // namespace

std::optional<ColumnReading> told_reading(const CsvOptions& options, const CellRules& rules) {
    if (rules.told) return rules.reading;
    switch (rules.kind) {
    case ColumnKind::Words: break;
    case ColumnKind::Amount: return options.decimal_mark;
    case ColumnKind::Percentage: return options.probability_scale;
    case ColumnKind::Day:
    case ColumnKind::Instant: return options.date_order;
    }
    return std::nullopt;
}

bool is_csv_option(std::string_view name) { return std::ranges::find(kOptions, name, &Option::name) != kOptions.end(); }

Result<void> set_csv_option(CsvOptions& options, std::string_view name, std::string_view value) {
    const auto option = std::ranges::find(kOptions, name, &Option::name);
    const bool blank = value.find_first_not_of(" \r\n") == std::string_view::npos; // a tab alone is a delimiter
    if (option == kOptions.end() || blank) return {};
    auto set = option->set(options, value);
    if (set && name != "tenant_id" && name != "workspace_id") options.asked.emplace_back(name, value);
    return set;
}

} // namespace tributary

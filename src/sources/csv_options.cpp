#include "sources/csv_options.hpp"

#include "sources/field_names.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

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

Result<void> set_date_order(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    if (value == "mdy")
        options.date_order = DateOrder::MonthFirst;
    else if (value == "dmy")
        options.date_order = DateOrder::DayFirst;
    else if (value == "iso")
        options.date_order = DateOrder::Undecided;
    else
        return bad_option("date_order", "The date order is one of mdy, dmy, iso.", value);
    return {};
}

Result<void> set_decimal_mark(CsvOptions& options, std::string_view value) {
    if (value == "auto") return {};
    if (value != "." && value != ",") return bad_option("decimal_mark", "The decimal mark is . or ,", value);
    options.decimal_mark = value.front();
    return {};
}

std::optional<bool> yes_or_no(std::string_view value) {
    const std::string word = folded_name(value);
    if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "0" || word == "no" || word == "off") return false;
    return std::nullopt;
}

Result<void> set_automations(CsvOptions& options, std::string_view value) {
    options.automations = yes_or_no(value);
    if (!options.automations) return bad_option("automations", "automations is true or false.", value);
    return {};
}

Result<void> set_dry_run(CsvOptions& /*options*/, std::string_view value) {
    const auto wanted = yes_or_no(value);
    if (!wanted) return bad_option("dry_run", "dry_run is true or false.", value);
    if (!*wanted) return {};
    Refusal refusal = field_refusal("dry_run", "not_available", "Previews of an import arrive with the imports release.", value);
    refusal.reason = Reason::NotImplemented;
    return std::unexpected(std::move(refusal));
}

Result<void> set_mapping(CsvOptions& options, std::string_view value) {
    auto mapping = parse_csv_mapping(value);
    if (!mapping) return std::unexpected(std::move(mapping.error()));
    options.mapping = *std::move(mapping);
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

struct Option {
    std::string_view name;
    Result<void> (*set)(CsvOptions&, std::string_view);
};
constexpr std::array<Option, 9> kOptions = {{{"encoding", set_encoding},
                                             {"delimiter", set_delimiter},
                                             {"date_order", set_date_order},
                                             {"decimal_mark", set_decimal_mark},
                                             {"automations", set_automations},
                                             {"dry_run", set_dry_run},
                                             {"mapping", set_mapping},
                                             {"tenant_id", set_tenant_id},
                                             {"workspace_id", set_workspace_id}}};

} // namespace

bool is_csv_option(std::string_view name) { return std::ranges::find(kOptions, name, &Option::name) != kOptions.end(); }

Result<void> set_csv_option(CsvOptions& options, std::string_view name, std::string_view value) {
    const auto option = std::ranges::find(kOptions, name, &Option::name);
    const bool blank = value.find_first_not_of(" \r\n") == std::string_view::npos; // a tab alone is a delimiter
    if (option == kOptions.end() || blank) return {};
    return option->set(options, value);
}

} // namespace tributary

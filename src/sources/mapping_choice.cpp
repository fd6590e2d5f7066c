#include "sources/mapping_choice.hpp"

#include "deal/json.hpp"
#include "sources/header_fingerprint.hpp"

#include <boost/json/object.hpp>

namespace tributary {
namespace {

void forget(CsvOptions& options, std::string_view name) {
    std::erase_if(options.asked, [name](const auto& pair) { return pair.first == name; });
}

Result<void> use(CsvOptions& options, const SavedMapping& saved, MappingBy by) {
    auto mapping = parse_csv_mapping(saved.mapping);
    if (!mapping) return std::unexpected(std::move(mapping.error()));
    options.mapping = *std::move(mapping);
    options.origin = {.from = MappingFrom::Saved, .by = by, .name = saved.name, .text = saved.mapping, .saved_as = {}};
    forget(options, "saved_mapping");
    options.asked.emplace_back("mapping_used", mapping_used(saved, by));
    return {};
}

} // namespace

std::string mapping_used(const SavedMapping& saved, MappingBy by) {
    std::string used = "{\"name\":";
    append_json_string(used, saved.name);
    append_key(used, "by");
    append_json_string(used, mapping_by_word(by));
    append_key(used, "mapping");
    return used + saved.mapping + "}";
}

std::string_view mapping_by_word(MappingBy by) { return by == MappingBy::Name ? "name" : "header"; }

Result<void> choose_named_mapping(CsvOptions& options) {
    const std::string& name = options.saved_mapping;
    if (options.origin.from != MappingFrom::Headers || name.empty() || name == "none" || name == "auto") return {};
    const auto saved = options.shelf && options.shelf->named ? options.shelf->named(name) : std::nullopt;
    if (!saved)
        return std::unexpected(field_refusal("saved_mapping", "unknown_mapping", "The workspace keeps no mapping of that name.", name));
    return use(options, *saved, MappingBy::Name);
}

Result<void> choose_mapping_of(CsvOptions& options, std::span<const std::string> header) {
    if (!options.shelf || options.origin.from != MappingFrom::Headers || options.saved_mapping == "none") return {};
    const auto saved = options.shelf->of_header ? options.shelf->of_header(header_fingerprint(header)) : std::nullopt;
    if (saved) return use(options, *saved, MappingBy::Header);
    forget(options, "saved_mapping");
    options.asked.emplace_back("saved_mapping", "none"); // one that is saved later is not this file's
    return {};
}

Result<void> keep_mapping(CsvOptions& options, std::span<const std::string> header) {
    if (options.save_mapping.empty()) return {};
    if (options.origin.text.empty()) {
        return std::unexpected(
            field_refusal("save_mapping", "invalid_option", "There is no mapping to save: send it in \"mapping\".", options.save_mapping));
    }
    if (!options.shelf || !options.shelf->keep) return {}; // a stored file read again
    std::string cells = "[";
    for (const std::string& cell : header) {
        if (cells.size() > 1) cells += ',';
        append_json_string(cells, cell);
    }
    auto kept = options.shelf->keep({.name = options.save_mapping,
                                     .fingerprint = header_fingerprint(header),
                                     .header = cells + "]",
                                     .mapping = options.origin.text,
                                     .actor = {}});
    if (!kept) return kept;
    options.origin.saved_as = options.save_mapping;
    forget(options, "save_mapping"); // once
    options.asked.emplace_back("mapping_saved", options.save_mapping);
    return {};
}

Result<void> set_mapping_used(CsvOptions& options, std::string_view json) {
    const auto bad = [&] { return std::unexpected(field_refusal("mapping_used", "invalid_option", "Send a mapping in \"mapping\".")); };
    const auto parsed = parse_json(json);
    if (!parsed || !parsed->is_object()) return bad();
    const auto& used = parsed->as_object();
    const auto* name = used.if_contains("name");
    const auto* by = used.if_contains("by");
    const auto* mapping = used.if_contains("mapping");
    if (name == nullptr || !name->is_string() || by == nullptr || !by->is_string() || mapping == nullptr) return bad();
    std::string text;
    append_json(text, *mapping);
    auto read = parse_csv_mapping(text);
    if (!read) return std::unexpected(std::move(read.error()));
    options.mapping = *std::move(read);
    options.origin = {.from = MappingFrom::Saved,
                      .by = scalar_text(*by) == "name" ? MappingBy::Name : MappingBy::Header,
                      .name = scalar_text(*name),
                      .text = std::move(text),
                      .saved_as = {}};
    return {};
}

} // namespace tributary

#include "sources/csv_mapping.hpp"

#include "deal/json.hpp"

#include <unicode/unistr.h>

namespace tributary {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

void fold_case(std::string_view text, std::string& out) {
    out.clear();
    bool ascii = true;
    for (const char c : trimmed(text)) {
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    if (ascii) return;
    std::string folded;
    icu::UnicodeString::fromUTF8(out).foldCase().toUTF8String(folded);
    out = std::move(folded);
}

std::unexpected<Refusal> bad_mapping(std::string_view member, std::string message) {
    return std::unexpected(field_refusal(member, "invalid_mapping", std::move(message)));
}

std::unexpected<Refusal> unknown_field(std::string_view entry, std::string_view target) {
    return std::unexpected(unknown_field_refusal(entry, target));
}

Result<void> read_fields(const boost::json::object& from, CsvMapping& mapping) {
    for (const auto& entry : from) {
        if (entry.value().is_null()) {
            mapping.fields.emplace_back(entry.key(), std::nullopt);
            continue;
        }
        if (!entry.value().is_string())
            return bad_mapping(entry.key(), "A header is mapped to the name of a field, or to null to leave it out.");
        std::string target = scalar_text(entry.value());
        if (!parse_field(target) && target != "external_id" && target != "metadata") return unknown_field(entry.key(), target);
        mapping.fields.emplace_back(entry.key(), std::move(target));
    }
    return {};
}

Result<void> read_values(const boost::json::object& from, CsvMapping& mapping) {
    for (const auto& entry : from) {
        if (!entry.value().is_object()) return bad_mapping(entry.key(), "A value map is an object: {\"theirs\": \"ours\"}.");
        auto words = std::make_shared<CsvValueMap>();
        for (const auto& word : entry.value().get_object()) {
            if (!is_scalar(word.value())) return bad_mapping(entry.key(), "A value map translates words to words.");
            words->add(word.key(), scalar_text(word.value()));
        }
        mapping.values.emplace_back(entry.key(), std::move(words));
    }
    return {};
}

Result<void> read_defaults(const boost::json::object& from, CsvMapping& mapping) {
    for (const auto& entry : from) {
        const auto field = parse_field(entry.key());
        if (!field) return unknown_field(entry.key(), entry.key());
        if (!is_scalar(entry.value())) return bad_mapping(entry.key(), "A default is a text or a number.");
        mapping.defaults.emplace_back(*field, scalar_text(entry.value()));
    }
    return {};
}

Result<void> read_readings(const boost::json::object& from, CsvMapping& mapping) {
    for (const auto& entry : from) {
        if (!entry.value().is_string()) return bad_mapping(entry.key(), "A reading is a word, such as \"dmy\".");
        mapping.readings.emplace_back(entry.key(), scalar_text(entry.value()));
    }
    return {};
}

// "do_not_overwrite": a list of fields and headers.
Result<void> read_kept(const boost::json::value& from, CsvMapping& mapping) {
    if (!from.is_array()) return bad_mapping("do_not_overwrite", "This is a list of fields or headers.");
    for (const auto& entry : from.get_array()) {
        if (!entry.is_string()) return bad_mapping("do_not_overwrite", "A field or a header is named by a text.");
        mapping.do_not_overwrite.push_back(scalar_text(entry));
    }
    return {};
}

} // namespace

Refusal unknown_field_refusal(std::string_view entry, std::string_view target) {
    std::string known;
    for (const Field field : kFields) known.append(field_key(field)).append(", ");
    return field_refusal(entry, "unknown_field",
                         "\"" + std::string(target) + "\" is no field of a deal. There are: " + known + "external_id, metadata.", target);
}

void CsvValueMap::add(std::string_view theirs, std::string_view ours) {
    std::string folded;
    fold_case(theirs, folded);
    words_.insert_or_assign(std::move(folded), std::string(ours));
}

const std::string* CsvValueMap::find(std::string_view theirs, std::string& scratch) const {
    fold_case(theirs, scratch);
    const auto found = words_.find(scratch);
    return found == words_.end() ? nullptr : &found->second;
}

Result<CsvMapping> parse_csv_mapping(std::string_view json) {
    if (json.size() > kMappingBytesMax) return bad_mapping("mapping", "The mapping is longer than 1 MiB.");
    const auto parsed = parse_json(json);
    if (!parsed) return bad_mapping("mapping", "The mapping is not JSON: " + parsed.error().message);
    if (!parsed->is_object())
        return bad_mapping("mapping", "The mapping is a JSON object with fields, values, defaults, readings and do_not_overwrite.");
    CsvMapping mapping;
    for (const auto& member : parsed->get_object()) {
        const std::string_view name = member.key();
        if (member.value().is_null()) continue;
        if (name == "do_not_overwrite") {
            if (auto read = read_kept(member.value(), mapping); !read) return std::unexpected(std::move(read.error()));
            continue;
        }
        if (!member.value().is_object()) return bad_mapping(name, "This part of the mapping is an object.");
        const auto& entries = member.value().get_object();
        Result<void> read;
        if (name == "fields")
            read = read_fields(entries, mapping);
        else if (name == "values")
            read = read_values(entries, mapping);
        else if (name == "defaults")
            read = read_defaults(entries, mapping);
        else if (name == "readings")
            read = read_readings(entries, mapping);
        else
            return bad_mapping(name, "A mapping has the parts fields, values, defaults, readings and do_not_overwrite.");
        if (!read) return std::unexpected(std::move(read.error()));
    }
    return mapping;
}

} // namespace tributary

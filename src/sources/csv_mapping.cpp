#include "sources/csv_mapping.hpp"

#include "deal/json.hpp"
#include "sources/field_names.hpp"

#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <limits>

namespace tributary {
namespace {

// What errors.csv adds to a file's own columns: a mended file is sent with them.
bool is_errors_column(std::string_view header) { return header == "_line" || header == "_row" || header == "_code" || header == "_error"; }

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
    std::string known;
    for (const Field field : kFields) known.append(field_key(field)).append(", ");
    return std::unexpected(
        field_refusal(entry, "unknown_field",
                      "\"" + std::string(target) + "\" is no field of a deal. There are: " + known + "external_id, metadata.", target));
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

class ColumnMapper {
  public:
    ColumnMapper(std::span<const std::string_view> header, const CsvMapping& mapping) : mapping_(mapping) {
        field_taken_.fill(false);
        decided_.assign(header.size(), false);
        for (std::size_t at = 0; at < header.size(); ++at) add_header(header[at], at);
    }

    Result<CsvColumns> map() {
        for (const auto& [name, target] : mapping_.fields) {
            if (auto taken = take_entry(name, target); !taken) return std::unexpected(std::move(taken.error()));
        }
        take_known_names();
        for (const auto& [name, words] : mapping_.values) {
            if (auto attached = attach(name, words); !attached) return std::unexpected(std::move(attached.error()));
        }
        for (const auto& [name, word] : mapping_.readings) {
            if (auto told = tell(name, word); !told) return std::unexpected(std::move(told.error()));
        }
        out_.defaults = mapping_.defaults;
        const bool named =
            field_taken_[0] || std::ranges::find(out_.defaults, Field::Name, &std::pair<Field, std::string>::first) != out_.defaults.end();
        if (!named) return missing_name();
        return std::move(out_);
    }

  private:
    void add_header(std::string_view text, std::size_t at) {
        std::string name(trimmed(text));
        if (name.empty()) name = "column " + std::to_string(at + 1);
        std::string unique = name;
        for (int copy = 2; names_.contains(unique); ++copy) unique = name + " (" + std::to_string(copy) + ")";
        names_.emplace(unique, at);
        CsvColumn column{.header = std::move(unique)};
        append_json_string(column.metadata_key, column.header);
        column.metadata_key.push_back(':');
        out_.columns.push_back(std::move(column));
    }

    // Exactly as written, else alike but for case, spaces and punctuation.
    [[nodiscard]] CsvColumn* find(std::string_view name) {
        const auto exact = names_.find(std::string(trimmed(name)));
        if (exact != names_.end()) return &out_.columns[exact->second];
        const std::string folded = folded_name(name);
        const auto alike = std::ranges::find_if(out_.columns, [&](const CsvColumn& each) { return folded_name(each.header) == folded; });
        return folded.empty() || alike == out_.columns.end() ? nullptr : &*alike;
    }

    Result<void> take_entry(std::string_view name, const std::optional<std::string>& target) {
        CsvColumn* column = find(name);
        if (column == nullptr) {
            return std::unexpected(field_refusal(name, "unknown_header",
                                                 "The file has no column \"" + std::string(name) + "\". It has: " + headers() + ".", name));
        }
        decided_[static_cast<std::size_t>(column - out_.columns.data())] = true;
        if (!target)
            column->use = CsvUse::Ignored;
        else if (*target == "metadata")
            column->use = CsvUse::Metadata;
        else if (*target == "external_id")
            claim(*column, CsvUse::ExternalId, Field::Name);
        else
            claim(*column, CsvUse::DealField, *parse_field(*target));
        return {};
    }

    // The first column for a field has it; later ones stay metadata.
    void claim(CsvColumn& column, CsvUse use, Field field) {
        bool& taken = use == CsvUse::ExternalId ? external_id_taken_ : field_taken_[static_cast<std::size_t>(field)];
        if (taken) {
            out_.warnings.push_back(
                {column.header, "duplicate_column", "Another column is that field already; this one is kept as metadata.", {}});
            return;
        }
        taken = true;
        column.use = use;
        column.field = field;
        column.rules.kind = use == CsvUse::DealField ? column_kind(field) : ColumnKind::Words;
    }

    void take_known_names() {
        const auto has = [&](std::string_view name) {
            return std::ranges::find(out_.columns, name, &CsvColumn::header) != out_.columns.end();
        };
        out_.is_errors_file = has("_code") && has("_error") && (has("_line") || has("_row")); // one of them alone is a customer's column
        constexpr int kRankMax = 2;
        for (int rank = 0; rank <= kRankMax; ++rank) {
            for (std::size_t at = 0; at < out_.columns.size(); ++at) {
                if (!decided_[at]) take_known_name(out_.columns[at], rank);
            }
        }
    }

    void take_known_name(CsvColumn& column, int rank) {
        if (out_.is_errors_file && is_errors_column(column.header)) {
            column.use = CsvUse::Ignored;
            return;
        }
        const auto named = header_place(column.header);
        if (!named || named->rank != rank) return;
        if (named->place == Place::TenantId)
            column.use = CsvUse::TenantId;
        else if (named->place == Place::WorkspaceId)
            column.use = CsvUse::WorkspaceId;
        else if (named->place == Place::ExternalId)
            claim(column, CsvUse::ExternalId, Field::Name);
        else if (named->place == Place::DealField)
            claim(column, CsvUse::DealField, named->field);
    }

    Result<void> attach(std::string_view name, const std::shared_ptr<const CsvValueMap>& words) {
        if (const auto field = parse_field(name)) {
            for (CsvColumn& column : out_.columns) {
                if (column.use == CsvUse::DealField && column.field == *field) column.values = words;
            }
            return {};
        }
        CsvColumn* column = find(name);
        if (column == nullptr) return unknown_field(name, name);
        column->values = words;
        return {};
    }

    Result<void> tell(std::string_view name, std::string_view word) {
        const auto field = parse_field(name);
        CsvColumn* column = field ? column_of(*field) : find(name);
        if (column == nullptr && !field) return unknown_field(name, name);
        const ColumnKind kind = field ? column_kind(*field) : column->rules.kind;
        const auto reading = parse_reading(word, kind);
        if (!reading) {
            return std::unexpected(field_refusal(
                name, "invalid_mapping",
                "A column is read as mdy, dmy, ymd or iso (dates), . or , (amounts), percent or fraction (probability).", word));
        }
        if (column == nullptr) return {}; // a saved mapping may know more fields than this file
        column->rules.reading = *reading;
        column->rules.told = true;
        return {};
    }

    [[nodiscard]] CsvColumn* column_of(Field field) {
        const auto found = std::ranges::find_if(
            out_.columns, [field](const CsvColumn& each) { return each.use == CsvUse::DealField && each.field == field; });
        return found == out_.columns.end() ? nullptr : &*found;
    }

    [[nodiscard]] std::string headers() const {
        constexpr std::size_t kListedMax = 50;
        std::string list;
        for (std::size_t at = 0; at < std::min(out_.columns.size(), kListedMax); ++at) {
            if (at > 0) list += ", ";
            list += out_.columns[at].header;
        }
        return out_.columns.size() > kListedMax ? list + ", ..." : list;
    }

    Result<CsvColumns> missing_name() {
        return std::unexpected(field_refusal(
            "name", "missing_name_column",
            "No column gives the deals their names. Call one \"Deal Name\" or map one to \"name\". The file has: " + headers() + "."));
    }

    const CsvMapping& mapping_;
    CsvColumns out_;
    std::unordered_map<std::string, std::size_t> names_;
    std::vector<bool> decided_;
    std::array<bool, kFieldCount> field_taken_{};
    bool external_id_taken_ = false;
};

} // namespace

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
    if (!parsed->is_object()) return bad_mapping("mapping", "The mapping is a JSON object with fields, values, defaults and readings.");
    CsvMapping mapping;
    for (const auto& member : parsed->get_object()) {
        const std::string_view name = member.key();
        if (member.value().is_null()) continue;
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
            return bad_mapping(name, "A mapping has the parts fields, values, defaults and readings.");
        if (!read) return std::unexpected(std::move(read.error()));
    }
    return mapping;
}

Result<CsvColumns> map_columns(std::span<const std::string_view> header, const CsvMapping& mapping) {
    return ColumnMapper(header, mapping).map();
}

} // namespace tributary

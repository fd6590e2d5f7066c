// Which column is which field: what the mapping says, then known names, then what is nearly one, then what the cells say. See
// csv_mapping.hpp.
#include "deal/json.hpp"
#include "sources/column_content.hpp"
#include "sources/csv_mapping.hpp"
#include "sources/field_names.hpp"
#include "sources/utf8.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

class ColumnMapper {
  public:
    ColumnMapper(std::span<const std::string_view> header, const CsvMapping& mapping, CsvSample sample)
        : mapping_(mapping), sample_(sample) {
        field_taken_.fill(false);
        decided_.assign(header.size(), false);
        for (std::size_t at = 0; at < header.size(); ++at) add_header(header[at], at);
    }

    Result<CsvColumns> map() {
        for (const auto& [name, target] : mapping_.fields) {
            if (auto taken = take_entry(name, target); !taken) return std::unexpected(std::move(taken.error()));
        }
        take_known_names();
        take_guesses([](const CsvColumn& column, std::span<const std::string_view> cells) { return guess_by_name(column, cells); });
        take_guesses(
            [](const CsvColumn& column, std::span<const std::string_view> cells) { return field_by_content(column.header, cells); });
        for (const auto& [name, words] : mapping_.values) {
            if (auto attached = attach(name, words); !attached) return std::unexpected(std::move(attached.error()));
        }
        for (const auto& [name, word] : mapping_.readings) {
            if (auto told = tell(name, word); !told) return std::unexpected(std::move(told.error()));
        }
        for (const std::string& name : mapping_.do_not_overwrite) {
            if (auto kept = keep(name); !kept) return std::unexpected(std::move(kept.error()));
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
        column->match = {.kind = MatchKind::Told, .percent = 100, .reason = "The mapping says so."};
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
            column.match = {.kind = MatchKind::None, .percent = 0, .reason = "Another column is that field already."};
            return;
        }
        taken = true;
        column.use = use;
        column.field = field;
        column.rules.kind = use == CsvUse::DealField ? column_kind(field) : ColumnKind::Words;
    }

    void take_known_names() {
        std::vector<std::string_view> headers;
        for (const CsvColumn& column : out_.columns) headers.push_back(column.header);
        out_.is_errors_file = is_errors_header(headers);
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
            column.match = {.kind = MatchKind::Exact, .percent = 100, .reason = "Added by errors.csv; left out."};
            return;
        }
        const auto named = header_place(column.header);
        if (!named || named->rank != rank) return;
        column.match = match_by_name(column.header, *named);
        if (named->place == Place::TenantId)
            column.use = CsvUse::TenantId;
        else if (named->place == Place::WorkspaceId)
            column.use = CsvUse::WorkspaceId;
        else if (named->place == Place::ExternalId)
            claim(column, CsvUse::ExternalId, Field::Name);
        else if (named->place == Place::DealField)
            claim(column, CsvUse::DealField, named->field);
    }

    // How well a header fits the name under which it is known.
    static ColumnMatch match_by_name(std::string_view header, const NamedPlace& named) {
        const bool own_name = named.place == Place::DealField && folded_name(header) == folded_name(field_key(named.field));
        if (named.rank == 0 || own_name) return {.kind = MatchKind::Exact, .percent = 100, .reason = "This is the field's own name."};
        return {.kind = MatchKind::Alias, .percent = named.rank == 1 ? 95 : 85, .reason = "A known name of the field."};
    }

    static std::optional<ColumnGuess> guess_by_name(const CsvColumn& column, std::span<const std::string_view> cells) {
        auto guess = similar_field(column.header);
        if (!guess || cells_may_be(guess->hint.field, cells)) return guess;
        guess->sure = false;
        guess->hint.percent /= 2;
        guess->hint.reason += " But none of its cells is one.";
        return guess;
    }

    [[nodiscard]] std::vector<std::string_view> cells_of(std::size_t column) const {
        std::vector<std::string_view> cells;
        for (const auto& row : sample_) {
            if (column < row.size()) cells.emplace_back(row[column]);
        }
        return cells;
    }

    // Of the columns that nobody has claimed, those that alone want a field that is free get it when it is sure; the others keep a hint.
    void take_guesses(const auto& guess_of) {
        std::vector<std::pair<std::size_t, ColumnGuess>> guesses;
        std::array<int, kFieldCount> wanted{};
        for (std::size_t at = 0; at < out_.columns.size(); ++at) {
            const CsvColumn& column = out_.columns[at];
            if (decided_[at] || column.use != CsvUse::Metadata || !column.match.reason.empty()) continue;
            auto guess = guess_of(column, cells_of(at));
            if (!guess || field_taken_[static_cast<std::size_t>(guess->hint.field)]) continue;
            ++wanted[static_cast<std::size_t>(guess->hint.field)];
            guesses.emplace_back(at, *std::move(guess));
        }
        for (auto& [at, guess] : guesses) {
            CsvColumn& column = out_.columns[at];
            const bool alone = wanted[static_cast<std::size_t>(guess.hint.field)] == 1;
            if (!guess.sure || !alone) {
                if (!alone) guess.hint.reason += " So is another column.";
                if (!column.hint) column.hint = std::move(guess.hint);
                continue;
            }
            claim(column, CsvUse::DealField, guess.hint.field);
            column.match = {.kind = guess.hint.kind, .percent = guess.hint.percent, .reason = std::move(guess.hint.reason)};
            column.hint.reset();
        }
    }

    Result<void> attach(std::string_view name, const std::shared_ptr<const CsvValueMap>& words) {
        if (const auto field = parse_field(name)) {
            for (CsvColumn& column : out_.columns) {
                if (column.use == CsvUse::DealField && column.field == *field) column.values = words;
            }
            return {};
        }
        CsvColumn* column = find(name);
        if (column == nullptr && name == "source") {
            column = source_column();
            if (column == nullptr) return {}; // as for a field that no column is
        }
        if (column == nullptr) return std::unexpected(unknown_field_refusal(name, name));
        column->values = words;
        return {};
    }

    // A deal's own source is the door it came by; where it was won is what CRMs call its source.
    [[nodiscard]] CsvColumn* source_column() {
        static constexpr auto kNames = std::to_array<std::string_view>({"leadsource", "dealsource", "opportunitysource", "originalsource"});
        const auto found = std::ranges::find_if(out_.columns, [](const CsvColumn& column) {
            return column.use == CsvUse::Metadata && std::ranges::find(kNames, folded_name(column.header)) != kNames.end();
        });
        return found == out_.columns.end() ? nullptr : &*found;
    }

    Result<void> keep(std::string_view name) {
        const auto field = parse_field(name);
        CsvColumn* column = field ? column_of(*field) : find(name);
        if (column == nullptr && !field) return std::unexpected(unknown_field_refusal(name, name));
        if (column != nullptr) column->do_not_overwrite = true;
        return {};
    }

    Result<void> tell(std::string_view name, std::string_view word) {
        const auto field = parse_field(name);
        CsvColumn* column = field ? column_of(*field) : find(name);
        if (column == nullptr && !field) return std::unexpected(unknown_field_refusal(name, name));
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
        constexpr std::size_t kListedBytes = 1'000;
        constexpr std::size_t kHeaderBytes = 80;
        std::string list;
        std::size_t at = 0;
        for (; at < std::min(out_.columns.size(), kListedMax) && list.size() < kListedBytes; ++at) {
            if (at > 0) list += ", ";
            list += utf8_cut(out_.columns[at].header, kHeaderBytes);
        }
        return at < out_.columns.size() ? list + ", ..." : list;
    }

    Result<CsvColumns> missing_name() {
        return std::unexpected(field_refusal(
            "name", "missing_name_column",
            "No column gives the deals their names. Call one \"Deal Name\" or map one to \"name\". The file has: " + headers() + "."));
    }

    const CsvMapping& mapping_;
    CsvSample sample_;
    CsvColumns out_;
    std::unordered_map<std::string, std::size_t> names_;
    std::vector<bool> decided_;
    std::array<bool, kFieldCount> field_taken_{};
    bool external_id_taken_ = false;
};

} // namespace

bool is_errors_column(std::string_view header) { return header == "_line" || header == "_row" || header == "_code" || header == "_error"; }

bool is_errors_header(std::span<const std::string_view> header) {
    const auto has = [&](std::string_view name) { return std::ranges::find(header, name) != header.end(); };
    return has("_code") && has("_error") && (has("_line") || has("_row"));
}

Result<CsvColumns> map_columns(std::span<const std::string_view> header, const CsvMapping& mapping, CsvSample sample) {
    return ColumnMapper(header, mapping, sample).map();
}

} // namespace tributary

// How a file was understood, as JSON for the unit's options. See csv_plan.hpp.
#include "deal/json.hpp"
#include "deal/show.hpp"
#include "sources/csv_fixes.hpp"
#include "sources/csv_plan.hpp"
#include "sources/csv_reader.hpp"

namespace tributary {
namespace {

void append_text(std::string& out, std::string_view key, std::string_view text) {
    append_key(out, key);
    append_json_string(out, text);
}

void append_number(std::string& out, std::string_view key, std::uint64_t number) {
    append_key(out, key);
    out += std::to_string(number);
}

void append_separator(std::string& out) {
    if (out.back() != '[') out.push_back(',');
}

std::string_view target_word(const CsvColumn& column) {
    switch (column.use) {
    case CsvUse::DealField: return field_key(column.field);
    case CsvUse::ExternalId: return "external_id";
    case CsvUse::TenantId: return "tenant_id";
    case CsvUse::WorkspaceId: return "workspace_id";
    case CsvUse::Metadata: return "metadata";
    case CsvUse::Ignored: break;
    }
    return {};
}

// Of percent, as a part of one: 0.95.
void append_confidence(std::string& out, int percent) {
    append_key(out, "confidence");
    append_json_number(out, percent / 100.0);
}

void append_match(std::string& out, const CsvColumn& column) {
    append_text(out, "match", match_word(column.match.kind));
    append_confidence(out, column.match.percent);
    append_text(out, "reason", column.match.reason.empty() ? "No field has this name; kept in source_metadata." : column.match.reason);
    if (!column.hint) return;
    append_key(out, "suggestion");
    out.push_back('{');
    append_text(out, "field", field_key(column.hint->field));
    append_text(out, "match", match_word(column.hint->kind));
    append_confidence(out, column.hint->percent);
    append_text(out, "reason", column.hint->reason);
    out.push_back('}');
}

void append_column(std::string& out, const CsvColumn& column, const ColumnDecision* decision, const ColumnNotes* notes) {
    append_separator(out);
    out += "{\"header\":";
    append_json_string(out, column.header);
    append_key(out, "field");
    if (column.use == CsvUse::Ignored)
        out += "null";
    else
        append_json_string(out, target_word(column));
    append_match(out, column);
    if (column.do_not_overwrite) out += ",\"do_not_overwrite\":true";
    const auto* decided = decision == nullptr ? nullptr : std::get_if<Decided>(decision);
    if (column.rules.kind != ColumnKind::Words && decision != nullptr) {
        append_text(out, "reading", decided == nullptr ? std::string_view("undecided") : reading_word(decided->reading));
        if (decided != nullptr && !decided->evidence.empty()) append_text(out, "evidence", decided->evidence);
    }
    if (notes != nullptr && notes->contradictions > 0) append_number(out, "contradicting_rows", notes->contradictions);
    if (notes != nullptr && notes->needs_decision > 0) append_number(out, "undecided_rows", notes->needs_decision);
    out.push_back('}');
}

void append_open_column(std::string& out, const CsvColumn& column, const Undecided& open) {
    append_separator(out);
    out.push_back('{');
    append_text(out, "column", column.header);
    append_text(out, "field", field_key(column.field));
    append_text(out, "option", reading_option(column.rules.kind));
    append_key(out, "candidates");
    out.push_back('[');
    for (const ColumnReading candidate : open.candidates) {
        append_separator(out);
        append_json_string(out, reading_word(candidate));
    }
    out += "]";
    append_key(out, "examples");
    out.push_back('[');
    for (const CellExample& example : open.examples) {
        append_separator(out);
        out.push_back('{');
        append_number(out, "line", example.line);
        append_text(out, "cell", example.cell);
        out.push_back('}');
    }
    out += "]";
    append_text(out, "reason", open.reason);
    append_number(out, "open_cells", open.open_cells);
    out.push_back('}');
}

// The reading of the first column of this kind; "undecided" when its cells say nothing, or too much.
std::string_view first_reading(const CsvPlan& plan, const auto& is_kind) {
    for (std::size_t at = 0; at < plan.decisions.size(); ++at) {
        if (!is_kind(plan.columns.columns[at].rules.kind)) continue;
        const auto* decided = std::get_if<Decided>(&plan.decisions[at]);
        if (decided == nullptr || decided->reading == ColumnReading::AsWritten) continue;
        return reading_word(decided->reading);
    }
    return "undecided";
}

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
    append_key(out, key);
    out.push_back('[');
    for (const std::string& cell : texts) {
        append_separator(out);
        append_json_string(out, cell);
    }
    out.push_back(']');
}

void append_workbook(std::string& out, const WorkbookPlan& workbook) {
    append_text(out, "sheet", workbook.sheet);
    append_texts(out, "sheets", workbook.sheets);
    append_text(out, "date_system", workbook.dates_of_1904 ? "1904" : "1900");
}

void append_columns(std::string& out, const CsvPlan& plan, const RowNotes& notes) {
    append_key(out, "columns");
    out.push_back('[');
    for (std::size_t at = 0; at < plan.columns.columns.size(); ++at) {
        append_column(out, plan.columns.columns[at], at < plan.decisions.size() ? &plan.decisions[at] : nullptr,
                      at < notes.columns.size() ? &notes.columns[at] : nullptr);
    }
    out.push_back(']');
    append_key(out, "needs_decision");
    out.push_back('[');
    for (std::size_t at = 0; at < plan.decisions.size(); ++at) {
        if (needs_decision(plan.decisions[at])) append_open_column(out, plan.columns.columns[at], std::get<Undecided>(plan.decisions[at]));
    }
    out.push_back(']');
}

void append_skipped(std::string& out, const RowNotes& notes) {
    append_number(out, "skipped_rows", notes.skipped_rows);
    append_key(out, "skipped");
    out.push_back('[');
    for (const SkippedRow& row : notes.skipped) {
        append_separator(out);
        out.push_back('{');
        append_number(out, "line", row.line);
        append_text(out, "why", row.why);
        append_text(out, "text", row.text);
        out.push_back('}');
    }
    out.push_back(']');
}

void append_mapping(std::string& out, const MappingOrigin& origin) {
    append_key(out, "mapping");
    out.push_back('{');
    append_text(out, "from", origin.from == MappingFrom::Headers ? "headers" : origin.from == MappingFrom::Request ? "request" : "saved");
    if (origin.from == MappingFrom::Saved) {
        append_text(out, "name", origin.name);
        append_text(out, "by", mapping_by_word(origin.by));
    }
    if (!origin.saved_as.empty()) append_text(out, "saved_as", origin.saved_as);
    out.push_back('}');
}

} // namespace

std::string plan_json(const CsvPlan& plan, const CsvOptions& options, const RowNotes& notes) {
    std::string out = "{";
    append_text(out, "format", plan.workbook ? "xlsx" : "csv");
    if (plan.workbook) append_workbook(out, *plan.workbook);
    append_text(out, "encoding", plan.encoding.name);
    append_text(out, "encoding_evidence", plan.encoding.evidence);
    append_text(out, "delimiter", std::string_view(&plan.delimiter, 1));
    append_text(out, "quote", plan.quote == kCsvNoQuote ? std::string_view("none") : std::string_view(&plan.quote, 1));
    append_number(out, "header_line", plan.header_line);
    append_texts(out, "header", plan.header);
    append_text(out, "header_fingerprint", plan.fingerprint);
    append_mapping(out, options.origin);
    if (!options.fixes.empty()) {
        append_key(out, "fixes");
        out += cell_fixes_json(options.fixes);
    }
    append_text(out, "date_order",
                first_reading(plan, [](ColumnKind kind) { return kind == ColumnKind::Day || kind == ColumnKind::Instant; }));
    append_text(out, "decimal_mark", first_reading(plan, [](ColumnKind kind) { return kind == ColumnKind::Amount; }));
    append_columns(out, plan, notes);
    append_skipped(out, notes);
    append_key(out, "warnings");
    append_problems(out, plan.columns.warnings);
    out.push_back('}');
    return out;
}

} // namespace tributary

#include "sources/csv_rows.hpp"

#include "deal/json.hpp"
#include "sources/json_deal.hpp"
#include "sources/utf8.hpp"

#include <algorithm>

namespace tributary {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

// Our errors files put an apostrophe before a cell that a spreadsheet would take for a formula.
std::string_view without_guard(std::string_view cell) {
    const bool guarded = cell.size() >= 2 && cell[0] == '\'' && std::string_view("=+-@\t\r").find(cell[1]) != std::string_view::npos;
    return guarded ? cell.substr(1) : cell;
}

std::string in_line(std::uint64_t line) { return " (line " + std::to_string(line) + ")"; }

Refusal fault_refusal(const CsvRecord& record, std::string_view column) {
    switch (record.fault) {
    case CsvFault::UnterminatedQuote:
        return field_refusal(column, "unterminated_quote",
                             "A quote is opened in line " + std::to_string(record.fault_line) +
                                 " and never closed; everything after it was read as one cell.");
    case CsvFault::CellTooLong:
        return field_refusal(column, "cell_too_long",
                             "A cell is longer than 1 MiB" + in_line(record.fault_line) + "; is a quote left open?");
    case CsvFault::RecordTooLong:
        return field_refusal("row", "row_too_long", "The row is longer than 4 MiB" + in_line(record.fault_line) + ".");
    case CsvFault::TooManyCells:
    case CsvFault::None: break;
    }
    return field_refusal("row", "too_many_columns", "The row has more than 1,000 cells" + in_line(record.line) + ".");
}

// What a person can do about a cell that its column's reading does not settle.
FieldProblem cell_problem(const CsvColumn& column, CellFate fate, std::string_view cell) {
    const ColumnKind kind = column.rules.kind;
    const std::string option(reading_option(kind));
    const std::string words = kind == ColumnKind::Amount       ? option + "=. or " + option + "=,"
                              : kind == ColumnKind::Percentage ? option + "=percent or " + option + "=fraction"
                                                               : option + "=dmy, " + option + "=mdy or " + option + "=ymd";
    if (fate == CellFate::NeedsDecision) {
        return field_refusal(field_key(column.field), "needs_decision",
                             "The cell of the column \"" + column.header +
                                 "\" can be read in more than one way, and the column does not decide: send " + words + ".",
                             cell)
            .details.front();
    }
    return field_refusal(field_key(column.field), "contradicts_column",
                         "The column \"" + column.header + "\" is read as " + option + "=" +
                             std::string(reading_word(column.rules.reading)) + ", and this cell cannot be: write it like the others.",
                         cell)
        .details.front();
}

} // namespace

CsvRows::CsvRows(const CsvPlan& plan, const CsvOptions& options, RowSink sink)
    : columns_(plan.columns), judge_(plan.columns, plan.header, options), tenant_id_(options.tenant_id),
      workspace_id_(options.workspace_id), sink_(std::move(sink)),
      notes_{.columns = std::vector<ColumnNotes>(plan.columns.columns.size())} {}

bool CsvRows::take(const CsvRecord& record) {
    const bool is_row = record.mended || record.fault != CsvFault::None;
    if (!is_row && std::ranges::all_of(record.cells, is_blank)) return true;
    const RowRole role = is_row ? RowRole::Deal : judge_.role_of(record.cells);
    if (role != RowRole::Deal) {
        note_skipped(record, role);
        return true;
    }
    if (auto fine = check(record); !fine) return give_refused(record, std::move(fine.error()));
    ReadRow row{.row = next_row_, .line = record.line, .record = record.raw};
    Draft& draft = *row.draft;
    draft.source = Source::Csv;
    draft.reading = Reading::Written;
    metadata_.clear();
    metadata_fill_only_.clear();
    problems_.clear();
    const std::size_t width = std::min(record.cells.size(), columns_.columns.size());
    for (std::size_t at = 0; at < width; ++at) {
        if (!record.cells[at].empty()) read_cell(row, at, record.cells[at], at < record.exact.size() && record.exact[at] != 0);
    }
    if (!problems_.empty()) {
        Refusal refusal{.code = problems_.front().code, .message = problems_.front().message, .details = std::move(problems_)};
        return give_refused(record, std::move(refusal));
    }
    if (!metadata_.empty()) draft.metadata = metadata_ + '}';
    if (!metadata_fill_only_.empty()) draft.metadata_fill_only = metadata_fill_only_ + '}';
    if (!columns_.defaults.empty()) fill_defaults(draft);
    if (row.tenant_id.empty()) row.tenant_id = tenant_id_;
    if (row.workspace_id.empty()) row.workspace_id = workspace_id_;
    ++next_row_;
    return sink_(std::move(row));
}

void CsvRows::read_cell(ReadRow& row, std::size_t at, std::string_view cell, bool exact) {
    const CsvColumn& column = columns_.columns[at];
    if (columns_.is_errors_file) cell = without_guard(cell);
    if (column.values != nullptr) {
        if (const std::string* ours = column.values->find(cell, scratch_)) cell = *ours;
    }
    Draft& draft = *row.draft;
    switch (column.use) {
    case CsvUse::DealField:
        read_field(draft, at, cell, exact);
        if (column.do_not_overwrite) draft.fill_only.set(static_cast<std::size_t>(column.field));
        return;
    case CsvUse::Metadata: {
        std::string& metadata = column.do_not_overwrite ? metadata_fill_only_ : metadata_;
        metadata.push_back(metadata.empty() ? '{' : ',');
        metadata.append(column.metadata_key);
        append_json_string(metadata, cell);
        return;
    }
    case CsvUse::ExternalId: draft.external_ids.push_back({"csv", std::string(cell)}); return;
    case CsvUse::TenantId: row.tenant_id = cell; return;
    case CsvUse::WorkspaceId: row.workspace_id = cell; return;
    case CsvUse::Ignored: return;
    }
}

void CsvRows::read_field(Draft& draft, std::size_t at, std::string_view cell, bool exact) {
    const CsvColumn& column = columns_.columns[at];
    if (column.rules.kind == ColumnKind::Words) {
        draft[column.field].emplace(cell);
        return;
    }
    if (exact && column.rules.kind == ColumnKind::Amount) {
        draft[column.field].emplace(cell);
        draft.decimal_mark = '.';
        return;
    }
    const CellFate fate = read_column_cell(column.rules, cell, plain_);
    switch (fate) {
    case CellFate::Plain:
        draft[column.field].emplace(plain_);
        if (column.rules.kind == ColumnKind::Amount) draft.decimal_mark = '.';
        return;
    case CellFate::AsWritten: draft[column.field].emplace(cell); return;
    case CellFate::NeedsDecision: ++notes_.columns[at].needs_decision; break;
    case CellFate::Contradiction: ++notes_.columns[at].contradictions; break;
    }
    problems_.push_back(cell_problem(column, fate, cell));
}

// A default says what a new deal is to have; of a deal that is known it is no news. But an amount that came without its currency was
// meant in the default one, so that goes wherever the amount goes.
void CsvRows::fill_defaults(Draft& draft) {
    const auto says = [&](Field field) { return draft[field] && !is_blank(*draft[field]); };
    const bool amount = says(Field::Value);
    for (const auto& [field, text] : columns_.defaults) {
        if (says(field)) continue;
        draft[field] = text;
        if (field != Field::Currency || !amount) draft.fill_only.set(static_cast<std::size_t>(field));
    }
}

void CsvRows::note_skipped(const CsvRecord& record, RowRole role) {
    ++notes_.skipped_rows;
    if (notes_.skipped.size() < kSkippedShownMax)
        notes_.skipped.push_back({record.line, row_role_word(role), utf8_shown(record.raw, kSkippedTextBytesMax)});
}

Refusal CsvRows::nul_refusal(const CsvRecord& record) const {
    std::size_t at = 0;
    while (at < record.cells.size() && record.cells[at].find('\0') == std::string_view::npos) ++at;
    const bool known = at < columns_.columns.size();
    return field_refusal(known ? columns_.columns[at].header : "row", "nul_byte", "The cell holds a NUL byte" + in_line(record.line) + ".",
                         known ? utf8_shown(record.cells[at], 200) : std::string());
}

Result<void> CsvRows::check(const CsvRecord& record) const {
    const auto& columns = columns_.columns;
    if (record.fault != CsvFault::None) {
        return std::unexpected(fault_refusal(record, record.fault_cell < columns.size() ? columns[record.fault_cell].header : "row"));
    }
    for (std::size_t at = columns.size(); at < record.cells.size(); ++at) {
        if (record.cells[at].empty()) continue;
        return std::unexpected(field_refusal("row", "too_many_columns",
                                             "The row has " + std::to_string(record.cells.size()) + " cells, the header " +
                                                 std::to_string(columns.size()) + in_line(record.line) +
                                                 "; does a cell with the delimiter lack its quotes?",
                                             utf8_shown(record.cells[at], 200)));
    }
    const auto holds_nul = [](std::string_view text) { return text.find('\0') != std::string_view::npos; };
    const bool nul = record.mended ? std::ranges::any_of(record.cells, holds_nul) : holds_nul(record.raw);
    if (nul) return std::unexpected(nul_refusal(record));
    if (is_utf8(record.raw)) return {};
    for (std::size_t at = 0; at < record.cells.size() && at < columns.size(); ++at) {
        if (is_utf8(record.cells[at])) continue;
        return std::unexpected(
            field_refusal(columns[at].header, "invalid_utf8",
                          "The cell is not UTF-8" + in_line(record.line) + "; name the file's encoding, e.g. encoding=windows-1252.",
                          utf8_shown(record.cells[at], 200)));
    }
    return {};
}

bool CsvRows::give_refused(const CsvRecord& record, Refusal&& refusal) {
    ReadRow row{.row = next_row_,
                .line = record.line,
                .draft = std::unexpected(std::move(refusal)),
                .raw = utf8_shown(record.raw, kRawRowBytesMax)};
    row.tenant_id = tenant_id_;
    row.workspace_id = workspace_id_;
    ++next_row_;
    return sink_(std::move(row));
}

} // namespace tributary

// Records of a file to rows with drafts: the hot path of every import. Used by the readers of files.
#pragma once
#include "sources/csv_plan.hpp"
#include "sources/csv_reader.hpp"
#include "sources/source.hpp"

namespace tributary {

class CsvRows {
  public:
    // The plan's columns with their readings settled. tenant_id, workspace_id: said beside the file, put on every row that says
    // none itself.
    CsvRows(CsvColumns columns, std::string tenant_id, std::string workspace_id, RowSink sink);

    // Gives one row to the sink: a draft whose amounts, percentages and dates are in plain form, or its refusal with the record's raw
    // text (too_many_columns, invalid_utf8, unterminated_quote, cell_too_long, row_too_long, needs_decision: a cell of an undecided
    // column that can be read two ways, contradicts_column: one that can only be read otherwise than its column). Records whose
    // cells are all empty are skipped and not counted. False: the sink says stop.
    bool take(const CsvRecord& record);

    [[nodiscard]] const std::vector<ColumnNotes>& notes() const { return notes_; }

  private:
    void read_cell(ReadRow& row, std::size_t at, std::string_view cell);
    void read_field(Draft& draft, std::size_t at, std::string_view cell);
    void fill_defaults(Draft& draft);
    [[nodiscard]] Result<void> check(const CsvRecord& record) const;
    bool give_refused(const CsvRecord& record, Refusal&& refusal);

    CsvColumns columns_;
    std::string tenant_id_;
    std::string workspace_id_;
    RowSink sink_;
    std::uint32_t next_row_ = 0;
    std::string metadata_; // of the row being read
    std::string scratch_;
    std::string plain_;
    std::vector<FieldProblem> problems_; // of the row being read
    std::vector<ColumnNotes> notes_;
};

} // namespace tributary

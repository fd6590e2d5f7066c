// Records of a file to rows with drafts: the hot path of every import. Used by the readers of files.
#pragma once
#include "sources/csv_layout.hpp"
#include "sources/csv_plan.hpp"
#include "sources/csv_reader.hpp"
#include "sources/source.hpp"

namespace tributary {

class CsvRows {
  public:
    // The plan's columns have their readings settled. The options' tenant_id and workspace_id are put on every row that says none
    // itself.
    CsvRows(const CsvPlan& plan, const CsvOptions& options, RowSink sink);

    // Gives one row to the sink: a draft whose amounts, percentages and dates are in plain form, or its refusal with the record's raw
    // text (too_many_columns, invalid_utf8, unterminated_quote, cell_too_long, row_too_long, needs_decision: a cell of an undecided
    // column that can be read two ways, contradicts_column: one that can only be read otherwise than its column, nul_byte). Records
    // whose cells are all empty are skipped and not counted; totals and repeated headers are noted, too. False: the sink says stop.
    bool take(const CsvRecord& record);

    [[nodiscard]] const RowNotes& notes() const { return notes_; }

  private:
    void read_cell(ReadRow& row, std::size_t at, std::string_view cell, bool exact);
    void read_field(Draft& draft, std::size_t at, std::string_view cell, bool exact);
    void fill_defaults(Draft& draft);
    [[nodiscard]] Refusal nul_refusal(const CsvRecord& record) const;
    [[nodiscard]] Result<void> check(const CsvRecord& record) const;
    bool give_refused(const CsvRecord& record, Refusal&& refusal);

    void note_skipped(const CsvRecord& record, RowRole role);

    CsvColumns columns_;
    RowJudge judge_;
    std::string tenant_id_;
    std::string workspace_id_;
    RowSink sink_;
    std::uint32_t next_row_ = 0;
    std::string metadata_; // of the row being read
    std::string metadata_fill_only_;
    std::string scratch_;
    std::string plain_;
    std::vector<FieldProblem> problems_; // of the row being read
    RowNotes notes_;
};

} // namespace tributary

// Records of a file to rows with drafts: the hot path of every import. Used by csv.cpp.
#pragma once
#include "sources/csv_mapping.hpp"
#include "sources/csv_reader.hpp"
#include "sources/source.hpp"

namespace tributary {

// How the file's people write, decided for whole columns.
struct CsvHabits {
    DateOrder date_order = DateOrder::Undecided;
    char decimal_mark = 0;
};

class CsvRows {
  public:
    // tenant_id, workspace_id: said beside the file, put on every row that says none itself.
    CsvRows(CsvColumns columns, CsvHabits habits, std::string tenant_id, std::string workspace_id, RowSink sink);

    // Gives one row to the sink: a draft, or its refusal with the record's raw text (too_many_columns, invalid_utf8,
    // unterminated_quote, cell_too_long, row_too_long, invalid_external_id). Records whose cells are all empty are skipped
    // and not counted. False: the sink says stop.
    bool take(const CsvRecord& record);

  private:
    void read_cell(ReadRow& row, CsvColumn& column, std::string_view cell);
    void fill_defaults(Draft& draft);
    [[nodiscard]] Result<void> check(const CsvRecord& record) const;
    bool give_refused(const CsvRecord& record, Refusal&& refusal);

    CsvColumns columns_;
    CsvHabits habits_;
    std::string tenant_id_;
    std::string workspace_id_;
    RowSink sink_;
    std::uint32_t next_row_ = 0;
    std::string metadata_; // of the row being read
    std::string scratch_;
};

} // namespace tributary

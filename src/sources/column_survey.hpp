// Listens to all cells of the columns whose reading must be decided, and decides it. Pure; one pass over a file's records, which
// may be cut into parts and merged. Used by the readers of files.
#pragma once
#include "sources/column_evidence.hpp"
#include "sources/csv_mapping.hpp"
#include "sources/csv_options.hpp"
#include "sources/csv_reader.hpp"

#include <cstddef>
#include <vector>

namespace tributary {

class ColumnSurvey {
  public:
    explicit ColumnSurvey(const CsvColumns& columns);

    // A record below the header. Records with a fault say nothing.
    void hear(const CsvRecord& record);
    // As if this had heard the other's records as well; both were made for the same columns.
    void merge(const ColumnSurvey& other);
    // By column; AsWritten for those that need no reading. What the sender told comes first of all.
    [[nodiscard]] std::vector<ColumnDecision> decide(const CsvColumns& columns, const CsvOptions& options) const;
    // Some column cannot be decided by what was heard, nor by the sender.
    [[nodiscard]] bool is_open(const CsvColumns& columns, const CsvOptions& options) const;

  private:
    struct Listened {
        std::size_t column;
        ColumnEvidence evidence;
    };
    std::vector<Listened> listened_;
};

// Puts the decisions into the columns' rules; an undecided column keeps its cells as written.
void settle_columns(CsvColumns& columns, const std::vector<ColumnDecision>& decisions);

} // namespace tributary

// A workbook's sheet as records, row by row in bounded memory: the same records a text file gives. Used by the reader of workbooks.
#pragma once
#include "sources/csv_reader.hpp"
#include "sources/xlsx_book.hpp"
#include "sources/xml_stream.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

// Records carry the sheet's row number as their line, and as raw text the row as CSV. Shared and inline strings, booleans ("true"),
// errors ("#N/A") and the cached values of formulas are taken as text; numbers in their shortest plain form, with the currency
// their format names; days as "2026-06-01" or "2026-06-01T10:30:00"; percents with their sign. Rows without a filled cell are none.
class XlsxSheet final : private XmlListener {
  public:
    // `book` and the parts must outlive this.
    XlsxSheet(const XlsxBook& book, XlsxPart part, CsvSink sink);

    // Reads one piece; false: the sheet has ended, or the sink said stop. Refuses with invalid_workbook or unpacks_too_large.
    [[nodiscard]] Result<bool> step();

  private:
    bool begin(std::string_view name, const XmlAttributes& attributes) override;
    bool end(std::string_view name) override;
    bool text(std::string_view piece) override;

    void begin_cell(const XmlAttributes& attributes);
    void take_cell();
    [[nodiscard]] std::string number_text(std::string_view number, bool& exact) const;
    void put(std::string text, bool exact);
    bool give_row();
    void append_raw(std::string_view cell);

    const XlsxBook& book_;
    XlsxPart part_;
    CsvSink sink_;
    XmlStream xml_;
    std::string piece_;

    std::uint64_t row_ = 0;
    std::size_t column_ = 0; // of the cell being read
    std::size_t next_column_ = 0;
    std::string type_;
    std::size_t style_ = 0;
    std::string value_;
    bool taking_ = false;
    int phonetic_ = 0;

    std::vector<std::string> cells_; // of the row being read; the strings are used again
    std::vector<std::uint8_t> exact_;
    std::size_t filled_ = 0; // cells up to the last filled one
    std::size_t row_bytes_ = 0;
    CsvFault fault_ = CsvFault::None;
    std::size_t fault_cell_ = 0;
    std::vector<std::string_view> views_;
    std::string raw_;
};

} // namespace tributary

// What stands around a workbook's sheets: their names, the shared strings, and which cell styles are dates. Used by the readers of
// workbooks.
#pragma once
#include "deal/result.hpp"
#include "sources/xlsx_parts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kWorkbookBytesMax = 64 * 1024 * 1024;     // packed, held until the file is whole
inline constexpr std::size_t kSharedStringBytesMax = 64 * 1024 * 1024; // unpacked, held while the sheet is read
inline constexpr std::size_t kSharedStringsMax = 4 * 1024 * 1024;

struct NumberFormat {
    enum class Kind : std::uint8_t { Plain, Date, Percent } kind = Kind::Plain;
    std::string currency; // ISO 4217, when the format names one
};
// Of a format code such as `#,##0.00 "€"`, `yyyy\-mm\-dd` or `0.0%`.
[[nodiscard]] NumberFormat number_format(std::string_view code);
// Of the formats that every workbook has without writing them down.
[[nodiscard]] NumberFormat builtin_number_format(unsigned id);

struct XlsxSheetEntry {
    std::string name;
    std::string part; // "xl/worksheets/sheet1.xml"
    bool shown = true;
};

// All shared strings in one text.
class SharedStrings {
  public:
    void add(std::string_view text);
    [[nodiscard]] std::string_view at(std::size_t index) const; // empty when there is none
    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    [[nodiscard]] std::size_t bytes() const { return text_.size(); }

  private:
    std::string text_;
    std::vector<std::uint32_t> ends_;
};

struct XlsxBook {
    std::vector<XlsxSheetEntry> sheets;
    bool dates_of_1904 = false;
    std::vector<NumberFormat> formats; // by cell style
    SharedStrings strings;
};

// Refuses with invalid_workbook, unpacks_too_large, workbook_too_large (more shared text than is held).
[[nodiscard]] Result<XlsxBook> read_book(const XlsxParts& parts);

// The sheet `wanted` names, exactly or in another case, or by its number from 1; the first that is shown when it is empty. Refuses with
// unknown_sheet, which lists them, or empty_file.
[[nodiscard]] Result<const XlsxSheetEntry*> choose_sheet(const XlsxBook& book, std::string_view wanted);

// "_x000D_" in a workbook's text is a carriage return, "_x005F_" an underscore before such a group.
[[nodiscard]] std::string unescaped_text(std::string_view text);

} // namespace tributary

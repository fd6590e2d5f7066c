// Where a file's header stands, and which of its records are no deals: what people's reports put around a table. Used by the readers
// of files.
#pragma once
#include "deal/result.hpp"
#include "sources/csv_options.hpp"
#include "sources/csv_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kPreambleRecordsMax = 50; // the header is looked for among so many records

// The first records of a file, kept to find the header among them.
class HeaderSearch {
  public:
    explicit HeaderSearch(const CsvOptions& options) : options_(options) {}

    // False: enough was seen.
    bool hear(const CsvRecord& record);

    struct Found {
        std::uint64_t line = 0;
        std::vector<std::string> cells;
        std::vector<std::vector<std::string>> below; // the sound records after it that were heard
    };
    // The record the sender named, else the first that names a deal's columns, else the first as wide as the table. `lines_before`:
    // lines of the file that were not heard. Refuses with header_too_long (no record at all), too_many_columns, invalid_header,
    // invalid_utf8, invalid_option (header_line: no record begins there).
    [[nodiscard]] Result<Found> find(std::uint64_t lines_before) const;

  private:
    struct Seen {
        std::uint64_t line = 0;
        CsvFault fault = CsvFault::None;
        bool sound = true; // UTF-8
        std::vector<std::string> cells;
        std::size_t filled = 0; // cells that are not blank
        std::size_t known = 0;  // that name a column of ours
        bool names_deals = false;
    };
    [[nodiscard]] const Seen* choose() const;
    [[nodiscard]] std::size_t usual_width() const;

    const CsvOptions& options_;
    std::vector<Seen> seen_;
    std::vector<std::size_t> widths_;
};

enum class RowRole : std::uint8_t { Deal, RepeatedHeader, Total, Footer };
[[nodiscard]] std::string_view row_role_word(RowRole role); // "repeated_header", "total", "footer"

// Tells deals from the lines that reports put among them: the header once more, totals ("Total", "Summe", ...: such a word first,
// and nothing beside it but numbers), and what CRMs print below.
class RowJudge {
  public:
    RowJudge(const CsvColumns& columns, std::vector<std::string> header, const CsvOptions& options);
    [[nodiscard]] RowRole role_of(std::span<const std::string_view> cells) const;

  private:
    [[nodiscard]] bool is_header(std::span<const std::string_view> cells) const;
    [[nodiscard]] bool is_total(std::span<const std::string_view> cells, std::size_t label) const;

    std::vector<std::string> header_;
    std::vector<bool> is_identity_; // by column: a row with one is somebody's record
    bool keep_totals_;
    bool keep_headers_;
};

} // namespace tributary

// Bytes of delimited text (RFC 4180, read tolerantly) to records, piece by piece in bounded memory. Knows nothing of deals,
// headers or encodings: its input is UTF-8 (or any ASCII superset). Used by csv.cpp and the sniffing around it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary {

inline constexpr std::size_t kCsvCellsMax = 1'000;           // of one record
inline constexpr std::size_t kCsvCellBytesMax = 1024 * 1024; // of one cell, quotes included
inline constexpr std::size_t kCsvRecordBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kCsvPieceBytes = 64 * 1024;       // taken into the buffer at once
inline constexpr std::size_t kCsvFaultRawBytesMax = 64 * 1024; // kept of a record that broke a limit

// What is wrong with a record as text. Anything else (its shape, its values) is for the caller to judge.
enum class CsvFault : std::uint8_t { None, UnterminatedQuote, CellTooLong, RecordTooLong, TooManyCells };

// One record. Everything in it is valid during the call only.
struct CsvRecord {
    std::span<const std::string_view> cells; // unquoted and unescaped; empty when there is a fault
    std::string_view raw;                    // as in the input, without its line end; after a fault at most kCsvFaultRawBytesMax
    std::uint64_t line = 0;                  // physical line it starts on, from 1
    CsvFault fault = CsvFault::None;
    std::uint64_t fault_line = 0;        // where the quote was opened, or the limit was passed
    std::size_t fault_cell = 0;          // from 0
    std::span<const std::uint8_t> exact; // by cell, 1: a number in plain form, whatever its column looks like (workbooks); empty: none
    bool mended = false; // a person has written into it: it is a row of a deal, whatever it looks like now
};

inline constexpr char kCsvNoQuote = 0;

// Returns false to stop reading.
using CsvSink = std::function<bool(const CsvRecord&)>;

// Quotes may hold delimiters, line ends (LF, CR, CRLF) and doubled quotes. A quote inside an unquoted cell is a plain
// character; text after a closing quote is kept ("ab"c reads abc). Lines of no bytes are no records. A record that breaks
// a limit is given as a fault and skipped to its end; its neighbours are not touched.
class CsvReader {
  public:
    // `quote`: '"' or '\''; kCsvNoQuote: none, and every quote is a plain character.
    CsvReader(char delimiter, CsvSink sink, char quote = '"');

    // False once the sink has said stop.
    bool write(std::string_view bytes);
    // The last record may lack its line end. Call once.
    bool finish();
    // Bytes of memory held now; never above kCsvRecordBytesMax + 2 * kCsvPieceBytes.
    [[nodiscard]] std::size_t buffer_bytes() const { return buffer_.size(); }

  private:
    enum class State : std::uint8_t { Plain, Quoted, QuoteSeen };
    enum class Form : std::uint8_t { Plain, Quoted, Escaped }; // Escaped: holds doubled quotes or text after its closing quote
    struct Cell {
        std::uint32_t begin; // offsets from the record's start
        std::uint32_t end;
        Form form;
    };

    void append(std::string_view piece);
    void scan();
    void meet(std::size_t at);
    void meet_plain(char c, std::size_t at);
    void count_line_end(char c, std::size_t at);
    std::uint64_t take_plain_cells(std::uint64_t mask, std::size_t block);
    void close_cell(std::size_t at);
    void end_record(char c, std::size_t at);
    void give(std::size_t end);
    void give_fault(std::size_t end);
    [[nodiscard]] std::string_view cell_text(const Cell& cell, const char* record);
    void fault(CsvFault what);
    void compact();
    void drop_faulty_bytes();

    char delimiter_;
    char quote_; // the delimiter when there is none: that is looked for first
    CsvSink sink_;
    bool stopped_ = false;

    std::vector<char> buffer_; // always kPadding bytes longer than what may be filled, so that blocks can be loaded whole
    std::size_t filled_ = 0;
    std::size_t scanned_ = 0; // bytes before it have been looked at
    std::size_t record_start_ = 0;
    std::size_t cell_start_ = 0;  // kNowhere: the cell began in bytes that were dropped
    std::size_t after_quote_ = 0; // where a second quote would mean an escaped one
    std::size_t after_cr_;        // where an LF belongs to the CR before it

    State state_ = State::Plain;
    Form form_ = Form::Plain;
    std::vector<Cell> cells_; // kCsvCellsMax of them, cell_count_ in use: the scanner only writes
    std::size_t cell_count_ = 0;
    std::vector<std::string_view> views_; // likewise
    std::string unescaped_;

    std::uint64_t line_ = 1; // of the record's start
    std::uint64_t lines_inside_ = 0;
    std::uint64_t quote_line_ = 0;
    CsvFault fault_ = CsvFault::None;
    std::uint64_t fault_line_ = 0;
    std::size_t fault_cell_ = 0;
    bool dropping_ = false; // the faulty record's bytes are no longer kept
    std::string fault_raw_;
};

} // namespace tributary

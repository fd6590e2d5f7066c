#include "sources/xlsx_sheet.hpp"

#include "deal/date.hpp"
#include "deal/decimal.hpp"
#include "sources/column_cell.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tributary {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

// "BC12" is column 54; kNoColumn when the reference has no letters.
std::size_t column_of(std::string_view reference) {
    constexpr std::size_t kLettersMax = 3;
    std::size_t column = 0;
    std::size_t letters = 0;
    while (letters < reference.size() && letters < kLettersMax && reference[letters] >= 'A' && reference[letters] <= 'Z')
        column = column * 26 + static_cast<std::size_t>(reference[letters++] - 'A') + 1;
    return column == 0 ? kNoColumn : column - 1;
}

template <typename Number>
Number number_in(std::string_view text, Number otherwise) {
    Number number = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// What a spreadsheet would show of its double: 0.1 + 0.2 is stored as 0.30000000000000004 and meant as 0.3.
std::string shown_number(std::string_view stored) {
    constexpr std::size_t kExactDigits = 15;
    constexpr int kShownDigits = 15;
    const bool digits = stored.size() <= kExactDigits && std::ranges::all_of(stored, [](char c) { return c >= '0' && c <= '9'; });
    if (digits) return std::string(stored);
    double number = 0;
    if (std::from_chars(stored.data(), stored.data() + stored.size(), number).ptr != stored.data() + stored.size())
        return std::string(stored);
    std::array<char, 64> shown{};
    const auto end = std::to_chars(shown.data(), shown.data() + shown.size(), number, std::chars_format::general, kShownDigits);
    const std::string_view text(shown.data(), static_cast<std::size_t>(end.ptr - shown.data()));
    return shortest_decimal(text).value_or(std::string(stored));
}

std::string shown_moment(std::string_view serial, bool dates_of_1904) {
    const auto ms = serial_ms(serial, dates_of_1904);
    if (!ms) return shown_number(serial);
    if (*ms % kDayMs == 0) return date_text(date_of_ms(*ms));
    std::string moment = instant_text(*ms);
    moment.resize(moment.find('.')); // a spreadsheet's time has no zone and no parts of a second
    return moment;
}

} // namespace

XlsxSheet::XlsxSheet(const XlsxBook& book, XlsxPart part, CsvSink sink)
    : book_(book), part_(std::move(part)), sink_(std::move(sink)), xml_(*this) {}

Result<bool> XlsxSheet::step() {
    if (auto read = part_.read(kPieceBytes, piece_); !read) return std::unexpected(std::move(read.error()));
    auto again = xml_.write(piece_, piece_.empty());
    if (!again) return again;
    return *again && !piece_.empty();
}

bool XlsxSheet::begin(std::string_view name, const XmlAttributes& attributes) {
    if (name == "row") {
        row_ = number_in(attributes["r"], row_ + 1);
        next_column_ = filled_ = row_bytes_ = 0;
        fault_ = CsvFault::None;
    } else if (name == "c") {
        begin_cell(attributes);
    } else if (name == "rPh") {
        ++phonetic_;
    }
    taking_ = name == "v" || (name == "t" && phonetic_ == 0);
    return true;
}

bool XlsxSheet::end(std::string_view name) {
    taking_ = false;
    if (name == "rPh") --phonetic_;
    if (name == "c") take_cell();
    return name != "row" || give_row();
}

bool XlsxSheet::text(std::string_view piece) {
    if (!taking_) return true;
    if (value_.size() + piece.size() > kCsvCellBytesMax) {
        fault_ = CsvFault::CellTooLong;
        fault_cell_ = column_;
    } else {
        value_ += piece;
    }
    return true;
}

void XlsxSheet::begin_cell(const XmlAttributes& attributes) {
    const std::size_t column = column_of(attributes["r"]);
    column_ = column == kNoColumn ? next_column_ : column;
    next_column_ = column_ + 1;
    type_ = attributes["t"];
    style_ = number_in(attributes["s"], std::size_t{0});
    value_.clear();
}

void XlsxSheet::take_cell() {
    if (value_.empty()) return;
    if (type_ == "s") return put(std::string(book_.strings.at(number_in(value_, kNoColumn))), false);
    if (type_ == "b") return put(value_ == "1" || value_ == "true" ? "true" : "false", false);
    if (type_ == "str" || type_ == "inlineStr") return put(unescaped_text(value_), false);
    if (type_ == "e" || type_ == "d") return put(value_, false);
    bool exact = true;
    std::string text = number_text(value_, exact);
    put(std::move(text), exact);
}

std::string XlsxSheet::number_text(std::string_view number, bool& exact) const {
    static const NumberFormat kGeneral;
    const NumberFormat& format = style_ < book_.formats.size() ? book_.formats[style_] : kGeneral;
    exact = format.kind == NumberFormat::Kind::Plain;
    switch (format.kind) {
    case NumberFormat::Kind::Plain: break;
    case NumberFormat::Kind::Date: return shown_moment(number, book_.dates_of_1904);
    case NumberFormat::Kind::Percent: {
        const std::string shown = shown_number(number);
        return shortest_decimal(shown, 2).value_or(shown) + "%";
    }
    }
    std::string shown = shown_number(number);
    return format.currency.empty() ? shown : shown + " " + format.currency;
}

void XlsxSheet::put(std::string text, bool exact) {
    if (text.empty()) return;
    row_bytes_ += text.size();
    if (column_ >= kCsvCellsMax || row_bytes_ > kCsvRecordBytesMax) {
        fault_ = column_ >= kCsvCellsMax ? CsvFault::TooManyCells : CsvFault::RecordTooLong;
        fault_cell_ = column_;
        return;
    }
    if (cells_.size() <= column_) {
        cells_.resize(column_ + 1);
        exact_.resize(column_ + 1);
    }
    for (; filled_ <= column_; ++filled_) cells_[filled_].clear();
    cells_[column_] = std::move(text);
    exact_[column_] = exact ? 1 : 0;
}

bool XlsxSheet::give_row() {
    if (fault_ != CsvFault::None) return sink_({.line = row_, .fault = fault_, .fault_line = row_, .fault_cell = fault_cell_});
    if (filled_ == 0) return true;
    views_.clear();
    raw_.clear();
    for (std::size_t at = 0; at < filled_; ++at) {
        if (at > 0) raw_.push_back(',');
        append_raw(cells_[at]);
        views_.emplace_back(cells_[at]);
    }
    return sink_({.cells = views_, .raw = raw_, .line = row_, .exact = std::span(exact_).first(filled_)});
}

void XlsxSheet::append_raw(std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        raw_ += cell;
        return;
    }
    raw_.push_back('"');
    for (const char c : cell) raw_.append(c == '"' ? 2 : 1, c);
    raw_.push_back('"');
}

} // namespace tributary

// The record scanner: 64 bytes at a time to a bit mask of the four characters that mean something (SSE2 is in every x86-64),
// then a small state machine that visits only those.
#include "sources/csv_reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tributary {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kPadding = kBlock;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

#ifdef __SSE2__
std::uint64_t meaningful(const char* at, char delimiter, char quotes) {
    const __m128i d = _mm_set1_epi8(delimiter);
    const __m128i quote = _mm_set1_epi8(quotes);
    const __m128i lf = _mm_set1_epi8('\n');
    const __m128i cr = _mm_set1_epi8('\r');
    std::uint64_t mask = 0;
    for (unsigned lane = 0; lane < 4; ++lane) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + lane * 16));
        const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, d), _mm_cmpeq_epi8(bytes, quote)),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr)));
        mask |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hit))) << (lane * 16);
    }
    return mask;
}
#else
std::uint64_t meaningful(const char* at, char delimiter, char quotes) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < kBlock; ++i) {
        const char c = at[i];
        if (c == delimiter || c == quotes || c == '\n' || c == '\r') mask |= std::uint64_t{1} << i;
    }
    return mask;
}
#endif

std::size_t moved_back(std::size_t position, std::size_t by) { return position == kNowhere || position < by ? kNowhere : position - by; }

} // namespace

CsvReader::CsvReader(char delimiter, CsvSink sink, char quote)
    : delimiter_(delimiter), quote_(quote == kCsvNoQuote ? delimiter : quote), sink_(std::move(sink)), after_cr_(kNowhere) {
    cells_.resize(kCsvCellsMax);
    views_.resize(kCsvCellsMax);
}

bool CsvReader::write(std::string_view bytes) {
    while (!stopped_ && !bytes.empty()) {
        const std::string_view piece = bytes.substr(0, kCsvPieceBytes);
        bytes.remove_prefix(piece.size());
        append(piece);
        scan();
        compact();
    }
    return !stopped_;
}

bool CsvReader::finish() {
    if (stopped_) return false;
    if (state_ == State::Quoted) fault(CsvFault::UnterminatedQuote);
    const bool open = filled_ > record_start_ || cell_count_ > 0 || fault_ != CsvFault::None;
    if (open) {
        if (state_ == State::QuoteSeen && after_quote_ != filled_) form_ = Form::Escaped;
        state_ = State::Plain;
        close_cell(filled_);
        give(filled_);
    }
    return !stopped_;
}

void CsvReader::append(std::string_view piece) {
    const std::size_t needed = filled_ + piece.size() + kPadding;
    if (buffer_.size() < needed) buffer_.resize(std::max(needed, std::min(buffer_.size() * 2, kCsvRecordBytesMax)));
    std::memcpy(buffer_.data() + filled_, piece.data(), piece.size());
    filled_ += piece.size();
}

void CsvReader::scan() {
    while (scanned_ < filled_ && !stopped_) {
        const std::size_t block = scanned_;
        const std::size_t valid = std::min(kBlock, filled_ - block);
        std::uint64_t mask = meaningful(buffer_.data() + block, delimiter_, quote_);
        if (valid < kBlock) mask &= (std::uint64_t{1} << valid) - 1;
        scanned_ = block + valid;
        while (mask != 0 && !stopped_) {
            mask = take_plain_cells(mask, block);
            if (mask == 0) break;
            meet(block + static_cast<std::size_t>(std::countr_zero(mask)));
            mask &= mask - 1;
        }
    }
}

// The run of delimiters at the front of the mask, which is most of any file, without a look at the state for each. What is left begins
// with something else.
std::uint64_t CsvReader::take_plain_cells(std::uint64_t mask, std::size_t block) {
    if (state_ != State::Plain || fault_ != CsvFault::None) return mask;
    const char* const bytes = buffer_.data() + block;
    Cell* const cells = cells_.data();
    std::size_t count = cell_count_;
    std::size_t begin = cell_start_;
    Form form = form_;
    while (mask != 0 && count < kCsvCellsMax) {
        const auto offset = static_cast<std::size_t>(std::countr_zero(mask));
        const std::size_t end = block + offset;
        if (bytes[offset] != delimiter_ || end - begin > kCsvCellBytesMax) break;
        cells[count++] = {static_cast<std::uint32_t>(begin - record_start_), static_cast<std::uint32_t>(end - record_start_), form};
        form = Form::Plain;
        begin = end + 1;
        mask &= mask - 1;
    }
    cell_count_ = count;
    cell_start_ = begin;
    form_ = form;
    return mask;
}

// One meaningful character.
void CsvReader::meet(std::size_t at) {
    const char c = buffer_[at];
    switch (state_) {
    case State::Plain: meet_plain(c, at); return;
    case State::Quoted:
        if (c == quote_) {
            state_ = State::QuoteSeen;
            after_quote_ = at + 1;
        } else if (c != delimiter_) {
            count_line_end(c, at);
        }
        return;
    case State::QuoteSeen:
        if (c == quote_ && at == after_quote_) {
            state_ = State::Quoted;
            form_ = Form::Escaped;
            return;
        }
        if (at != after_quote_) form_ = Form::Escaped;
        state_ = State::Plain;
        meet_plain(c, at);
        return;
    }
}

void CsvReader::meet_plain(char c, std::size_t at) {
    if (c == delimiter_) {
        close_cell(at);
    } else if (c == quote_) {
        if (at != cell_start_) return;
        state_ = State::Quoted;
        form_ = Form::Quoted;
        quote_line_ = line_ + lines_inside_;
    } else {
        end_record(c, at);
    }
}

void CsvReader::count_line_end(char c, std::size_t at) {
    if (c == '\r') {
        after_cr_ = at + 1;
        ++lines_inside_;
    } else if (at != after_cr_) {
        ++lines_inside_;
    }
}

void CsvReader::close_cell(std::size_t at) {
    if (fault_ == CsvFault::None) {
        if (at - cell_start_ > kCsvCellBytesMax)
            fault(CsvFault::CellTooLong);
        else if (cell_count_ == kCsvCellsMax)
            fault(CsvFault::TooManyCells);
        else
            cells_[cell_count_++] = {static_cast<std::uint32_t>(cell_start_ - record_start_),
                                     static_cast<std::uint32_t>(at - record_start_), form_};
    }
    cell_start_ = at + 1;
    form_ = Form::Plain;
}

void CsvReader::end_record(char c, std::size_t at) {
    const bool rest_of_crlf = c == '\n' && at == after_cr_ && at == record_start_ && !dropping_;
    if (!rest_of_crlf) {
        close_cell(at);
        give(at);
        ++line_;
        line_ += std::exchange(lines_inside_, 0);
    }
    if (c == '\r') after_cr_ = at + 1;
    record_start_ = cell_start_ = at + 1;
}

void CsvReader::give(std::size_t end) {
    if (fault_ != CsvFault::None) {
        give_fault(end);
        cell_count_ = 0;
        return;
    }
    const bool blank = cell_count_ == 1 && end == record_start_;
    if (!blank) {
        const char* record = buffer_.data() + record_start_;
        unescaped_.clear();
        for (std::size_t at = 0; at < cell_count_; ++at) {
            const Cell& cell = cells_[at];
            views_[at] = cell.form == Form::Plain ? std::string_view(record + cell.begin, cell.end - cell.begin) : cell_text(cell, record);
        }
        stopped_ = !sink_({.cells = std::span(views_).first(cell_count_), .raw = {record, end - record_start_}, .line = line_});
    }
    cell_count_ = 0;
}

void CsvReader::give_fault(std::size_t end) {
    std::string_view raw = fault_raw_;
    if (!dropping_) raw = std::string_view(buffer_.data() + record_start_, end - record_start_).substr(0, kCsvFaultRawBytesMax);
    stopped_ = !sink_({.raw = raw, .line = line_, .fault = fault_, .fault_line = fault_line_, .fault_cell = fault_cell_});
    fault_ = CsvFault::None;
    dropping_ = false;
    fault_raw_.clear();
}

// Unescaped cells live in one string that is reserved for the whole record, so that earlier views stay where they are.
std::string_view CsvReader::cell_text(const Cell& cell, const char* record) {
    std::string_view text(record + cell.begin, cell.end - cell.begin);
    if (cell.form == Form::Plain) return text;
    if (cell.form == Form::Quoted) return text.substr(1, text.size() - 2);
    if (unescaped_.empty()) unescaped_.reserve(cells_[cell_count_ - 1].end);
    const std::size_t begin = unescaped_.size();
    std::size_t from = 1;
    while (from < text.size()) {
        const std::size_t quote = std::min(text.find(quote_, from), text.size());
        unescaped_.append(text, from, quote - from);
        from = quote + 1;
        if (from >= text.size() || text[from] != quote_) break;
        unescaped_.push_back(quote_);
        ++from;
    }
    if (from < text.size()) unescaped_.append(text, from);
    return std::string_view(unescaped_).substr(begin);
}

void CsvReader::fault(CsvFault what) {
    // An unterminated quote explains every other fault of the same record.
    if (fault_ != CsvFault::None && what != CsvFault::UnterminatedQuote) return;
    fault_cell_ = fault_ == CsvFault::None ? cell_count_ : fault_cell_;
    fault_ = what;
    fault_line_ = what == CsvFault::UnterminatedQuote ? quote_line_ : line_ + lines_inside_;
}

// Moves the unfinished record to the front of the buffer. A record over its limits is dropped as it comes.
void CsvReader::compact() {
    if (fault_ == CsvFault::None) {
        if (cell_start_ != kNowhere && filled_ > cell_start_ && filled_ - cell_start_ > kCsvCellBytesMax)
            fault(CsvFault::CellTooLong);
        else if (filled_ - record_start_ > kCsvRecordBytesMax)
            fault(CsvFault::RecordTooLong);
    }
    if (fault_ != CsvFault::None) drop_faulty_bytes();
    if (record_start_ == 0) return;
    const std::size_t by = record_start_;
    filled_ -= by;
    scanned_ = filled_;
    if (filled_ > 0) std::memmove(buffer_.data(), buffer_.data() + by, filled_);
    cell_start_ = moved_back(cell_start_, by);
    after_quote_ = moved_back(after_quote_, by);
    after_cr_ = moved_back(after_cr_, by);
    record_start_ = 0;
}

void CsvReader::drop_faulty_bytes() {
    if (!dropping_) {
        fault_raw_.assign(buffer_.data() + record_start_, std::min(filled_ - record_start_, kCsvFaultRawBytesMax));
        dropping_ = true;
    }
    record_start_ = filled_;
}

} // namespace tributary

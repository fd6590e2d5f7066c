// The record reader against RFC 4180, the world's files, and itself.
#include "deal/json.hpp"
#include "sources/csv_reader.hpp"
#include "sources/reading.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

using Table = std::vector<std::vector<std::string>>;

struct Read {
    Table rows;
    std::vector<std::uint64_t> lines;
    std::vector<CsvFault> faults;
    std::size_t buffer_bytes_max = 0;
};

Read read_table(std::string_view text, char delimiter = ',', std::size_t chunk = 1 << 20, char quote = '"') {
    Read read;
    CsvReader reader(
        delimiter,
        [&](const CsvRecord& record) {
            read.rows.emplace_back(record.cells.begin(), record.cells.end());
            read.lines.push_back(record.line);
            read.faults.push_back(record.fault);
            return true;
        },
        quote);
    while (!text.empty()) {
        const std::string piece(text.substr(0, chunk));
        text.remove_prefix(piece.size());
        reader.write(piece);
        read.buffer_bytes_max = std::max(read.buffer_bytes_max, reader.buffer_bytes());
    }
    reader.finish();
    return read;
}

std::string write_table(const Table& table, char delimiter, std::string_view line_end, bool quote_all) {
    std::string out;
    for (const auto& row : table) {
        for (std::size_t at = 0; at < row.size(); ++at) {
            if (at > 0) out.push_back(delimiter);
            const std::string& cell = row[at];
            const bool needs = quote_all || cell.find_first_of(std::string("\"\r\n") + delimiter) != std::string::npos ||
                               (row.size() == 1 && cell.empty());
            if (!needs) {
                out += cell;
                continue;
            }
            out.push_back('"');
            for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
            out.push_back('"');
        }
        out += line_end;
    }
    return out;
}

// Cells made of what matters: quotes, delimiters, line ends, and anything else.
rc::Gen<Table> tables() {
    const auto letters =
        rc::gen::oneOf(rc::gen::element('"', ',', ';', '\t', '|', '\n', '\r', ' ', 'a', '\xC3'), rc::gen::arbitrary<char>());
    const auto cell = rc::gen::container<std::string>(letters);
    const auto row = rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell));
    return rc::gen::container<Table>(row);
}

TEST(CsvReader, WhatIsWrittenIsReadBackForAnyTableDelimiterLineEndAndChunking) {
    EXPECT_TRUE(rc::check([] {
        const Table table = *tables();
        const char delimiter = *rc::gen::element(',', ';', '\t', '|');
        const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n", "\r");
        const std::string text = write_table(table, delimiter, line_end, *rc::gen::arbitrary<bool>());
        const std::size_t chunk = *rc::gen::inRange<std::size_t>(1, 200);
        RC_ASSERT(read_table(text, delimiter, chunk).rows == table);
    }));
}

TEST(CsvReader, AnyChunkingOfAnyBytesGivesTheSameRecordsOnTheSameLines) {
    EXPECT_TRUE(rc::check([] {
        const auto letters = rc::gen::element('"', '"', ',', '\n', '\r', 'a', 'b');
        const std::string text = *rc::gen::container<std::string>(letters);
        const Read whole = read_table(text);
        const Read cut = read_table(text, ',', *rc::gen::inRange<std::size_t>(1, 9));
        RC_ASSERT(whole.rows == cut.rows);
        RC_ASSERT(whole.lines == cut.lines);
        RC_ASSERT(whole.faults == cut.faults);
    }));
}

// The same rules, one character at a time.
Table read_slowly(std::string_view text, char delimiter, char quote) {
    Table rows;
    std::vector<std::string> row;
    std::string cell;
    bool any = false; // bytes in this record
    std::size_t at = 0;
    const auto end_row = [&] {
        row.push_back(cell);
        if (any) rows.push_back(row);
        row.clear();
        cell.clear();
        any = false;
    };
    bool begins = true; // of a cell
    while (at < text.size()) {
        const char c = text[at++];
        if (begins && c == quote) {
            any = true;
            while (at < text.size() && (text[at] != quote || text.substr(at).starts_with(std::string(2, quote)))) {
                cell.push_back(text[at]);
                at += text[at] == quote ? 2 : 1;
            }
            if (at == text.size()) {
                rows.emplace_back(); // never closed: a fault without cells
                return rows;
            }
            ++at;
            begins = false;
        } else if (c == '\n' || c == '\r') {
            if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
            end_row();
            begins = true;
        } else if (c == delimiter) {
            any = true;
            row.push_back(cell);
            cell.clear();
            begins = true;
        } else {
            any = true;
            cell.push_back(c);
            begins = false;
        }
    }
    if (any) end_row();
    return rows;
}

TEST(CsvReader, ReadsAnyBytesLikeAReaderThatLooksAtEveryCharacter) {
    EXPECT_TRUE(rc::check([] {
        const char quote = *rc::gen::element('"', '\'', kCsvNoQuote);
        const auto letters = rc::gen::element('"', '"', '\'', ',', ',', ';', '\n', '\r', 'a', 'b', '\xC3', ' ');
        std::string text = *rc::gen::container<std::string>(letters);
        const std::size_t times = *rc::gen::inRange<std::size_t>(1, 12); // longer than one block of the scanner
        std::string longer;
        for (std::size_t at = 0; at < times; ++at)
            longer += text + *rc::gen::element<std::string>("", ",", "\n", "\"", "long plain text that fills a block");
        if (quote == kCsvNoQuote) std::erase(longer, '\x01');
        RC_ASSERT(read_table(longer, ',', *rc::gen::inRange<std::size_t>(1, 300), quote).rows ==
                  read_slowly(longer, ',', quote == kCsvNoQuote ? '\x01' : quote));
    }));
}

TEST(CsvReader, ReadsTheSpectrumOfFilesAsTheirJsonSays) {
    const auto folder = testing::kShared / "data" / "csv-spectrum";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "csv-spectrum is not here: " << folder;
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "csvs")) {
        const auto expected = parse_json(testing::file_text(folder / "json" / entry.path().stem().replace_extension(".json")));
        ASSERT_TRUE(expected) << entry.path();
        const auto objects = expected->is_array() ? expected->as_array() : boost::json::array{*expected};
        const Table rows = read_table(testing::file_text(entry.path()), ',', 7).rows;
        ASSERT_EQ(rows.size(), objects.size() + 1) << entry.path();
        for (std::size_t at = 1; at < rows.size(); ++at) {
            const auto& object = objects[at - 1].as_object();
            ASSERT_EQ(rows[at].size(), object.size()) << entry.path();
            for (std::size_t column = 0; column < rows[at].size(); ++column) {
                if (rows[0][column] == "Contact Phone Number") continue; // its expected file holds another number
                EXPECT_EQ(rows[at][column], scalar_text(object.at(rows[0][column]))) << entry.path();
            }
        }
        ++files;
    }
    EXPECT_EQ(files, 12U);
}

TEST(CsvReader, OddTextIsReadTolerantly) {
    const struct {
        std::string_view text;
        Table rows;
    } cases[] = {
        {"a,b\n1,2", {{"a", "b"}, {"1", "2"}}},  // no line end at the end
        {"a\rb\r", {{"a"}, {"b"}}},              // CR alone
        {"a\r\n\r\n\r\nb\n", {{"a"}, {"b"}}},    // blank lines
        {"5\" pipe,b\n", {{"5\" pipe", "b"}}},   // a lone quote inside a cell
        {"\"ab\"c,d\n", {{"abc", "d"}}},         // text after the closing quote
        {"\"a\" \"b\",c\n", {{"a \"b\"", "c"}}}, // quotes after the closing quote
        {"\"\"\n", {{""}}},                      // an empty quoted cell is a record
        {",\n", {{"", ""}}},
        {"\"a\"\"b\",\"\"\"\"\n", {{"a\"b", "\""}}},
        {"\"x\r\ny\",z\r\n", {{"x\r\ny", "z"}}},
        {"", {}},
        {"\n\n", {}},
    };
    for (const auto& each : cases) {
        for (std::size_t chunk : {1, 2, 3, 1000}) EXPECT_EQ(read_table(each.text, ',', chunk).rows, each.rows) << each.text;
    }
}

TEST(CsvReader, EveryRecordKnowsTheLineItStartsOn) {
    const Read read = read_table("h\n\"a\nb\r\nc\rd\",1\n\n\r\nx\ry\n", ',', 1);
    EXPECT_EQ(read.lines, (std::vector<std::uint64_t>{1, 2, 8, 9}));
}

TEST(CsvReader, AnUnterminatedQuoteNamesTheLineWhereItBegan) {
    std::vector<CsvRecord> records;
    CsvReader reader(',', [&](const CsvRecord& record) {
        records.push_back({.line = record.line, .fault = record.fault, .fault_line = record.fault_line, .fault_cell = record.fault_cell});
        return true;
    });
    reader.write("a,b\n1,2\n\"x\ny\",\"never\nclosed\n");
    reader.finish();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[2].fault, CsvFault::UnterminatedQuote);
    EXPECT_EQ(records[2].line, 3U);
    EXPECT_EQ(records[2].fault_line, 4U);
    EXPECT_EQ(records[2].fault_cell, 1U);
}

TEST(CsvReader, ARecordOverItsLimitsIsAFaultAndItsNeighboursAreNot) {
    const std::string long_cell(kCsvCellBytesMax + 5, 'x');
    const std::string many_cells(kCsvCellsMax, ',');
    std::string long_record = "1";
    for (int at = 0; at < 5; ++at) long_record += "," + std::string(kCsvCellBytesMax - 10, 'y');
    const std::string text = "a\n" + long_cell + "\nb\n\"" + long_cell + "\n,\",2\nc\n" + many_cells + "\nd\n" + long_record + "\ne\n";
    for (const std::size_t chunk : {std::size_t{1000}, std::size_t{64 * 1024}, text.size()}) {
        const Read read = read_table(text, ',', chunk);
        const std::vector<CsvFault> faults = {CsvFault::None,        CsvFault::CellTooLong,   CsvFault::None,
                                              CsvFault::CellTooLong, CsvFault::None,          CsvFault::TooManyCells,
                                              CsvFault::None,        CsvFault::RecordTooLong, CsvFault::None};
        EXPECT_EQ(read.faults, faults) << chunk;
        EXPECT_EQ(read.rows.back(), (std::vector<std::string>{"e"})) << chunk;
        EXPECT_EQ(read.lines, (std::vector<std::uint64_t>{1, 2, 3, 4, 6, 7, 8, 9, 10})) << chunk;
    }
}

TEST(CsvReader, MemoryStaysBoundedWhateverTheFileHolds) {
    for (const std::string_view piece : {"x", "\"x\n", "a,b\n", ",", "\"\"", "\n"}) {
        std::string text = "\"";
        while (text.size() < kCsvRecordBytesMax + kCsvRecordBytesMax / 2) text += piece;
        EXPECT_LE(read_table(text, ',', 300'000).buffer_bytes_max, kCsvRecordBytesMax + 2 * kCsvPieceBytes) << piece;
        EXPECT_LE(read_table(text.substr(1), ',', 300'000).buffer_bytes_max, kCsvRecordBytesMax + 2 * kCsvPieceBytes) << piece;
    }
    std::string rows;
    for (int at = 0; at < 30'000; ++at) rows += "some,ordinary,row,of,a,file\n";
    EXPECT_LE(read_table(rows, ',', 64 * 1024).buffer_bytes_max, 4 * kCsvPieceBytes);
}

TEST(CsvReader, StopsWhenTheSinkSaysSo) {
    std::size_t seen = 0;
    CsvReader reader(',', [&](const CsvRecord&) { return ++seen < 3; });
    EXPECT_FALSE(reader.write("a\nb\nc\nd\ne\n"));
    EXPECT_FALSE(reader.write("f\n"));
    EXPECT_FALSE(reader.finish());
    EXPECT_EQ(seen, 3U);
}

} // namespace
} // namespace tributary

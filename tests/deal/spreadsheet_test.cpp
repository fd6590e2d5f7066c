// CSV for people: safe to open (ASVS 5.0 1.2.10), exact to read.
#include "deal/spreadsheet.hpp"

#include <gtest/gtest.h>

namespace tributary {
namespace {

std::string row_of(const std::vector<std::string>& cells) {
    std::string out;
    append_csv_row(out, cells);
    return out;
}

TEST(Spreadsheet, ACellThatWouldRunAsAFormulaGetsAnApostrophe) {
    for (const char* cell : {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\"=1", "\xEF\xBC\x9D" "1"}) {
        EXPECT_TRUE(looks_like_formula(cell)) << cell;
    }
    EXPECT_EQ(row_of({"=1+1"}), "\"'=1+1\"\r\n");
}

TEST(Spreadsheet, NumbersAndPlainTextStayAsTheyAre) {
    for (const char* cell : {"-5", "+49 30 1234", "-1,200.50", "Acme", "a=b", "", "x - y"}) EXPECT_FALSE(looks_like_formula(cell)) << cell;
    EXPECT_EQ(row_of({"-5", "Acme"}), "-5,Acme\r\n");
}

TEST(Spreadsheet, DelimitersQuotesAndLineEndsAreQuoted) { EXPECT_EQ(row_of({"a,b", "c\"d", "e\nf"}), "\"a,b\",\"c\"\"d\",\"e\nf\"\r\n"); }

} // namespace
} // namespace tributary

// Columns of a file: how their amounts, percentages and dates are decided for the whole column, asked about, told and contradicted.
#include "deal/json.hpp"
#include "sources/csv_upload.hpp"
#include "sources/reading.hpp"
#include "sources/workbook_builder.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace tributary {
namespace {

using namespace testing;

const Door& door() {
    static const SourceSpec source = csv_source();
    return source.doors.front();
}

Streamed upload(std::string_view file, Pairs query = {}, std::size_t chunk = 64 * 1024) {
    return stream(door(), {.content_type = "text/csv", .query = std::move(query)}, file, chunk);
}

Draft only(const Streamed& streamed) {
    EXPECT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    EXPECT_EQ(streamed.rows.size(), 1U);
    return *streamed.rows.at(0).draft;
}

// The cells of a column of two rows, as drafted; or the code of the row's refusal.
std::pair<std::string, std::string> drafted(std::string_view header, std::string_view first, std::string_view second, Pairs query = {}) {
    const Streamed streamed =
        upload("name;" + std::string(header) + "\nA;" + std::string(first) + "\nB;" + std::string(second) + "\n", std::move(query));
    EXPECT_EQ(streamed.rows.size(), 2U) << code_of(streamed);
    const Field field = header == "close date" ? Field::ExpectedCloseDate : header == "value" ? Field::Value : Field::Probability;
    const auto shown = [&](const ReadRow& row) { return row.draft ? text_of(*row.draft, field) : row.draft.error().code; };
    return {shown(streamed.rows.at(0)), shown(streamed.rows.at(1))};
}
using Two = std::pair<std::string, std::string>;

TEST(CsvColumns, DecidesHowDatesAmountsAndPercentagesAreWrittenForTheWholeColumn) {
    EXPECT_EQ(drafted("close date", "3/4/2026", "3/14/2026"), Two("2026-03-04", "2026-03-14"));
    EXPECT_EQ(drafted("close date", "3/4/2026", "14/3/2026"), Two("2026-04-03", "2026-03-14"));
    EXPECT_EQ(drafted("close date", "2026-03-04", "31.12.26"), Two("2026-03-04", "2026-12-31"));
    EXPECT_EQ(drafted("close date", "46113", "15. M\xC3\xA4rz 2026"), Two("2026-04-01", "2026-03-15"));
    EXPECT_EQ(drafted("value", "1,234", "1,234.56"), Two("1234", "1234.56"));
    EXPECT_EQ(drafted("value", "1.234", "1.234,56"), Two("1234", "1234.56"));
    EXPECT_EQ(drafted("value", "$120,000", "5000"), Two("120000 USD", "5000"));
    EXPECT_EQ(drafted("value", "5", "1.234.567"), Two("5", "1234567"));
    EXPECT_EQ(drafted("probability", "0.6", "1"), Two("60", "100"));
    EXPECT_EQ(drafted("probability", "0,5", "60"), Two("0.5", "60"));
    EXPECT_EQ(drafted("probability", "60 %", "7.5%"), Two("60", "7.5"));
}

TEST(CsvColumns, AColumnThatCannotBeDecidedIsAskedAboutAndItsOpenRowsAreRefused) {
    EXPECT_EQ(drafted("close date", "3/4/2026", "4/5/2026"), Two("needs_decision", "needs_decision"));
    EXPECT_EQ(drafted("close date", "3/14/2026", "14/3/2026"), Two("2026-03-14", "2026-03-14")) << "each is clear by itself";
    EXPECT_EQ(drafted("close date", "4/4/2026", "2026-06-01"), Two("2026-04-04", "2026-06-01"));
    EXPECT_EQ(drafted("value", "1.234", "7"), Two("needs_decision", "7"));
    EXPECT_EQ(drafted("value", "1,234", "1.234"), Two("needs_decision", "needs_decision"));
    EXPECT_EQ(drafted("value", "1,5", "1.5"), Two("1.5", "1.5"));
    EXPECT_EQ(drafted("probability", "1", "0"), Two("needs_decision", "0"));
    const Streamed streamed = upload("name,close date\nA,3/4/2026\nB,2026-06-01\n");
    const FieldProblem& problem = streamed.rows.at(0).draft.error().details.at(0);
    EXPECT_EQ(problem.field, "expected_close_date");
    EXPECT_EQ(problem.value, "3/4/2026");
    EXPECT_NE(problem.message.find("date_order=dmy"), std::string::npos) << problem.message;
    const auto understood = parse_json(streamed.understood);
    const auto& open = understood->at("needs_decision").at(0);
    EXPECT_EQ(open.at("column"), "close date");
    EXPECT_EQ(open.at("option"), "date_order");
    EXPECT_EQ(open.at("candidates"), (boost::json::array{"dmy", "mdy"}));
    EXPECT_EQ(open.at("examples").at(0).at("line"), 2);
    EXPECT_EQ(open.at("examples").at(0).at("cell"), "3/4/2026");
}

TEST(CsvColumns, WhatTheSenderSaysAboutAColumnIsDone) {
    EXPECT_EQ(drafted("close date", "3/4/2026", "4/5/2026", {{"date_order", "dmy"}}), Two("2026-04-03", "2026-05-04"));
    EXPECT_EQ(drafted("close date", "26/04/03", "99/5/04", {{"date_order", "ymd"}}), Two("2026-04-03", "1999-05-04"));
    EXPECT_EQ(drafted("close date", "26/3/17", "26/3/18"), Two("needs_decision", "needs_decision")) << "the year may stand at either end";
    EXPECT_EQ(drafted("close date", "3/4/2026", "14/3/2026", {{"date_order", "mdy"}}), Two("2026-03-04", "contradicts_column"));
    EXPECT_EQ(drafted("close date", "3/4/2026", "14/3/2026", {{"date_order", "iso"}}), Two("3/4/2026", "2026-03-14"))
        << "refused when normalised";
    EXPECT_EQ(drafted("close date", "42369", "42370", {{"date_system", "1904"}}), Two("2020-01-01", "2020-01-02"));
    EXPECT_EQ(drafted("value", "1.234", "2", {{"decimal_mark", ","}}), Two("1234", "2"));
    EXPECT_EQ(drafted("value", "1.234", "1,5", {{"decimal_mark", "."}}), Two("1.234", "contradicts_column"));
    EXPECT_EQ(drafted("probability", "1", "0.25", {{"probability_scale", "percent"}}), Two("1", "0.25"));
    const std::string mapping = R"({"readings":{"close date":"mdy","created_at":"dmy","value":","}})";
    const Streamed streamed =
        upload("name;close date;created at;value\nA;3/4/2026;3/4/2026 10:30;1.234\n", {{"mapping", mapping}, {"date_order", "ymd"}});
    const Draft draft = only(streamed);
    EXPECT_EQ(text_of(draft, Field::ExpectedCloseDate), "2026-03-04");
    EXPECT_EQ(text_of(draft, Field::CreatedAt), "2026-04-03 10:30");
    EXPECT_EQ(text_of(draft, Field::Value), "1234");
    EXPECT_EQ(code_of(upload("name\nA\n", {{"mapping", R"({"readings":{"name":"dmy"}})"}})), "invalid_mapping");
    EXPECT_EQ(code_of(upload("name,value\nA,1\n", {{"mapping", R"({"readings":{"value":"dmy"}})"}})), "invalid_mapping");
    EXPECT_EQ(code_of(upload("name\nA\n", {{"mapping", R"({"readings":{"colour":"dmy"}})"}})), "unknown_field");
    EXPECT_TRUE(upload("name\nA\n", {{"mapping", R"({"readings":{"value":","}})"}}).outcome)
        << "a saved mapping may know more than this file";
}

TEST(CsvColumns, ALaterRowThatContradictsItsColumnIsRefusedAndCounted) {
    std::string file = "name,close date,value\n";
    while (file.size() < kSampleBytesMax) file += "A deal with a rather long name,3/14/2026,\"1,234.50\"\n";
    const std::size_t before = static_cast<std::size_t>(std::ranges::count(file, '\n'));
    file += "Late,14/3/2026,\"1.234,50\"\nLast,3/4/2026,\"1,234\"\n";
    const Streamed streamed = upload(file);
    ASSERT_EQ(streamed.rows.size(), before + 1);
    const ReadRow& late = streamed.rows.at(before - 1);
    EXPECT_EQ(code_of(late), "contradicts_column");
    EXPECT_EQ(late.draft.error().details.size(), 2U);
    EXPECT_EQ(text_of(*streamed.rows.back().draft, Field::ExpectedCloseDate), "2026-03-04");
    EXPECT_NE(streamed.understood.find("\"contradicting_rows\":1"), std::string::npos) << streamed.understood;
}

TEST(CsvColumns, AColumnUndecidedAtTheBeginningIsHeardFurtherBeforeARowIsGiven) {
    std::string file = "name,close date\n";
    while (file.size() < 3 * kSampleBytesMax) file += "A deal with a rather long name,3/4/2026\n";
    file += "Decides,14/3/2026\n";
    const Streamed streamed = upload(file);
    ASSERT_TRUE(streamed.rows.at(0).draft);
    EXPECT_EQ(text_of(*streamed.rows.at(0).draft, Field::ExpectedCloseDate), "2026-04-03");
    std::string longer = "name,close date\n";
    while (longer.size() < kHeldForDecisionBytesMax) longer += "A deal with a " + std::string(200, 'l') + "ong name,3/4/2026\n";
    EXPECT_EQ(code_of(upload(longer + "Too late,14/3/2026\n").rows.at(0)), "needs_decision");
}

// Pass one, without a sink, hears all of the stored file; pass two reads it with what was heard.
Streamed read_twice(std::string_view file, CsvOptions options, std::size_t chunk) {
    std::string kept;
    const auto listener = read_csv_body("", options, nullptr);
    EXPECT_TRUE(feed(*listener, file, chunk, kept));
    EXPECT_EQ(kept, file);
    const auto heard = std::dynamic_pointer_cast<const CsvHeard>(listener->heard());
    if (!heard) return {};
    options.decisions = heard->decisions();
    Streamed streamed;
    const auto reader = read_csv_body("", options, [&](ReadRow&& row) {
        streamed.rows.push_back(std::move(row));
        return true;
    });
    streamed.outcome = feed(*reader, file, chunk, streamed.raw);
    streamed.understood = listener->understood();
    return streamed;
}

TEST(CsvColumns, AStoredFileIsHeardWholeHoweverLateItDecides) {
    std::string file = "name,close date,value\n";
    while (file.size() < kHeldForDecisionBytesMax + kSampleBytesMax)
        file += "A deal with a " + std::string(200, 'l') + "ong name,3/4/2026,1.234\n";
    const Streamed open = read_twice(file, {}, 64 * 1024);
    EXPECT_EQ(code_of(open.rows.at(0)), "needs_decision");
    EXPECT_EQ(open.rows.at(0).draft.error().details.size(), 2U);
    EXPECT_EQ(parse_json(open.understood)->at("needs_decision").as_array().size(), 2U);
    file += "Late,14/3/2026,\"1.234,5\"\n";
    const Streamed decided = read_twice(file, {}, 64 * 1024);
    ASSERT_TRUE(decided.rows.at(0).draft);
    EXPECT_EQ(text_of(*decided.rows.at(0).draft, Field::ExpectedCloseDate), "2026-04-03");
    EXPECT_EQ(text_of(*decided.rows.at(0).draft, Field::Value), "1234");
    EXPECT_EQ(parse_json(decided.understood)->at("needs_decision").as_array().size(), 0U);
    EXPECT_EQ(code_of(upload(file).rows.at(0)), "needs_decision") << "in one go the same file is asked about";
}

TEST(CsvColumns, AWorkbookIsHeardWholeAsWell) {
    Workbook book{.sheets = {{"S", row_of({"name", "close date"}) + row_of({"A", "3/4/2026"}) + row_of({"B", "3/14/2026"})}}};
    const Streamed streamed = read_twice(book.bytes(), {}, 100);
    ASSERT_EQ(streamed.rows.size(), 2U);
    EXPECT_EQ(text_of(*streamed.rows[0].draft, Field::ExpectedCloseDate), "2026-03-04");
    std::string kept;
    const auto broken = read_csv_body("", {}, nullptr);
    EXPECT_FALSE(feed(*broken, "PK\x03\x04", 100, kept));
}

} // namespace
} // namespace tributary

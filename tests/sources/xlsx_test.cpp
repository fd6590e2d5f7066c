// Workbooks: the same rows as a text file, whatever the cells are; and the files that only look like one.
#include "deal/json.hpp"
#include "sources/csv_reader.hpp"
#include "sources/csv_upload.hpp"
#include "sources/reading.hpp"
#include "sources/workbook_builder.hpp"
#include "sources/xlsx_book.hpp"
#include "sources/xml_stream.hpp"

#include <boost/json/array.hpp>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

constexpr std::string_view kType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

Streamed upload(std::string_view file, Pairs query = {}, std::size_t chunk = 64 * 1024, std::string_view type = kType) {
    static const SourceSpec source = csv_source();
    return stream(source.doors.front(), {.content_type = std::string(type), .query = std::move(query)}, file, chunk);
}

std::vector<std::string> names(const Streamed& streamed) {
    EXPECT_TRUE(streamed.outcome) << streamed.outcome.error().message;
    std::vector<std::string> all;
    for (const ReadRow& row : streamed.rows) all.push_back(row.draft ? text_of(*row.draft, Field::Name) : code_of(row));
    return all;
}
using Names = std::vector<std::string>;

Workbook one_sheet(std::string rows) { return {.sheets = {{"Deals", std::move(rows)}}}; }

TEST(Xlsx, EveryKindOfCellIsRead) {
    Workbook book{.strings = {"Deal Name", "Amount", "Big &amp; bold", "<r><t>Rich</t></r><r><t> text</t></r><rPh><t>RI</t></rPh>",
                              "a_x000D_b_x005F_"},
                  .formats = {"yyyy\\-mm\\-dd", "0.0%", "#,##0.00\\ &quot;\u20AC&quot;", "[h]:mm"}};
    book.sheets.push_back(
        {"Deals", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>Close "
                  "Date</t></is></c>"
                  "<c r=\"D1\" t=\"str\"><f>\"Proba\"&amp;\"bility\"</f><v>Probability</v></c><c r=\"F1\" "
                  "t=\"inlineStr\"><is><t>Note</t></is></c></row>"
                  "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" s=\"3\"><f>75*1000</f><v>75000.5</v></c><c r=\"C2\" "
                  "s=\"1\"><v>46174</v></c>"
                  "<c r=\"D2\" s=\"2\"><v>0.57</v></c><c r=\"F2\" t=\"s\"><v>4</v></c></row>"
                  "<row r=\"5\"><c r=\"A5\" t=\"s\"><v>3</v></c><c r=\"B5\"><v>0.30000000000000004</v></c><c r=\"C5\" "
                  "t=\"d\"><v>2026-06-02T00:00:00</v></c>"
                  "<c r=\"D5\" s=\"2\"><v>1</v></c><c r=\"F5\" t=\"b\"><v>1</v></c></row>"
                  "<row r=\"6\"><c r=\"A6\" t=\"s\"><v>2</v></c><c r=\"B6\" t=\"e\"><v>#N/A</v></c><c r=\"C6\" s=\"1\"><v>46174.75</v></c>"
                  "<c r=\"E6\" s=\"1\"/><c r=\"F6\" s=\"4\"><v>1.5</v></c></row>"});
    const Streamed streamed = upload(book.bytes());
    EXPECT_EQ(names(streamed), (Names{"Big & bold", "Rich text", "Big & bold"}));
    const Draft& first = *streamed.rows[0].draft;
    EXPECT_EQ(text_of(first, Field::Value), "75000.5 EUR");
    EXPECT_EQ(text_of(first, Field::ExpectedCloseDate), "2026-06-01");
    EXPECT_EQ(text_of(first, Field::Probability), "57");
    EXPECT_EQ(first.metadata, "{\"Note\":\"a\\rb_\"}");
    const Draft& second = *streamed.rows[1].draft;
    EXPECT_EQ(streamed.rows[1].line, 5U);
    EXPECT_EQ(text_of(second, Field::Value), "0.3");
    EXPECT_EQ(text_of(second, Field::ExpectedCloseDate), "2026-06-02");
    EXPECT_EQ(text_of(second, Field::Probability), "100");
    EXPECT_EQ(second.metadata, R"({"Note":"true"})");
    EXPECT_EQ(text_of(*streamed.rows[2].draft, Field::Value), "#N/A") << "refused when normalised, by its own name";
    EXPECT_EQ(text_of(*streamed.rows[2].draft, Field::ExpectedCloseDate), "2026-06-01");
    EXPECT_EQ(streamed.rows[2].draft->metadata, R"({"Note":"1.5"})") << "a duration is no day";
    EXPECT_EQ(streamed.rows[0].record.size(), std::string_view("Big & bold,75000.5 EUR,2026-06-01,57%,,\"a\rb_\"").size());
}

TEST(Xlsx, TheFirstShownSheetIsReadOrTheNamedOne) {
    Workbook book;
    book.sheets = {{"Notes", row_of({"name"}) + row_of({"hidden"}), true},
                   {"Deals", row_of({"name"}) + row_of({"first"})},
                   {"Old &amp; gone", row_of({"name"}) + row_of({"second"})}};
    const std::string bytes = book.bytes();
    EXPECT_EQ(names(upload(bytes)), (Names{"first"}));
    EXPECT_EQ(names(upload(bytes, {{"sheet", "Old & gone"}})), (Names{"second"}));
    EXPECT_EQ(names(upload(bytes, {{"sheet", "deals"}})), (Names{"first"}));
    EXPECT_EQ(names(upload(bytes, {{"sheet", "1"}})), (Names{"hidden"}));
    const Streamed unknown = upload(bytes, {{"sheet", "Leads"}});
    EXPECT_EQ(code_of(unknown), "unknown_sheet");
    EXPECT_EQ(unknown.outcome.error().details.at(0).field, "sheet");
    EXPECT_NE(unknown.outcome.error().message.find("Notes, Deals, Old & gone"), std::string::npos);
    const auto told = parse_json(upload(bytes).understood);
    EXPECT_EQ(told->at("format"), "xlsx");
    EXPECT_EQ(told->at("sheet"), "Deals");
    EXPECT_EQ(told->at("sheets"), (boost::json::array{"Notes", "Deals", "Old & gone"}));
}

TEST(Xlsx, NoDayMovesInEitherDateSystem) {
    for (const bool dates_of_1904 : {false, true}) {
        Workbook book = one_sheet(row_of({"name", "close date", "created at"}));
        book.formats = {"dd/mm/yyyy;@", "m/d/yy\\ h:mm"};
        book.dates_of_1904 = dates_of_1904;
        std::vector<Date> days;
        for (Date day = *make_date(2024, 1, 1); day <= *make_date(2026, 12, 31); ++day.days) days.push_back(day);
        const int epoch = dates_of_1904 ? 24'107 : 25'569;
        for (const Date day : days) {
            const std::string serial = std::to_string(day.days + epoch);
            book.sheets[0].rows +=
                "<row>" + inline_cell("A") + number_cell(serial, 1) + number_cell(serial + ".99998842592593", 2) + "</row>";
        }
        const Streamed streamed = upload(book.bytes());
        ASSERT_EQ(streamed.rows.size(), days.size());
        for (std::size_t at = 0; at < days.size(); ++at) {
            ASSERT_EQ(text_of(*streamed.rows[at].draft, Field::ExpectedCloseDate), date_text(days[at]));
            ASSERT_EQ(text_of(*streamed.rows[at].draft, Field::CreatedAt), date_text(days[at]) + "T23:59:59");
        }
    }
    Workbook plain = one_sheet(row_of({"name", "close date"}) + "<row>" + inline_cell("A") + number_cell("42370") + "</row>");
    plain.dates_of_1904 = true;
    EXPECT_EQ(text_of(*upload(plain.bytes()).rows.at(0).draft, Field::ExpectedCloseDate), "2020-01-02")
        << "a number that shows no day is one all the same";
}

TEST(Xlsx, ATypedNumberIsWhatItIsWhateverTheTextsOfItsColumnLookLike) {
    const Streamed streamed =
        upload(one_sheet(row_of({"name", "value"}) + row_of({"A", "1.234,56"}) + "<row>" + inline_cell("B") + number_cell("1.234") +
                         "</row>" + "<row>" + inline_cell("C") + number_cell("1234567.5") + "</row>")
                   .bytes());
    EXPECT_EQ(names(streamed), (Names{"A", "B", "C"}));
    EXPECT_EQ(text_of(*streamed.rows[0].draft, Field::Value), "1234.56");
    EXPECT_EQ(text_of(*streamed.rows[1].draft, Field::Value), "1.234");
    EXPECT_EQ(text_of(*streamed.rows[2].draft, Field::Value), "1234567.5");
}

TEST(Xlsx, ReportsWithTitlesTotalsAndMergedHeadersAreReadLikeTextFiles) {
    const Streamed streamed = upload(one_sheet(row_of({"Pipeline report"}) + "<row/>" + row_of({"Deal Name", "Company", "", "Amount"}) +
                                               row_of({"A", "Acme", "x", "3/4"}) + row_of({"Total", "", "", "7"}))
                                         .bytes());
    EXPECT_EQ(names(streamed), (Names{"A"}));
    EXPECT_EQ(streamed.rows[0].draft->metadata, R"({"column 3":"x"})");
    EXPECT_NE(streamed.understood.find("\"skipped_rows\":1"), std::string::npos);
    EXPECT_EQ(code_of(upload(one_sheet("").bytes())), "empty_file");
    EXPECT_EQ(code_of(upload(one_sheet(row_of({"Company"})).bytes())), "missing_name_column");
    EXPECT_EQ(names(upload(one_sheet(row_of({"name"})).bytes())), Names{});
    const std::string far = "<row>" + inline_cell("A") + "<c r=\"ALM2\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
    EXPECT_EQ(names(upload(one_sheet(row_of({"name"}) + far + row_of({"B"})).bytes())), (Names{"too_many_columns", "B"}));
    const std::string wide = inline_cell(std::string(kCsvCellBytesMax + 1, 'x'));
    EXPECT_EQ(names(upload(one_sheet(row_of({"name"}) + "<row>" + wide + "</row>" + row_of({"B"})).bytes())),
              (Names{"cell_too_long", "B"}));
}

TEST(Xlsx, TheSameTableGivesTheSameDraftsAsAsText) {
    EXPECT_TRUE(rc::check([] {
        const auto word = rc::gen::element<std::string>("Alpha", "B\u00FCro; x", "It's, so", "Delta \"D\"", "7");
        Workbook book = one_sheet(row_of({"Deal Name", "Note", "Amount", "Close Date", "Probability"}));
        book.formats = {"d.m.yyyy", "0%"};
        std::string text = "Deal Name;Note;Amount;Close Date;Probability\n";
        const std::size_t count = *rc::gen::inRange<std::size_t>(1, 30);
        for (std::size_t at = 0; at < count; ++at) {
            const std::string name = *word + std::to_string(at), note = *word;
            const std::string amount = std::to_string(*rc::gen::inRange(0, 10'000'000)) + "." + std::to_string(*rc::gen::inRange(10, 99));
            const Date day{*rc::gen::inRange(18'000, 22'000)};
            const int percent = *rc::gen::inRange(0, 101);
            book.sheets[0].rows +=
                "<row>" + inline_cell(name) + inline_cell(note) + number_cell(amount) + number_cell(std::to_string(day.days + 25'569), 1) +
                number_cell(percent == 100 ? "1" : "0." + std::string(percent < 10 ? "0" : "") + std::to_string(percent), 2) + "</row>";
            const auto quoted = [](std::string cell) {
                for (std::size_t quote = cell.find('"'); quote != std::string::npos; quote = cell.find('"', quote + 2))
                    cell.insert(quote, "\"");
                return "\"" + cell + "\"";
            };
            text += quoted(name) + ";" + quoted(note) + ";" + amount + ";" + date_text(day) + ";" + std::to_string(percent) + "%\n";
        }
        const auto shown = [](const Streamed& streamed) {
            std::string out = code_of(streamed);
            for (const ReadRow& row : streamed.rows) {
                out += "#" + std::to_string(row.row) + "/" + std::to_string(row.line) + code_of(row);
                if (!row.draft) continue;
                for (const auto& field : row.draft->fields) out += "|" + field.value_or("-");
                out += row.draft->metadata + row.draft->decimal_mark;
            }
            return out;
        };
        const std::string bytes = book.bytes();
        RC_ASSERT(shown(upload(bytes, {}, *rc::gen::inRange<std::size_t>(1, 500))) == shown(upload(text, {}, 1000, "text/csv")));
    }));
}

TEST(Xlsx, NumberFormatsTellDaysPercentsAndCurrencies) {
    using Kind = NumberFormat::Kind;
    for (const std::string_view code : {"yyyy-mm-dd", "d/m/yy", "[$-409]mmmm d, yyyy", "h:mm AM/PM", "[Red]dd.mm.yyyy;@", "mm:ss.0"})
        EXPECT_EQ(number_format(code).kind, Kind::Date) << code;
    for (const std::string_view code :
         {"General", "0.00", "#,##0", "\"days\" 0", "[h]:mm:ss", "0\\d", "@", "0.00E+00", "_(* #,##0_);[Red](#,##0)"})
        EXPECT_EQ(number_format(code).kind, Kind::Plain) << code;
    EXPECT_EQ(number_format("0.0%").kind, Kind::Percent);
    EXPECT_EQ(number_format("#,##0.00 \"\u20AC\"").currency, "EUR");
    EXPECT_EQ(number_format("[$\u00A3-809]#,##0").currency, "GBP");
    EXPECT_EQ(number_format("[$CHF] #,##0").currency, "CHF");
    EXPECT_EQ(number_format("\"$\"#,##0").currency, "USD");
    EXPECT_EQ(number_format("[$-409]#,##0").currency, "");
}

TEST(Xlsx, FilesThatAreNoWorkbookOrAHostileOneAreRefusedAtOnce) {
    Workbook book = one_sheet(row_of({"name"}) + row_of({"A"}));
    const std::string good = book.bytes();
    EXPECT_EQ(code_of(upload(good.substr(0, good.size() / 2))), "invalid_workbook");
    EXPECT_EQ(code_of(upload(zip_of({{"deals.csv", "name\nA\n"}}))), "invalid_workbook");
    std::string damaged = good;
    damaged.replace(damaged.size() / 4, 40, 40, '\xAA');
    EXPECT_FALSE(upload(damaged).outcome);
    for (const std::string_view prolog : {"<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>",
                                          "<!DOCTYPE worksheet SYSTEM \"file:///etc/passwd\">"}) {
        Workbook hostile = book;
        hostile.prolog = prolog;
        const Streamed streamed = upload(hostile.bytes());
        EXPECT_EQ(code_of(streamed), "invalid_workbook");
        EXPECT_NE(streamed.outcome.error().message.find("document type"), std::string::npos);
    }
    std::string deep;
    for (int level = 0; level < 100; ++level) deep += "<row>";
    EXPECT_EQ(code_of(upload(one_sheet(deep).bytes())), "invalid_workbook");
    EXPECT_EQ(code_of(upload(one_sheet("<row r=\"" + std::string(3 * XmlStream::kTokenBytesMax, '1') + "\"/>").bytes())),
              "invalid_workbook");
    Workbook bomb = one_sheet(row_of({"name"}) + row_of({"A"}) + std::string(64 * 1024 * 1024, ' '));
    const Streamed exploded = upload(bomb.bytes());
    EXPECT_EQ(code_of(exploded), "unpacks_too_large");
    EXPECT_EQ(exploded.outcome.error().reason, Reason::TooLarge);
    EXPECT_LE(exploded.rows.size(), 1U);
}

TEST(Xlsx, AnyByteOfAWorkbookMayBeWrongWithoutHarm) {
    const std::string good = one_sheet(row_of({"name", "value"}) + row_of({"A", "1"}) + row_of({"B", "2"})).bytes();
    EXPECT_TRUE(rc::check([&] {
        std::string bytes = good;
        for (int change = *rc::gen::inRange(1, 6); change > 0; --change)
            bytes[*rc::gen::inRange<std::size_t>(4, bytes.size())] = *rc::gen::arbitrary<char>();
        const Streamed streamed = upload(bytes);
        if (streamed.outcome)
            RC_ASSERT(streamed.rows.size() <= 3U);
        else
            RC_ASSERT(!streamed.outcome.error().code.empty());
    }));
}

} // namespace
} // namespace tributary

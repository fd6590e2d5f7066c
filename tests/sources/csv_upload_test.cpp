// How a file arrives: forms, chunks, options before and behind it, and what is said when it cannot be read.
#include "deal/json.hpp"
#include "sources/csv_door.hpp"

#include <gtest/gtest.h>
#include <map>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

TEST(CsvUpload, EveryRowShowsItsRecordWhileItIsGiven) {
    std::vector<std::string> records;
    auto reader = door().stream(Knock{.content_type = "text/csv"}.arrival(), [&](ReadRow&& row) {
        records.emplace_back(row.record);
        return true;
    });
    ASSERT_TRUE((*reader)->write("name,note\nA,\"x\ny\"\r\nB\n"));
    ASSERT_TRUE((*reader)->finish());
    while (*(*reader)->more()) continue;
    EXPECT_EQ(records, (std::vector<std::string>{"A,\"x\ny\"", "B"}));
}

TEST(CsvUpload, RefusesAFileItCannotReadAndSaysWhy) {
    const struct {
        std::string file;
        Pairs query;
        std::string code;
        std::string field;
    } cases[] = {
        {"", {}, "empty_file", ""},
        {"\n\n", {}, "empty_file", ""},
        {"\xEF\xBB\xBF", {}, "empty_file", ""},
        {std::string("name\0x\n", 7), {}, "not_text", ""},
        {"PK\x03\x04rest", {}, "invalid_workbook", ""},
        {"Company,Value\nA,1\n", {}, "missing_name_column", "name"},
        {"name\nA\n", {{"mapping", R"({"fields":{"Title":"name"}})"}}, "unknown_header", "Title"},
        {"name\nA\n", {{"mapping", R"({"fields":{"name":"nome"}})"}}, "unknown_field", "name"},
        {"name\nA\n", {{"mapping", R"({"defaults":{"colour":"red"}})"}}, "unknown_field", "colour"},
        {"name\nA\n", {{"mapping", R"({"values":{"colour":{"a":"b"}}})"}}, "unknown_field", "colour"},
        {"name\nA\n", {{"mapping", R"({"fields":7})"}}, "invalid_mapping", "fields"},
        {"name\nA\n", {{"mapping", R"({"feilds":{}})"}}, "invalid_mapping", "feilds"},
        {"name\nA\n", {{"mapping", "{"}}, "invalid_mapping", "mapping"},
        {"name\nA\n", {{"delimiter", "x"}}, "invalid_option", "delimiter"},
        {"name\nA\n", {{"date_order", "ydm"}}, "invalid_option", "date_order"},
        {"name\nA\n", {{"decimal_mark", ";"}}, "invalid_option", "decimal_mark"},
        {"name\nA\n", {{"automations", "perhaps"}}, "invalid_option", "automations"},
        {"name\nA\n", {{"dry_run", "perhaps"}}, "invalid_option", "dry_run"},
        {"name,\"never\n", {}, "invalid_header", ""},
        {"name" + std::string(2'000, ','), {}, "too_many_columns", ""},
        {"name\xFF\nA\n", {{"encoding", "utf-8"}}, "invalid_utf8", ""},
        {"name," + std::string(1'050'000, 'x') + "\nA\n", {}, "header_too_long", ""},
    };
    for (const auto& each : cases) {
        const Streamed streamed = upload(each.file, each.query);
        EXPECT_EQ(code_of(streamed), each.code) << each.file.substr(0, 60);
        EXPECT_TRUE(streamed.rows.empty());
        if (!streamed.outcome && !each.field.empty()) EXPECT_EQ(streamed.outcome.error().details.at(0).field, each.field) << each.code;
    }
    const Refusal refusal = upload("Company,Value\nA,1\n").outcome.error();
    EXPECT_NE(refusal.message.find("Company, Value"), std::string::npos);
    EXPECT_TRUE(upload("name,value\n").outcome);
    EXPECT_TRUE(upload("name\nA\n", {{"dry_run", "false"}}).outcome);
}

TEST(CsvUpload, OptionsMayStandBeforeOrBehindTheFile) {
    const std::string mapping = form_field("mapping", R"({"fields":{"Thing":"name"}})");
    const std::string file = form_file("Thing\nA\n");
    for (const std::string& body : {mapping + file, file + mapping}) {
        for (const std::size_t chunk : {1, 17, 100'000}) {
            const Streamed streamed = upload_form(body + std::string(kFormEnd), chunk);
            EXPECT_EQ(text_of(only(streamed), Field::Name), "A");
            EXPECT_EQ(streamed.file_name, "deals.csv");
            EXPECT_EQ(streamed.raw, "Thing\nA\n");
        }
    }
}

std::string big_file(std::size_t bytes) {
    std::string file = "name,value,note\n";
    for (std::size_t at = 0; file.size() < bytes; ++at) file += "deal number " + std::to_string(at) + ",1," + std::string(200, 'x') + "\n";
    return file;
}

TEST(CsvUpload, AnOptionBehindABigFileIsRefusedAndItsRowsStayValid) {
    const std::string file = big_file(kHeldForOptionsBytesMax + 500'000);
    const Streamed late = upload_form(form_file(file) + form_field("delimiter", ",") + std::string(kFormEnd));
    EXPECT_EQ(code_of(late), "option_after_file");
    EXPECT_GT(late.rows.size(), 30'000U);
    const Streamed early = upload_form(form_field("delimiter", ",") + form_file(file) + form_field("other", "x") + std::string(kFormEnd));
    EXPECT_TRUE(early.outcome);
    EXPECT_EQ(early.rows.size(), static_cast<std::size_t>(std::ranges::count(file, '\n')) - 1);
    EXPECT_EQ(early.raw, file);
}

TEST(CsvUpload, HeldRowsComeInSlices) {
    std::size_t rows = 0;
    auto reader = door().stream(Knock{.content_type = std::string(kFormType)}.arrival(), [&](ReadRow&&) { return ++rows > 0; });
    ASSERT_TRUE(reader);
    ASSERT_TRUE((*reader)->write(form_file(big_file(2'000'000)) + std::string(kFormEnd)));
    EXPECT_EQ(rows, 0U);
    ASSERT_TRUE((*reader)->finish());
    std::size_t before = rows;
    std::size_t calls = 0;
    for (bool again = true; again; before = rows, ++calls) {
        again = (*reader)->more().value();
        EXPECT_LT(rows - before, 1'000U);
    }
    EXPECT_GT(calls, 20U);
    EXPECT_GT(rows, 8'000U);
}

TEST(CsvUpload, RefusesFormsThatAreNone) {
    const std::string end(kFormEnd);
    EXPECT_EQ(code_of(upload_form(form_field("other", "x") + end)), "missing_file");
    EXPECT_EQ(code_of(upload_form(form_file("name\nA\n") + form_file("name\nB\n") + end)), "too_many_files");
    EXPECT_EQ(code_of(upload_form(form_file("name\nA\n"))), "invalid_multipart");
    EXPECT_EQ(code_of(upload_form(form_field("delimiter", "?") + form_file("name\nA\n") + end)), "invalid_option");
    EXPECT_EQ(code_of(stream(door(), {.content_type = "multipart/form-data"}, "")), "invalid_multipart");
    EXPECT_EQ(code_of(stream(door(), {.content_type = "application/json"}, "{}")), "unsupported_content_type");
    EXPECT_EQ(text_of(only(upload_form(form_part("name=\"upload\"; filename=\"x.csv\"", "name\nA\n") + end)), Field::Name), "A");
}

TEST(CsvUpload, AnyChunkingGivesTheSameRows) {
    EXPECT_TRUE(rc::check([] {
        const auto cell = rc::gen::container<std::string>(rc::gen::element('a', 'B', '7', '"', '\n', ',', '\xC3', '\xBC'));
        std::string file = "name,value,extra\n";
        for (const auto& text : *rc::gen::container<std::vector<std::string>>(cell)) file += text + ",1," + text + "\n";
        const auto told = [](const Streamed& streamed) {
            std::string all = code_of(streamed);
            for (const ReadRow& row : streamed.rows) {
                all += std::to_string(row.row) + "/" + std::to_string(row.line) + code_of(row) + row.raw;
                if (row.draft) all += text_of(*row.draft, Field::Name) + text_of(*row.draft, Field::Value) + row.draft->metadata;
            }
            return all;
        };
        const std::string form = form_file(file) + std::string(kFormEnd);
        const std::size_t chunk = *rc::gen::inRange<std::size_t>(1, 50);
        RC_ASSERT(told(upload(file)) == told(upload(file, {}, chunk)));
        RC_ASSERT(told(upload_form(form)) == told(upload_form(form, chunk)));
        RC_ASSERT(told(upload(file)) == told(upload_form(form)));
    }));
}

TEST(CsvUpload, TheNaughtyStringsComeOutByteForByte) {
    const auto path = kShared / "data" / "blns" / "blns.json";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "the naughty strings are not here: " << path;
    const auto strings = parse_json(file_text(path));
    ASSERT_TRUE(strings);
    std::size_t tried = 0;
    for (const auto& each : strings->as_array()) {
        const std::string text = scalar_text(each);
        if (text.empty()) continue;
        std::string quoted = "\"";
        for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
        quoted += "\"";
        const Streamed streamed =
            upload("name,description,own\nX," + quoted + "," + quoted + "\n", {{"delimiter", ","}, {"encoding", "utf-8"}});
        const Draft draft = only(streamed);
        ASSERT_EQ(text_of(draft, Field::Description), text);
        const auto metadata = parse_json(draft.metadata);
        ASSERT_TRUE(metadata) << draft.metadata;
        ASSERT_EQ(scalar_text(metadata->at("own")), text);
        ++tried;
    }
    EXPECT_GT(tried, 450U);
}

} // namespace
} // namespace tributary

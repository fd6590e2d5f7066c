// The API's doors: one deal, and many as JSON or one a line.
#include "sources/json_deal.hpp"
#include "sources/ndjson.hpp"
#include "sources/reading.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

using namespace testing;

const Door& door(std::string_view path) {
    static const SourceSpec source = api_source();
    return *std::ranges::find(source.doors, path, &Door::path);
}

Result<ReadAll> bulk(std::string_view body) { return door("/bulk").read(Knock{.content_type = "application/json"}.arrival(), body); }

Streamed lines(std::string_view body, std::size_t chunk = 64 * 1024) {
    return stream(door("/bulk"), {.content_type = "application/x-ndjson"}, body, chunk);
}

TEST(Api, TakesTheExampleOfTheSpecification) {
    const auto all =
        door("/api").read(Knock{.content_type = "application/json"}.arrival(), file_text(kFixtures / "api" / "specification.json"));
    ASSERT_TRUE(all);
    const Draft& draft = *all->rows.at(0).draft;
    EXPECT_EQ(draft.source, Source::Api);
    EXPECT_EQ(text_of(draft, Field::Name), "Custom Deal Name");
    EXPECT_EQ(text_of(draft, Field::Value), "75000");
    EXPECT_EQ(draft.external_ids, (std::vector<ExternalId>{{"api", "ext-12345"}}));
    EXPECT_EQ(draft.metadata, R"({"integration":"custom_system","source_campaign":"spring-sale"})");
}

TEST(Api, ABulkBodyIsAListHoweverItIsWrapped) {
    const std::string list = R"([{"name":"A"},{"name":"B","tenant_id":"own"}])";
    for (const std::string& body :
         {list, "{\"deals\":" + list + ",\"tenant_id\":\"t\"}", "{\"tenant_id\":\"t\",\"records\":" + list + "}"}) {
        const auto all = bulk(body);
        ASSERT_TRUE(all) << body;
        ASSERT_EQ(all->rows.size(), 2U);
        EXPECT_EQ(text_of(*all->rows[1].draft, Field::Name), "B");
        EXPECT_EQ(all->rows[1].row, 1U);
        EXPECT_EQ(all->rows[0].tenant_id, body == list ? "" : "t");
        EXPECT_EQ(all->rows[1].tenant_id, "own");
    }
    EXPECT_EQ(bulk("[]")->rows.size(), 0U);
    for (const std::string_view body : {R"({"name":"A"})", R"({"deals":{}})", "7", "null"})
        EXPECT_EQ(bulk(body).error().code, "not_a_list") << body;
    EXPECT_EQ(bulk("[{]").error().code, "invalid_json");
}

TEST(Api, ABadElementDoesNotSpoilItsNeighboursAndIsGivenBack) {
    const auto all = bulk(R"([{"name":"A"},7,{"name":["x"]},{"name":"B"}])");
    ASSERT_TRUE(all);
    ASSERT_EQ(all->rows.size(), 4U);
    EXPECT_TRUE(all->rows[0].draft);
    EXPECT_EQ(code_of(all->rows[1]), "wrong_type");
    EXPECT_EQ(all->rows[1].raw, "7");
    EXPECT_EQ(all->rows[2].raw, R"({"name":["x"]})");
    EXPECT_TRUE(all->rows[3].draft);
    EXPECT_EQ(all->rows[3].raw, "");
}

TEST(Api, LinesAreReadOneByOneAndABadLineRefusesItselfAlone) {
    const std::string body = "\xEF\xBB\xBF{\"name\":\"A\"}\r\n\n{\"name\":\n{\"name\":\"\xFF\"}\n[1]\n{\"name\":\"B\"}";
    for (const std::size_t chunk : {1, 5, 1000}) {
        const Streamed streamed = lines(body, chunk);
        ASSERT_TRUE(streamed.outcome);
        ASSERT_EQ(streamed.rows.size(), 5U);
        const std::vector<std::string> codes = {"", "invalid_json", "invalid_json", "wrong_type", ""};
        const std::vector<std::uint64_t> numbers = {1, 3, 4, 5, 6};
        for (std::size_t at = 0; at < codes.size(); ++at) {
            EXPECT_EQ(code_of(streamed.rows[at]), codes[at]) << at;
            EXPECT_EQ(streamed.rows[at].line, numbers[at]);
            EXPECT_EQ(streamed.rows[at].row, at);
        }
        EXPECT_EQ(streamed.rows[1].raw, "{\"name\":");
        EXPECT_EQ(streamed.rows[2].raw, "{\"name\":\"\xEF\xBF\xBD\"}");
        EXPECT_EQ(text_of(*streamed.rows[4].draft, Field::Name), "B");
        EXPECT_EQ(streamed.raw, body);
    }
}

TEST(Api, ALineAboveOneMebibyteIsRefusedAndPassedOver) {
    const std::string big = "{\"name\":\"" + std::string(kNdjsonLineBytesMax, 'x') + "\"}";
    for (const std::size_t chunk : {std::size_t{4'096}, big.size() * 2}) {
        const Streamed streamed = lines(big + "\n{\"name\":\"B\"}\n", chunk);
        ASSERT_EQ(streamed.rows.size(), 2U);
        EXPECT_EQ(code_of(streamed.rows[0]), "line_too_long");
        EXPECT_EQ(streamed.rows[0].raw.size(), kRawRowBytesMax);
        EXPECT_TRUE(streamed.rows[1].draft);
    }
}

TEST(Api, AnyChunkingOfLinesGivesTheSameRows) {
    EXPECT_TRUE(rc::check([] {
        std::string body;
        const auto line = rc::gen::element<std::string>("{\"name\":\"A\"}", "", "{", "[]", "\r", "{\"value\":5}");
        for (const auto& each : *rc::gen::container<std::vector<std::string>>(line)) body += each + "\n";
        const auto told = [](const Streamed& streamed) {
            std::string all;
            for (const ReadRow& row : streamed.rows) all += std::to_string(row.line) + code_of(row) + row.raw + ";";
            return all;
        };
        RC_ASSERT(told(lines(body)) == told(lines(body, *rc::gen::inRange<std::size_t>(1, 20))));
    }));
}

TEST(Api, OnlyLinesAreStreamed) {
    const auto reader = door("/bulk").stream(Knock{.content_type = "application/json"}.arrival(), [](ReadRow&&) { return true; });
    ASSERT_TRUE(reader);
    EXPECT_EQ(*reader, nullptr);
    EXPECT_EQ(door("/bulk").read(Knock{.content_type = "text/csv"}.arrival(), "a").error().reason, Reason::UnsupportedType);
}

} // namespace
} // namespace tributary

// Records of both CRMs, one a line, read as they come.
#include "door_reading.hpp"

using namespace door_reading;

namespace {

struct Lines {
    std::vector<std::string> codes; // of each row, in order
    std::vector<Draft> drafts;
    std::vector<std::uint64_t> lines;
};

Lines stream(const Door& door, std::string_view body, std::size_t piece_bytes, const ReadingRules* rules = nullptr) {
    Lines read;
    std::unique_ptr<RowReader> reader;
    { // what the arrival points to is gone while the body comes, but for the rules
        const std::string type = "application/x-ndjson; charset=utf-8";
        auto opened = door.stream(arrival(type, rules), [&](ReadRow&& row) {
            read.codes.push_back(row_code(row));
            read.lines.push_back(row.line);
            if (row.draft) read.drafts.push_back(std::move(*row.draft));
            return true;
        });
        EXPECT_TRUE(opened && *opened != nullptr);
        if (!opened || *opened == nullptr) return read;
        reader = std::move(*opened);
    }
    for (std::size_t at = 0; at < body.size(); at += piece_bytes) {
        const std::string piece(body.substr(at, piece_bytes));
        EXPECT_TRUE(reader->write(piece));
        EXPECT_EQ(reader->take_raw(), piece);
    }
    EXPECT_TRUE(reader->finish());
    return read;
}

const SourceSpec kHubspot = hubspot_source();
const SourceSpec kSalesforce = salesforce_source();

} // namespace

TEST(CrmStream, OnlyOneRecordALineIsStreamed) {
    for (const auto* each : {&door(kHubspot, "/hubspot/batch-sync"), &door(kSalesforce, "/salesforce/batch-sync")}) {
        const auto whole = each->stream(arrival("application/json"), nullptr);
        ASSERT_TRUE(whole);
        EXPECT_EQ(*whole, nullptr);
    }
    EXPECT_EQ(door(kHubspot, "/hubspot/sync").stream, nullptr);
}

TEST(CrmStream, HubspotRecordsComeOneALineInAnyPieces) {
    const std::string body = "{\"id\":\"1\",\"portalId\":5,\"properties\":{\"dealname\":\"A\",\"amount\":\"7.25\"}}\r\n"
                             "\n"
                             "{\"eventId\":1,\"objectId\":3,\"subscriptionType\":\"deal.creation\"}\n"
                             "42\n"
                             "{\"id\":\"2\",\"portalId\":6,\"properties\":{\"dealname\":\"B\"}}\n"
                             "{\"id\":\"3\" \"x\"}\n"
                             "{\"properties\":{\"dealname\":\"C\"}}\n"
                             "{\"objectId\":4,\"objectTypeId\":\"0-3\",\"portalId\":5,\"properties\":{\"dealname\":\"D\"}}";
    for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{7}, std::size_t{4'096}}) {
        const Lines read = stream(door(kHubspot, "/hubspot/batch-sync"), body, piece_bytes);
        EXPECT_EQ(read.codes,
                  (std::vector<std::string>{"ok", "thin_event", "not_an_object", "mixed_portals", "invalid_json", "missing_id", "ok"}));
        EXPECT_EQ(read.lines, (std::vector<std::uint64_t>{1, 3, 4, 5, 6, 7, 8}));
        ASSERT_EQ(read.drafts.size(), 2U);
        EXPECT_EQ(field(read.drafts[0], Field::Value), "7.25");
        EXPECT_EQ(read.drafts[1].external_ids[0].id, "4");
    }
}

TEST(CrmStream, OpportunitiesComeOneALine) {
    const ReadingRules rules{.stage_values = {{"Gate 5", Stage::Proposal}}};
    const Lines read = stream(door(kSalesforce, "/salesforce/batch-sync"),
                              "{\"Id\":\"006xx0000012345\",\"Name\":\"A\",\"StageName\":\"Gate 5\",\"Amount\":1.25E7}\n"
                              "{\"attributes\":{\"type\":\"Account\"},\"Id\":\"1\"}\n[]\n{\"Name\":\"no id\"}\n",
                              13, &rules);
    EXPECT_EQ(read.codes, (std::vector<std::string>{"ok", "not_an_opportunity", "not_an_object", "missing_id"}));
    EXPECT_EQ(field(read.drafts.at(0), Field::Stage), "proposal");
    EXPECT_EQ(field(read.drafts.at(0), Field::Value), "12500000");
}

TEST(CrmStream, ManyRecordsAreNotHeld) {
    std::size_t rows = 0;
    auto reader = door(kHubspot, "/hubspot/batch-sync").stream(arrival("application/x-ndjson"), [&](ReadRow&& row) {
        rows += row.draft ? 1 : 0;
        return true;
    });
    ASSERT_TRUE(reader && *reader);
    std::size_t held_max = 0;
    for (int at = 0; at < 20'000; ++at) {
        ASSERT_TRUE((*reader)->write("{\"id\":\"" + std::to_string(at) + "\",\"properties\":{\"dealname\":\"Deal\"}}\n"));
        EXPECT_EQ(rows, static_cast<std::size_t>(at) + 1) << "a line is given on as soon as it is whole";
        held_max = std::max(held_max, (*reader)->take_raw().size());
    }
    EXPECT_LT(held_max, 100U);
}

TEST(CrmStream, AStoppedReaderReadsNoFurther) {
    std::size_t rows = 0;
    auto reader =
        door(kSalesforce, "/salesforce/batch-sync").stream(arrival("application/x-ndjson"), [&](ReadRow&&) { return ++rows < 2; });
    ASSERT_TRUE((*reader)->write("{\"Id\":\"1\"}\n{\"Id\":\"2\"}\n{\"Id\":\"3\"}\n"));
    EXPECT_EQ(rows, 2U);
}

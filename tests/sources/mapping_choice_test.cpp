// Which mapping a file is read with, and that a stored file is read with the same one for ever.
#include "deal/json.hpp"
#include "sources/csv_door.hpp"
#include "sources/header_fingerprint.hpp"
#include "sources/workbook_builder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace tributary {
namespace {

using namespace testing;

// A workspace's mappings in memory.
struct Shelf {
    std::map<std::string, SavedMapping> kept;
    int asked = 0;

    std::shared_ptr<const MappingShelf> shelf() {
        return std::make_shared<const MappingShelf>(
            MappingShelf{.named =
                             [this](std::string_view name) {
                                 ++asked;
                                 const auto found = kept.find(std::string(name));
                                 return found == kept.end() ? std::nullopt : std::optional(found->second);
                             },
                         .of_header = [this](std::string_view fingerprint) -> std::optional<SavedMapping> {
                             ++asked;
                             for (const auto& [name, mapping] : kept) {
                                 if (mapping.fingerprint == fingerprint) return mapping;
                             }
                             return std::nullopt;
                         },
                         .keep = [this](SavedMapping mapping) -> Result<void> {
                             kept[mapping.name] = std::move(mapping);
                             return {};
                         }});
    }
};

struct ReadFile {
    Streamed streamed;
    Pairs asked;
};

ReadFile read_with(const std::shared_ptr<const MappingShelf>& shelf, std::string_view file, const Pairs& options) {
    ReadFile reading;
    const ReadingRules rules;
    const Arrival arrival{.content_type = "text/csv",
                          .query = options,
                          .referer = {},
                          .user_agent = {},
                          .received_at = kNow,
                          .rules = &rules,
                          .mappings = shelf};
    auto reader = door().stream(arrival, [&](ReadRow&& row) {
        reading.streamed.rows.push_back(std::move(row));
        return true;
    });
    if (!reader) {
        reading.streamed.outcome = std::unexpected(reader.error());
        return reading;
    }
    reading.streamed.outcome = feed(**reader, file, 64 * 1024, reading.streamed.raw);
    reading.streamed.understood = (*reader)->understood();
    reading.asked = (*reader)->asked();
    return reading;
}

std::string origin_of(const ReadFile& reading) {
    const auto understood = parse_json(reading.streamed.understood);
    if (!understood) return reading.streamed.outcome ? "no plan" : code_of(reading.streamed);
    std::string text;
    append_json(text, understood->at("mapping"));
    return text;
}

std::string name_of_first(const ReadFile& reading) {
    if (reading.streamed.rows.empty() || !reading.streamed.rows[0].draft) return "<none>";
    return text_of(*reading.streamed.rows[0].draft, Field::Name);
}

constexpr std::string_view kFile = "Angebot,Firma\nAlpha,Acme\n";
constexpr std::string_view kShuffled = "FIRMA,Angebot \nAcme,Alpha\n";
const std::string kMapping = R"({"fields":{"Angebot":"name","Firma":"company"}})";

TEST(MappingChoice, AMappingThatIsSavedIsUsedForTheSameColumnsInAnyOrder) {
    Shelf shelf;
    const auto first = read_with(shelf.shelf(), kFile, {{"mapping", kMapping}, {"save_mapping", "mine"}});
    EXPECT_EQ(origin_of(first), R"({"from":"request","saved_as":"mine"})");
    ASSERT_TRUE(shelf.kept.contains("mine"));
    EXPECT_EQ(shelf.kept["mine"].header, R"(["Angebot","Firma"])");
    EXPECT_EQ(shelf.kept["mine"].mapping, kMapping);
    const auto second = read_with(shelf.shelf(), kShuffled, {});
    EXPECT_EQ(origin_of(second), R"({"from":"saved","name":"mine","by":"header"})");
    EXPECT_EQ(name_of_first(second), "Alpha");
}

TEST(MappingChoice, WhatIsSentWinsAndNoneIsNone) {
    Shelf shelf;
    (void)read_with(shelf.shelf(), kFile, {{"mapping", kMapping}, {"save_mapping", "mine"}});
    const auto own = read_with(shelf.shelf(), kFile, {{"mapping", R"({"fields":{"Firma":"name"}})"}, {"saved_mapping", "mine"}});
    EXPECT_EQ(origin_of(own), R"({"from":"request"})");
    EXPECT_EQ(name_of_first(own), "Acme");
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), kFile, {{"saved_mapping", "none"}})), "missing_name_column");
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), kFile, {{"saved_mapping", "mine"}})), R"({"from":"saved","name":"mine","by":"name"})");
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), kFile, {{"saved_mapping", "yours"}})), "unknown_mapping");
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), "Deal Name\nX\n", {})), R"({"from":"headers"})");
}

TEST(MappingChoice, AMappingChosenByNameFindsTheHeaderBelowAReportsTitle) {
    Shelf shelf;
    shelf.kept["mine"] = {.name = "mine", .fingerprint = "other", .header = "[]", .mapping = kMapping, .actor = {}};
    const auto read = read_with(shelf.shelf(), "Bericht,vom\nfuer,Kim\nAngebot,Firma\nAlpha,Acme\n", {{"saved_mapping", "mine"}});
    EXPECT_EQ(name_of_first(read), "Alpha");
}

TEST(MappingChoice, AStoredFileIsReadAsItWasWhateverBecameOfTheSavedMapping) {
    Shelf shelf;
    (void)read_with(shelf.shelf(), kFile, {{"mapping", kMapping}, {"save_mapping", "mine"}});
    for (const Pairs& options : {Pairs{}, Pairs{{"saved_mapping", "mine"}}, Pairs{{"mapping", kMapping}, {"save_mapping", "again"}}}) {
        const auto first = read_with(shelf.shelf(), kFile, options);
        const auto kept = shelf.kept;
        shelf.kept["mine"].mapping = R"({"fields":{"Firma":"name"}})";
        shelf.kept.erase("again");
        for (const auto& source : {shelf.shelf(), std::shared_ptr<const MappingShelf>()}) {
            const auto later = read_with(source, kFile, first.asked);
            EXPECT_EQ(name_of_first(later), "Alpha");
            EXPECT_EQ(later.asked, first.asked);
        }
        EXPECT_FALSE(shelf.kept.contains("again")); // saved once, with the upload
        shelf.kept = kept;
    }
    const auto bare = read_with(shelf.shelf(), "Deal Name,Firma\nX,Y\n", {});
    shelf.kept["late"] = {.name = "late",
                          .fingerprint = header_fingerprint(std::vector<std::string>{"Deal Name", "Firma"}),
                          .header = "[]",
                          .mapping = R"({"fields":{"Firma":"name","Deal Name":null}})",
                          .actor = {}};
    EXPECT_EQ(name_of_first(read_with(shelf.shelf(), "Deal Name,Firma\nX,Y\n", bare.asked)), "X");
}

TEST(MappingChoice, ASavedMappingThatDoesNotFitSaysWhoseItIs) {
    Shelf shelf;
    shelf.kept["mine"] = {.name = "mine", .fingerprint = {}, .header = "[]", .mapping = R"({"fields":{"Nirgends":"name"}})", .actor = {}};
    const auto read = read_with(shelf.shelf(), kFile, {{"saved_mapping", "mine"}});
    EXPECT_EQ(code_of(read.streamed), "unknown_header");
    EXPECT_NE(read.streamed.outcome.error().message.find("saved mapping \"mine\""), std::string::npos);
}

TEST(MappingChoice, WhereNothingIsKeptNothingIsAskedAndNothingSaved) {
    EXPECT_EQ(origin_of(read_with(nullptr, "Deal Name\nX\n", {{"mapping", "{}"}, {"save_mapping", "mine"}})), R"({"from":"request"})");
    EXPECT_EQ(origin_of(read_with(nullptr, "Deal Name\nX\n", {{"saved_mapping", "mine"}})), "unknown_mapping");
    Shelf shelf;
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), "Deal Name\nX\n", {{"save_mapping", "mine"}})), "invalid_option");
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), "Deal Name\nX\n", {{"mapping", kMapping}, {"save_mapping", "mine"}})), "unknown_header");
    EXPECT_TRUE(shelf.kept.empty()); // one that does not fit is not saved
    EXPECT_EQ(origin_of(read_with(shelf.shelf(), "Deal Name\nX\n", {{"mapping_used", "[]"}})), "invalid_option");
}

TEST(HeaderFingerprint, IsTheSameWhateverTheOrderCaseAndPunctuation) {
    const auto of = [](std::vector<std::string> header) { return header_fingerprint(header); };
    const std::string one = of({"Deal Name", "GRÖSSE", "#"});
    EXPECT_EQ(one.size(), 64U);
    EXPECT_EQ(of({" # ", "größe", "deal_name", "", " "}), of({"#", "GRÖSSE", "Deal Name"}));
    EXPECT_NE(one, of({"Deal Name", "GRÖSSE"}));
    EXPECT_NE(one, of({"Deal Name", "GRÖSSE", "%"}));
    EXPECT_NE(of({"a", "a"}), of({"a"}));
    EXPECT_NE(of({"ab", "c"}), of({"a", "bc"}));
    EXPECT_EQ(of({"Deal Name", "_line", "_code", "_error"}), of({"Deal Name"}));
    EXPECT_NE(of({"Deal Name", "_line"}), of({"Deal Name"})); // alone it is a customer's column
    EXPECT_EQ(of({"", " "}), "");
    EXPECT_TRUE(rc::check("any order of any cells", [] {
        auto header = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>("a", "b", "Deal Name", "#", "", "x y"));
        auto other = header;
        std::ranges::reverse(other);
        RC_ASSERT(header_fingerprint(header) == header_fingerprint(other));
    }));
}

TEST(MappingChoice, AWorkbookUsesTheMappingOfAFileWithTheSameColumns) {
    Shelf shelf;
    (void)read_with(shelf.shelf(), kFile, {{"mapping", kMapping}, {"save_mapping", "mine"}});
    Workbook book;
    book.sheets = {{.name = "Deals", .rows = row_of({"Firma", "ANGEBOT"}) + row_of({"Acme", "Alpha"})}};
    const auto read = read_with(shelf.shelf(), book.bytes(), {});
    EXPECT_EQ(origin_of(read), R"({"from":"saved","name":"mine","by":"header"})");
    EXPECT_EQ(name_of_first(read), "Alpha");
}

} // namespace
} // namespace tributary

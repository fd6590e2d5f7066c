// Step 1, and the normal forms that matching rests on.
#include "pipeline/pipeline.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000;

Draft draft_of(std::initializer_list<std::pair<Field, std::string>> fields, Source source = Source::Api) {
    Draft draft;
    draft.source = source;
    for (const auto& [field, text] : fields) draft[field] = text;
    return draft;
}

std::string code_of(const Result<Candidate>& result) { return result ? "" : result.error().details.front().code; }

TEST(Normalise, ADealNeedsAName) {
    EXPECT_EQ(code_of(normalise(draft_of({{Field::Company, "Acme"}}), {}, kNow)), "missing_field");
    EXPECT_EQ(code_of(normalise(draft_of({{Field::Name, " \t"}}), {}, kNow)), "missing_field");
    Draft known = draft_of({{Field::Value, "5"}});
    known.external_ids.push_back({"api", "ext-1"});
    EXPECT_TRUE(normalise(known, {}, kNow)) << "an update by external id need not repeat the name";
}

TEST(Normalise, EveryProblemIsNamedAtOnce) {
    const auto result = normalise(draft_of({{Field::Name, "A"}, {Field::Value, "lots"}, {Field::Stage, "maybe"}, {Field::Probability, "101"}}), {}, kNow);
    ASSERT_FALSE(result);
    std::vector<std::string> fields;
    for (const auto& problem : result.error().details) fields.push_back(problem.field);
    std::ranges::sort(fields);
    EXPECT_EQ(fields, (std::vector<std::string>{"probability", "stage", "value"}));
}

TEST(Normalise, JsonDoorsAreStrictAndFilesAreReadAsPeopleWrite) {
    Draft draft = draft_of({{Field::Name, "A"}, {Field::Value, "1,200.50"}, {Field::Probability, "60 %"}});
    EXPECT_FALSE(normalise(draft, {}, kNow));
    draft.reading = Reading::Written;
    const auto read = normalise(draft, {}, kNow);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->values.value_minor, 120'050);
    EXPECT_EQ(read->values.probability, 6'000);
}

TEST(Normalise, AStageIsMatchedThroughTheWorkspacesValueMap) {
    Settings settings;
    settings.stage_values = {{"Engaging", Stage::Qualification}};
    EXPECT_EQ(normalise(draft_of({{Field::Name, "A"}, {Field::Stage, "ENGAGING"}}), settings, kNow)->values.stage, Stage::Qualification);
    EXPECT_EQ(normalise(draft_of({{Field::Name, "A"}, {Field::Stage, "Closed Won"}}), settings, kNow)->values.stage, Stage::ClosedWon);
    EXPECT_EQ(code_of(normalise(draft_of({{Field::Name, "A"}, {Field::Stage, "Won?"}}), settings, kNow)), "unknown_stage");
}

TEST(Normalise, ABadAddressIsAnErrorWhereSomebodyCanMendItAndAWarningElsewhere) {
    EXPECT_EQ(code_of(normalise(draft_of({{Field::Name, "A"}, {Field::ContactEmail, "nobody"}}, Source::Manual), {}, kNow)), "invalid_email");
    const auto from_file = normalise(draft_of({{Field::Name, "A"}, {Field::ContactEmail, "nobody"}}, Source::Csv), {}, kNow);
    ASSERT_TRUE(from_file);
    EXPECT_EQ(from_file->warnings.front().code, "invalid_email");
    EXPECT_TRUE(from_file->lead_email.empty());
}

TEST(Normalise, TheFutureIsCutToNow) {
    Draft draft = draft_of({{Field::Name, "A"}, {Field::CreatedAt, "2999-01-01"}});
    draft.event_time_ms = kNow + 5'000'000;
    const auto read = normalise(draft, {}, kNow);
    EXPECT_EQ(read->values.created_at, kNow);
    EXPECT_EQ(read->event_time_ms, kNow);
}

TEST(NormalCompany, LegalSuffixesAreCut) {
    for (const auto* text : {"Acme", "ACME, Inc.", "Acme Inc", "acme GmbH", "Acme GmbH & Co. KG", "Acme Co., Ltd.", "ACME S.A.", "Acme  Corporation", "Ａｃｍｅ"}) {
        EXPECT_EQ(normal_company(text), "acme") << text;
    }
    EXPECT_EQ(normal_company("AG"), "ag") << "a name that is only a suffix stays";
    EXPECT_NE(normal_company("Müller GmbH"), normal_company("Muller GmbH"));
    EXPECT_EQ(normal_company("MÜLLER GmbH"), normal_company("müller gmbh"));
}

TEST(NormalName, IsStableUnderItself) {
    EXPECT_TRUE(rc::check("normal(normal(x)) = normal(x)", [] {
        const auto text = *rc::gen::string<std::string>();
        const std::string once = normal_name(text);
        RC_ASSERT(normal_name(once) == once || once.empty());
    }));
}

TEST(NormalName, PunctuationAloneIsStillAName) {
    EXPECT_NE(normal_name("???"), normal_name("!!!"));
    EXPECT_NE(normal_name("\xF0\x9F\x9A\x80"), normal_name("\xF0\x9F\x8D\x95")) << "a rocket is not a pizza";
}

TEST(MatchKey, WithoutACompanyOnlyTheSameSourceMatches) {
    EXPECT_EQ(match_key("a", "", Source::Email), match_key("a", "", Source::Email));
    EXPECT_NE(match_key("a", "", Source::Email), match_key("a", "", Source::Csv));
    EXPECT_EQ(match_key("a", "acme", Source::Email), match_key("a", "acme", Source::Csv));
    EXPECT_NE(match_key("a", "bacme", Source::Email), match_key("ab", "acme", Source::Email));
}

} // namespace
} // namespace tributary

// Source precedence as a setting, and who has set a field last.
#include "deal/field_origin.hpp"
#include "deal/json.hpp"
#include "deal/settings.hpp"

#include <gtest/gtest.h>

namespace tributary {
namespace {

Precedence precedence_of(std::string_view json) { return parse_precedence(parse_json(json).value()).value(); }

std::string refusal_of(std::string_view json) {
    const auto precedence = parse_precedence(parse_json(json).value());
    if (precedence) return "accepted";
    return precedence.error().code + ":" + precedence.error().details.front().field;
}

TEST(Precedence, TheFirstTierRanksAboveTheNextAndAllAboveTheRest) {
    const Precedence precedence = precedence_of(R"([["manual"],["salesforce","hubspot"],"csv"])");
    EXPECT_GT(precedence.rank(Source::Manual), precedence.rank(Source::Salesforce));
    EXPECT_EQ(precedence.rank(Source::Salesforce), precedence.rank(Source::Hubspot));
    EXPECT_GT(precedence.rank(Source::Hubspot), precedence.rank(Source::Csv));
    EXPECT_GT(precedence.rank(Source::Csv), precedence.rank(Source::Api));
    EXPECT_EQ(precedence.rank(Source::Api), precedence.rank(std::nullopt));
    EXPECT_TRUE(precedence_of("[]").empty());
}

TEST(Precedence, WrittenOutItReadsBack) {
    std::string text;
    append_precedence(text, precedence_of(R"(["manual",["salesforce","hubspot"],"csv"])"));
    EXPECT_EQ(text, R"([["manual"],["hubspot","salesforce"],["csv"]])");
    EXPECT_EQ(precedence_of(text), precedence_of(R"([["manual"],["salesforce","hubspot"],"csv"])"));
    const auto settings = parse_settings(R"({"source_precedence":["manual"]})");
    EXPECT_EQ(parse_settings(settings_json(settings.value())).value().precedence, settings->precedence);
}

TEST(Precedence, RefusesWhatIsNoListOfTiers) {
    for (const char* json : {"5", "{}", R"("manual")", "[[]]", R"(["paper"])", R"([["system"]])", R"([5])", R"([["manual"],["manual"]])",
                             R"([["csv","csv"]])", R"(["a","b","c","d","e","f","g","h"])"})
        EXPECT_EQ(refusal_of(json), "invalid_setting:source_precedence") << json;
}

TEST(FieldOrigin, IsTheSourceOfTheDealUntilAnotherSetsTheField) {
    Deal deal;
    deal.source = Source::Csv;
    deal.owner = "Kim";
    EXPECT_EQ(origin_of(deal, Field::Owner), Source::Csv);
    EXPECT_EQ(origin_of(deal, Field::Company), std::nullopt) << "nobody has said it";
    set_origin(deal, Field::Owner, Source::Salesforce);
    EXPECT_EQ(origin_of(deal, Field::Owner), Source::Salesforce);
    set_origin(deal, Field::Owner, Source::Csv);
    EXPECT_EQ(origin_of(deal, Field::Owner), Source::Csv);
}

TEST(FieldOrigin, OfADefaultOrAnEstimateIsNobody) {
    Deal deal;
    deal.value_minor = 500;
    deal.field_times = {{Field::Stage, 0}};
    EXPECT_EQ(origin_of(deal, Field::Stage), std::nullopt);
    EXPECT_EQ(origin_of(deal, Field::Value), Source::Manual);
    deal.value_estimated = true;
    EXPECT_EQ(origin_of(deal, Field::Currency), std::nullopt);
}

TEST(FieldOrigin, OfWhatAPersonEmptiedIsThePerson) {
    Deal deal;
    deal.source = Source::Manual;
    set_origin(deal, Field::Owner, Source::Manual);
    EXPECT_EQ(origin_of(deal, Field::Owner), Source::Manual);
}

TEST(FieldOrigin, MoneyAndStageAreSaidByOne) {
    Deal deal;
    deal.value_minor = 100;
    set_origin(deal, Field::Currency, Source::Api);
    EXPECT_EQ(origin_of(deal, Field::Value), Source::Api);
    set_origin(deal, Field::ClosedAt, Source::Hubspot);
    EXPECT_EQ(origin_of(deal, Field::Stage), Source::Hubspot);
}

TEST(FieldOrigin, AloneDiffersOnlyWhereEveryValueIsTheSame) {
    Deal left;
    left.owner = "Kim";
    left.value_minor = 100;
    Deal right = left;
    EXPECT_FALSE(differs_in_origin_alone(left, right, Field::Owner));
    set_origin(right, Field::Owner, Source::Api);
    set_origin(right, Field::Value, Source::Api);
    EXPECT_TRUE(differs_in_origin_alone(left, right, Field::Owner));
    EXPECT_TRUE(differs_in_origin_alone(left, right, Field::Value));
    EXPECT_FALSE(differs_in_origin_alone(left, right, Field::Currency)) << "the amount stands for it";
    right.value_minor = 200;
    EXPECT_FALSE(differs_in_origin_alone(left, right, Field::Value));
}

} // namespace
} // namespace tributary

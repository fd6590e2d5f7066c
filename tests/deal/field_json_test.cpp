// What a journal row says of a field can be read back exactly.
#include "deal/field_json.hpp"
#include "deal/json.hpp"
#include "deal/show.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

std::string any_text() { return *rc::gen::element<std::string>("", "Acme", "a \"quote\"", "Grüße\n", "null", "0"); }

Deal any_deal() {
    Deal deal;
    deal.currency = *parse_currency(*rc::gen::element<std::string>("EUR", "JPY", "KWD", "USD"));
    deal.name = "n" + any_text();
    deal.company = any_text();
    deal.value_minor = *rc::gen::inRange<std::int64_t>(0, kMoneyMajorMax);
    deal.stage = static_cast<Stage>(*rc::gen::inRange(0, 6));
    deal.probability = *rc::gen::inRange(0, kProbabilityMax + 1);
    if (*rc::gen::arbitrary<bool>()) deal.expected_close_date = Date{*rc::gen::inRange(0, 40'000)};
    deal.contact_name = any_text();
    deal.contact_email = any_text();
    deal.contact_phone = any_text();
    deal.description = any_text();
    deal.owner = any_text();
    deal.lost_reason = any_text();
    deal.created_at = *rc::gen::inRange<std::int64_t>(0, 1'900'000'000'000);
    deal.stage_entered_at = *rc::gen::inRange<std::int64_t>(0, 1'900'000'000'000);
    deal.closed_at = *rc::gen::element<std::int64_t>(0, 1'790'000'000'123);
    deal.value_estimated = *rc::gen::arbitrary<bool>();
    return deal;
}

TEST(FieldJson, EveryFieldIsReadBackAsItWasWritten) {
    EXPECT_TRUE(rc::check("any deal", [] {
        const Deal deal = any_deal();
        Deal read;
        read.currency = deal.currency;
        for (const Field field : kFields) {
            std::string text;
            append_field_json(text, deal, field);
            const auto json = parse_json(text);
            RC_ASSERT(json.has_value());
            RC_ASSERT(take_field_json(read, field, *json));
            RC_ASSERT(same_field(read, deal, field));
        }
    }));
}

TEST(FieldJson, WhatIsNoneOfOursLeavesTheDealAsItWas) {
    Deal deal;
    deal.name = "A";
    EXPECT_FALSE(take_field_json(deal, Field::Name, boost::json::value(nullptr)));
    EXPECT_FALSE(take_field_json(deal, Field::Stage, boost::json::value("maybe")));
    EXPECT_FALSE(take_field_json(deal, Field::Value, boost::json::value("12")));
    EXPECT_FALSE(take_field_json(deal, Field::Probability, boost::json::value(1e9)));
    EXPECT_FALSE(take_field_json(deal, Field::Currency, boost::json::value("no money")));
    EXPECT_EQ(deal.name, "A");
    EXPECT_EQ(deal.probability, 5'000);
}

TEST(FieldJson, ExternalIdsAreReadBack) {
    const std::vector<ExternalId> ids{{"api", "x\"1"}, {"hubspot:1", "2"}};
    std::string text;
    append_external_ids(text, ids);
    EXPECT_EQ(external_ids_of_json(*parse_json(text)), ids);
    EXPECT_FALSE(external_ids_of_json(boost::json::value("x")));
}

} // namespace
} // namespace tributary

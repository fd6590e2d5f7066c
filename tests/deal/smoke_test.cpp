// A first look at every part of the room.
#include "deal/clock.hpp"
#include "deal/json.hpp"
#include "deal/settings.hpp"
#include "deal/show.hpp"

#include <gtest/gtest.h>

using namespace tributary;

TEST(Show, ADealIsOneJsonObjectThatReadsBack) {
    Deal deal;
    deal.id = new_id(SystemClock().now_ms());
    deal.name = "Acme \"rollout\"\n";
    deal.value_minor = 12'000'050;
    deal.expected_close_date = parse_date("1 June 2026").value();
    std::string out;
    append_deal(out, deal, {{"api", "x-1"}, {"csv", "2"}}, {"t", "w"});
    const auto read = parse_json(out);
    ASSERT_TRUE(read) << out << read.error().message;
    EXPECT_EQ(scalar_text(read->at("value")), "120000.5");
    EXPECT_EQ(scalar_text(read->at("name")), deal.name);
    EXPECT_EQ(scalar_text(read->at("id")), deal.id.text());
    EXPECT_EQ(scalar_text(read->at("expected_close_date")), "2026-06-01");
}

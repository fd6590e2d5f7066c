// Ids: their form, their order, their uniqueness.
#include "deal/id.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <thread>
#include <unordered_set>
#include <vector>

using namespace tributary;

namespace {
// Ids only grow within a process, so every test takes its own, later time.
constexpr std::int64_t kNow = 1'780'000'000'000;
TEST(Id, ANumberComesBackOutOfItsIdAndKeepsTheOrderOfTheirMaking) {
    EXPECT_TRUE(rc::check([] {
        const auto number = *rc::gen::inRange<std::int64_t>(0, kIdNumberMax + 1);
        const auto now = *rc::gen::inRange<std::int64_t>(0, kNow);
        const Id before = new_id(now);
        const Id id = numbered_id(now, number);
        RC_ASSERT(id_number(id) == number);
        RC_ASSERT(before < id);
        RC_ASSERT(id < new_id(now));
        RC_ASSERT(parse_id(id.text()) == id);
        RC_ASSERT(id.text()[14] == '7');
    }));
}

TEST(Id, NeighbouringNumbersDoNotLookAlike) {
    const std::string one = numbered_id(0, 1).text().substr(24);
    const std::string two = numbered_id(0, 2).text().substr(24);
    int different = 0;
    for (std::size_t at = 0; at < one.size(); ++at) different += one[at] != two[at];
    EXPECT_GT(different, 3);
}

} // namespace

TEST(Id, IsAVersion7UuidOfTheGivenMillisecond) {
    const Id id = new_id(kNow);
    const std::string text = id.text();
    ASSERT_EQ(text.size(), 36U);
    EXPECT_EQ(text[14], '7');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
    EXPECT_EQ(id_time_ms(id), kNow);
    EXPECT_FALSE(id.is_nil());
    EXPECT_TRUE(Id{}.is_nil());
}

TEST(Id, ReadsBackFromItsTextInEitherCase) {
    const Id id = new_id(kNow + 1);
    std::string text = id.text();
    EXPECT_EQ(parse_id(text), id);
    std::ranges::transform(text, text.begin(), [](char letter) { return static_cast<char>(std::toupper(letter)); });
    EXPECT_EQ(parse_id(text), id);
}

TEST(Id, RefusesEveryOtherForm) {
    const std::string text = new_id(kNow + 2).text();
    EXPECT_FALSE(parse_id(""));
    EXPECT_FALSE(parse_id(text + "0"));
    EXPECT_FALSE(parse_id(text.substr(1)));
    EXPECT_FALSE(parse_id("{" + text.substr(2) + "}"));
    for (std::size_t at = 0; at < text.size(); ++at) {
        std::string broken = text;
        broken[at] = 'g';
        EXPECT_FALSE(parse_id(broken)) << broken;
    }
    std::string moved_dash = text;
    std::swap(moved_dash[8], moved_dash[9]);
    EXPECT_FALSE(parse_id(moved_dash));
}

TEST(Id, AnyBytesRoundTripThroughText) {
    EXPECT_TRUE(rc::check([](const std::array<std::uint8_t, 16>& bytes) {
        const Id id{bytes};
        RC_ASSERT(parse_id(id.text()) == id);
    }));
}

TEST(Id, IsQuotedInJsonAndNullWhenThereIsNone) {
    const Id id = new_id(kNow);
    std::string out = "{\"id\":";
    append_id(out, id);
    out += ",\"none\":";
    append_id(out, {});
    EXPECT_EQ(out, "{\"id\":\"" + id.text() + "\",\"none\":null");
}

TEST(Id, OnlyGrowsWhenTheClockStandsStillOrStepsBack) {
    Id last = new_id(kNow + 10);
    EXPECT_TRUE(rc::check([&last] {
        const auto step = *rc::gen::inRange<std::int64_t>(-50, 3);
        for (int repeat = 0; repeat < 20; ++repeat) {
            const Id next = new_id(kNow + 10 + step);
            RC_ASSERT(last < next);
            RC_ASSERT(last.text() < next.text());
            last = next;
        }
    }));
}

TEST(Id, KeepsItsOrderWhenMoreAreMadeInOneMillisecondThanTheCounterHolds) {
    Id last = new_id(kNow + 100'000);
    for (int count = 0; count < 1'100'000; ++count) {
        const Id next = new_id(kNow + 100'000);
        ASSERT_LT(last, next);
        last = next;
    }
    EXPECT_EQ(id_time_ms(last), kNow + 100'001);
}

TEST(Id, IsUniqueAndGrowsInEveryThreadWhenManyMakeThem) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 20'000;
    std::vector<std::vector<Id>> made(kThreads);
    {
        std::vector<std::jthread> threads;
        for (std::vector<Id>& own : made) {
            threads.emplace_back([&own] {
                own.reserve(kEach);
                for (std::size_t count = 0; count < kEach; ++count) own.push_back(new_id(kNow + 200'000));
            });
        }
    }
    std::unordered_set<Id> all;
    for (const std::vector<Id>& own : made) {
        EXPECT_TRUE(std::ranges::is_sorted(own));
        all.insert(own.begin(), own.end());
    }
    EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(Id, TakesTimesOutsideItsRangeWithoutLosingItsForm) {
    const Id id = new_id(-5);
    EXPECT_EQ(id.text()[14], '7');
}

// What was taken lately is known, for as long and as much as the limits say.
#include "crm/event_memory.hpp"
#include "crm/replay_memory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace tributary;

TEST(ReplayMemory, ASignatureIsTakenOnceInTenMinutes) {
    ToldClock clock(1'000'000);
    ReplayMemory memory(clock);
    EXPECT_TRUE(memory.take("a"));
    EXPECT_FALSE(memory.take("a"));
    EXPECT_TRUE(memory.take("b"));
    clock.move_ms(kReplayKept_ms);
    EXPECT_FALSE(memory.take("a"));
    clock.move_ms(1);
    EXPECT_TRUE(memory.take("a"));
    EXPECT_EQ(memory.size(), 1U) << "what is old is gone";
}

TEST(ReplayMemory, WhatWasNotStoredMayComeAgain) {
    ToldClock clock(1'000'000);
    ReplayMemory memory(clock);
    EXPECT_TRUE(memory.take("a"));
    memory.give_back("a");
    EXPECT_TRUE(memory.take("a"));
    EXPECT_FALSE(memory.take("a"));
    clock.move_ms(kReplayKept_ms - 1);
    EXPECT_FALSE(memory.take("a"));
}

TEST(ReplayMemory, WhenItIsFullTheOldestGoAndNothingNewIsRefused) {
    ToldClock clock(1'000'000);
    ReplayMemory memory(clock, 100);
    for (int at = 0; at < 1'000; ++at) {
        EXPECT_TRUE(memory.take("s" + std::to_string(at)));
        EXPECT_LE(memory.size(), 100U);
    }
    EXPECT_FALSE(memory.take("s999"));
    EXPECT_FALSE(memory.take("s900"));
    EXPECT_TRUE(memory.take("s0"));
}

TEST(ReplayMemory, GivingBackForEverKeepsItBounded) {
    ToldClock clock(1'000'000);
    ReplayMemory memory(clock, 10);
    for (int at = 0; at < 10'000; ++at) {
        EXPECT_TRUE(memory.take("same"));
        memory.give_back("same");
    }
    EXPECT_EQ(memory.size(), 0U);
}

TEST(ReplayMemory, OfManyThreadsOneTakesASignature) {
    ToldClock clock(1'000'000);
    ReplayMemory memory(clock);
    std::atomic<int> taken = 0;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int at = 0; at < 2'000; ++at) taken += memory.take("s" + std::to_string(at)) ? 1 : 0;
        });
    }
    threads.clear();
    EXPECT_EQ(taken, 2'000);
}

TEST(EventMemory, AnEventIsKnownByAllItsParts) {
    ToldClock clock(1'000'000);
    EventMemory memory(clock);
    const EventKey key{.portal = 1, .subscription = 2, .event = 3, .object = 4, .occurred_at_ms = 5};
    EXPECT_TRUE(memory.take(key));
    EXPECT_FALSE(memory.take(key));
    for (int part = 0; part < 5; ++part) {
        EventKey other = key;
        if (part == 0) other.portal = 9;
        if (part == 1) other.subscription = 9;
        if (part == 2) other.event = 9;
        if (part == 3) other.object = 9;
        if (part == 4) other.occurred_at_ms = 9;
        EXPECT_TRUE(memory.take(other)) << part;
    }
    clock.move_ms(kEventKept_ms + 1);
    EXPECT_TRUE(memory.take(key));
}

TEST(EventMemory, ItNeverRefusesWhatItHasNotSeen) {
    EXPECT_TRUE(rc::check("new keys are new", [] {
        ToldClock clock(1'000'000);
        EventMemory memory(clock, 8);
        std::vector<std::uint64_t> seen;
        for (const auto event : *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 40))) {
            const bool is_new = memory.take({.portal = 1, .event = event});
            const bool was_seen = std::ranges::find(seen, event) != seen.end();
            if (!was_seen) RC_ASSERT(is_new);
            if (!seen.empty() && seen.back() == event) RC_ASSERT(!is_new);
            seen.push_back(event);
            RC_ASSERT(memory.size() <= 8U);
        }
    }));
}

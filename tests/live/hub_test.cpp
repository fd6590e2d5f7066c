// The hub: numbered frames without gaps, folded bursts, slow watchers dropped.
#include "live/hub.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace tributary {
namespace {

class Listener final : public Watcher {
  public:
    bool send(const std::shared_ptr<const std::string>& frame) override {
        const std::lock_guard lock(mutex_);
        if (deaf_) return false;
        frames_.push_back(frame);
        times_.push_back(std::chrono::steady_clock::now());
        return true;
    }
    void go_deaf() {
        const std::lock_guard lock(mutex_);
        deaf_ = true;
    }
    // Waits until so many frames are there, at most five seconds.
    std::vector<std::shared_ptr<const std::string>> wait_for(std::size_t count) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (frames_.size() >= count || std::chrono::steady_clock::now() > until) return frames_;
            }
            std::this_thread::yield();
        }
    }

    // When the frames came.
    std::vector<std::chrono::steady_clock::time_point> times() {
        const std::lock_guard lock(mutex_);
        return times_;
    }

  private:
    std::mutex mutex_;
    bool deaf_ = false;
    std::vector<std::chrono::steady_clock::time_point> times_;
    std::vector<std::shared_ptr<const std::string>> frames_;
};

std::vector<JournalEntry> rows_of(std::uint64_t from, std::uint64_t to) {
    std::vector<JournalEntry> rows;
    for (auto seq = from; seq <= to; ++seq) {
        JournalEntry entry;
        entry.seq = seq;
        entry.source = Source::Csv;
        entry.actor = "system";
        rows.push_back(entry);
    }
    return rows;
}


struct HubTest : ::testing::Test {
    std::atomic<int> frames_made{0};
    Hub hub{[this](std::string_view text) {
                ++frames_made;
                return std::make_shared<const std::string>(text);
            },
            [](std::int64_t) { return std::string("{}"); }, [](std::int64_t workspace) { return workspace == 10 ? std::string("[7]") : std::string(); }};
};

TEST_F(HubTest, AWatcherHearsOfItsWorkspaceOnly) {
    const auto mine = std::make_shared<Listener>();
    const auto other = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, mine, 0));
    ASSERT_TRUE(hub.watch(1, 11, other, 0));
    hub.publish(1, 10, rows_of(1, 2));
    const auto frames = mine->wait_for(1);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_TRUE(frames[0]->starts_with(R"({"type":"events","from":1,"to":2)")) << *frames[0];
    hub.publish(1, 11, rows_of(3, 3));
    const auto others = other->wait_for(1);
    ASSERT_EQ(others.size(), 1U);
    EXPECT_NE(others[0]->find(R"("to":3)"), std::string::npos);
    EXPECT_EQ(others[0]->find("\"seq\":1,"), std::string::npos) << "the other workspace's rows are not shown";
}

TEST_F(HubTest, RangesFollowEachOtherWithoutAGap) {
    const auto listener = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, listener, 0));
    hub.publish(1, 10, rows_of(1, 5));
    listener->wait_for(1);
    hub.publish(1, 10, rows_of(6, 7));
    const auto frames = listener->wait_for(2);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_NE(frames[1]->find(R"("from":6,"to":7)"), std::string::npos) << *frames[1];
}

TEST_F(HubTest, WhatStandsBesideTheRowsIsToldWithoutThemAndTakesNoNumber) {
    const auto listener = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, listener, 0));
    hub.note(1, 11); // of another workspace: nobody is there
    hub.note(1, 10);
    EXPECT_EQ(*listener->wait_for(1)[0], R"({"type":"state","metrics":{},"imports":[7]})");
    hub.publish(1, 10, rows_of(1, 2));
    const auto frames = listener->wait_for(2);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_TRUE(frames[1]->starts_with(R"({"type":"events","from":1,"to":2,)")) << *frames[1];
    EXPECT_TRUE(frames[1]->ends_with(R"("metrics":{},"imports":[7]})")) << *frames[1];
}

TEST_F(HubTest, ABurstIsFoldedIntoCounts) {
    const auto listener = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, listener, 0));
    hub.publish(1, 10, rows_of(1, 1));
    listener->wait_for(1);
    hub.publish(1, 10, rows_of(2, 5'001));
    const auto frames = listener->wait_for(2);
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_TRUE(frames[1]->starts_with(R"({"type":"burst","from":2,"to":5001,"counts":{"csv":{"created":5000}})")) << *frames[1];
}

TEST_F(HubTest, NoSecondHoldsMoreThanFourFramesHoweverMuchIsWritten) {
    const auto listener = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, listener, 0));
    std::uint64_t seq = 0;
    while (listener->times().size() < 6) {
        ++seq;
        hub.publish(1, 10, rows_of(seq, seq));
        std::this_thread::yield();
    }
    const auto times = listener->times();
    for (std::size_t at = 4; at < times.size(); ++at) EXPECT_GE(times[at] - times[at - 4], std::chrono::seconds(1));
}

TEST_F(HubTest, RowsThatComeOneByOneAreToldAtMostEightTimesASecond) {
    const auto listener = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, listener, 0));
    for (std::uint64_t seq = 1; seq <= 12; ++seq) {
        hub.publish(1, 10, rows_of(seq, seq));
        ASSERT_EQ(listener->wait_for(seq).size(), seq) << "each is told in a frame of its own";
    }
    const auto times = listener->times();
    for (std::size_t at = 8; at < times.size(); ++at) EXPECT_GE(times[at] - times[at - 8], std::chrono::seconds(1));
}

TEST_F(HubTest, OneFrameIsMadeForAllWatchers) {
    std::vector<std::shared_ptr<Listener>> listeners;
    for (int at = 0; at < 50; ++at) {
        listeners.push_back(std::make_shared<Listener>());
        ASSERT_TRUE(hub.watch(1, 10, listeners.back(), 0));
    }
    hub.publish(1, 10, rows_of(1, 1));
    for (const auto& listener : listeners) EXPECT_EQ(listener->wait_for(1).size(), 1U);
    EXPECT_EQ(frames_made.load(), 1);
}

TEST_F(HubTest, ASlowWatcherIsDroppedAndTheOthersGoOn) {
    const auto slow = std::make_shared<Listener>();
    const auto quick = std::make_shared<Listener>();
    ASSERT_TRUE(hub.watch(1, 10, slow, 0));
    ASSERT_TRUE(hub.watch(1, 10, quick, 0));
    slow->go_deaf();
    hub.publish(1, 10, rows_of(1, 1));
    EXPECT_EQ(quick->wait_for(1).size(), 1U);
    hub.publish(1, 10, rows_of(2, 2));
    EXPECT_EQ(quick->wait_for(2).size(), 2U);
    EXPECT_EQ(hub.watchers(), 1U);
    EXPECT_EQ(hub.dropped(), 1U);
}

TEST_F(HubTest, WhoLeftIsNotKeptAlive) {
    const auto stays = std::make_shared<Listener>();
    auto leaves = std::make_shared<Listener>();
    const std::weak_ptr<Listener> left = leaves;
    ASSERT_TRUE(hub.watch(1, 10, stays, 0));
    const auto id = hub.watch(1, 10, leaves, 0);
    ASSERT_TRUE(id);
    hub.publish(1, 10, rows_of(1, 1));
    EXPECT_EQ(leaves->wait_for(1).size(), 1U);
    EXPECT_EQ(stays->wait_for(1).size(), 1U);
    leaves.reset();
    hub.unwatch(1, 10, *id);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5); // the frame may still be on its way round
    while (!left.expired() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(left.expired());
    EXPECT_EQ(hub.watchers(), 1U);
}

TEST_F(HubTest, ANewcomerWhoMissedRowsIsSentToTheStoreFirst) {
    hub.publish(1, 10, rows_of(1, 9)); // nobody listened: nothing is held
    const auto listener = std::make_shared<Listener>();
    EXPECT_FALSE(hub.watch(1, 10, listener, 4));
    EXPECT_TRUE(hub.watch(1, 10, listener, 9));
    hub.publish(1, 10, rows_of(10, 10));
    const auto frames = listener->wait_for(1);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_NE(frames[0]->find(R"("from":10,"to":10)"), std::string::npos) << *frames[0];
}

} // namespace
} // namespace tributary

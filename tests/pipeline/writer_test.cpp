// The writer: group commit, one bad work spoils only itself, nothing half done.
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>

namespace tributary::testing {
namespace {

struct WriterTest : ::testing::Test {
    Workshop shop;
    Hub hub{[](std::string_view text) { return std::make_shared<const std::string>(text); }, [](std::int64_t) { return std::string(); }};
    Writer writer{*shop.store, shop.ranks, hub, shop.clock, [](const TenantScope&) {}, [](std::string_view) {}};

    // A work that makes one deal, and the promise of its end.
    std::future<bool> submit(std::string name, bool broken = false) {
        auto ended = std::make_shared<std::promise<bool>>();
        auto future = ended->get_future();
        const auto work = [name, broken](Turn& turn) {
            turn.told.clear();
            Unit unit;
            unit.id = new_id(turn.now_ms);
            unit.actor = "key:test";
            IncomingRow row;
            row.candidate = normalise(deal_draft(name, "Acme"), turn.settings, turn.now_ms);
            Plan plan = ingest(turn.ledger, turn.ranks, {.unit = &unit, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr}, std::span(&row, 1));
            turn.told = std::move(plan.journal);
            if (broken) throw std::runtime_error("broken on purpose");
        };
        EXPECT_TRUE(writer.submit(shop.scope, Writer::Lane::Single, work, [ended](bool committed) { ended->set_value(committed); }));
        return future;
    }
};

TEST_F(WriterTest, OneBrokenWorkSpoilsOnlyItself) {
    std::vector<std::future<bool>> ends;
    for (int at = 0; at < 40; ++at) ends.push_back(submit("Deal " + std::to_string(at), at == 20));
    for (std::size_t at = 0; at < ends.size(); ++at) EXPECT_EQ(ends[at].get(), at != 20) << at;
    writer.stop();
    EXPECT_EQ(shop.journal().size(), 39U);
    EXPECT_EQ(shop.journal().back().seq, 39U) << "a rolled-back work leaves no gap";
    EXPECT_EQ(shop.ranks.of(shop.scope)->published()->active, 39U);
    EXPECT_EQ(load_ranks(*shop.store, shop.scope)->totals().active, 39U);
}

TEST_F(WriterTest, ManyWorksShareACommit) {
    std::vector<std::future<bool>> ends;
    for (int at = 0; at < 500; ++at) ends.push_back(submit("Deal " + std::to_string(at)));
    for (auto& end : ends) EXPECT_TRUE(end.get());
    EXPECT_LT(writer.commits(), 500U);
}

TEST_F(WriterTest, ADealThatIsAlwaysAloneIsWrittenByWhoeverBringsIt) {
    const auto thread_of = [&](bool broken) {
        std::thread::id ran;
        auto ended = std::make_shared<std::promise<bool>>();
        auto end = ended->get_future();
        const auto work = [&](Turn& turn) {
            turn.told.clear();
            ran = std::this_thread::get_id();
            if (broken) throw std::runtime_error("broken on purpose");
        };
        EXPECT_TRUE(writer.submit(shop.scope, Writer::Lane::Single, work, [ended](bool committed) { ended->set_value(committed); }));
        EXPECT_EQ(end.get(), !broken);
        return ran;
    };
    // The writer's thread may still be busy with an answer when the next deal comes, so how many it takes is left open.
    bool here = false;
    for (int at = 0; at < 20'000 && !here; ++at) here = thread_of(false) == std::this_thread::get_id();
    EXPECT_TRUE(here);
    (void)thread_of(true);
    EXPECT_NE(thread_of(false), std::this_thread::get_id()) << "after a failure the writer's own thread goes first";
    std::vector<std::future<bool>> ends;
    for (int at = 0; at < 50; ++at) ends.push_back(submit("Deal " + std::to_string(at)));
    for (auto& end : ends) EXPECT_TRUE(end.get());
    EXPECT_EQ(shop.journal().size(), 50U);
}

TEST_F(WriterTest, SeveralThreadsThatAreSometimesAloneLoseNothing) {
    std::vector<std::thread> threads;
    std::atomic<int> committed{0};
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&, thread] {
            for (int at = 0; at < 60; ++at) committed += submit(std::to_string(thread) + "-" + std::to_string(at)).get();
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(committed, 180);
    EXPECT_EQ(shop.journal().size(), 180U);
}

TEST_F(WriterTest, StoppingFinishesWhatWasAccepted) {
    std::vector<std::future<bool>> ends;
    for (int at = 0; at < 100; ++at) ends.push_back(submit("Deal " + std::to_string(at)));
    writer.stop();
    for (auto& end : ends) EXPECT_TRUE(end.get());
    EXPECT_EQ(shop.journal().size(), 100U);
    EXPECT_FALSE(writer.submit(shop.scope, Writer::Lane::Single, [](Turn&) {}, [](bool) {}));
}

} // namespace
} // namespace tributary::testing

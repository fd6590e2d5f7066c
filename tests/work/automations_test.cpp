// Automations: a logged activity when a deal crosses into high risk, once per crossing, also across restarts.
#include "pipeline/workshop.hpp"
#include "work/automations.hpp"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace tributary::testing {
namespace {

struct AutomationsTest : ::testing::Test {
    Workshop shop;
    Hub hub{[](std::string_view text) { return std::make_shared<const std::string>(text); }, [](std::int64_t) { return std::string(); }};
    Writer writer{*shop.store, shop.ranks, hub, shop.clock, [](const TenantScope&) {}, [](std::string_view why) { ADD_FAILURE() << why; }};

    static Draft risky(int which, int probability) {
        Draft draft = deal_draft("Deal " + std::to_string(which), "Acme");
        draft[Field::Probability] = std::to_string(probability);
        draft[Field::ExpectedCloseDate] = "2020-01-01";
        draft[Field::StageEnteredAt] = "2020-01-01";
        return draft;
    }

    std::ptrdiff_t fired() {
        const auto rows = shop.journal();
        return std::ranges::count(rows, Happening::Automation, &JournalEntry::happening);
    }

    void run_once() {
        Automations automations(*shop.store, writer, shop.clock, [](std::string_view why) { ADD_FAILURE() << why; });
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!automations.idle() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
        EXPECT_TRUE(automations.idle());
        automations.stop();
    }
};

TEST_F(AutomationsTest, FireOncePerCrossingAndAgainAfterARecovery) {
    shop.send({risky(1, 5), deal_draft("Healthy", "Acme")});
    run_once();
    EXPECT_EQ(fired(), 1);
    run_once();
    EXPECT_EQ(fired(), 1) << "a restart does not fire again";
    shop.send({risky(1, 6)}); // changed, still high
    run_once();
    EXPECT_EQ(fired(), 1);
    Draft recovered = risky(1, 95);
    recovered[Field::ExpectedCloseDate] = "2030-01-01";
    recovered[Field::StageEnteredAt] = instant_text(shop.clock.now_ms());
    shop.clock.move_ms(1'000);
    shop.send({recovered});
    shop.clock.move_ms(1'000);
    shop.send({risky(1, 5)});
    run_once();
    EXPECT_EQ(fired(), 2) << "a second crossing is a second alert";
}

TEST_F(AutomationsTest, WhatWasDueBeforeACrashFiresAtTheNextStart) {
    std::vector<Draft> drafts;
    for (int at = 0; at < 600; ++at) drafts.push_back(risky(at, 5));
    shop.send(drafts); // committed, and nobody was there to follow
    run_once();
    const auto rows = shop.journal();
    ASSERT_EQ(rows.size(), 500U) << "a page of the journal";
    std::uint64_t last = 0;
    shop.store->read(shop.scope, [&](LedgerReader& ledger) { last = ledger.last_seq(); });
    EXPECT_EQ(last, 1'200U) << "one row for each deal and one for each alert";
}

} // namespace
} // namespace tributary::testing

// What any store must do with records of CRMs that are to be read again.
#include "store/fresh_store.hpp"

namespace tributary {
namespace {

Wanted a_record(const Id& connection, std::string record, std::int64_t due_at, bool slow = false) {
    return {.connection = connection, .record = std::move(record), .slow = slow, .due_at = due_at, .first_at = due_at};
}

std::vector<std::string> names(const std::vector<Wanted>& records) {
    std::vector<std::string> all;
    for (const Wanted& wanted : records) all.push_back(wanted.record);
    return all;
}

class StoreWanted : public StoreContract {
  protected:
    const Id connection_ = an_id();
    const TenantScope scope_ = store_.scope();

    void want(std::vector<Wanted> records) {
        store_.write(scope_, [&](Ledger& ledger) { ledger.want(records); });
    }
    std::vector<Wanted> due(std::int64_t now_ms, std::uint32_t limit = 100) {
        return store_.read(scope_, [&](LedgerReader& ledger) { return ledger.list_wanted(connection_, now_ms, limit); });
    }
};

TEST_P(StoreWanted, WhatIsDueComesOldestFirstAndStormsComeLast) {
    want({a_record(connection_, "storm", 1, true), a_record(connection_, "late", 30), a_record(connection_, "early", 10),
          a_record(connection_, "later", 90)});
    store_.reopen();
    EXPECT_EQ(names(due(50)), (std::vector<std::string>{"early", "late", "storm"}));
    EXPECT_EQ(names(due(50, 2)), (std::vector<std::string>{"early", "late"}));
    EXPECT_TRUE(store_.read(scope_, [&](LedgerReader& ledger) { return ledger.list_wanted(an_id(), 100, 10); }).empty());
    const auto figures = store_.read(scope_, [&](LedgerReader& ledger) { return ledger.wanted_figures(connection_); });
    EXPECT_EQ(figures.waiting, 4U);
    EXPECT_EQ(figures.oldest_at, 1);
}

TEST_P(StoreWanted, ManyEventsOfARecordAreOneReading) {
    want({a_record(connection_, "801", 20, true)});
    want({a_record(connection_, "801", 40), a_record(connection_, "801", 60)});
    const auto found = due(100);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().due_at, 20) << "the first event starts the clock, the others do not put it back";
    EXPECT_FALSE(found.front().slow);
    EXPECT_EQ(found.front().stamp, 3U);
}

TEST_P(StoreWanted, AnEventDuringAReadingIsNotLostWithItsEnd) {
    want({a_record(connection_, "801", 20), a_record(connection_, "802", 20)});
    const auto reading = due(100);
    want({a_record(connection_, "801", 50)});
    store_.write(scope_, [&](Ledger& ledger) { ledger.fulfil(reading); });
    EXPECT_EQ(names(due(100)), (std::vector<std::string>{"801"}));
}

TEST_P(StoreWanted, AReadingThatFailedIsDueLaterAndCounted) {
    want({a_record(connection_, "801", 20)});
    store_.write(scope_, [&](Ledger& ledger) { ledger.postpone(ledger.list_wanted(connection_, 100, 10), 500); });
    EXPECT_TRUE(due(100).empty());
    ASSERT_EQ(due(500).size(), 1U);
    EXPECT_EQ(due(500).front().attempts, 1U);
    EXPECT_EQ(due(500).front().first_at, 20);
}

TEST_P(StoreWanted, AConnectionsRecordsAreForgottenTogether) {
    const Id other = an_id();
    want({a_record(connection_, "801", 20), a_record(other, "801", 20)});
    store_.write(scope_, [&](Ledger& ledger) { ledger.forget_wanted(connection_); });
    EXPECT_TRUE(due(100).empty());
    EXPECT_EQ(store_.read(scope_, [&](LedgerReader& ledger) { return ledger.list_wanted(other, 100, 10); }).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreWanted, testing::Values(sqlite_kind()), [](const auto& kind) { return kind.param.name; });

} // namespace
} // namespace tributary

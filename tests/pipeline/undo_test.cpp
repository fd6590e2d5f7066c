// Undo on a real store: what a unit changed is taken back, what others have done since stays and is named.
#include "pipeline/undo_shop.hpp"

#include <gtest/gtest.h>

namespace tributary::testing {
namespace {

TEST_P(Undo, WhatAUnitMadeIsGoneAndTheSameFileAgainDoesTheSame) {
    Draft one = draft("A");
    one.external_ids = {{"csv", "1"}};
    one[Field::ContactEmail] = "a@acme.example";
    const Id unit = shop.import({one, draft("B")});
    const auto first = shop.picture();
    const UndoCounts seen = shop.preview(unit).counts;
    const Id undo = shop.undo(unit);
    EXPECT_TRUE(shop.deals().empty());
    EXPECT_TRUE(shop.leads().empty());
    EXPECT_EQ(shop.ranks.of(shop.scope)->totals().active, 0U);
    EXPECT_EQ(shop.counts(undo).removed, 2U);
    EXPECT_EQ(shop.counts(undo).leads_removed, 1U);
    EXPECT_EQ(seen.removed, 2U) << "the preview said so";
    EXPECT_EQ(seen.leads_removed, 1U);
    EXPECT_EQ(shop.unit(unit).state, UnitState::Undone);
    EXPECT_EQ(undone_by(shop.unit(unit)), undo);
    const Id again = shop.import({one, draft("B")});
    EXPECT_EQ(shop.unit(again).counts.created, 2U);
    EXPECT_EQ(shop.picture(), first);
    shop.store->check(true);
}

TEST_P(Undo, AChangedFieldGoesBackAndSoDoesItsTime) {
    Draft made = draft("A", "100");
    made.external_ids = {{"hubspot", "1"}};
    made.event_time_ms = shop.clock.now_ms() - 10'000;
    shop.import({made});
    const auto before = shop.picture();
    Draft update = made;
    update[Field::Value] = "250.50";
    update[Field::Stage] = "closed_won";
    update.metadata = R"({"campaign":"spring"})";
    update.event_time_ms = shop.clock.now_ms() - 5'000;
    const Id unit = shop.import({update});
    const auto after = shop.picture();
    const Id undo = shop.undo(unit);
    EXPECT_EQ(shop.picture(), before);
    EXPECT_EQ(shop.counts(undo).reverted, 1U);
    shop.import({update});
    EXPECT_EQ(shop.picture(), after) << "an event of the same time does again what it did";
    Draft old = made;
    old[Field::Value] = "1";
    old.event_time_ms = shop.clock.now_ms() - 20'000;
    shop.import({old});
    EXPECT_EQ(shop.picture(), after);
}

TEST_P(Undo, AnOlderEventDoesNotWinOverAValueThatWentBack) {
    Draft made = draft("A", "100");
    made.external_ids = {{"hubspot", "1"}};
    made.event_time_ms = shop.clock.now_ms() - 10'000;
    shop.import({made});
    Draft second = made;
    second[Field::Value] = "200";
    second.event_time_ms = shop.clock.now_ms() - 8'000;
    shop.import({second});
    Draft third = made;
    third[Field::Value] = "300";
    third.event_time_ms = shop.clock.now_ms() - 6'000;
    shop.undo(shop.import({third}));
    EXPECT_EQ(only().value_minor, 20'000);
    Draft between = made;
    between[Field::Value] = "150";
    between.event_time_ms = shop.clock.now_ms() - 9'000;
    shop.import({between});
    EXPECT_EQ(only().value_minor, 20'000);
}

TEST_P(Undo, AFieldEditedSinceIsKeptAndNamedAndItsNeighbourGoesBack) {
    shop.import({draft("A", "100")});
    Draft update = draft("A", "200");
    update[Field::Owner] = "Kim";
    const Id unit = shop.import({update});
    later();
    shop.edit(only().id, Field::Value, "300");
    const Id undo = shop.undo(unit);
    EXPECT_EQ(only().value_minor, 30'000);
    EXPECT_EQ(only().owner, "");
    EXPECT_EQ(shop.counts(undo).kept, 1U);
    EXPECT_EQ(shop.counts(undo).reverted, 1U);
    const auto rows = shop.outcomes(undo);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].code, "reverted");
    const auto kept = std::ranges::find(rows[0].problems, "kept", &FieldProblem::code);
    ASSERT_NE(kept, rows[0].problems.end());
    EXPECT_EQ(kept->field, "value");
    EXPECT_NE(kept->message.find("key:person"), std::string::npos);
    EXPECT_NE(kept->message.find("journal row 3"), std::string::npos) << kept->message;
}

TEST_P(Undo, ADealThatAPersonHasTouchedSinceStays) {
    const Id unit = shop.import({draft("A"), draft("B")});
    const auto deals = shop.deals();
    later();
    shop.edit(deals.front().id, Field::Owner, "Kim");
    const Id undo = shop.undo(unit);
    EXPECT_EQ(only().id, deals.front().id);
    EXPECT_EQ(shop.counts(undo).kept, 1U);
    EXPECT_EQ(shop.counts(undo).removed, 1U);
}

TEST_P(Undo, ADealSomebodyHasCalledAboutStays) {
    const Id unit = shop.import({draft("A")});
    const Id deal = only().id;
    later();
    shop.in_turn([&](Turn& turn) {
        Unit person;
        person.actor = "key:person";
        return engage(turn.ledger, turn.ranks, {.unit = &person, .now_ms = turn.now_ms, .settings = &turn.settings, .ledger = nullptr},
                      deal, {.type = "call", .note = "rang", .at = turn.now_ms})
            .has_value();
    });
    shop.undo(unit);
    EXPECT_EQ(only().id, deal);
}

TEST_P(Undo, WhatWasDeletedIsBackAndWhatWasRestoredIsGone) {
    Draft made = draft("A");
    made.external_ids = {{"hubspot", "1"}};
    shop.import({made});
    const auto before = shop.picture();
    later();
    Draft gone = made;
    gone.deleted = true;
    const Id deletion = shop.import({gone});
    EXPECT_TRUE(shop.deals().empty());
    const Id undo = shop.undo(deletion);
    EXPECT_EQ(shop.picture(), before);
    EXPECT_EQ(shop.counts(undo).restored, 1U);
    later();
    shop.import({gone});
    later();
    const Id restoring = shop.import({made});
    EXPECT_EQ(shop.picture(), before);
    shop.undo(restoring);
    EXPECT_TRUE(shop.deals().empty());
    shop.import({made});
    EXPECT_EQ(shop.picture(), before) << "the same again restores it again";
}

TEST_P(Undo, ExternalIdsThatWereLearnedAreForgotten) {
    shop.import({draft("A")});
    Draft named = draft("A");
    named.external_ids = {{"csv", "7"}};
    const Id unit = shop.import({named});
    EXPECT_EQ(only().external_ids.size(), 1U);
    shop.undo(unit);
    EXPECT_TRUE(only().external_ids.empty());
    Draft other = draft("Other");
    other.external_ids = {{"csv", "7"}};
    EXPECT_EQ(shop.unit(shop.import({other})).counts.created, 1U);
}

TEST_P(Undo, AnIdThatAnotherDealHasByNowIsBlocked) {
    Draft one = draft("A");
    one.external_ids = {{"csv", "7"}};
    const Id unit = shop.import({one});
    const Id undo = shop.undo(unit);
    Draft other = draft("Other");
    other.external_ids = {{"csv", "7"}};
    shop.import({other});
    const Id redo = shop.undo(undo);
    EXPECT_EQ(shop.counts(redo).blocked, 1U);
    EXPECT_EQ(shop.counts(redo).restored, 1U);
    EXPECT_EQ(shop.deals().size(), 2U);
    shop.store->check(true);
}

TEST_P(Undo, AnUndoIsUndoneByTheSameWayAndCanThenBeRepeated) {
    Draft made = draft("A");
    made.external_ids = {{"csv", "1"}};
    made[Field::ContactEmail] = "a@acme.example";
    shop.import({draft("B", "5")});
    Draft update = draft("B", "6");
    update[Field::ContactEmail] = "b@acme.example";
    const auto before = shop.picture();
    const Id unit = shop.import({made, update});
    const auto after = shop.picture();
    const Id undo = shop.undo(unit);
    EXPECT_EQ(shop.picture(), before);
    const Id redo = shop.undo(undo);
    EXPECT_EQ(shop.picture(), after);
    EXPECT_EQ(shop.unit(unit).state, UnitState::Done);
    EXPECT_EQ(shop.unit(undo).state, UnitState::Undone);
    EXPECT_TRUE(undone_by(shop.unit(unit)).is_nil());
    const Id third = shop.undo(redo);
    EXPECT_EQ(shop.picture(), before);
    EXPECT_EQ(shop.unit(unit).state, UnitState::Undone) << "the first undo is in force again";
    EXPECT_EQ(undone_by(shop.unit(unit)), undo);
    shop.undo(third);
    EXPECT_EQ(shop.unit(unit).state, UnitState::Done);
    EXPECT_EQ(shop.picture(), after);
    shop.store->check(true);
}

TEST_P(Undo, WhatIsUndoneOrRunningCannotBeUndone) {
    const Id unit = shop.import({draft("A")});
    shop.undo(unit);
    EXPECT_EQ(shop.begin(unit).error().code, "already_undone");
    EXPECT_EQ(shop.begin(shop.import({draft("B")}, UnitState::Running)).error().code, "import_running");
    const Id begun = shop.import({draft("C")});
    ASSERT_TRUE(shop.begin(begun));
    EXPECT_EQ(shop.begin(begun).error().code, "undo_running");
}

TEST_P(Undo, SeveralRowsOfOneDealGoBackToWhatItWasBefore) {
    shop.import({draft("A", "1")});
    Draft second = draft("A", "2");
    Draft third = draft("A", "3");
    third[Field::Owner] = "Kim";
    const Id undo = shop.undo(shop.import({second, third, draft("A", "4")}));
    EXPECT_EQ(only().value_minor, 100);
    EXPECT_EQ(only().owner, "");
    EXPECT_EQ(shop.outcomes(undo).size(), 1U);
}

TEST_P(Undo, AnUndoneLaterUnitDoesNotKeepWhatAnEarlierOneMade) {
    const Id first = shop.import({draft("A", "1")});
    const Id second = shop.import({draft("A", "2")});
    shop.undo(second);
    EXPECT_EQ(only().value_minor, 100);
    shop.undo(first);
    EXPECT_TRUE(shop.deals().empty());
}

TEST_P(Undo, ALeadThatAnotherDealHasStaysAndKeepsWhatTheOtherSaid) {
    Draft one = draft("A");
    one[Field::ContactEmail] = "a@acme.example";
    one[Field::ContactName] = "Ann Smith";
    const Id unit = shop.import({one});
    Draft two = draft("B");
    two[Field::ContactEmail] = "a@acme.example";
    two[Field::ContactName] = "Anna Smith";
    shop.import({two});
    shop.undo(unit);
    ASSERT_EQ(shop.leads().size(), 1U);
    EXPECT_EQ(shop.leads().front().first_name, "Anna");
    EXPECT_EQ(only().lead_id, shop.leads().front().id);
}

TEST_P(Undo, ADealFindsRoomBesideWhoHasItsNameByNow) {
    Draft first = draft("A");
    first.external_ids = {{"hubspot", "1"}};
    shop.import({first});
    Draft renamed = first;
    renamed[Field::Name] = "Z";
    const Id unit = shop.import({renamed});
    shop.import({draft("A", "9")});
    shop.undo(unit);
    EXPECT_EQ(shop.deals().size(), 2U);
    for (const Deal& deal : shop.deals()) EXPECT_EQ(deal.name, "A");
    shop.store->check(true);
}

TEST_P(Undo, ALongUndoGoesOnWhereItStopped) {
    std::vector<Draft> rows;
    for (int at = 0; at < 1'300; ++at) {
        rows.push_back(draft("Deal " + std::to_string(at % 1'200), std::to_string(at)));
        rows.back()[Field::ContactEmail] = "p" + std::to_string(at % 700) + "@acme.example";
    }
    const Id unit = shop.import(rows);
    const Id undo = shop.begin(unit).value();
    EXPECT_FALSE(shop.go_on(undo, 1));
    EXPECT_EQ(shop.unit(unit).state, UnitState::Undoing);
    EXPECT_FALSE(shop.go_on(undo, 1)) << "each time as if the program had been started again";
    EXPECT_FALSE(shop.go_on(undo, 1));
    EXPECT_TRUE(shop.go_on(undo, 100));
    EXPECT_EQ(shop.counts(undo).removed, 1'200U) << "nothing twice";
    EXPECT_EQ(shop.counts(undo).leads_removed, 700U);
    EXPECT_TRUE(shop.deals().empty());
    EXPECT_TRUE(shop.leads().empty());
    EXPECT_EQ(shop.unit(undo).counts.read, 1'200U);
    EXPECT_TRUE(shop.unit(undo).counts.balanced());
    EXPECT_EQ(shop.outcomes(undo).size(), 1'200U);
    shop.store->check(true);
}

TEST_P(Undo, NothingBecomesDue) {
    Draft safe = draft("A");
    safe[Field::Stage] = "proposal";
    shop.import({safe});
    const Id undo = shop.undo(shop.import({draft("B"), draft("A", "5")}));
    for (const JournalEntry& entry : shop.journal()) {
        if (entry.unit == undo) EXPECT_EQ(entry.due, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Leads, Undo, ::testing::Values(std::uint64_t{0}, kUndoAlongFrom),
                         [](const auto& info) { return info.index == 0 ? "GoWithTheirDeals" : "GoAfterTheirDeals"; });

} // namespace
} // namespace tributary::testing

// Records of a CRM come in versions, late and twice; what stands in the end is what the newest version says.
#include "pipeline/workshop.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr std::int64_t kVersionMs = 60'000;

Draft record(std::int64_t at, std::string stage, std::string value) {
    Draft draft = deal_draft("Fleet", "Acme", Source::Hubspot);
    draft[Field::Stage] = std::move(stage);
    draft[Field::Value] = std::move(value);
    draft.external_ids.push_back({"hubspot", "801"});
    draft.event_time_ms = at;
    draft.versioned = true;
    return draft;
}

Draft named(std::string id, std::string name, std::int64_t at) {
    Draft draft = deal_draft(std::move(name), "Acme", Source::Hubspot);
    draft.external_ids.push_back({"hubspot", std::move(id)});
    draft.event_time_ms = at;
    draft.versioned = true;
    return draft;
}

TEST(CrmVersions, AVersionBetweenDoesNotComeBackWhenAValueChangedAndChangedBack) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    const Id id = shop.send({record(first, "discovery", "100")}).deals.front().now.id;
    shop.send({record(first + 2 * kVersionMs, "discovery", "100")}); // the newest; nothing differs from the first
    const Plan late = shop.send({record(first + kVersionMs, "proposal", "200")});
    EXPECT_EQ(late.rows.front().action, RowAction::Unchanged);
    EXPECT_EQ(shop.read(id).stage, Stage::Discovery);
    EXPECT_EQ(shop.read(id).value_minor, 10'000);
}

TEST(CrmVersions, ANewerVersionThatSaysTheSameIsNotTold) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    const Id id = shop.send({record(first, "discovery", "100")}).deals.front().now.id;
    const Deal before = shop.read(id);
    const auto told = shop.journal().size();
    shop.clock.move_ms(kDay);
    EXPECT_EQ(shop.send({record(first + kVersionMs, "discovery", "100")}).counts.unchanged, 1U);
    EXPECT_EQ(shop.journal().size(), told);
    EXPECT_EQ(shop.read(id).updated_at, before.updated_at);
    EXPECT_EQ(shop.read(id).version, before.version);
    EXPECT_EQ(shop.read(id).base_time_ms, first + kVersionMs);
}

TEST(CrmVersions, AFieldThatTheRecordDoesNotNameKeepsItsOwnTime) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    Draft with_owner = record(first, "discovery", "100");
    with_owner[Field::Owner] = "ana@acme.example";
    const Id id = shop.send({with_owner}).deals.front().now.id;
    shop.send({record(first + 2 * kVersionMs, "discovery", "150")});
    Draft between = record(first + kVersionMs, "discovery", "120");
    between[Field::Owner] = "ben@acme.example";
    shop.send({between});
    EXPECT_EQ(shop.read(id).owner, "ben@acme.example");
    EXPECT_EQ(shop.read(id).value_minor, 15'000);
}

TEST(CrmVersions, AnyOrderOfTheVersionsOfARecordEndsWithTheNewest) {
    EXPECT_TRUE(rc::check([] {
        Workshop shop;
        const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
        static const std::vector<std::string> kStages = {"discovery", "proposal", "negotiation", "closed_won", "closed_lost"};
        const auto count = *rc::gen::inRange<std::size_t>(2, 7);
        std::vector<Draft> versions;
        for (std::size_t at = 0; at < count; ++at) {
            versions.push_back(record(first + static_cast<std::int64_t>(at) * kVersionMs,
                                      kStages[*rc::gen::inRange<std::size_t>(0, kStages.size())],
                                      std::to_string(*rc::gen::inRange(1, 4) * 100)));
        }
        const Draft newest = versions.back();
        std::vector<std::size_t> order = *rc::gen::container<std::vector<std::size_t>>(12, rc::gen::inRange<std::size_t>(0, count));
        for (std::size_t at = 0; at < count; ++at)
            order.insert(order.begin() + static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, order.size())), at);
        Id id;
        for (const std::size_t at : order) id = shop.send({versions[at]}).deals.front().now.id;
        const Deal deal = shop.read(id);
        RC_ASSERT(std::string(stage_key(deal.stage)) == *newest[Field::Stage]);
        RC_ASSERT(std::to_string(deal.value_minor / 100) == *newest[Field::Value]);
    }));
}

TEST(CrmDeletion, ARecordThatCameBackWithItsOldVersionIsBackHere) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    Draft there = record(first, "discovery", "100");
    there.read_at_ms = shop.clock.now_ms();
    const Id id = shop.send({there}).deals.front().now.id;
    shop.clock.move_ms(kVersionMs);
    Draft gone = there;
    gone.deleted = true;
    gone.read_at_ms = shop.clock.now_ms();
    shop.send({gone});
    EXPECT_NE(shop.read(id).deleted_at, 0);
    shop.clock.move_ms(kVersionMs);
    there.read_at_ms = shop.clock.now_ms(); // the same version
    shop.send({there});
    EXPECT_EQ(shop.read(id).deleted_at, 0);
}

TEST(CrmDeletion, WhatWasReadBeforeItWasDeletedDoesNotBringItBack) {
    Workshop shop;
    Draft there = record(shop.clock.now_ms() - 10 * kDay, "discovery", "100");
    there.read_at_ms = shop.clock.now_ms();
    const Id id = shop.send({there}).deals.front().now.id;
    Draft gone = there;
    shop.clock.move_ms(kVersionMs);
    gone.deleted = true;
    gone.read_at_ms = shop.clock.now_ms();
    shop.send({gone});
    shop.send({there});
    EXPECT_NE(shop.read(id).deleted_at, 0);
}

TEST(CrmMerge, TheDealsOfMergedRecordsBecomeOne) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    const Id one = shop.send({named("801", "Fleet", first)}).deals.front().now.id;
    const Id two = shop.send({named("802", "Fleet two", first)}).deals.front().now.id;
    Draft survivor = named("900", "Fleet", first + kVersionMs);
    survivor.merged_ids = {{"hubspot", "801"}, {"hubspot", "802"}};
    const Plan plan = shop.send({survivor});
    EXPECT_EQ(plan.deals[plan.rows.front().deal].now.id, one);
    EXPECT_EQ(plan.rows.front().match.evidence.front(), "merged from hubspot:801");
    EXPECT_EQ(shop.read(one).deleted_at, 0);
    EXPECT_EQ(shop.read(one).external_ids.back(), (ExternalId{"hubspot", "900"}));
    EXPECT_NE(shop.read(two).deleted_at, 0);
    EXPECT_NE(shop.read(two).source_metadata.find(one.text()), std::string::npos);
    EXPECT_EQ(std::ranges::count(shop.journal(), Happening::Deleted, &JournalEntry::happening), 1);
    EXPECT_EQ(shop.send({survivor}).counts.unchanged, 1U); // once more changes nothing
}

TEST(CrmMerge, AMergeHeardOfAfterTheSurvivorDeletesBoth) {
    Workshop shop;
    const std::int64_t first = shop.clock.now_ms() - 10 * kDay;
    const Id one = shop.send({named("801", "Fleet", first)}).deals.front().now.id;
    const Id three = shop.send({named("900", "Fleet three", first)}).deals.front().now.id;
    Draft survivor = named("900", "Fleet three", first + kVersionMs);
    survivor.merged_ids = {{"hubspot", "801"}, {"hubspot", "802"}};
    shop.send({survivor});
    EXPECT_NE(shop.read(one).deleted_at, 0);
    EXPECT_EQ(shop.read(three).deleted_at, 0);
}

} // namespace
} // namespace tributary::testing

// A handful of events comes to one piece of work a deal, in whatever order and how often they come.
#include "crm/hubspot_work.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>

using namespace tributary;

namespace {

HubspotEvent event(HubspotEventKind kind, std::string id, std::int64_t at_ms, std::string source = "CRM_UI") {
    return {.kind = kind,
            .object = HubspotObject::Deal,
            .subscription_type = "deal.x",
            .portal = "1",
            .object_id = std::move(id),
            .occurred_at_ms = at_ms,
            .change_source = std::move(source)};
}

HubspotEvent merge(std::string into, std::vector<std::string> dead, std::int64_t at_ms) {
    HubspotEvent made = event(HubspotEventKind::Merge, into, at_ms);
    made.new_id = std::move(into);
    made.merged_ids = std::move(dead);
    return made;
}

constexpr auto kChange = HubspotEventKind::PropertyChange;
constexpr auto kDeletion = HubspotEventKind::Deletion;
constexpr auto kRestore = HubspotEventKind::Restore;

HubspotEvent random_event() {
    const auto id = [] { return std::to_string(*rc::gen::inRange(1, 7)); };
    const auto kind = *rc::gen::element(kChange, kDeletion, kRestore, HubspotEventKind::Creation, HubspotEventKind::Merge,
                                        HubspotEventKind::AssociationChange, HubspotEventKind::PrivacyDeletion);
    HubspotEvent made = event(kind, id(), *rc::gen::inRange(1, 6), *rc::gen::element<std::string>("CRM_UI", "IMPORT"));
    made.portal = *rc::gen::element<std::string>("1", "2");
    made.object = *rc::gen::element(HubspotObject::Deal, HubspotObject::Deal, HubspotObject::Contact, HubspotObject::Company);
    made.from = {HubspotObject::Deal, id()};
    made.to = {*rc::gen::element(HubspotObject::Contact, HubspotObject::Deal), id()};
    if (kind == HubspotEventKind::Merge) {
        made.new_id = id();
        made.primary_id = id();
        made.merged_ids = {id(), id()};
    }
    return made;
}

} // namespace

TEST(HubspotWork, ManyChangesOfADealAreOneReading) {
    const std::vector<HubspotEvent> events = {event(kChange, "5", 10), event(kChange, "5", 30), event(kChange, "5", 20),
                                              event(kChange, "6", 1)};
    const CoalescedWork work = coalesce(events);
    ASSERT_EQ(work.deals.size(), 2U);
    EXPECT_EQ(work.deals[0], (DealWork{.portal = "1", .deal = "5", .newest_ms = 30}));
}

TEST(HubspotWork, TheNewestWordSaysWhetherItIsGone) {
    EXPECT_TRUE(coalesce(std::vector{event(kChange, "5", 10), event(kDeletion, "5", 20)}).deals[0].deleted);
    const DealWork back = coalesce(std::vector{event(kRestore, "5", 30), event(kDeletion, "5", 20)}).deals[0];
    EXPECT_FALSE(back.deleted);
    EXPECT_TRUE(back.maybe_gone);
    const DealWork tie = coalesce(std::vector{event(kRestore, "5", 20), event(kDeletion, "5", 20)}).deals[0];
    EXPECT_FALSE(tie.deleted) << "nobody knows which was last, so the record is asked";
    EXPECT_TRUE(tie.maybe_gone);
}

TEST(HubspotWork, WhatHappenedToTheMergedIsWorkOfTheSurvivor) {
    const CoalescedWork work = coalesce(
        std::vector{event(kChange, "801", 5), merge("900", {"801", "802"}, 20), event(kDeletion, "802", 21), merge("950", {"900"}, 40)});
    ASSERT_EQ(work.deals.size(), 1U);
    EXPECT_EQ(work.deals[0], (DealWork{.portal = "1", .deal = "950", .absorbed = {"801", "802", "900"}, .newest_ms = 40}))
        << "that the dead were deleted says nothing of the survivor";
}

TEST(HubspotWork, PortalsStayApart) {
    HubspotEvent other = event(kDeletion, "801", 50);
    other.portal = "2";
    const CoalescedWork work = coalesce(std::vector{merge("900", {"801"}, 20), other});
    ASSERT_EQ(work.deals.size(), 2U);
    EXPECT_EQ(work.deals[0].deal, "900");
    EXPECT_TRUE(work.deals[1].deleted);
}

TEST(HubspotWork, OneChangeByAPersonTakesADealOutOfTheSlowLane) {
    EXPECT_TRUE(coalesce(std::vector{event(kChange, "5", 1, "IMPORT"), event(kChange, "5", 2, "DATA_ENRICHMENT")}).deals[0].slow);
    EXPECT_FALSE(coalesce(std::vector{event(kChange, "5", 1, "IMPORT"), event(kChange, "5", 2)}).deals[0].slow);
}

TEST(HubspotWork, AContactsEventsAreOnePieceOfWork) {
    HubspotEvent change = event(kChange, "9", 10);
    change.object = HubspotObject::Contact;
    HubspotEvent gone = change;
    gone.kind = HubspotEventKind::PrivacyDeletion;
    gone.occurred_at_ms = 20;
    const CoalescedWork work = coalesce(std::vector{gone, change});
    EXPECT_TRUE(work.deals.empty());
    ASSERT_EQ(work.related.size(), 1U);
    EXPECT_EQ(work.related[0],
              (RelatedWork{.portal = "1", .object = HubspotObject::Contact, .id = "9", .gone = true, .erased = true, .newest_ms = 20}));
}

TEST(HubspotWork, AnyOrderAndAnyRepetitionGivesTheSameWork) {
    EXPECT_TRUE(rc::check("order and repetition do not matter", [] {
        std::vector<HubspotEvent> events;
        for (int count = *rc::gen::inRange(0, 14); count > 0; --count) events.push_back(random_event());
        const CoalescedWork work = coalesce(events);
        std::mt19937 order(*rc::gen::arbitrary<unsigned>());
        std::vector<HubspotEvent> again = events;
        for (const HubspotEvent& each : events) {
            if (order() % 2 == 0) again.push_back(each);
        }
        std::ranges::shuffle(again, order);
        RC_ASSERT(coalesce(again) == work);
    }));
}

TEST(HubspotWork, NoDealThatAnEventNamesIsForgotten) {
    EXPECT_TRUE(rc::check("every deal is read, or absorbed by one that is", [] {
        std::vector<HubspotEvent> events;
        for (int count = *rc::gen::inRange(0, 14); count > 0; --count) events.push_back(random_event());
        const CoalescedWork work = coalesce(events);
        for (const HubspotEvent& each : events) {
            const EventMeaning meaning = meaning_of(each);
            std::vector<std::string> named = meaning.deals;
            named.insert(named.end(), meaning.dead.begin(), meaning.dead.end());
            for (const std::string& deal : named) {
                RC_ASSERT(std::ranges::count_if(work.deals, [&](const DealWork& done) {
                              return done.portal == each.portal &&
                                     (done.deal == deal || std::ranges::find(done.absorbed, deal) != done.absorbed.end());
                          }) == 1);
            }
        }
    }));
}

// Leads on their way back, with their deals or after them, and undos of several slices.
#include "pipeline/undo_shop.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace tributary::testing {
namespace {

struct UndoOfLeads : Undo {};

TEST_P(UndoOfLeads, WhatAUnitChangedOfALeadGoesBack) {
    Draft one = draft("A");
    one[Field::ContactEmail] = "a@acme.example";
    one[Field::ContactName] = "Ann Smith";
    shop.import({one});
    const auto before = shop.picture();
    Draft two = draft("B");
    two[Field::ContactEmail] = "a@acme.example";
    two[Field::ContactName] = "Anna Smith";
    two[Field::Stage] = "proposal";
    two.lead_metadata = R"({"touch":{"utm_source":"ads"}})";
    const Id unit = shop.import({two});
    EXPECT_NE(shop.picture(), before);
    shop.undo(unit);
    EXPECT_EQ(shop.picture(), before);
}

TEST_P(UndoOfLeads, ALeadThatSomebodyGotWhileTheUndoRanStays) {
    Draft one = draft("A");
    one[Field::ContactEmail] = "a@acme.example";
    const Id unit = shop.import({one});
    const Id undo = shop.begin(unit).value();
    (void)shop.in_turn([&](Turn& turn) { return undo_slice(turn, undo, nullptr); }); // the deals, when leads go after them
    FreeLeads leads;
    const UndoProgress progress = undo_progress(shop.unit(undo)).value();
    shop.store->read(shop.scope, [&](LedgerReader& ledger) { leads = find_free_leads(ledger, progress); });
    EXPECT_EQ(leads.leads.size(), 1U);
    Draft late = draft("Late");
    late[Field::ContactEmail] = "a@acme.example";
    shop.import({late});
    (void)shop.in_turn([&](Turn& turn) { return undo_slice(turn, undo, &leads); });
    EXPECT_TRUE(shop.go_on(undo, 100));
    EXPECT_EQ(shop.leads().size(), 1U);
}

TEST_P(UndoOfLeads, ALeadOfSeveralDealsGoesWhenNoneOfThemIsLeft) {
    const auto of = [&](std::string name, std::string email) {
        Draft made = draft(std::move(name));
        made[Field::ContactEmail] = std::move(email);
        return made;
    };
    const Id unit = shop.import({of("A", "both@acme.example"), of("B", "both@acme.example"), of("C", "c@acme.example"), of("D", "d@acme.example")});
    later();
    shop.import({of("E", "d@acme.example")}); // somebody else's deal has that lead too
    const auto before = shop.picture();
    const Id undo = shop.undo(unit);
    EXPECT_EQ(shop.counts(undo).leads_removed, 2U);
    EXPECT_EQ(shop.leads().size(), 1U);
    later();
    shop.undo(undo);
    EXPECT_EQ(shop.picture(), before);
    shop.store->check(true);
}

TEST_P(UndoOfLeads, ALeadOfADealThatStaysStays) {
    Draft one = draft("A");
    one[Field::ContactEmail] = "a@acme.example";
    Draft two = draft("B");
    two[Field::ContactEmail] = "b@acme.example";
    const Id unit = shop.import({one, two});
    later();
    for (const Deal& deal : shop.deals()) {
        if (deal.name == "A") shop.edit(deal.id, Field::Owner, "somebody");
    }
    const Id undo = shop.undo(unit);
    EXPECT_EQ(only().name, "A");
    EXPECT_EQ(shop.counts(undo).kept, 1U);
    ASSERT_EQ(shop.leads().size(), 1U);
    EXPECT_EQ(shop.leads().front().email, "a@acme.example");
}

// Rows of several slices: most make a deal with a lead, some change one again, some of these in another slice.
std::vector<Draft> many_rows() {
    std::vector<Draft> rows;
    constexpr int kDeals = 2'300;
    const auto row = [](int deal, int value) {
        Draft made = deal_draft("Deal " + std::to_string(deal), "Acme");
        made.external_ids = {{"csv", std::to_string(deal)}};
        made[Field::Value] = std::to_string(value);
        made[Field::ContactEmail] = "c" + std::to_string(deal / (deal % 10 == 0 ? 20 : 1)) + "@acme.example"; // some are shared
        return made;
    };
    for (int deal = 0; deal < kDeals; ++deal) {
        rows.push_back(row(deal, deal));
        if (deal % 7 == 0) rows.push_back(row(deal, deal + 1));
        if (deal % 5 == 0) rows.push_back(row(deal / 2, kDeals + deal));
    }
    return rows;
}

TEST_P(UndoOfLeads, WhatIsReadAheadIsBelievedOnlyWhileItIsTrue) {
    const Id unit = shop.import(many_rows());
    later();
    const Id undo = shop.begin(unit).value();
    std::shared_ptr<UndoAhead> ahead; // for the slice that comes next
    std::optional<FreeLeads> leads;
    UndoWake wake;
    for (int slice = 0;; ++slice) {
        ASSERT_LT(slice, 100);
        const auto now = std::exchange(ahead, nullptr);
        const auto before = now ? now->next() : std::nullopt;
        const auto read_ahead = [&](std::uint64_t from) {
            shop.store->read(shop.scope, [&](LedgerReader& ledger) { ahead = std::make_shared<UndoAhead>(read_undo_ahead(ledger, unit, from)); });
        };
        if (before) read_ahead(*before); // while this slice is still to be written
        const UndoNext next = shop.in_turn([&](Turn& turn) { return undo_slice(turn, undo, leads ? &*leads : nullptr, now.get(), &wake); });
        if (next == UndoNext::Done) break;
        const UndoProgress progress = undo_progress(shop.unit(undo)).value();
        if (next == UndoNext::FindLeads) shop.store->read(shop.scope, [&](LedgerReader& ledger) { leads = find_free_leads(ledger, progress); });
        if (!ahead && progress.step == UndoStep::Deals) read_ahead(progress.before);
        if (slice == 2) { // somebody changes a deal that is read and not yet taken back
            for (const auto& [id, deal] : ahead->deals) {
                if (deal.deleted_at != 0) continue;
                shop.edit(id, Field::Owner, "somebody");
                break;
            }
        }
    }
    EXPECT_EQ(only().owner, "somebody");
    EXPECT_EQ(shop.counts(undo).removed, 2'299U);
    EXPECT_EQ(shop.counts(undo).kept, 1U);
    EXPECT_EQ(shop.leads().size(), 1U);
    shop.store->check(true);
    const MetricTotals anew = load_ranks(*shop.store, shop.scope)->totals();
    EXPECT_EQ(anew.active, 1U);
    EXPECT_EQ(shop.ranks.of(shop.scope)->totals().active, 1U);
}

TEST_P(UndoOfLeads, AnUndoOfSeveralSlicesIsUndone) {
    const Id unit = shop.import(many_rows());
    const auto before = shop.picture();
    later();
    const Id undo = shop.undo(unit);
    EXPECT_TRUE(shop.leads().empty());
    EXPECT_EQ(shop.preview(undo).counts.restored, 2'300U);
    later();
    shop.undo(undo);
    EXPECT_EQ(shop.picture(), before);
    shop.store->check(true);
}

INSTANTIATE_TEST_SUITE_P(Leads, UndoOfLeads, ::testing::Values(std::uint64_t{0}, kUndoAlongFrom),
                         [](const auto& info) { return info.index == 0 ? "GoWithTheirDeals" : "GoAfterTheirDeals"; });

} // namespace
} // namespace tributary::testing

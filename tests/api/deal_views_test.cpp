// Views of lists: what is kept of them, and how many may be read for as long as their reader takes.
#include "api/deal_views.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tributary {
namespace {

DealViewPtr view_of(WorkspaceNo workspace, std::string asked, std::size_t deals = 1) {
    return std::make_shared<const DealView>(DealView{.id = new_id(1),
                                                     .workspace = workspace,
                                                     .asked = std::move(asked),
                                                     .seq = 7,
                                                     .with_deleted = false,
                                                     .places = std::vector<DealPlace>(deals)});
}

TEST(DealViews, AViewIsFoundInItsWorkspaceOnly) {
    DealViews views;
    const auto view = view_of(1, "all");
    views.keep(view, 0);
    EXPECT_EQ(views.find(1, view->id, 0), view);
    EXPECT_EQ(views.find(2, view->id, 0), nullptr);
    EXPECT_EQ(views.find_same(1, "all", 7, 0), view);
    EXPECT_EQ(views.find_same(1, "all", 8, 0), nullptr);
    EXPECT_EQ(views.find_same(2, "all", 7, 0), nullptr);
}

TEST(DealViews, OneThatNobodyAsksForGoes) {
    DealViews views;
    const auto view = view_of(1, "all");
    views.keep(view, 0);
    EXPECT_EQ(views.find(1, view->id, DealViews::kUnusedMsMax), view);
    EXPECT_EQ(views.find(1, view->id, 2 * DealViews::kUnusedMsMax), view) << "it was used in between";
    EXPECT_EQ(views.find(1, view->id, 3 * DealViews::kUnusedMsMax + 1), nullptr);
    EXPECT_EQ(views.bytes(), 0U);
}

TEST(DealViews, TheLeastRecentlyUsedMakesRoom) {
    DealViews views;
    std::vector<DealViewPtr> kept;
    for (std::size_t at = 0; at < DealViews::kViewsMax; ++at) views.keep(kept.emplace_back(view_of(1, std::to_string(at))), 0);
    EXPECT_NE(views.find(1, kept.front()->id, 1), nullptr);
    views.keep(view_of(1, "one more"), 2);
    EXPECT_NE(views.find(1, kept.front()->id, 3), nullptr);
    EXPECT_EQ(views.find(1, kept[1]->id, 3), nullptr);
}

TEST(DealViews, OnlySoManyAreLentAndOneGivenBackIsLentAgain) {
    std::vector<DealViews::Loan> loans;
    {
        DealViews views;
        for (std::size_t at = 0; at < DealViews::kLentMax; ++at) EXPECT_NE(loans.emplace_back(views.lend()), nullptr);
        EXPECT_EQ(views.lend(), nullptr);
        EXPECT_EQ(views.lend(), nullptr) << "a refusal takes none";
        loans.pop_back();
        EXPECT_NE(loans.emplace_back(views.lend()), nullptr);
        EXPECT_EQ(views.lend(), nullptr);
    }
    loans.clear(); // after the views: an answer may go out while the server ends
}

} // namespace
} // namespace tributary

// For any history: taking a unit back is as if it had never come, and taking that back is as if nothing had happened; also where some
// sources are believed before others.
#include "pipeline/undo_shop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

constexpr int kDeals = 4;
constexpr std::string_view kNoPrecedence = "{}";
constexpr std::string_view kPrecedence = R"({"source_precedence":["manual",["salesforce","hubspot"],"csv"]})";

// One thing that happens. Values are new each time: what only repeats what is known leaves no trace, so undo cannot know of it.
struct Event {
    enum Kind : std::uint8_t { Import, Edit, Delete, Undo } kind = Import;
    std::vector<Draft> rows;
    int deal = 0;
    Field field = Field::Owner;
    std::string value;
    std::size_t which = 0; // undo: of the imports so far
    bool taken_back = false;
};

std::string name_of(int deal) { return "Deal " + std::to_string(deal); }

Draft any_row(int& counter) {
    const int which = *rc::gen::inRange(0, kDeals);
    Draft draft = deal_draft(name_of(which), "Acme");
    if (which % 2 == 0) draft.external_ids = {{"api", std::to_string(which)}};
    ++counter;
    if (*rc::gen::arbitrary<bool>())
        draft[Field::Value] = std::to_string(counter) + ".5";
    else
        draft[Field::Owner] = "owner " + std::to_string(counter);
    if (*rc::gen::inRange(0, 3) == 0) draft[Field::ContactEmail] = "c" + std::to_string(counter) + "@acme.example";
    if (*rc::gen::inRange(0, 3) == 0) draft[Field::ExpectedCloseDate] = date_text(Date{20'000 + counter});
    if (*rc::gen::inRange(0, 3) == 0)
        draft.metadata = "{\"k" + std::to_string(*rc::gen::inRange(0, 2)) + "\":" + std::to_string(counter) + "}";
    if (*rc::gen::inRange(0, 4) == 0) draft[Field::Probability] = std::to_string(counter % 90) + "." + std::to_string(counter % 7);
    if (which % 2 == 0 && *rc::gen::inRange(0, 6) == 0) draft.deleted = true;
    return draft;
}

Event any_event(int& counter) {
    Event event;
    const int kind = *rc::gen::inRange(0, 10);
    event.kind = kind < 5 ? Event::Import : kind < 6 ? Event::Edit : kind < 7 ? Event::Delete : Event::Undo;
    event.deal = *rc::gen::inRange(0, kDeals);
    event.which = *rc::gen::inRange<std::size_t>(0, 1'000);
    if (event.kind == Event::Import) {
        const int rows = *rc::gen::inRange(1, 5);
        const Source source = *rc::gen::element(Source::Api, Source::Csv, Source::Salesforce, Source::Hubspot);
        for (int at = 0; at < rows; ++at) {
            event.rows.push_back(any_row(counter));
            event.rows.back().source = source;
        }
    }
    event.field = *rc::gen::element(Field::Owner, Field::Value, Field::Description);
    event.value = std::to_string(++counter);
    return event;
}

std::optional<Id> deal_called(UndoShop& shop, int deal) {
    for (const Deal& live : shop.deals()) {
        if (live.name == name_of(deal)) return live.id;
    }
    return std::nullopt;
}

// What is no news leaves no trace, so no row says it: a stage is said only when it is another, a deletion only of a deal that is there,
// and of a closed deal not how probable it is. Whom to ask is said at the first stage only: a lead keeps the status that it was made with.
void say_news(UndoShop& shop, Event& event, int& counter) {
    for (Draft& row : event.rows) {
        const auto stage = static_cast<Stage>(++counter % 6);
        const auto known = deal_called(shop, row[Field::Name]->back() - '0');
        if (!known) row.deleted = false;
        if (known && is_closed(shop.read(*known).stage)) row[Field::Probability].reset();
        if (known && shop.read(*known).stage != Stage::Discovery) row[Field::ContactEmail].reset();
        const bool alone =
            std::ranges::count_if(event.rows, [&](const Draft& other) { return other[Field::Name] == row[Field::Name]; }) == 1;
        if (known && alone && shop.read(*known).stage != stage && !is_closed(shop.read(*known).stage))
            row[Field::Stage] = std::string(stage_key(stage));
    }
}

void happen(UndoShop& shop, const Event& event, std::vector<Id>& units) {
    shop.clock.move_ms(10);
    if (event.kind == Event::Import) {
        units.push_back(shop.import(event.rows));
        return;
    }
    const auto deal = deal_called(shop, event.deal);
    if (!deal) return;
    if (event.kind == Event::Edit) return shop.edit(*deal, event.field, event.value);
    Candidate gone;
    gone.deleted = true;
    shop.person(*deal, gone);
}

struct Told {
    std::vector<Event> events;
    std::vector<std::size_t> import_at; // beside units: the event
    std::vector<Id> units;
    bool all_taken_back = true; // no undo had to keep anything
};

void tell(UndoShop& shop, Told& told, int length) {
    int counter = 1'000;
    for (int at = 0; at < length; ++at) {
        Event event = any_event(counter);
        if (event.kind == Event::Undo) {
            shop.clock.move_ms(10);
            told.events.push_back(event); // it takes its time, also when it is refused
            if (told.units.empty()) continue;
            const std::size_t which = event.which % told.units.size();
            if (told.events[told.import_at[which]].taken_back) {
                RC_ASSERT(shop.begin(told.units[which]).error().code == "already_undone");
                continue;
            }
            const UndoCounts seen = shop.preview(told.units[which]).counts;
            const UndoCounts done = shop.counts(shop.undo(told.units[which]));
            RC_ASSERT(seen.removed == done.removed && seen.reverted == done.reverted && seen.kept == done.kept &&
                      seen.restored == done.restored);
            RC_ASSERT(seen.leads_removed == done.leads_removed);
            told.all_taken_back = told.all_taken_back && done.kept == 0 && done.blocked == 0;
            told.events[told.import_at[which]].taken_back = true;
            continue;
        } else if (event.kind == Event::Import) {
            say_news(shop, event, counter);
            told.import_at.push_back(told.events.size());
            happen(shop, event, told.units);
        } else {
            happen(shop, event, told.units);
        }
        told.events.push_back(std::move(event));
    }
}

class UndoProperty : public ::testing::TestWithParam<std::string_view> {};

TEST_P(UndoProperty, AHistoryWithUndosIsTheHistoryWithoutWhatWasUndone) {
    std::size_t compared = 0;
    EXPECT_TRUE(rc::check("any imports, edits, deletions and undos", [&] {
        UndoShop shop;
        shop.along_from = *rc::gen::element<std::uint64_t>(0, kUndoAlongFrom);
        shop.settle(GetParam());
        Told told;
        tell(shop, told, *rc::gen::inRange(2, 9));
        shop.store->check(true);
        RC_PRE(told.all_taken_back && !shop.outranked); // what is outranked leaves no trace either
        UndoShop without;
        without.settle(GetParam());
        std::vector<Id> units;
        for (const Event& event : told.events) {
            if (event.kind == Event::Undo || event.taken_back)
                without.clock.move_ms(10);
            else
                happen(without, event, units);
        }
        RC_PRE(!without.outranked);
        ++compared;
        RC_ASSERT(shop.picture() == without.picture());
        const MetricTotals anew = load_ranks(*shop.store, shop.scope)->totals();
        const MetricTotals kept = shop.ranks.of(shop.scope)->totals();
        RC_ASSERT(kept.by_stage == anew.by_stage && kept.pipeline_value == anew.pipeline_value &&
                  kept.weighted_value == anew.weighted_value);
        RC_ASSERT(kept.health_sum == anew.health_sum && kept.by_risk == anew.by_risk);
    }));
    EXPECT_GT(compared, 20U);
}

TEST_P(UndoProperty, UndoingAnUndoIsAsIfNothingHadHappened) {
    EXPECT_TRUE(rc::check("any history, any unit of it", [] {
        UndoShop shop;
        shop.along_from = *rc::gen::element<std::uint64_t>(0, kUndoAlongFrom);
        shop.settle(GetParam());
        Told told;
        tell(shop, told, *rc::gen::inRange(2, 9));
        for (std::size_t at = 0; at < told.units.size(); ++at) {
            if (told.events[told.import_at[at]].taken_back) continue;
            const auto before = shop.picture();
            const auto origins = shop.origins();
            shop.clock.move_ms(10);
            const Id undo = shop.undo(told.units[at]);
            shop.clock.move_ms(10);
            shop.undo(undo);
            RC_ASSERT(shop.picture() == before);
            RC_ASSERT(shop.origins() == origins);
            RC_ASSERT(shop.unit(told.units[at]).state == UnitState::Done);
        }
        shop.store->check(true);
    }));
}

INSTANTIATE_TEST_SUITE_P(Settings, UndoProperty, ::testing::Values(kNoPrecedence, kPrecedence),
                         [](const auto& info) { return info.index == 0 ? "NewestWins" : "WithPrecedence"; });

} // namespace
} // namespace tributary::testing

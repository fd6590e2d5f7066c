// The deals of a connected account are what its records are, whatever happens on the way.
#include "crm/fake_crm.hpp"
#include "crm/sync.hpp"
#include "pipeline/workshop.hpp"
#include "sources/crm_reading.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <random>

namespace tributary::testing {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::uint64_t kSchedulesPerCheck = 5;

// A server with one connected account, which can be stopped and started.
struct Shop {
    Workshop workshop;
    FakeCrm crm{workshop.clock};
    Hub hub{[](std::string_view text) { return std::make_shared<const std::string>(text); }, [](std::int64_t) { return std::string(); },
            [](std::int64_t) { return std::string(); }};
    std::unique_ptr<Writer> writer;
    std::unique_ptr<CrmIntake> intake;
    std::unique_ptr<CrmSync> sync;
    CrmOrigin origin{
        .connection = new_id(1'790'000'000'000), .scope = workshop.scope, .source = Source::Hubspot, .system = "hubspot:1234567"};
    std::shared_ptr<const CrmReading> account = [] {
        CrmReading reading;
        reading.account = "1234567";
        return std::make_shared<const CrmReading>(std::move(reading));
    }();
    std::string kept; // the sync's state, as the store has it
    std::vector<std::string> troubles;
    CrmSyncOptions options;

    Shop() { start(); }
    ~Shop() { writer->stop(); }

    void start() {
        sync.reset();
        if (writer) writer->stop();
        intake.reset();
        writer = std::make_unique<Writer>(
            *workshop.store, workshop.ranks, hub, workshop.clock, [](const TenantScope&) {}, [](std::string_view) {});
        intake = std::make_unique<CrmIntake>(
            *writer, workshop.ranks, workshop.clock, [this](const CrmOrigin&) { return account; },
            [](const CrmOrigin&, const UnitCounts&, const Refusal*, std::int64_t) {});
        CrmSyncState state = parse_crm_sync_state(kept);
        if (kept.empty()) state.since_ms = workshop.clock.now_ms() - kMinute;
        sync = std::make_unique<CrmSync>(CrmSync::Ports{.origin = origin,
                                                        .remote = crm,
                                                        .intake = *intake,
                                                        .store = *workshop.store,
                                                        .writer = *writer,
                                                        .clock = workshop.clock,
                                                        .keep = [this](const CrmSyncState& now) { kept = crm_sync_state_text(now); },
                                                        .account = [](const std::string&) {},
                                                        .health =
                                                            [this](const CrmFailure* failure) {
                                                                if (failure != nullptr) troubles.push_back(failure->code);
                                                            }},
                                         options, std::move(state));
    }

    // As the door of its webhooks does.
    void event(const std::string& id, bool slow = false) {
        const auto batch = workshop.store->begin();
        const std::int64_t now = workshop.clock.now_ms();
        const Wanted wanted{.connection = origin.connection, .record = id, .slow = slow, .due_at = now + 2'000, .first_at = now};
        batch->ledger(workshop.scope).want(std::span(&wanted, 1));
        batch->commit();
    }

    // Lets `ms` pass, doing what is due.
    CrmSync::Next pass(std::int64_t ms) {
        const std::int64_t until = workshop.clock.now_ms() + ms;
        CrmSync::Next next;
        for (;;) {
            next = sync->step();
            const std::int64_t now = workshop.clock.now_ms();
            if (now >= until) return next;
            if (next.at_ms > now) workshop.clock.move_ms(std::min(next.at_ms, until) - now);
        }
    }

    struct Ours {
        std::string name, stage;
        std::int64_t amount = 0;
        auto operator<=>(const Ours&) const = default;
    };
    // Deals that are there, by their newest id.
    std::map<std::string, Ours> ours() {
        std::map<std::string, Ours> found;
        workshop.store->read(workshop.scope, [&](LedgerReader& ledger) {
            for (const Deal& deal : ledger.list_deals({.limit = 500}).deals) {
                const auto [at, fresh] =
                    found.emplace(deal.external_ids.back().id, Ours{deal.name, std::string(stage_key(deal.stage)), deal.value_minor / 100});
                if (!fresh) at->second.name += " and another one";
            }
        });
        return found;
    }
    std::map<std::string, Ours> theirs() {
        static const std::map<std::string, std::string> kStages = {{"qualifiedtobuy", "qualification"},
                                                                   {"contractsent", "negotiation"},
                                                                   {"closedwon", "closed_won"},
                                                                   {"closedlost", "closed_lost"}};
        std::map<std::string, Ours> found;
        for (const auto& [id, record] : crm.records) {
            if (!record.deleted && record.merged_into.empty()) found[id] = {record.name, kStages.at(record.stage), record.amount};
        }
        return found;
    }
};

void PrintTo(const Shop::Ours& deal, std::ostream* out) { *out << deal.name << " " << deal.stage << " " << deal.amount; }

TEST(CrmSync, ManyEventsOfARecordAreReadOnceAndTwoSecondsAfterTheFirst) {
    Shop shop;
    shop.options.polls = false;
    shop.start();
    const std::string id = shop.crm.make("Fleet", 100);
    (void)shop.pass(1);
    const auto before = shop.crm.read_calls;
    for (int at = 0; at < 5; ++at) shop.event(id);
    (void)shop.pass(1'000);
    EXPECT_TRUE(shop.ours().empty());
    (void)shop.pass(2'000);
    EXPECT_EQ(shop.crm.read_calls, before + 1);
    EXPECT_EQ(shop.ours(), shop.theirs());
}

TEST(CrmSync, WhatNoEventHasToldIsFoundByAsking) {
    Shop shop;
    const std::string id = shop.crm.make("Fleet", 100);
    (void)shop.pass(2 * kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
    shop.crm.change(id, "contractsent", 250);
    (void)shop.pass(3 * kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
}

TEST(CrmSync, AReadingThatBringsNothingNewLeavesNothingBehind) {
    Shop shop;
    (void)shop.crm.make("Fleet", 100);
    (void)shop.pass(2 * kMinute);
    const auto told = shop.workshop.journal().size();
    (void)shop.pass(10 * kMinute);
    EXPECT_EQ(shop.workshop.journal().size(), told);
}

TEST(CrmSync, WhatWasDeletedUnheardIsFoundByTheComparisonAndTheDeficitIsANumber) {
    Shop shop;
    const std::string gone = shop.crm.make("Fleet", 100);
    (void)shop.crm.make("Vans", 300);
    (void)shop.pass(2 * kMinute);
    shop.crm.records.at(gone).deleted = true; // no event, and a search never names deleted records
    const std::string old = shop.crm.make("Old", 50);
    shop.crm.records.at(old).version_ms = shop.workshop.clock.now_ms() - 30 * kDay; // nor one that is older than what was asked for
    (void)shop.pass(2 * kMinute);
    EXPECT_NE(shop.ours(), shop.theirs());
    shop.sync->compare_now();
    (void)shop.pass(1);
    const CrmBalance found = shop.sync->state().balance;
    EXPECT_EQ(found.theirs, 2U);
    EXPECT_EQ(found.ours, 2U);
    EXPECT_EQ(found.missing, 1U);
    EXPECT_EQ(found.surplus, 1U);
    EXPECT_EQ(found.wanted, 2U);
    (void)shop.pass(kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
    shop.sync->compare_now();
    (void)shop.pass(1);
    EXPECT_EQ(shop.sync->state().balance.wanted, 0U);
    EXPECT_EQ(shop.sync->state().balance.theirs_sum, (std::map<std::string, std::string>{{"USD", "350.00"}}));
    EXPECT_EQ(shop.sync->state().balance.ours_sum, shop.sync->state().balance.theirs_sum);
}

TEST(CrmSync, AnAccountThatMustBeConnectedAgainIsLeftAlone) {
    Shop shop;
    shop.crm.fault = [] {
        return CrmFailure{.kind = CrmFailure::Kind::SignedOut, .retry_at_ms = 0, .code = "needs_reauth", .text = "Connect it again."};
    };
    EXPECT_TRUE(shop.pass(kMinute).signed_out);
    EXPECT_EQ(shop.crm.calls, 1U);
    shop.crm.fault = nullptr;
    shop.start();
    (void)shop.crm.make("Fleet", 100);
    (void)shop.pass(2 * kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
}

TEST(CrmSync, ALimitIsWaitedForAsLongAsTheCrmSays) {
    Shop shop;
    const std::int64_t until = shop.workshop.clock.now_ms() + 5 * kMinute;
    shop.crm.fault = [&shop, until]() -> std::optional<CrmFailure> {
        if (shop.workshop.clock.now_ms() >= until) return std::nullopt;
        return CrmFailure{.kind = CrmFailure::Kind::Resting, .retry_at_ms = until, .code = "rate_limited", .text = "A limit."};
    };
    (void)shop.crm.make("Fleet", 100);
    (void)shop.pass(4 * kMinute);
    EXPECT_EQ(shop.crm.calls, 1U);
    (void)shop.pass(2 * kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
}

TEST(CrmSync, ARecordThatCannotBeReadDoesNotHoldUpItsNeighbours) {
    Shop shop;
    shop.options.polls = false;
    shop.start();
    const std::string good = shop.crm.make("Fleet", 100);
    (void)shop.pass(1);
    shop.event(good);
    shop.event("spoilt");
    shop.crm.fault = [&]() -> std::optional<CrmFailure> {
        std::vector<Wanted> due;
        shop.workshop.store->read(shop.workshop.scope, [&](LedgerReader& ledger) {
            due = ledger.list_wanted(shop.origin.connection, shop.workshop.clock.now_ms(), 10);
        });
        const bool alone = due.size() == 1 || (!due.empty() && due.front().attempts >= CrmSync::kAttemptsAlone);
        if (alone && due.front().record == good) return std::nullopt;
        return CrmFailure{.kind = CrmFailure::Kind::Refused, .retry_at_ms = 0, .code = "rejected", .text = "No."};
    };
    (void)shop.pass(10 * kMinute);
    EXPECT_EQ(shop.ours(), shop.theirs());
    (void)shop.pass(3 * 60 * kMinute);
    const auto asked = shop.crm.read_calls;
    EXPECT_GE(asked, CrmSync::kAttemptsMax);
    (void)shop.pass(60 * kMinute);
    EXPECT_EQ(shop.crm.read_calls, asked) << "it is given up in the end";
}

// One schedule: people change records, events come late, twice, in any order or not at all, calls fail, the server stops.
class Schedule {
  public:
    explicit Schedule(std::uint64_t seed) : dice_(seed) {
        const int trouble = any_of(std::vector{0, 10, 40});
        shop_.crm.page_size = 1 + below(4);
        shop_.crm.lag_ms = any_of(std::vector{0, 5'000, 30'000});
        shop_.crm.fault = [this, trouble]() -> std::optional<CrmFailure> {
            if (!chance(trouble)) return std::nullopt;
            const auto kind = any_of(std::vector{CrmFailure::Kind::Passing, CrmFailure::Kind::Resting});
            return CrmFailure{.kind = kind, .retry_at_ms = shop_.workshop.clock.now_ms() + 10'000, .code = "fault", .text = "A fault."};
        };
    }

    void run() {
        const std::size_t steps = 5 + below(20);
        for (std::size_t at = 0; at < steps; ++at) {
            const std::string touched = happen();
            if (!touched.empty() && chance(70)) under_way_.push_back(touched);
            deliver();
            (void)shop_.pass(any_of(std::vector<std::int64_t>{1, 700, 3'000, 70'000}));
        }
        shop_.crm.fault = nullptr;
        (void)shop_.pass(15 * kMinute); // longer than any pause
        shop_.sync->compare_now();
        (void)shop_.pass(2 * kMinute);
        RC_ASSERT(shop_.ours() == shop_.theirs());
        shop_.sync->compare_now();
        (void)shop_.pass(1);
        RC_ASSERT(shop_.sync->state().balance.wanted == 0U);
    }

  private:
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(dice_() % end); }
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
    template <typename T>
    T any_of(const std::vector<T>& of) {
        return of[below(of.size())];
    }

    std::vector<std::string> alive() const {
        std::vector<std::string> found;
        for (const std::string& id : ids_) {
            const FakeCrm::Record& record = shop_.crm.records.at(id);
            if (record.merged_into.empty() && !record.deleted) found.push_back(id);
        }
        return found;
    }

    // What somebody does there; the record an event would name, or none.
    std::string happen() {
        const auto there = alive();
        const std::size_t what = below(12);
        if (there.empty() || what < 3)
            return ids_.emplace_back(shop_.crm.make("Deal " + std::to_string(ids_.size()), 100 + 100 * static_cast<int>(below(8))));
        if (what < 7) {
            const std::string id = any_of(there);
            shop_.crm.change(id, any_of(std::vector<std::string>{"qualifiedtobuy", "contractsent", "closedwon"}),
                             100 + 100 * static_cast<int>(below(8)));
            return id;
        }
        if (what < 8) {
            const std::string id = any_of(there);
            shop_.crm.records.at(id).deleted = true;
            return id;
        }
        if (what < 9) {
            const std::string id = any_of(ids_);
            if (shop_.crm.records.at(id).merged_into.empty()) shop_.crm.records.at(id).deleted = false;
            return id;
        }
        if (what < 10 && there.size() >= 2) return ids_.emplace_back(shop_.crm.merge(there[0], there[1]));
        if (what < 11) shop_.start(); // stopped and started
        return {};
    }

    void deliver() {
        while (!under_way_.empty() && chance(60)) {
            const auto chosen = below(under_way_.size());
            shop_.event(under_way_[chosen], chance(10));
            if (!chance(20)) under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(chosen)); // else it comes again
        }
    }

    std::mt19937_64 dice_;
    Shop shop_;
    std::vector<std::string> ids_;
    std::vector<std::string> under_way_;
};

TEST(CrmSync, AfterAnyScheduleOfChangesAndFaultsTheDealsAreWhatTheRecordsAre) {
    std::uint64_t schedules = 0;
    EXPECT_TRUE(rc::check([&schedules] {
        const auto first = *rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
        for (std::uint64_t at = 0; at < kSchedulesPerCheck; ++at, ++schedules) Schedule(first + at).run();
    }));
    EXPECT_GE(schedules, 500U);
}

} // namespace
} // namespace tributary::testing

// One refresher at a time, and a renewed token is durable before it is used.
#include "crm/token_keeper.hpp"
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

namespace tributary::testing {
namespace {

using outside::call_failure;
using outside::Called;
using outside::FailureKind;

// The CRM's token endpoint, with rotation: a refresh token is good once.
struct TokenEndpoint {
    std::mutex mutex;
    int number = 0;
    std::atomic<int> asked{0};
    std::optional<outside::CallFailure> fails;
    std::function<void()> before_answer;
    std::int64_t life_ms = 1'800'000;

    Called<FreshTokens> renew(const OpenedConnection& connection, std::int64_t now_ms) {
        ++asked;
        const std::lock_guard lock(mutex);
        if (fails) return std::unexpected(*fails);
        if (connection.refresh_token.reveal() != "refresh-secret-" + std::to_string(number))
            return std::unexpected(call_failure(FailureKind::Unauthorised, "invalid_grant"));
        ++number;
        if (before_answer) before_answer();
        return FreshTokens{.access = Secret("access-secret-" + std::to_string(number)),
                           .refresh = Secret("refresh-secret-" + std::to_string(number)),
                           .expires_at = now_ms + life_ms,
                           .instance_url = {},
                           .scopes = {}};
    }
};

struct TokenShop {
    Workshop workshop;
    Vault vault{KeyRing::parse(std::string(64, 'a')).value()};
    outside::SteadyPaceClock pace;
    TokenEndpoint endpoint;
    Id id = new_id(1'790'000'000'000);
    std::stop_source stop;

    explicit TokenShop(std::string auth = "oauth") {
        CrmConnection row;
        row.id = id;
        row.tenant = workshop.scope.tenant();
        row.tenant_id = workshop.scope.tenant_id();
        row.workspace = workshop.scope.workspace();
        row.workspace_id = workshop.scope.workspace_id();
        row.account = "1234567";
        row.auth = std::move(auth);
        row.hook = "hook";
        row.refresh_token = seal_for(vault, row, "refresh_token", Secret("refresh-secret-0"));
        row.credential = seal_for(vault, row, "credential", Secret("pat-secret"));
        EXPECT_EQ(workshop.store->connections().add(row), Connections::Added::Yes);
    }
    TokenKeeper keeper(Store* store = nullptr) {
        return TokenKeeper(store == nullptr ? workshop.store->connections() : store->connections(), vault, workshop.clock, pace,
                           [this](const OpenedConnection& connection, const std::stop_token&) {
                               return endpoint.renew(connection, workshop.clock.now_ms());
                           });
    }
    CrmConnection row() { return workshop.store->connections().read(id).value(); }
};

TEST(TokenKeeper, ATokenIsRenewedTenMinutesBeforeItEndsAndNotBefore) {
    TokenShop shop;
    TokenKeeper keeper = shop.keeper();
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
    shop.workshop.clock.move_ms(1'100'000);
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
    shop.workshop.clock.move_ms(200'000);
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-2");
    EXPECT_EQ(keeper.token(shop.id, true, {}), "access-secret-3") << "refused as ended, whatever the clock says";
    EXPECT_EQ(shop.endpoint.asked, 3);
}

TEST(TokenKeeper, ATokenThatLivesShorterThanThatIsUsedForHalfItsLife) {
    TokenShop shop;
    shop.endpoint.life_ms = 300'000;
    TokenKeeper keeper = shop.keeper();
    for (int at = 0; at < 10; ++at) EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
    shop.workshop.clock.move_ms(149'000);
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
    shop.workshop.clock.move_ms(2'000);
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-2");
    EXPECT_EQ(shop.endpoint.asked, 2);
}

TEST(TokenKeeper, OfManyThreadsOneRenews) {
    TokenShop shop;
    TokenKeeper keeper = shop.keeper();
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int at = 0; at < 64; ++at) threads.emplace_back([&] { good += keeper.token(shop.id, false, {}) == "access-secret-1" ? 1 : 0; });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(good, 64);
    EXPECT_EQ(shop.endpoint.asked, 1);
}

TEST(TokenKeeper, OfTwoProcessesOneRenewsAndTheOtherUsesWhatItBrought) {
    TokenShop shop;
    const auto other = open_sqlite({.directory = shop.workshop.directory.path, .readers = 1});
    TokenKeeper here = shop.keeper();
    TokenKeeper there = shop.keeper(other.get());
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int at = 0; at < 16; ++at)
        threads.emplace_back([&, at] { good += (at % 2 == 0 ? here : there).token(shop.id, false, {}) == "access-secret-1" ? 1 : 0; });
    for (std::thread& each : threads) each.join();
    EXPECT_EQ(good, 16);
    EXPECT_EQ(shop.endpoint.asked, 1);
}

TEST(TokenKeeper, ARotatedTokenIsDurableBeforeItIsUsed) {
    TokenShop shop;
    {
        TokenKeeper keeper = shop.keeper();
        EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
    } // as if the program had died at this moment
    TokenKeeper next = shop.keeper();
    shop.workshop.clock.move_ms(1'700'000);
    EXPECT_EQ(next.token(shop.id, false, {}), "access-secret-2");
    EXPECT_EQ(shop.row().state, ConnectionState::Connected);
}

TEST(TokenKeeper, WhenTheGrantIsLostAPersonIsAskedAndNothingIsDeleted) {
    TokenShop shop;
    shop.endpoint.fails = call_failure(FailureKind::Unauthorised, "invalid_grant");
    TokenKeeper keeper = shop.keeper();
    const auto token = keeper.token(shop.id, false, {});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, "needs_reauth");
    EXPECT_EQ(shop.row().state, ConnectionState::NeedsReauth);
    EXPECT_FALSE(shop.row().refresh_token.empty());
    EXPECT_FALSE(keeper.token(shop.id, false, {}));
    EXPECT_EQ(shop.endpoint.asked, 1) << "it is not asked again and again";
}

TEST(TokenKeeper, AGrantThatAnotherProcessHasRenewedIsNotLost) {
    TokenShop shop;
    // While this one asks, somebody else saves a newer token; the CRM says that the old one is dead.
    TokenKeeper keeper(shop.workshop.store->connections(), shop.vault, shop.workshop.clock, shop.pace,
                       [&](const OpenedConnection& before, const std::stop_token&) -> Called<FreshTokens> {
                           EXPECT_TRUE(shop.workshop.store->connections().save_tokens(
                               shop.id, before.row.token_version,
                               {.access_token = seal_for(shop.vault, before.row, "access_token", Secret("theirs")),
                                .refresh_token = "",
                                .expires_at = 0,
                                .instance_url = "",
                                .scopes = {}}));
                           return std::unexpected(call_failure(FailureKind::Unauthorised, "invalid_grant"));
                       });
    EXPECT_EQ(keeper.token(shop.id, false, {}), "theirs");
    EXPECT_EQ(shop.row().state, ConnectionState::Connected);
}

TEST(TokenKeeper, ATroubleThatPassesLeavesEverythingAsItIs) {
    TokenShop shop;
    shop.endpoint.fails = call_failure(FailureKind::Broken, "", 503);
    TokenKeeper keeper = shop.keeper();
    EXPECT_EQ(keeper.token(shop.id, false, {}).error().kind, FailureKind::Broken);
    EXPECT_EQ(shop.row().state, ConnectionState::Connected);
    shop.endpoint.fails.reset();
    EXPECT_EQ(keeper.token(shop.id, false, {}), "access-secret-1");
}

TEST(TokenKeeper, APrivateAppsTokenIsUsedAsItIsUntilItIsRefused) {
    TokenShop shop("private_app");
    TokenKeeper keeper = shop.keeper();
    EXPECT_EQ(keeper.token(shop.id, false, {}), "pat-secret");
    EXPECT_FALSE(keeper.token(shop.id, true, {}));
    EXPECT_EQ(shop.row().state, ConnectionState::NeedsReauth);
}

TEST(TokenKeeper, NoFileOfTheStoreHoldsATokenInTheClear) {
    TokenShop shop;
    {
        TokenKeeper keeper = shop.keeper();
        for (int at = 0; at < 20; ++at) EXPECT_TRUE(keeper.token(shop.id, true, {}));
    }
    for (const auto& file : std::filesystem::recursive_directory_iterator(shop.workshop.directory.path)) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        EXPECT_EQ(bytes.find("-secret"), std::string::npos) << file.path();
    }
}

} // namespace
} // namespace tributary::testing

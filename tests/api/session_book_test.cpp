// Sessions as the server knows them: how long they live, what ends them, and that a restart changes nothing. Real store, told time.
#include "api/session_book.hpp"
#include "api/session_token.hpp"
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary::testing {
namespace {

struct SessionShop {
    Workshop shop;
    std::optional<SessionBook> book{std::in_place, *shop.store, shop.clock};

    struct SignedIn {
        Person person;
        std::string token;
    };
    SignedIn join(const std::string& email, Role role = Role::Admin, std::vector<std::string> workspaces = {}) {
        Invitation invitation;
        invitation.hash = mint_token().hash;
        invitation.tenant = shop.scope.tenant();
        invitation.created_at = shop.clock.now_ms();
        invitation.expires_at = shop.clock.now_ms() + 1'000;
        EXPECT_TRUE(shop.store->people().put_invitation(invitation));
        SignedIn made;
        made.person.created_at = shop.clock.now_ms();
        made.person.id = new_id(made.person.created_at);
        made.person.tenant = shop.scope.tenant();
        made.person.tenant_id = shop.scope.tenant_id();
        made.person.email = email;
        made.person.name = "Somebody";
        made.person.role = role;
        made.person.workspaces = std::move(workspaces);
        made.person.password_hash = "$argon2id$one";
        EXPECT_EQ(book->join(invitation.hash, made.person, made.token), People::Joined::Yes);
        return made;
    }
};

struct SessionsTest : ::testing::Test, SessionShop {};

TEST_F(SessionsTest, ASessionIsAPrincipalWithThePersonsRoleAndWorkspaces) {
    const auto ada = join("ada@example.com", Role::Viewer, {"sales"});
    const auto principal = book->find(ada.token);
    ASSERT_TRUE(principal);
    EXPECT_TRUE(principal->is_person());
    EXPECT_EQ(principal->account(), "person:" + ada.person.id.text());
    EXPECT_EQ(principal->key.role, Role::Viewer);
    EXPECT_EQ(principal->key.tenant, shop.scope.tenant());
    EXPECT_EQ(principal->key.workspaces, std::vector<std::string>{"sales"});
    EXPECT_TRUE(book->is_alive(principal->key.key_id));
    EXPECT_TRUE(book->person(ada.person.id)->password_hash.empty());
    EXPECT_FALSE(book->find(std::string(43, 'x')));
    EXPECT_FALSE(book->find("short"));
    EXPECT_FALSE(book->find(""));
}

TEST_F(SessionsTest, OnlyTheHashOfATokenIsStored) {
    const auto ada = join("ada@example.com");
    const auto stored = shop.store->people().list_sessions();
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].hash.size(), 32U);
    EXPECT_NE(stored[0].hash, ada.token);
}

TEST_F(SessionsTest, ASessionEndsThirtyDaysAfterItsLastUseAndNinetyAfterItsBeginning) {
    const auto idle = join("idle@example.com");
    const auto busy = join("busy@example.com");
    for (int day = 0; day < 89; day += 20) {
        EXPECT_TRUE(book->find(busy.token)) << day;
        if (day == 20) EXPECT_TRUE(book->find(idle.token)) << "used on the 20th day";
        if (day >= 60) EXPECT_FALSE(book->find(idle.token)) << "not used for 40 days";
        shop.clock.move_ms(20 * SessionBook::kDayMs);
    }
    EXPECT_FALSE(book->find(busy.token)) << "100 days old, though used all the time";
    book->keep_house();
    EXPECT_TRUE(shop.store->people().list_sessions().empty());
}

TEST_F(SessionsTest, ThatASessionIsUsedIsWrittenDownOnceAnHourAndSurvivesARestart) {
    const auto ada = join("ada@example.com");
    const std::int64_t start = shop.clock.now_ms();
    const auto stored = [&] { return shop.store->people().list_sessions().front().seen_at; };
    shop.clock.move_ms(SessionBook::kSeenStepMs - 1);
    EXPECT_TRUE(book->find(ada.token));
    book->keep_house();
    EXPECT_EQ(stored(), start);
    shop.clock.move_ms(SessionBook::kHouseStepMs);
    EXPECT_TRUE(book->find(ada.token));
    book->keep_house();
    EXPECT_EQ(stored(), shop.clock.now_ms());
    book.emplace(*shop.store, shop.clock);
    EXPECT_TRUE(book->find(ada.token));
    shop.clock.move_ms(SessionBook::kUnseenMsMax - 1);
    EXPECT_TRUE(book->find(ada.token));
}

TEST_F(SessionsTest, SigningInOnceTooOftenEndsTheSessionThatWasUsedLeastLately) {
    const auto ada = join("ada@example.com");
    std::vector<std::string> tokens{ada.token};
    while (tokens.size() < SessionBook::kPerPersonMax) {
        shop.clock.move_ms(1);
        tokens.push_back(book->open(ada.person).value());
    }
    shop.clock.move_ms(1);
    EXPECT_TRUE(book->find(tokens[0])) << "the first one is used, so that the second is the oldest";
    shop.clock.move_ms(1);
    tokens.push_back(book->open(ada.person).value());
    EXPECT_FALSE(book->find(tokens[1]));
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (at != 1) EXPECT_TRUE(book->find(tokens[at])) << at;
    }
    EXPECT_EQ(shop.store->people().list_sessions().size(), SessionBook::kPerPersonMax);
}

TEST_F(SessionsTest, AChangedRoleIsSeenByTheNextRequest) {
    const auto ada = join("ada@example.com");
    const auto bob = join("bob@example.com", Role::Viewer);
    EXPECT_EQ(book->change_person(shop.scope.tenant(), bob.person.id, {.role = Role::Admin}), People::Changed::Yes);
    EXPECT_EQ(book->find(bob.token)->key.role, Role::Admin);
    EXPECT_EQ(book->change_person(shop.scope.tenant(), ada.person.id, {.disabled = true}), People::Changed::Yes);
    EXPECT_FALSE(book->find(ada.token));
    EXPECT_FALSE(book->open(ada.person));
    EXPECT_EQ(book->change_person(shop.scope.tenant(), bob.person.id, {.disabled = true}), People::Changed::LastAdmin);
    EXPECT_TRUE(book->find(bob.token));
}

// Whatever people do, what the book in memory says is what a book read from the store says.
TEST(Sessions, TheBookAndTheStoreSayTheSameAfterAnything) {
    EXPECT_TRUE(rc::check("of any sequence of steps", [] {
        SessionShop shop;
        std::vector<SessionShop::SignedIn> people;
        for (const char* email : {"ada@example.com", "bob@example.com", "cy@example.com"}) people.push_back(shop.join(email));
        std::vector<std::string> tokens;
        for (const auto& person : people) tokens.push_back(person.token);
        for (const int step : *rc::gen::container<std::vector<int>>(12, rc::gen::inRange(0, 30))) {
            const auto& who = people[static_cast<std::size_t>(step) % people.size()];
            const std::string& token = tokens[static_cast<std::size_t>(step) % tokens.size()];
            shop.shop.clock.move_ms(step * SessionBook::kDayMs / 3);
            switch (step % 5) {
            case 0:
                if (const auto opened = shop.book->open(shop.shop.store->people().read_person(who.person.id).value()))
                    tokens.push_back(*opened);
                break;
            case 1: shop.book->end(token); break;
            case 2: (void)shop.book->change_person(shop.shop.scope.tenant(), who.person.id, {.disabled = step % 2 == 0}); break;
            case 3: (void)shop.book->find(token); break;
            default: shop.book->keep_house(); break;
            }
        }
        shop.shop.clock.move_ms(SessionBook::kSeenStepMs + SessionBook::kHouseStepMs);
        shop.book->keep_house(); // so that nothing that was seen is only in memory
        SessionBook as_stored(*shop.shop.store, shop.shop.clock);
        for (const auto& token : tokens) RC_ASSERT(shop.book->find(token).has_value() == as_stored.find(token).has_value());
    }));
}

} // namespace
} // namespace tributary::testing

// Somebody who was sent to a CRM comes back: once, in time, and nobody else.
#include "crm/consent.hpp"
#include "pipeline/workshop.hpp"

#include <gtest/gtest.h>

namespace tributary::testing {
namespace {

struct Desk {
    Workshop workshop;
    Vault vault{KeyRing::parse(std::string(64, 'b')).value()};
    Consent sent{.actor = "person:1",
                 .session = std::string("session:\xFF\x00\"", 11),
                 .tenant_id = "acme",
                 .workspace_id = "sales",
                 .name = "EU \u00FC",
                 .again = {},
                 .verifier = Secret("proof")};

    std::string keep() { return keep_consent(workshop.store->connections(), vault, sent, workshop.clock.now_ms()); }
    Result<Consent> take(const std::string& state, const Consent& who) {
        return take_consent(workshop.store->connections(), vault, state, who, workshop.clock.now_ms());
    }
};

TEST(CrmConsent, WhoWasSentComesBackWithWhatWasRemembered) {
    Desk desk;
    desk.sent.again = new_id(5);
    const auto back = desk.take(desk.keep(), desk.sent);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->name, "EU \u00FC");
    EXPECT_EQ(back->verifier.reveal(), "proof");
    EXPECT_EQ(back->again, desk.sent.again);
}

TEST(CrmConsent, AStateIsGoodOnceAndForTenMinutes) {
    Desk desk;
    const std::string state = desk.keep();
    EXPECT_TRUE(desk.take(state, desk.sent));
    EXPECT_EQ(desk.take(state, desk.sent).error().code, "consent_unknown");
    const std::string late = desk.keep();
    desk.workshop.clock.move_ms(kConsentMs + 1);
    EXPECT_FALSE(desk.take(late, desk.sent));
    EXPECT_FALSE(desk.take("forged", desk.sent));
}

TEST(CrmConsent, AnotherPersonSessionTenantOrWorkspaceIsRefusedAndEndsIt) {
    Desk desk;
    for (auto change : {+[](Consent& who) { who.actor = "person:2"; }, +[](Consent& who) { who.session = "another"; },
                        +[](Consent& who) { who.tenant_id = "other"; }, +[](Consent& who) { who.workspace_id = "other"; }}) {
        const std::string state = desk.keep();
        Consent other = desk.sent;
        change(other);
        EXPECT_FALSE(desk.take(state, other));
        EXPECT_FALSE(desk.take(state, desk.sent));
    }
}

} // namespace
} // namespace tributary::testing

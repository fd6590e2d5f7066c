// HubSpot's tokens: the authorise address, exchange, renewal, owner and revocation, against a loopback server.
#include "loopback_server.hpp"
#include "outside/hubspot_oauth.hpp"
#include "outside/url_text.hpp"

#include <gtest/gtest.h>

namespace tributary::outside {
namespace {

constexpr const char* kSecret = "the-secret-of-the-app";

struct Oauth {
    explicit Oauth(LoopbackServer::Answering answering) : server(std::move(answering)) {}
    LoopbackServer server;
    HttpsClient client;
    HubspotOauth oauth{client,
                       {.client_id = "id", .client_secret = kSecret, .redirect_uri = "https://a.example/back", .api_url = server.url()}};
};

TEST(HubspotOauth, TheAddressAsksForTheScopesWithStateAndChallenge) {
    HubspotOauthSettings settings{
        .client_id = "id", .redirect_uri = "https://a.example/back?x=1", .scopes = {"oauth", "crm.objects.deals.read"}};
    EXPECT_EQ(hubspot_authorise_url(settings, "st&te", "ch"),
              "https://app.hubspot.com/oauth/authorize?client_id=id&redirect_uri=https%3A%2F%2Fa.example%2Fback%3Fx%3D1"
              "&scope=oauth%20crm.objects.deals.read&state=st%26te&code_challenge=ch&code_challenge_method=S256");
    settings.optional_scopes = {"tickets"};
    settings.authorise_url = "https://app-eu1.hubspot.com";
    const std::string url = hubspot_authorise_url(settings, "s", "", "1234567");
    EXPECT_TRUE(url.starts_with("https://app-eu1.hubspot.com/oauth/1234567/authorize?"));
    EXPECT_NE(url.find("&optional_scope=tickets&"), std::string::npos);
    EXPECT_EQ(url.find("code_challenge"), std::string::npos);
}

TEST(HubspotOauth, TheChallengeIsTheOneOfTheStandard) {
    EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"); // RFC 7636, B
    const Pkce one = make_pkce();
    EXPECT_EQ(one.verifier.size(), 43U);
    EXPECT_EQ(one.challenge, pkce_challenge(one.verifier));
    EXPECT_EQ(url_encoded(one.verifier), one.verifier);
    EXPECT_NE(one.verifier, make_pkce().verifier);
}

TEST(HubspotOauth, ACodeBecomesTokensWithTheirPortal) {
    Oauth it([](const Asked&) {
        return Reply{.body = R"({"token_type":"bearer","access_token":"a1","refresh_token":"r1","expires_in":1800,"hub_id":1234567,
            "user_id":42,"scopes":["oauth","crm.objects.deals.read"],"token_use":"access_token"})"};
    });
    const auto grant = it.oauth.exchange("c o", "ver", {});
    ASSERT_TRUE(grant) << grant.error().text;
    EXPECT_EQ(grant->access, "a1");
    EXPECT_EQ(grant->refresh, "r1");
    EXPECT_EQ(grant->expires_in_s, 1800);
    EXPECT_EQ(grant->hub_id, "1234567");
    EXPECT_EQ(grant->user, "42");
    EXPECT_EQ(grant->scopes.size(), 2U);
    ASSERT_EQ(it.server.asked().size(), 1U);
    const Asked asked = it.server.asked().at(0);
    EXPECT_EQ(asked.header("content-type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(asked.body, "grant_type=authorization_code&client_id=id&client_secret=" + std::string(kSecret) +
                              "&redirect_uri=https%3A%2F%2Fa.example%2Fback&code=c%20o&code_verifier=ver");
}

TEST(HubspotOauth, WhereTheAnswerDoesNotNameThePortalTheTokensOwnerIsAsked) {
    for (const bool old_path : {true, false}) {
        Oauth it([&](const Asked& asked) {
            if (asked.target == "/oauth/v1/token") return Reply{.body = R"({"access_token":"a/1","refresh_token":"r1","expires_in":1800})"};
            if (asked.target == "/oauth/v1/access-tokens/a%2F1" && !old_path) return Reply{.status = 404, .body = "{}"};
            return Reply{
                .body = R"({"active":true,"hub_id":77,"hub_domain":"x","user":"ann@example.com","scopes":["oauth"],"expires_in":1700})"};
        });
        const auto grant = it.oauth.exchange("c", "v", {});
        ASSERT_TRUE(grant) << grant.error().text;
        EXPECT_EQ(grant->hub_id, "77");
        EXPECT_EQ(grant->user, "ann@example.com");
        EXPECT_EQ(grant->scopes, std::vector<std::string>{"oauth"});
        EXPECT_EQ(grant->expires_in_s, 1800);
        EXPECT_EQ(it.server.asked().back().target, old_path ? "/oauth/v1/access-tokens/a%2F1" : "/oauth/2026-09/token/introspect");
    }
}

TEST(HubspotOauth, ARenewalKeepsTheOldRefreshTokenWhereThereIsNoNewOne) {
    Oauth keeps([](const Asked&) { return Reply{.body = R"({"access_token":"a2","expires_in":1800})"}; });
    EXPECT_EQ(keeps.oauth.renew("r1", {})->refresh, "r1");
    Oauth changes([](const Asked&) { return Reply{.body = R"({"access_token":"a2","refresh_token":"r2","expires_in":1800})"}; });
    EXPECT_EQ(changes.oauth.renew("r1", {})->refresh, "r2");
    EXPECT_TRUE(changes.server.asked().at(0).has("grant_type=refresh_token"));
    EXPECT_TRUE(changes.server.asked().at(0).has("refresh_token=r1"));
}

TEST(HubspotOauth, ALostGrantIsToldFromWhatMayPass) {
    using enum FailureKind;
    struct Case {
        int status;
        const char* body;
        FailureKind kind;
        const char* code;
    };
    for (const Case& one :
         {Case{400, R"({"error":"invalid_grant","error_description":"x"})", Unauthorised, "invalid_grant"},
          Case{400, R"({"status":"BAD_REFRESH_TOKEN","message":"x"})", Unauthorised, "invalid_grant"},
          Case{400, R"({"status":"BAD_AUTH_CODE","message":"x"})", Unauthorised, "invalid_grant"},
          Case{403, "<html>", Unauthorised, "invalid_grant"}, Case{401, R"({"error":"invalid_client"})", Rejected, "invalid_client"},
          Case{400, R"({"status":"BAD_CLIENT_ID"})", Rejected, "invalid_client"},
          Case{400, R"({"error":"invalid_request"})", Rejected, "invalid_request"},
          Case{429, R"({"policyName":"TEN_SECONDLY_ROLLING"})", Throttled, "TEN_SECONDLY_ROLLING"}, Case{500, "", Broken, ""},
          Case{503, "<html>", Broken, ""}, Case{200, "<html>", Garbled, "not_json"}, Case{200, "{}", Garbled, "no_token"}}) {
        Oauth it([&](const Asked&) { return Reply{.status = one.status, .body = one.body}; });
        const auto grant = it.oauth.renew("r1", {});
        ASSERT_FALSE(grant) << one.status << one.body;
        EXPECT_EQ(grant.error().kind, one.kind) << one.status << one.body;
        EXPECT_EQ(grant.error().code, one.code);
        EXPECT_EQ(is_grant_lost(grant.error()), std::string_view(one.code) == "invalid_grant");
        EXPECT_EQ(it.server.asked().size(), 1U);
    }
}

TEST(HubspotOauth, NoFailureQuotesWhatWasSent) {
    Oauth it([](const Asked& asked) {
        return Reply{.status = 400, .body = R"({"status":"error","message":")" + asked.body + asked.target + "\"}"};
    });
    for (const auto& failure : {it.oauth.renew("refresh-token-one", {}).error(), it.oauth.exchange("code-number-one", "v", {}).error(),
                                it.oauth.token_info("access-token-one", {}).error(), it.oauth.revoke("refresh-token-one", {}).error()})
        for (const char* secret : {kSecret, "refresh-token-one", "code-number-one", "access-token-one"})
            EXPECT_EQ((failure.text + failure.said + failure.code).find(secret), std::string::npos);
}

TEST(HubspotOauth, RevokingGoesTheNewWayThenTheOldAndNeedsNoLivingToken) {
    Oauth both([](const Asked& asked) { return asked.method == "POST" ? Reply{.status = 404, .body = "{}"} : Reply{.status = 204}; });
    EXPECT_TRUE(both.oauth.revoke("r/1", {}));
    ASSERT_EQ(both.server.asked().size(), 2U);
    EXPECT_EQ(both.server.asked().at(1).target, "/oauth/v1/refresh-tokens/r%2F1");
    Oauth gone([](const Asked&) { return Reply{.status = 404, .body = "{}"}; });
    EXPECT_TRUE(gone.oauth.revoke("r1", {}));
    Oauth down([](const Asked&) { return Reply{.status = 503, .body = "{}"}; });
    EXPECT_EQ(down.oauth.revoke("r1", {}).error().kind, FailureKind::Broken);
}

} // namespace
} // namespace tributary::outside

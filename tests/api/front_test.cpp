// Which page a request comes from, and what is read of a Cookie header.
#include "api/front.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tributary {
namespace {

http::Request with(http::Pairs headers) {
    http::Request request;
    request.method = "POST";
    request.peer = "10.0.0.9";
    request.headers = std::move(headers);
    return request;
}

const Front kPlain;
const Front kBehindProxy{.trusts_proxy = true};

TEST(OwnPage, IsSchemeHostAndPort) {
    const auto from = [](std::string origin) { return with({{"host", "127.0.0.1:8080"}, {"origin", std::move(origin)}}); };
    EXPECT_TRUE(kPlain.check_own_page(from("http://127.0.0.1:8080")));
    for (const char* other : {"https://127.0.0.1:8080", "http://127.0.0.1", "http://127.0.0.1:8081", "http://127.0.0.1:80800", "null", "",
                              "http://localhost:8080", "http://127.0.0.1:8080.evil.example", "http://evil.example/http://127.0.0.1:8080"}) {
        EXPECT_EQ(kPlain.check_own_page(from(other)).error().code, "cross_site") << other;
    }
}

TEST(OwnPage, IsKnownWithoutTheSchemesOwnPortAndInAnyCase) {
    EXPECT_TRUE(kPlain.check_own_page(with({{"host", "Sales.Example.com:80"}, {"origin", "http://sales.example.com"}})));
    const http::Pairs proxied{{"host", "sales.example.com:443"}, {"origin", "https://sales.example.com"}, {"x-forwarded-proto", "https"}};
    EXPECT_TRUE(kBehindProxy.check_own_page(with(proxied)));
    EXPECT_FALSE(kPlain.check_own_page(with(proxied))) << "anybody can send that header";
}

TEST(OwnPage, IsWhatTheBrowserSaysOfTheSite) {
    EXPECT_TRUE(kPlain.check_own_page(with({{"host", "a"}, {"sec-fetch-site", "same-origin"}})));
    for (const char* other : {"cross-site", "same-site", "none", "Same-Origin", ""}) {
        EXPECT_FALSE(kPlain.check_own_page(with({{"host", "a"}, {"sec-fetch-site", other}}))) << other;
    }
    EXPECT_FALSE(kPlain.check_own_page(with({{"host", "a"}})));
    EXPECT_TRUE(kPlain.check_no_foreign_page(with({{"host", "a"}}))) << "no browser sent it";
    EXPECT_FALSE(kPlain.check_no_foreign_page(with({{"host", "a"}, {"origin", "http://b"}})));
    EXPECT_FALSE(kPlain.check_no_foreign_page(with({{"host", "a"}, {"sec-fetch-site", "cross-site"}})));
}

TEST(OwnPage, NoOtherOriginPasses) {
    EXPECT_TRUE(rc::check("any text but the one", [](const std::string& origin) {
        RC_PRE(origin != "http://a.example");
        RC_ASSERT(!kPlain.check_own_page(with({{"host", "a.example"}, {"origin", origin}})));
    }));
}

TEST(Addresses, AreTheProxysWordOnlyWhenItIsTrusted) {
    const auto request = with({{"x-forwarded-for", "1.2.3.4, 5.6.7.8"}});
    EXPECT_EQ(kPlain.address(request), "10.0.0.9");
    EXPECT_EQ(kBehindProxy.address(request), "5.6.7.8");
    EXPECT_EQ(kBehindProxy.address(with({})), "10.0.0.9");
}

TEST(SessionCookies, OneIsReadAndTwoDifferentOnesAreNone) {
    const auto token = [](std::string cookie) { return std::string(session_token(with({{"cookie", std::move(cookie)}}))); };
    EXPECT_EQ(token("__Host-tributary=abc"), "abc");
    EXPECT_EQ(token("a=1; __Host-tributary=abc;b=2"), "abc");
    EXPECT_EQ(token("__Host-tributary=abc; __Host-tributary=abc"), "abc");
    EXPECT_EQ(token("__Host-tributary=abc; __Host-tributary=abd"), "");
    EXPECT_EQ(token("__Host-tributary2=abc"), "");
    EXPECT_EQ(token("x__Host-tributary=abc"), "");
    EXPECT_EQ(token("tributary=abc"), "");
    EXPECT_EQ(token("__Host-tributary"), "");
    EXPECT_EQ(token(""), "");
    EXPECT_EQ(std::string(session_token(with({{"cookie", "__Host-tributary=abc"}, {"cookie", "__Host-tributary=abd"}}))), "");
    EXPECT_TRUE(rc::check("any text is read without harm", [&](const std::string& text) { (void)token(text); }));
}

} // namespace
} // namespace tributary

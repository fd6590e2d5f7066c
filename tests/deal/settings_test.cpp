// Workspace settings and the base currency.
#include "deal/settings.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

using namespace tributary;

namespace {

constexpr Currency kUsd{};
constexpr Currency kEur{{'E', 'U', 'R'}};
constexpr Currency kJpy{{'J', 'P', 'Y'}};
constexpr Currency kKwd{{'K', 'W', 'D'}};

std::string code_of(std::string_view json) {
    const auto settings = parse_settings(json);
    return settings ? "ok" : settings.error().code;
}

} // namespace

TEST(Settings, AreReadFromTheirDocument) {
    const auto settings =
        parse_settings(R"({"company_size_values":{"51-200":50000.5},"base_currency":"eur","fx_rates":{"USD":0.92,"JPY":"0.0061"},
        "stage_values":{"Prospecting":"discovery","Won":"Closed Won"},"email_default_value":15000,"default_country_code":"+49"})");
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->base_currency, kEur);
    ASSERT_EQ(settings->fx_rates.size(), 2U);
    EXPECT_EQ(settings->fx_rates[0].rate_ppb, 920'000'000);
    EXPECT_EQ(settings->fx_rates[1].rate_ppb, 6'100'000);
    ASSERT_EQ(settings->stage_values.size(), 2U);
    EXPECT_EQ(settings->stage_values[1], (std::pair<std::string, Stage>{"Won", Stage::ClosedWon}));
    EXPECT_EQ(settings->company_size_values[0], (std::pair<std::string, std::int64_t>{"51-200", 5'000'050}));
    EXPECT_EQ(settings->email_default_minor, 1'500'000);
    EXPECT_EQ(settings->default_country_code, "49");
}

TEST(Settings, AbsentOnesHaveTheirDefaults) {
    for (const char* json : {"", "{}", R"({"base_currency":null})"}) {
        const auto settings = parse_settings(json);
        ASSERT_TRUE(settings) << json;
        EXPECT_EQ(settings->base_currency, kUsd);
        EXPECT_TRUE(settings->fx_rates.empty());
        EXPECT_EQ(settings->email_default_minor, 0);
    }
}

TEST(Settings, WrittenOutTheyReadBack) {
    const std::string json =
        R"({"base_currency":"EUR","fx_rates":{"USD":0.92,"IDR":0.000000001,"GBP":1000000000,"CHF":10},"stage_values":{"Prospecting \"x\"":"discovery"},)"
        R"("company_size_values":{"51-200":50000.5},"email_default_value":15000,"default_country_code":"49","source_precedence":[["manual"],["hubspot","salesforce"]]})";
    const auto settings = parse_settings(json);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings_json(*settings), json);
    const std::string defaults = settings_json(Settings{});
    EXPECT_EQ(settings_json(parse_settings(defaults).value()), defaults);
}

TEST(Settings, RefuseWhatTheyDoNotKnow) {
    EXPECT_EQ(code_of(R"({"base_curency":"EUR"})"), "unknown_setting");
    for (const char* json : {"[]",
                             "5",
                             R"({"base_currency":5})",
                             R"({"base_currency":"ABC"})",
                             R"({"fx_rates":[]})",
                             R"({"fx_rates":{"USD":0}})",
                             R"({"fx_rates":{"USD":-1}})",
                             R"({"fx_rates":{"USD":null}})",
                             R"({"fx_rates":{"USD":2e9}})",
                             R"({"fx_rates":{"USD":1e-10}})",
                             R"({"fx_rates":{"ABC":1}})",
                             R"({"fx_rates":{"USD":1,"usd":2}})",
                             R"({"stage_values":{"x":"nowhere"}})",
                             R"({"stage_values":{"x":5}})",
                             R"({"stage_values":{"":"discovery"}})",
                             R"({"company_size_values":{"1-10":-5}})",
                             R"({"email_default_value":"lots"})",
                             R"({"email_default_value":[]})",
                             R"({"default_country_code":49})",
                             R"({"default_country_code":"49x"})"}) {
        EXPECT_EQ(code_of(json), "invalid_setting") << json;
    }
    EXPECT_EQ(code_of("{"), "invalid_json");
    EXPECT_EQ(code_of(R"({"base_currency":"EUR","base_currency":"USD"})"), "duplicate_key");
    const auto refused = parse_settings(R"({"fx_rates":{"USD":-1}})");
    EXPECT_EQ(refused.error().details.front().field, "fx_rates");
}

TEST(BaseCurrency, IsExactWithBothCurrenciesMinorDigits) {
    const Settings settings{.base_currency = kEur, .fx_rates = {{kUsd, 920'000'000}, {kJpy, 6'100'000}, {kKwd, 3'000'000'000}}};
    EXPECT_EQ(to_base(12'345, kEur, settings), 12'345);
    EXPECT_EQ(to_base(10'000, kUsd, settings), 9'200);
    EXPECT_EQ(to_base(1, kUsd, settings), 1);          // 0.92 cents
    EXPECT_EQ(to_base(10'000, kJpy, settings), 6'100); // 10,000 yen are 61.00
    EXPECT_EQ(to_base(1'000, kKwd, settings), 300);    // 1.000 dinar is 3.00
    EXPECT_EQ(to_base(5, kKwd, settings), 2);          // 1.5 cents, half away from zero
    EXPECT_FALSE(to_base(1, Currency{{'G', 'B', 'P'}}, settings));
    const Settings in_yen{.base_currency = kJpy, .fx_rates = {{kUsd, 150'000'000'000}}};
    EXPECT_EQ(to_base(12'345, kUsd, in_yen), 18'518); // 123.45 x 150 = 18,517.5
}

TEST(BaseCurrency, TheLargestAmountsDoNotOverflow) {
    const std::int64_t most = kMoneyMajorMax * 10'000;
    const Settings settings{.base_currency = Currency{{'C', 'L', 'F'}}, .fx_rates = {{kJpy, 1'000'000'000'000'000'000}, {kUsd, 1}}};
    EXPECT_FALSE(to_base(most, kJpy, settings)); // more than any sum may hold counts as having no rate
    EXPECT_EQ(to_base(kMoneyMajorMax * 100, kUsd, settings), 10'000'000);
}

TEST(BaseCurrency, ARateOfOneChangesNothing) {
    EXPECT_TRUE(rc::check([] {
        const auto minor = *rc::gen::inRange<std::int64_t>(0, kMoneyMajorMax * 100);
        const Settings settings{.base_currency = kEur, .fx_rates = {{kUsd, 1'000'000'000}}};
        RC_ASSERT(to_base(minor, kUsd, settings) == minor);
    }));
}

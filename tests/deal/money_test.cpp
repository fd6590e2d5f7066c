// Money: plain amounts, amounts as people write them, currencies.
#include "deal/decimal.hpp"
#include "deal/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

using namespace tributary;

namespace {

constexpr Currency kUsd{};
constexpr Currency kEur{{'E', 'U', 'R'}};
constexpr Currency kJpy{{'J', 'P', 'Y'}};
constexpr Currency kKwd{{'K', 'W', 'D'}};

std::string code_of(const auto& result) { return result ? "ok" : result.error().code; }

std::int64_t written(std::string_view text, char mark = 0) {
    const auto amount = parse_written_amount(text, kEur, mark);
    return amount ? amount->minor : -1;
}

std::string written_code(std::string_view text, char mark = 0) { return code_of(parse_written_amount(text, kEur, mark)); }

std::string written_currency(std::string_view text) {
    const auto amount = parse_written_amount(text, kEur);
    if (!amount) return amount.error().code;
    return amount->named_currency ? std::string(amount->currency.text()) : "none";
}

} // namespace

TEST(PlainAmount, IsExactInMinorUnits) {
    EXPECT_EQ(parse_plain_amount("120000", kUsd), 12'000'000);
    EXPECT_EQ(parse_plain_amount("120000.50", kUsd), 12'000'050);
    EXPECT_EQ(parse_plain_amount("0.07", kUsd), 7);
    EXPECT_EQ(parse_plain_amount("+5", kUsd), 500);
    EXPECT_EQ(parse_plain_amount(" 5 ", kUsd), 500);
    EXPECT_EQ(parse_plain_amount("5.", kUsd), 500);
    EXPECT_EQ(parse_plain_amount(".5", kUsd), 50);
    EXPECT_EQ(parse_plain_amount("000000000000000000000000007", kUsd), 700);
    EXPECT_EQ(parse_plain_amount("1000", kJpy), 1000);
    EXPECT_EQ(parse_plain_amount("1.234", kKwd), 1234);
    EXPECT_EQ(parse_plain_amount("-0", kUsd), 0);
    EXPECT_EQ(parse_plain_amount("-0.00", kUsd), 0);
}

TEST(PlainAmount, RoundsHalfAwayFromZero) {
    EXPECT_EQ(parse_plain_amount("0.005", kUsd), 1);
    EXPECT_EQ(parse_plain_amount("0.00499999999999999999999999", kUsd), 0);
    EXPECT_EQ(parse_plain_amount("1.005", kUsd), 101); // as a double it would be 1.00499...
    EXPECT_EQ(parse_plain_amount("1.994999", kUsd), 199);
    EXPECT_EQ(parse_plain_amount("0.5", kJpy), 1);
    EXPECT_EQ(parse_plain_amount("99.5", kJpy), 100);
    EXPECT_EQ(parse_plain_amount("0.0009", kUsd), 0);
}

TEST(PlainAmount, ReadsExponents) {
    EXPECT_EQ(parse_plain_amount("1.25E7", kUsd), 1'250'000'000);
    EXPECT_EQ(parse_plain_amount("1.25e+7", kUsd), 1'250'000'000);
    EXPECT_EQ(parse_plain_amount("125E-1", kUsd), 1250);
    EXPECT_EQ(parse_plain_amount("5e-1", kJpy), 1);
    EXPECT_EQ(parse_plain_amount("0e400", kUsd), 0);
    EXPECT_EQ(parse_plain_amount("1e-999999999999999999999", kUsd), 0);
    EXPECT_EQ(parse_plain_amount("1000000000000000000000e-20", kUsd), 1000);
}

TEST(PlainAmount, RefusesWhatIsNotOneWithACode) {
    for (const char* text :
         {"", " ", "-", "+", ".", "e5", "1e", "1e+", "1,5", "0x10", "NaN", "nan", "Infinity", "-inf", "1 2", "--1", "1.2.3", "$5"}) {
        EXPECT_EQ(code_of(parse_plain_amount(text, kUsd)), "not_a_number") << text;
    }
    for (const char* text : {"-1", "-0.01", "-0.001", "-1e400"})
        EXPECT_EQ(code_of(parse_plain_amount(text, kUsd)), "negative_amount") << text;
    for (const char* text : {"1e400", "1e13", "1000000000000.01", "1e99999999999999999999", "9999999999999999999999999999"}) {
        EXPECT_EQ(code_of(parse_plain_amount(text, kUsd)), "number_out_of_range") << text;
    }
    EXPECT_EQ(parse_plain_amount("1000000000000", kUsd), 100'000'000'000'000);
    EXPECT_EQ(code_of(parse_plain_amount("1000000000000.5", kJpy)), "number_out_of_range");
}

TEST(PlainAmount, WrittenOutItReadsBackForEveryCurrency) {
    EXPECT_TRUE(rc::check([] {
        const auto code = *rc::gen::element<std::string>("USD", "JPY", "KWD", "CLF", "EUR", "ISK");
        const Currency currency = parse_currency(code).value();
        const auto minor = *rc::gen::inRange<std::int64_t>(0, kMoneyMajorMax);
        const std::string text = amount_text(minor, currency);
        RC_ASSERT(parse_plain_amount(text, currency).value() == minor);
        RC_ASSERT(text.find('.') == std::string::npos || text.back() != '0');
        RC_ASSERT(text.back() != '.');
    }));
}

TEST(PlainAmount, WrittenOutIsTheShortestExactText) {
    EXPECT_EQ(amount_text(123'450, kUsd), "1234.5");
    EXPECT_EQ(amount_text(120'000, kUsd), "1200");
    EXPECT_EQ(amount_text(5, kUsd), "0.05");
    EXPECT_EQ(amount_text(50, kUsd), "0.5");
    EXPECT_EQ(amount_text(0, kUsd), "0");
    EXPECT_EQ(amount_text(7, kJpy), "7");
    EXPECT_EQ(amount_text(1'050, kKwd), "1.05");
    EXPECT_EQ(amount_text(-123'450, kUsd), "-1234.5");
    EXPECT_EQ(amount_text(std::numeric_limits<std::int64_t>::min(), kJpy), "-9223372036854775808");
}

TEST(Decimal, IsScaledWithinItsMaximum) {
    EXPECT_EQ(parse_decimal("62.5", 2, 10'000), 6'250);
    EXPECT_EQ(parse_decimal("100", 2, 10'000), 10'000);
    EXPECT_EQ(parse_decimal("100.004", 2, 10'000), 10'000);
    EXPECT_EQ(parse_decimal("100.005", 2, 10'000).error(), DecimalFault::OutOfRange);
    EXPECT_EQ(parse_decimal("9223372036854775807", 0, INT64_MAX), INT64_MAX);
    EXPECT_EQ(parse_decimal("9223372036854775808", 0, INT64_MAX).error(), DecimalFault::OutOfRange);
    EXPECT_EQ(parse_decimal("9999999999999999999.9", 0, INT64_MAX).error(), DecimalFault::OutOfRange);
    EXPECT_EQ(parse_decimal("-1", 0, 10).error(), DecimalFault::Negative);
    EXPECT_EQ(parse_decimal("", 0, 10).error(), DecimalFault::NotANumber);
}

TEST(Currency, IsAnActiveCodeInEitherCaseOrASignOfOneCurrency) {
    const std::pair<const char*, const char*> cases[] = {{"EUR", "EUR"}, {"eur", "EUR"}, {" usd ", "USD"}, {"€", "EUR"},
                                                         {"£", "GBP"},   {"¥", "JPY"},   {"₹", "INR"},     {"$", "USD"},
                                                         {"R$", "BRL"},  {"zł", "PLN"},  {"CA$", "CAD"}};
    for (const auto& [text, code] : cases) {
        const auto currency = parse_currency(text);
        ASSERT_TRUE(currency) << text;
        EXPECT_EQ(currency->text(), code);
    }
    for (const char* text : {"", "E", "EURO5", "XXX", "ABC", "kr", "DEM", "EU", "US1", "\xFF\xFE\xFD"}) {
        EXPECT_EQ(code_of(parse_currency(text)), "unknown_currency") << text;
    }
}

TEST(Currency, KnowsItsMinorDigits) {
    EXPECT_EQ(kUsd.minor_digits(), 2);
    EXPECT_EQ(kJpy.minor_digits(), 0);
    EXPECT_EQ(kKwd.minor_digits(), 3);
    EXPECT_EQ((Currency{{'C', 'L', 'F'}}.minor_digits()), 4);
    EXPECT_EQ((Currency{{'?', '?', '?'}}.minor_digits()), 2);
}

TEST(WrittenAmount, IsReadAsPeopleWriteIt) {
    const std::pair<const char*, std::int64_t> cases[] = {
        {"$1.2k", 120'000},
        {"1,234.56", 123'456},
        {"1.234,56", 123'456},
        {"1 234,56", 123'456},
        {"1\u00A0234,56", 123'456},
        {"1\u202F234\u202F567,5", 123'456'750},
        {"€75 000", 7'500'000},
        {"12.5M", 1'250'000'000},
        {"EUR 5", 500},
        {"5 EUR", 500},
        {"5EUR", 500},
        {"1'234'567.80", 123'456'780},
        {"1’234’567.80", 123'456'780},
        {"1.234.567", 123'456'700},
        {"1,234,567", 123'456'700},
        {"12,34,567", 123'456'700},
        {"12,34,567.89", 123'456'789},
        {"1,234", 123'400},
        {"1,5", 150},
        {"1.5", 150},
        {"12,50 €", 1'250},
        {"1234,567", 123'457},
        {"0.123", 12},
        {"0,123", 12},
        {".5", 50},
        {"2b", 200'000'000'000},
        {"2.5 bn USD", 250'000'000'000},
        {"75k EUR", 7'500'000},
        {"75 k€", 7'500'000},
        {"75KEUR", 7'500'000},
        {"1,2 Mio. EUR", 120'000'000},
        {"3 million", 300'000'000},
        {"3 lakh", 30'000'000},
        {"CHF 5.-", 500},
        {"1.200,- €", 120'000},
        {"1.25E+07", 1'250'000'000},
        {"120000", 12'000'000},
        {"  120000.00 ", 12'000'000},
        {"US$ 120,000.00", 12'000'000},
        {"$0", 0},
        {"-0", 0},
        {"(0)", 0},
        {"Fr. 500", 50'000},
        {"500.", 50'000},
    };
    for (const auto& [text, minor] : cases) EXPECT_EQ(written(text), minor) << text << ": " << written_code(text);
}

TEST(WrittenAmount, NamesTheCurrencyItCarries) {
    EXPECT_EQ(written_currency("5"), "none");
    EXPECT_EQ(written_currency("$1.2k"), "USD");
    EXPECT_EQ(written_currency("£5"), "GBP");
    EXPECT_EQ(written_currency("$1,200.00 USD"), "USD");
    EXPECT_EQ(written_currency("$1,200 CAD"), "CAD");
    EXPECT_EQ(written_currency("CAD $1,200"), "CAD");
    EXPECT_EQ(written_currency("€5 EUR"), "EUR");
    EXPECT_EQ(written_currency("1.2 million dollars"), "USD");
    EXPECT_EQ(written_currency("5k euros"), "EUR");
    EXPECT_EQ(written_currency("$5 EUR"), "not_a_number");
    EXPECT_EQ(written_currency("€5 USD"), "not_a_number");
    EXPECT_EQ(written_currency("$5$"), "not_a_number");
    EXPECT_EQ(written_currency("$5 dollars"), "not_a_number");
    EXPECT_EQ(written_currency("5 chf"), "CHF");
    EXPECT_EQ(written_currency("JPY 500"), "JPY");
    EXPECT_EQ(parse_written_amount("¥500", kEur)->minor, 500);
    EXPECT_EQ(parse_written_amount("500", kJpy)->minor, 500);
}

TEST(WrittenAmount, ThreeDigitsAfterADotReadTwoWaysUnlessTheMarkIsKnown) {
    EXPECT_EQ(written_code("1.234"), "ambiguous_number");
    EXPECT_EQ(written_code("€ 12.500"), "ambiguous_number");
    EXPECT_EQ(written("1.234", '.'), 123);
    EXPECT_EQ(written("1.234", ','), 123'400);
    EXPECT_EQ(written("1,234"), 123'400);
    EXPECT_EQ(written("1,234", '.'), 123'400);
    EXPECT_EQ(written("1,234", ','), 123);
    // These read one way whatever the column's mark is.
    EXPECT_EQ(written("1,234.56", ','), 123'456);
    EXPECT_EQ(written("1.234,56", '.'), 123'456);
    EXPECT_EQ(written("1.234.567", '.'), 123'456'700);
}

TEST(WrittenAmount, RefusesNegativesAndWhatIsNoAmount) {
    for (const char* text : {"-5", "(5)", "($1,200.00)", "−5", "$-5", "-$5", "5-"})
        EXPECT_EQ(written_code(text), "negative_amount") << text;
    for (const char* text :
         {"",        " ",         "abc",        "n/a", "TBD",       "$",     "1,23,4",   "12 34",     "1,234,56", "1.2.3,4",
          "1,2,3.4", "5 5 EUR x", "5 per year", "5%",  "5 EUR USD", "5kk",   "1'23",     "1 234'567", "k",        "EUR",
          "1e5k",    "12:30",     "2026-06-01", "()",  "((5))",     "5\xFF", "\xE2\x80", "1,234 567"}) {
        EXPECT_EQ(written_code(text), "not_a_number") << text;
    }
    EXPECT_EQ(written_code("5000b"), "number_out_of_range");
    EXPECT_EQ(written_code("1E400"), "number_out_of_range");
    EXPECT_EQ(written_code(std::string(100'000, '9')), "not_a_number");
}

TEST(WrittenAmount, GroupedByEveryHabitItIsTheSameAmount) {
    EXPECT_TRUE(rc::check([] {
        const auto minor = *rc::gen::inRange<std::int64_t>(1'000'000'00, 900'000'000'00);
        const auto [group, decimal] =
            *rc::gen::element<std::pair<std::string, std::string>>(std::pair{",", "."}, std::pair{".", ","}, std::pair{" ", ","},
                                                                   std::pair{"\u00A0", ","}, std::pair{"\u202F", ","}, std::pair{"'", "."});
        std::string whole = std::to_string(minor / 100);
        for (std::size_t at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, group);
        const std::string cents = std::to_string(100 + minor % 100).substr(1);
        RC_ASSERT(written(whole) == minor / 100 * 100);
        RC_ASSERT(written(whole + decimal + cents) == minor);
        RC_ASSERT(written("€ " + whole + decimal + cents) == minor);
    }));
}

TEST(WrittenAmount, NeverFailsOnAnyBytes) {
    EXPECT_TRUE(rc::check([](const std::string& text) { static_cast<void>(parse_written_amount(text, kUsd)); }));
    EXPECT_TRUE(rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789.,' -()kmbeE$€USD")));
        const auto amount = parse_written_amount(text, kUsd);
        RC_ASSERT(!amount || amount->minor >= 0);
    }));
}

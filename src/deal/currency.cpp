// ISO 4217 and the signs people write for currencies.
#include "deal/money.hpp"

#include <algorithm>
#include <utility>

namespace tributary {
namespace {

// Active codes by the number of digits after the mark (ISO 4217 list one; metals, testing and no-currency codes are left
// out). ANG and BGN went out of use in 2025 and 2026 and still stand in many exports.
constexpr std::string_view kNoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view kTwoDigits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
constexpr std::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view kFourDigits = "CLF UYW";

constexpr std::size_t kLetters = 26;
constexpr std::size_t slot(const std::array<char, 3>& code) {
    std::size_t at = 0;
    for (const char letter : code) at = at * kLetters + static_cast<std::size_t>(letter - 'A');
    return at;
}

constexpr std::int8_t kUnknown = -1;
constexpr auto kDigits = [] {
    std::array<std::int8_t, kLetters * kLetters * kLetters> digits{};
    for (std::int8_t& each : digits) each = kUnknown;
    const auto enter = [&digits](std::string_view codes, std::int8_t count) {
        for (std::size_t at = 0; at + 3 <= codes.size(); at += 4) digits[slot({codes[at], codes[at + 1], codes[at + 2]})] = count;
    };
    enter(kNoDigits, 0);
    enter(kTwoDigits, 2);
    enter(kThreeDigits, 3);
    enter(kFourDigits, 4);
    return digits;
}();

// Signs that mean one currency. "kr" and "Rs" mean several and are not among them.
constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
    {"€", "EUR"},   {"£", "GBP"},   {"¥", "JPY"},    {"¥", "JPY"},   {"₹", "INR"},   {"$", "USD"},  {"US$", "USD"}, {"A$", "AUD"},
    {"AU$", "AUD"}, {"C$", "CAD"},  {"CA$", "CAD"},  {"HK$", "HKD"}, {"NZ$", "NZD"}, {"S$", "SGD"}, {"R$", "BRL"},  {"MX$", "MXN"},
    {"NT$", "TWD"}, {"FR.", "CHF"}, {"SFR.", "CHF"}, {"ZŁ", "PLN"},  {"Zł", "PLN"},  {"KČ", "CZK"}, {"Kč", "CZK"},  {"₩", "KRW"},
    {"₽", "RUB"},   {"₺", "TRY"},   {"₪", "ILS"},    {"₫", "VND"},   {"₴", "UAH"},   {"₱", "PHP"},  {"฿", "THB"},   {"₦", "NGN"},
};

char upper(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter; }

bool is_code_letter(char letter) { return letter >= 'A' && letter <= 'Z'; }

} // namespace

int Currency::minor_digits() const {
    if (!std::ranges::all_of(code, is_code_letter)) return 2;
    const std::int8_t digits = kDigits[slot(code)];
    return digits == kUnknown ? 2 : digits;
}

Result<Currency> parse_currency(std::string_view text) {
    std::string wanted;
    for (const char letter : text) {
        if (letter != ' ' && letter != '\t') wanted += upper(letter);
    }
    const auto by_code = [](std::string_view code) { return Currency{{code[0], code[1], code[2]}}; };
    if (wanted.size() == 3 && std::ranges::all_of(wanted, is_code_letter)) {
        const Currency currency = by_code(wanted);
        if (kDigits[slot(currency.code)] != kUnknown) return currency;
    }
    for (const auto& [sign, code] : kSigns) {
        if (sign == wanted) return by_code(code);
    }
    return std::unexpected(
        field_refusal("currency", "unknown_currency", "The currency must be an active ISO 4217 code such as EUR.", text));
}

} // namespace tributary

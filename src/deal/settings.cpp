// A workspace's settings as one JSON document, and amounts in its base currency.
#include "deal/settings.hpp"

#include "deal/decimal.hpp"
#include "deal/json.hpp"

#include <algorithm>
#include <array>

namespace tributary {
namespace {

constexpr int kRateDigits = 9;
constexpr std::int64_t kRatePpb = 1'000'000'000;                  // one
constexpr std::int64_t kRatePpbMax = kRatePpb * 1'000'000'000;    // with kMoneyMajorMax the product still fits 128 bits
constexpr std::int64_t kBaseMinorMax = 1'000'000'000'000'000'000; // sums of a few stay within 64 bits
constexpr std::size_t kEntriesMax = 1'000;                        // of each table
constexpr std::size_t kWordBytesMax = 200;
constexpr std::size_t kCountryCodeDigitsMax = 4;

std::unexpected<Refusal> invalid_setting(std::string_view key, std::string sentence, std::string_view value = {}) {
    return std::unexpected(field_refusal(key, "invalid_setting", std::move(sentence), value));
}

std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

Result<void> check_table(std::string_view key, const boost::json::value& value) {
    if (!value.is_object()) return invalid_setting(key, "This setting must be a JSON object.");
    if (value.get_object().size() > kEntriesMax) return invalid_setting(key, "This setting has too many entries.");
    for (const auto& entry : value.get_object()) {
        if (entry.key().empty() || entry.key().size() > kWordBytesMax)
            return invalid_setting(key, "A word is empty or too long.", entry.key());
    }
    return {};
}

Result<void> read_base_currency(Settings& settings, const boost::json::value& value) {
    if (!value.is_string()) return invalid_setting("base_currency", "The base currency must be an ISO 4217 code.");
    const auto currency = parse_currency(view(value.get_string()));
    if (!currency) return invalid_setting("base_currency", "The base currency must be an ISO 4217 code.", view(value.get_string()));
    settings.base_currency = *currency;
    return {};
}

Result<void> read_fx_rates(Settings& settings, const boost::json::value& value) {
    if (auto table = check_table("fx_rates", value); !table) return table;
    for (const auto& entry : value.get_object()) {
        const auto currency = parse_currency(entry.key());
        if (!currency) return invalid_setting("fx_rates", "A rate's key must be an ISO 4217 code.", entry.key());
        const bool known = std::ranges::any_of(settings.fx_rates, [&](const FxRate& rate) { return rate.currency == *currency; });
        if (known) return invalid_setting("fx_rates", "A currency has two rates.", entry.key());
        const std::string text = scalar_text(entry.value());
        const auto rate = parse_decimal(text, kRateDigits, kRatePpbMax);
        if (!rate || *rate == 0) return invalid_setting("fx_rates", "A rate must be a number above 0 and at most 10^9.", text);
        settings.fx_rates.push_back({.currency = *currency, .rate_ppb = *rate});
    }
    return {};
}

Result<void> read_stage_values(Settings& settings, const boost::json::value& value) {
    if (auto table = check_table("stage_values", value); !table) return table;
    for (const auto& entry : value.get_object()) {
        const auto* text = entry.value().if_string();
        const auto stage = text == nullptr ? std::nullopt : parse_stage(view(*text));
        if (!stage) return invalid_setting("stage_values", "A value must be one of the stages, such as discovery.", entry.key());
        settings.stage_values.emplace_back(std::string(entry.key()), *stage);
    }
    return {};
}

Result<void> read_company_size_values(Settings& settings, const boost::json::value& value) {
    if (auto table = check_table("company_size_values", value); !table) return table;
    for (const auto& entry : value.get_object()) {
        const auto minor = parse_plain_amount(scalar_text(entry.value()), settings.base_currency);
        if (!minor) return invalid_setting("company_size_values", minor.error().message, entry.key());
        settings.company_size_values.emplace_back(std::string(entry.key()), *minor);
    }
    return {};
}

Result<void> read_email_default(Settings& settings, const boost::json::value& value) {
    const std::string text = scalar_text(value);
    const auto minor = parse_plain_amount(text, settings.base_currency);
    if (!minor) return invalid_setting("email_default_value", minor.error().message, text);
    settings.email_default_minor = *minor;
    return {};
}

Result<void> read_country_code(Settings& settings, const boost::json::value& value) {
    std::string text = scalar_text(value);
    if (text.starts_with('+')) text.erase(0, 1);
    const bool digits = std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
    if (!digits || text.size() > kCountryCodeDigitsMax || !value.is_string()) {
        return invalid_setting("default_country_code", "The country code must be the digits of a telephone prefix, such as \"49\".", text);
    }
    settings.default_country_code = std::move(text);
    return {};
}

Result<void> read_precedence(Settings& settings, const boost::json::value& value) {
    auto precedence = parse_precedence(value);
    if (!precedence) return std::unexpected(std::move(precedence.error()));
    settings.precedence = *precedence;
    return {};
}

struct Member {
    std::string_view key;
    Result<void> (*read)(Settings&, const boost::json::value&);
};

// The base currency is read first: amounts are counted in it.
constexpr std::array<Member, 7> kMembers{{
    {"base_currency", read_base_currency},
    {"fx_rates", read_fx_rates},
    {"stage_values", read_stage_values},
    {"company_size_values", read_company_size_values},
    {"email_default_value", read_email_default},
    {"default_country_code", read_country_code},
    {"source_precedence", read_precedence},
}};

void append_rate(std::string& out, std::int64_t rate_ppb) {
    std::string digits = std::to_string(rate_ppb);
    if (digits.size() <= kRateDigits) digits.insert(0, kRateDigits + 1 - digits.size(), '0');
    digits.insert(digits.size() - kRateDigits, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    out += digits;
}

__extension__ using Wide = __int128;

Wide power_of_ten(int digits) {
    Wide power = 1;
    for (int step = 0; step < digits; ++step) power *= 10;
    return power;
}

} // namespace

Result<Settings> parse_settings(std::string_view json) {
    Settings settings;
    if (json.empty()) return settings; // a workspace that has decided nothing
    const auto document = parse_json(json);
    if (!document) return std::unexpected(document.error());
    const auto* object = document->if_object();
    if (object == nullptr) return refuse(Reason::Invalid, "invalid_setting", "The settings must be a JSON object.");
    for (const auto& entry : *object) {
        const bool known = std::ranges::any_of(kMembers, [&entry](const Member& member) { return member.key == entry.key(); });
        if (!known) return std::unexpected(field_refusal(entry.key(), "unknown_setting", "There is no such setting."));
    }
    for (const Member& member : kMembers) {
        const auto* value = object->if_contains(member.key);
        if (value == nullptr || value->is_null()) continue;
        if (auto read = member.read(settings, *value); !read) return std::unexpected(std::move(read.error()));
    }
    return settings;
}

std::string settings_json(const Settings& settings) {
    std::string out = "{";
    append_key(out, "base_currency");
    append_json_string(out, settings.base_currency.text());
    append_key(out, "fx_rates");
    out += '{';
    for (const FxRate& rate : settings.fx_rates) {
        append_key(out, rate.currency.text());
        append_rate(out, rate.rate_ppb);
    }
    out += '}';
    append_key(out, "stage_values");
    out += '{';
    for (const auto& [word, stage] : settings.stage_values) {
        append_key(out, word);
        append_json_string(out, stage_key(stage));
    }
    out += '}';
    append_key(out, "company_size_values");
    out += '{';
    for (const auto& [size, minor] : settings.company_size_values) {
        append_key(out, size);
        append_amount(out, minor, settings.base_currency);
    }
    out += '}';
    if (settings.email_default_minor != 0) {
        append_key(out, "email_default_value");
        append_amount(out, settings.email_default_minor, settings.base_currency);
    }
    if (!settings.default_country_code.empty()) {
        append_key(out, "default_country_code");
        append_json_string(out, settings.default_country_code);
    }
    append_key(out, "source_precedence");
    append_precedence(out, settings.precedence);
    out += '}';
    return out;
}

std::optional<std::int64_t> to_base(std::int64_t minor, Currency currency, const Settings& settings) {
    if (currency == settings.base_currency) return minor;
    const auto rate = std::ranges::find(settings.fx_rates, currency, &FxRate::currency);
    if (rate == settings.fx_rates.end()) return std::nullopt;
    const Wide top = Wide{minor} * rate->rate_ppb * power_of_ten(settings.base_currency.minor_digits());
    const Wide bottom = Wide{kRatePpb} * power_of_ten(currency.minor_digits());
    const Wide half = top < 0 ? -(bottom / 2) : bottom / 2;
    const Wide base = (top + half) / bottom;
    if (base > kBaseMinorMax || base < -kBaseMinorMax) return std::nullopt;
    return static_cast<std::int64_t>(base);
}

} // namespace tributary

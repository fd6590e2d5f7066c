// What a workspace has decided for itself. Stored as one JSON document; every member has its default here.
#pragma once
#include "deal/money.hpp"
#include "deal/names.hpp"
#include "deal/precedence.hpp"
#include "deal/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary {

// One unit of `currency` is rate_ppb / 10^9 units of the base currency.
struct FxRate {
    Currency currency;
    std::int64_t rate_ppb = 0;
};

struct Settings {
    Currency base_currency;
    std::vector<FxRate> fx_rates;
    std::vector<std::pair<std::string, Stage>> stage_values;               // the workspace's value map: their word -> our stage, any case
    std::vector<std::pair<std::string, std::int64_t>> company_size_values; // empty: the defaults
    std::int64_t email_default_minor = 0;                                  // 0: 15,000 major units
    std::string default_country_code;
    Precedence precedence; // empty: the newest event wins, whoever sends it
};

// {"base_currency":"EUR","fx_rates":{"USD":0.92},"stage_values":{"Prospecting":"discovery"},
//  "company_size_values":{"51-200":50000},"email_default_value":15000,"default_country_code":"49",
//  "source_precedence":[["manual"],["hubspot","salesforce"]]}, every member optional;
// an empty text is the defaults. Amounts are major units of the base currency. Refuses with the codes of parse_json,
// unknown_setting and invalid_setting; the detail's field is the member's key.
[[nodiscard]] Result<Settings> parse_settings(std::string_view json);
[[nodiscard]] std::string settings_json(const Settings& settings);

// The value in minor units of the base currency, rounded half away from zero; nullopt when its currency has no rate or the result
// is above 10^18 (such a deal is counted apart, so that sums cannot overflow).
[[nodiscard]] std::optional<std::int64_t> to_base(std::int64_t minor, Currency currency, const Settings& settings);

} // namespace tributary
